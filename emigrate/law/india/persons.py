"""Age, sex and the channels for women and nurses (Emigration Act, 1983, s.32 and orders)."""

from collections.abc import Iterator

from emigrate.law.engine.dates import age_on
from emigrate.law.engine.figures import Figure, figure, known
from emigrate.law.engine.findings import Finding, figure_unknown, finding
from emigrate.law.india.question import Employer, Question
from emigrate.law.india.scope import is_domestic, is_nurse, notified

OWN_ROUTES = ("employer", "project", "self")


def worker_age(question: Question) -> Iterator[Finding]:
    """Workers must have reached the lowest age on the day of departure."""
    born, day = question.person.born, question.departs
    if born is None:
        return
    least = known("worker.min_age", on=day)
    if least is None:
        yield figure_unknown("worker.min_age", day)
    elif age_on(born, day) < least.value:
        yield finding("worker_too_young", "block", least, least=least.value, day=day)


def domestic_man_age(question: Question) -> Iterator[Finding]:
    """Young men are kept from domestic work in some places; which ones is not known."""
    born, day = question.person.born, question.departs
    if born is None or question.person.sex != "M" or not is_domestic(question):
        return
    least = figure("worker.min_age_domestic_man", on=day)
    if age_on(born, day) < least.value:
        yield finding("domestic_man_young", "block", least, least=least.value, day=day)


def woman_age(question: Question) -> Iterator[Finding]:
    """A class ban: women below the age on the day of application, nurses excepted."""
    born, day = question.person.born, question.on
    if born is None or not _women_rules(question):
        return
    age = age_on(born, day)
    least = known("women.min_age", on=day)
    if least is None:
        yield figure_unknown("women.min_age", day)
    elif age < least.value:
        yield finding("woman_too_young", "block", least, least=least.value, day=day)
    most = figure("women.max_age", on=day)
    if age > most.value:
        yield finding("woman_above_age", "refer", most, most=most.value)


def sex_needs_person(question: Question) -> Iterator[Finding]:
    """Rules written for women or men cannot be applied by a machine to a person of sex X."""
    if question.person.sex == "X" and notified(question):
        rule = figure("women.channel", on=question.departs)
        yield finding("sex_needs_officer", "refer", rule)


def women_channel(question: Question) -> Iterator[Finding]:
    """Women with ECR passports leave through State agencies or employers the Mission approved."""
    if not _women_rules(question):
        return
    channel = figure("women.channel", on=question.departs)
    if "private_agent" in channel.value:
        return
    if _by_agent(question):
        if _private(question):
            yield finding("women_channel_agent", "block", channel)
    elif question.route in OWN_ROUTES and question.employer is not None:
        yield from _mission_approval(question.employer, channel)


def _mission_approval(employer: Employer, channel: Figure) -> Iterator[Finding]:
    if employer.mission_approved is None:
        yield finding("mission_approval_open", "refer", channel)
    elif not employer.mission_approved:
        yield finding("women_channel_employer", "block", channel)


def nurses_channel(question: Question) -> Iterator[Finding]:
    """Nurses leave through State agencies where an agent recruits them."""
    if not (notified(question) and is_nurse(question)):
        return
    channel = figure("nurses.channel", on=question.departs)
    if "private_agent" not in channel.value and _by_agent(question) and _private(question):
        yield finding("nurses_channel", "block", channel)


def women_certificate(question: Question) -> Iterator[Finding]:
    """Young women with ECNR passports who apply directly show their educational certificate."""
    person, day = question.person, question.on
    direct = question.route in ("employer", "self") and question.passport.category == "ECNR"
    if person.sex != "F" or person.born is None or not direct or not notified(question):
        return
    below = known("women.certificate_age", on=day)
    if below is not None and age_on(person.born, day) < below.value:
        yield finding("certificate_needed", "warn", below, age=below.value)


def recruitment_stop(question: Question) -> Iterator[Finding]:
    """The Mission has stopped the recruitment of a class of workers."""
    country = question.journey.country
    if country is None or question.person.sex != "F" or not is_domestic(question):
        return
    stop = figure("country.recruitment_stop", on=question.departs, country=country)
    if stop.value == "women_domestic":
        yield finding("recruitment_stopped", "block", stop, country=country)


def _women_rules(question: Question) -> bool:
    woman = question.person.sex == "F" and question.passport.category == "ECR"
    return woman and notified(question) is not None and not is_nurse(question)


def _by_agent(question: Question) -> bool:
    return question.route == "agent" or (question.route is None and question.agent is not None)


def _private(question: Question) -> bool:
    return question.agent is not None and not question.agent.state_agency
