"""The figures of a quotation, the proposal to the insurer, and what is wrong with its answer."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from emigrate.domains.emigrants.models import Passport
from emigrate.domains.emigrants.queries import Personal, current_passport, number_blind
from emigrate.domains.insurance.enums import Dispute
from emigrate.domains.insurance.models import Cover, Policy
from emigrate.domains.reference.enums import HOME_CURRENCY
from emigrate.foundation.errors import Blocked
from emigrate.foundation.money import Money
from emigrate.foundation.transactions import today
from emigrate.law.current import pack
from emigrate.law.engine.dates import last_day_of
from emigrate.law.engine.figures import UnknownFigure
from emigrate.partners.insurer.contract import (
    Insured,
    Nominee,
    Premium,
    Proposal,
    Travel,
)
from emigrate.partners.insurer.contract import Policy as Answer

PREMIUMS = {24: "pbby.2y", 36: "pbby.3y"}
"""Terms of the scheme in months, and the figure that holds the premium of each."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a quotation says: months, first and last day, sum and premium in paise."""

    term_months: int
    from_date: date
    to_date: date
    sum_minor: int
    premium_minor: int


def quoted_terms(cover: Cover, from_date: date) -> Terms:
    """The shortest term of the scheme that covers the contract; else the longest.

    A contract beginning later than the cover is covered to its own end. Blocked where the law's
    files know no premium on that day.
    """
    begins = max(from_date, cover.starts_on or from_date)
    needed = last_day_of(begins, cover.months)
    try:
        terms = sorted(PREMIUMS)
        fits = [term for term in terms if last_day_of(from_date, term) >= needed]
        term = fits[0] if fits else terms[-1]
        premium: int = pack().figure(PREMIUMS[term], on=today()).value
        insured: int = pack().figure("pbby.si", on=today()).value
    except UnknownFigure as error:
        raise Blocked(unmet="premium_unknown", codes=["premium_unknown"]) from error
    return Terms(term, from_date, last_day_of(from_date, term), insured, premium)


def proposal_of(case: Policy, personal: Personal) -> Proposal:
    """What the insurer is asked; Blocked when somebody to inform or the passport is missing.

    The law's files know no tax on the premium of the scheme, so none is charged.
    """
    if unmet := missing(personal):
        raise Blocked(unmet=", ".join(unmet), codes=unmet)
    nominee = personal.nominee
    from_date = max(case.from_date, today())
    return Proposal(
        reference=case.reference,
        insured=Insured(
            name=personal.full_name,
            birth_date=personal.birth_date,
            sex=personal.sex,
            passport_number=personal.passport_number,
            mobile=personal.phone,
        ),
        nominees=() if nominee is None else (Nominee(nominee.name, nominee.relation),),
        travel=Travel(
            country=case.country,
            employer_reference=case.cover.employer_reference,
            contract_end=last_day_of(
                max(from_date, case.cover.starts_on or from_date), case.cover.months
            ),
        ),
        cover_from=from_date,
        term_months=case.term_months,
        premium=Premium(Money(HOME_CURRENCY, case.premium_minor), Money(HOME_CURRENCY, 0)),
        payment_reference=case.order_reference,
    )


def missing(personal: Personal) -> list[str]:
    """What the insurer would ask for and the person's record does not have."""
    wanted = {
        "nominee_missing": personal.nominee,
        "phone_missing": personal.phone,
        "passport_missing": personal.passport_number,
    }
    return [code for code, value in wanted.items() if not value]


def dispute_of(case: Policy, answer: Answer) -> Dispute | None:
    """Why the answer cannot be taken as the policy that was asked and paid for."""
    current = current_passport(case.person_id)
    if not _insures(answer, [current] if current else []):
        return Dispute.PERSON
    if dispute := _money_dispute(case, answer):
        return dispute
    starts, ends = answer.cover_from, answer.cover_to
    latest = max(case.from_date, today())
    if starts is None or ends is None or starts > latest:
        return Dispute.TERM
    return Dispute.TERM if ends < last_day_of(starts, case.term_months) else None


def standing_dispute_of(
    case: Policy, answer: Answer, passports: Iterable[Passport]
) -> Dispute | None:
    """In what the insurer's policy differs now from the one that was taken.

    `passports` are all of the person's: one that was renewed since the issue still names them.
    """
    if not _insures(answer, passports):
        return Dispute.PERSON
    if dispute := _money_dispute(case, answer):
        return dispute
    starts, ends = answer.cover_from, answer.cover_to
    if starts is None or ends is None:
        return Dispute.TERM
    return Dispute.TERM if starts > case.from_date or ends < case.to_date else None


def _insures(answer: Answer, passports: Iterable[Passport]) -> bool:
    if answer.passport_number is None:
        return False
    blind = number_blind(answer.passport_number)
    return any(bytes(passport.number_blind) == blind for passport in passports)


def _money_dispute(case: Policy, answer: Answer) -> Dispute | None:
    if answer.premium != Money(HOME_CURRENCY, case.premium_minor):
        return Dispute.PREMIUM
    insured = answer.sum_insured
    if insured is None or insured.currency != HOME_CURRENCY or insured.minor < case.sum_minor:
        return Dispute.SUM
    return None
