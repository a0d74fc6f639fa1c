"""A day compared with the insurer's list of it: what news, answers and tellings have missed."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta

from django.db.models import Min, Q

from emigrate.domains.insurance.actions.disputes import disputed, locked
from emigrate.domains.insurance.actions.jobs import (
    ask_insurer,
    confirm_policy,
    reconcile_day,
    tell_insurer,
)
from emigrate.domains.insurance.enums import (
    AT_INSURER,
    IN_FORCE,
    Difference,
    Dispute,
    PolicyState,
)
from emigrate.domains.insurance.models import Policy, Reconciliation
from emigrate.domains.insurance.policies import POLICY_POLICY
from emigrate.domains.insurance.workflow import POLICY
from emigrate.domains.reference.enums import HOME_CURRENCY
from emigrate.foundation.actors import Actor
from emigrate.foundation.clock import OFFICE_ZONE, office_date
from emigrate.foundation.errors import AlreadyExists
from emigrate.foundation.money import Money
from emigrate.foundation.transactions import action, now, refused_by, today
from emigrate.partners.insurer.contract import PolicyDay
from emigrate.partners.insurer.contract import PolicyState as ListedState

DAYS_BACK = 7
ROWS_AT_ONCE = 2000

refused_by("insurance_reconciliation_day_key", AlreadyExists)


@action
def ask_for_reconciliations(*, actor: Actor) -> int:
    """Let the last days that are not compared yet be compared, oldest first; how many."""
    POLICY_POLICY.require_role(actor, "ask")
    first: datetime | None = Policy.objects.aggregate(first=Min("issued_at"))["first"]
    if first is None:
        return 0
    days = [today() - timedelta(days=back) for back in range(DAYS_BACK, 0, -1)]
    done = set(Reconciliation.objects.filter(day__in=days).values_list("day", flat=True))
    wanted = [day for day in days if day >= office_date(first) and day not in done]
    for day in wanted:
        reconcile_day(day)
    return len(wanted)


@action
def record_reconciliation(
    day: date, entries: Sequence[PolicyDay], *, actor: Actor
) -> Reconciliation:
    """Compare the insurer's whole list of a day with what stands here; a day once.

    What differs is kept, and asked or told as if its news had come; premiums become disputes. What
    was cancelled here after that day is no difference: the list shows the end of the day.
    """
    POLICY_POLICY.require_role(actor, "ask")
    known = Reconciliation.objects.filter(day=day).first()
    if known is not None:
        return known
    ours = _by_reference(each.reference for each in entries)
    found = [(each, _difference(ours.get(each.reference), each, day)) for each in entries]
    listed = {each.reference for each, code in found if code is not Difference.UNKNOWN_HERE}
    differences = [_noted(code, each.reference, each.number, actor) for each, code in found if code]
    missing = _missing(day, listed)
    differences += [
        _noted(Difference.MISSING_THERE, reference, number, actor) for reference, number in missing
    ]
    _mark_listed(day, sorted(listed))
    row = Reconciliation(
        day=day, at=now(), theirs=len(entries), ours=_ours_of(day), differences=differences
    )
    row.save(force_insert=True)
    return row


def _by_reference(references: Iterable[str]) -> dict[str, Policy]:
    return {
        case.reference: case
        for some in _parts(sorted(set(references)))
        for case in Policy.objects.filter(reference__in=some)
    }


def _parts(references: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(references), ROWS_AT_ONCE):
        yield references[start : start + ROWS_AT_ONCE]


def _difference(case: Policy | None, entry: PolicyDay, day: date) -> Difference | None:
    """In what one line of the list differs from the policy here."""
    if case is None or case.state == PolicyState.QUOTED or case.number not in {"", entry.number}:
        return Difference.UNKNOWN_HERE
    if case.state in AT_INSURER:
        return Difference.ANSWER_MISSED
    issued = entry.state is ListedState.ISSUED
    if case.state == PolicyState.CANCELLED:
        untold = issued and not case.to_tell and office_date(case.state_since) <= day
        return Difference.CANCELLATION_MISSED if untold else None
    if case.state not in IN_FORCE:
        return None
    if not issued:
        return Difference.CANCELLED_THERE
    same = entry.premium == Money(HOME_CURRENCY, case.premium_minor)
    return None if same else Difference.PREMIUM_DIFFERS


def _missing(day: date, listed: set[str]) -> list[tuple[str, str]]:
    """Reference and number of what was issued here on the day and is in no list so far.

    What the insurer issued just before midnight was taken here a day later: it is in an earlier
    list.
    """
    issued = Policy.objects.filter(
        issued_at__range=_hours_of(day), state__in=IN_FORCE, listed_on=None
    )
    rows = issued.order_by("pk").values_list("reference", "number")
    return [(reference, number) for reference, number in rows if reference not in listed]


def _mark_listed(day: date, references: Sequence[str]) -> None:
    for some in _parts(references):
        Policy.objects.filter(reference__in=some, listed_on=None).update(listed_on=day)


def _ours_of(day: date) -> int:
    hours = _hours_of(day)
    cancelled = Q(state=PolicyState.CANCELLED, state_since__range=hours) & ~Q(number="")
    return Policy.objects.filter(Q(issued_at__range=hours) | cancelled).count()


def _hours_of(day: date) -> tuple[datetime, datetime]:
    """The first and the last moment of an office day."""
    return (
        datetime.combine(day, time.min, OFFICE_ZONE),
        datetime.combine(day, time.max, OFFICE_ZONE),
    )


def _noted(code: Difference, reference: str, number: str, actor: Actor) -> Mapping[str, str]:
    EFFECTS[code](reference, actor)
    return {"code": code.value, "reference": reference, "number": number}


def _nothing(reference: str, actor: Actor) -> None:
    del reference, actor


def _ask(reference: str, actor: Actor) -> None:
    del actor
    ask_insurer(reference)


def _confirm(reference: str, actor: Actor) -> None:
    del actor
    confirm_policy(reference)


def _tell(reference: str, actor: Actor) -> None:
    case = locked(reference, actor)
    if not case.to_tell:
        POLICY.amend("policy.cancellation_missed", case, actor=actor, to_tell=True)
        tell_insurer(reference)


def _dispute(reference: str, actor: Actor) -> None:
    case = locked(reference, actor)
    if case.state in IN_FORCE:
        disputed(case, Dispute.PREMIUM, actor)


EFFECTS: Mapping[Difference, Callable[[str, Actor], None]] = {
    Difference.UNKNOWN_HERE: _nothing,
    Difference.ANSWER_MISSED: _ask,
    Difference.CANCELLATION_MISSED: _tell,
    Difference.CANCELLED_THERE: _confirm,
    Difference.PREMIUM_DIFFERS: _dispute,
    Difference.MISSING_THERE: _confirm,
}
