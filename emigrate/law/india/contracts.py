"""The contract: matters it settles, undertakings, wage floor (Emigration Act, 1983, s.22(3))."""

from collections.abc import Iterator

from emigrate.law.engine.figures import Figure, figure, known
from emigrate.law.engine.findings import Finding, figure_unknown, finding
from emigrate.law.engine.parameters import ANY
from emigrate.law.india.money import money
from emigrate.law.india.question import Question, Wage
from emigrate.law.india.scope import is_domestic


def contract_matters(question: Question) -> Iterator[Finding]:
    """Each matter that the rule names must be settled in the contract."""
    clauses = question.job.clauses
    if clauses is None:
        return
    matters = figure("contract.matters", on=question.departs)
    for position, matter in enumerate(matters.value, 1):
        if matter not in clauses:
            yield finding("matter_missing", "block", matters, matter=matter, number=position)


def undertakings(question: Question) -> Iterator[Finding]:
    """The employer's undertakings belong to the papers of the contract."""
    clauses, promised = question.job.clauses, known("fe.undertakings", on=question.departs)
    if clauses is None or promised is None:
        return
    for undertaking in promised.value:
        if undertaking not in clauses:
            yield finding("undertaking_missing", "warn", promised, undertaking=undertaking)


def wage_floor(question: Question) -> Iterator[Finding]:
    """The wage against the minimum referral wage, in the same currency only."""
    wage, country, day = question.job.wage, question.journey.country, question.departs
    if wage is None or country is None:
        return
    floor = _womens_floor(question, country) or known(
        "mrw", on=day, country=country, occupation=question.job.occupation or ANY
    )
    if floor is None:
        yield figure_unknown("mrw", day)
    else:
        code = "wage_below_floor" if floor.certain else "wage_below_old_floor"
        yield from _against(wage, floor, code)


def local_minimum(question: Question) -> Iterator[Finding]:
    """The wage against the country's own minimum wage where one is known, in its currency only."""
    wage, country = question.job.wage, question.journey.country
    if wage is None or country is None:
        return
    least = known("wage.local_minimum", on=question.departs, country=country)
    if least is not None:
        yield from _against(wage, least, "wage_below_local_minimum")


def _womens_floor(question: Question, country: str) -> Figure | None:
    """The floor published for women in domestic work; it binds nobody else."""
    if question.person.sex != "F" or not is_domestic(question):
        return None
    return known("mrw.women_domestic", on=question.departs, country=country)


def _against(wage: Wage, floor: Figure, code: str) -> Iterator[Finding]:
    least = floor.value.get(wage.currency)
    offered = money(wage.amount, wage.currency)
    if least is None:
        published = ", ".join(money(amount, name) for name, amount in floor.value.items())
        yield finding("wage_other_currency", "refer", floor, wage=offered, floor=published)
    elif wage.amount < least:
        facts = {"wage": offered, "floor": money(least, wage.currency)}
        yield finding(code, "block", floor, **facts)
