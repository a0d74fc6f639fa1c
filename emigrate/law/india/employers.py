"""The foreign employer's standing, the small employer, the security for domestic workers."""

from collections.abc import Iterator
from datetime import date

from emigrate.law.engine.figures import Figure, figure, known
from emigrate.law.engine.findings import Finding, figure_unknown, finding
from emigrate.law.india.question import Question
from emigrate.law.india.scope import is_domestic


def employer_standing(question: Question) -> Iterator[Finding]:
    """A barred employer blocks; one on prior approval needs the Mission's word; idle ones refer."""
    employer = question.employer
    if employer is None or employer.status in (None, "active"):
        return
    if employer.status == "prior_approval" and employer.mission_approved:
        return
    standing = figure("fe.standing", on=question.departs, status=str(employer.status))
    yield finding(f"employer_{employer.status}", standing.value, standing)


def small_employer(question: Question) -> Iterator[Finding]:
    """A small employer takes only so many workers a year before it must register directly."""
    employer, day = question.employer, question.departs
    if employer is None or not employer.small or employer.workers_this_year is None:
        return
    if question.route == "employer":  # it registered directly
        return
    most = known("fe.small.max_per_year", on=day)
    if most is None:
        yield figure_unknown("fe.small.max_per_year", day)
    elif employer.workers_this_year >= most.value:
        yield finding("small_employer_full", "refer", most, most=most.value)


def domestic_guarantee(country: str, on: date) -> Figure | None:
    """The security in US cents for a woman domestic worker; None when none is asked."""
    found = figure("bg.women.domestic", on=on, country=country)
    return found if found.value else None


def guarantee_given(question: Question) -> Iterator[Finding]:
    """Where the Mission asks for a security for a woman domestic worker, it must be there."""
    employer, country = question.employer, question.journey.country
    if employer is None or country is None or employer.guarantee:
        return
    if question.person.sex != "F" or not is_domestic(question):
        return
    asked = domestic_guarantee(country, question.departs)
    if asked is not None:
        yield finding("guarantee_missing", "block", asked, amount=asked.value // 100)
