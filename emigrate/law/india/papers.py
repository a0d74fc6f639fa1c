"""Passport and insurance (Emigration Rules, 1983, r.15; Pravasi Bharatiya Bima Yojana)."""

from collections.abc import Iterator

from emigrate.law.engine.dates import add_months, age_on, last_day_of
from emigrate.law.engine.figures import figure, known
from emigrate.law.engine.findings import Finding, figure_unknown, finding
from emigrate.law.india.money import rupees
from emigrate.law.india.question import Insurance, Question


def passport_validity(question: Question) -> Iterator[Finding]:
    """The passport must outlast the departure by the months of the rule."""
    expires, day = question.passport.expires, question.departs
    if expires is None:
        return
    months = figure("passport.min_validity_months", on=day)
    if expires < add_months(day, months.value):
        facts = {"expires": expires, "months": months.value, "day": day}
        yield finding("passport_expires_early", "block", months, **facts)


def insurance_age(question: Question) -> Iterator[Finding]:
    """Above the age of entry the insurer must be asked."""
    born, day = question.person.born, question.departs
    most = known("pbby.max_age", on=day)
    if born is not None and most is not None and age_on(born, day) > most.value:
        yield finding("insurance_age_above", "refer", most, most=most.value)


def insurance_sum(question: Question) -> Iterator[Finding]:
    """The sum insured must be that of the scheme."""
    if question.insurance is None or question.insurance.sum_insured is None:
        return
    least = known("pbby.si", on=question.departs)
    if least is None:
        yield figure_unknown("pbby.si", question.departs)
    elif question.insurance.sum_insured < least.value:
        facts = {"sum": rupees(question.insurance.sum_insured), "least": rupees(least.value)}
        yield finding("insurance_sum_low", "block", least, **facts)


def insurance_term(question: Question) -> Iterator[Finding]:
    """The policy runs for a term of the scheme and covers the contract from the departure on."""
    policy, day = question.insurance, question.departs
    if policy is None:
        return
    terms = known("pbby.term_months", on=day)
    if terms is None:
        yield figure_unknown("pbby.term_months", day)
        return
    if policy.starts is None or policy.ends is None or policy.sum_insured is None:
        yield finding("insurance_incomplete", "refer", terms)
    if policy.starts is not None and policy.starts > day:
        yield finding("insurance_starts_late", "block", terms, starts=policy.starts, day=day)
    shortest, longest = terms.value
    if policy.ends is not None:
        if policy.starts is not None and policy.ends < last_day_of(policy.starts, shortest):
            yield finding("insurance_term_short", "block", terms, months=shortest)
        months = question.job.months
        needed = day if months is None else last_day_of(day, min(months, longest))
        if policy.ends < needed:
            facts = {"ends": policy.ends, "needed": needed}
            if _longest_possible(question, policy, longest):
                yield finding("insurance_longest_ends", "refer", terms, **facts)
            else:
                yield finding("insurance_ends_early", "block", terms, **facts)
    if question.job.months is not None and question.job.months > longest:
        yield finding("insurance_renewal_due", "warn", terms, months=longest)


def _longest_possible(question: Question, policy: Insurance, longest: int) -> bool:
    """The longest policy for a contract as long or longer, which begins before the departure.

    It covers the contract only if it begins on the very day; so an officer looks at the rest.
    """
    months, starts, ends = question.job.months, policy.starts, policy.ends
    if months is None or starts is None or ends is None or ends < question.departs:
        return False
    return months >= longest and ends >= last_day_of(starts, longest)


def extra_life_cover(question: Question) -> Iterator[Finding]:
    """Some countries ask for a life cover beyond the general insurance."""
    country = question.journey.country
    if question.insurance is None or country is None:
        return
    asked = figure("insurance.life_cover", on=question.departs, country=country)
    if question.insurance.life_cover < asked.value:
        facts = {"country": country, "least": rupees(asked.value)}
        yield finding("life_cover_low", "block", asked, **facts)
