"""Clearances through somebody's eyes: lists, the queue, one case, the counter's look-up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from emigrate.domains.clearances.enums import ClearanceState
from emigrate.domains.clearances.models import Check, Clearance
from emigrate.domains.clearances.policies import CLEARANCE_POLICY
from emigrate.foundation import sealing
from emigrate.foundation.actors import Actor
from emigrate.foundation.errors import NotFound
from emigrate.foundation.models import AuditLeaf

QUEUE_PAGE = 30
PASSPORT_COLUMN = "emigrants_passport.number"


def clearances_for(actor: Actor) -> QuerySet[Clearance]:
    """Every clearance that this actor may see; all lists and look-ups start here."""
    return CLEARANCE_POLICY.narrow(Clearance.objects.all(), actor, "view")


def clearance(reference: str, *, actor: Actor) -> Clearance:
    """One clearance by its number; NotFound when it is not theirs.

    What it rests on is not joined: row security would hide the whole case from a reader who may
    see the clearance and not, for example, the emigrant's record.
    """
    case = clearances_for(actor).filter(reference=reference).first()
    if case is None:
        raise NotFound(subject="clearance")
    return case


RESTS_ON = ("emigrant", "contract", "agent", "employer")


def rests_on(case: Clearance) -> dict[str, str | None]:
    """The numbers of what a clearance rests on; None for what the reader may not see."""
    seen = Clearance.objects.filter(pk=case.pk)
    return {name: _reference_of(seen, name) for name in RESTS_ON}


def _reference_of(rows: QuerySet[Clearance], name: str) -> str | None:
    return rows.values_list(f"{name}__reference", flat=True).first()


def scrutiny_queue(actor: Actor, *, after: tuple[datetime, int] | None = None) -> list[Clearance]:
    """What waits for an officer of this office, first come first; the next page starts `after`."""
    rows = CLEARANCE_POLICY.narrow(Clearance.objects.all(), actor, "scrutinise")
    rows = rows.filter(state=ClearanceState.QUEUED).order_by("priority_at", "id")
    if after is not None:
        moment, last = after
        rows = rows.extra(where=["(priority_at, id) > (%s, %s)"], params=[moment, last])
    return list(rows[:QUEUE_PAGE])


def on_the_desk(actor: Actor) -> QuerySet[Clearance]:
    """What this officer has taken up and not decided."""
    rows = CLEARANCE_POLICY.narrow(Clearance.objects.all(), actor, "scrutinise")
    mine = rows.filter(state=ClearanceState.UNDER_SCRUTINY, officer_id=actor.user_id)
    return mine.order_by("due_at", "id")


def checks_of(case: Clearance) -> Sequence[Check]:
    """The automatic checks of a case that the reader already holds, gravest first."""
    order = {"block": 0, "refer": 1, "unavailable": 2, "warn": 3, "note": 4, "pass": 5}
    return sorted(case.checks.all(), key=lambda check: (order[check.outcome], check.code))


def history_of(case: Clearance) -> QuerySet[AuditLeaf]:
    """The steps of a case that the reader already holds, oldest first."""
    return AuditLeaf.objects.filter(stream="clearance", case_id=case.pk).order_by("seq")


@dataclass(frozen=True, slots=True)
class CounterRow:
    """What the counter needs of a clearance to answer; no personal data."""

    id: int
    reference: str
    state: str
    not_before: datetime | None
    expires_at: datetime | None
    country: str
    occupation: str
    passport_number_blind: bytes


COUNTER_FIELDS = (
    "id",
    "reference",
    "state",
    "not_before",
    "expires_at",
    "country",
    "occupation",
    "passport__number_blind",
)


def for_counter(actor: Actor, *, reference: str) -> CounterRow | None:
    """The counter's look-up by number: one indexed row."""
    rows = CLEARANCE_POLICY.narrow(Clearance.objects.all(), actor, "view")
    return _counter_row(rows.filter(reference=reference))


def for_counter_by_passport(actor: Actor, *, number: str) -> CounterRow | None:
    """The counter's look-up by passport number: the newest clearance of that passport."""
    blind = sealing.blind(PASSPORT_COLUMN, number)
    rows = CLEARANCE_POLICY.narrow(Clearance.objects.all(), actor, "view")
    return _counter_row(rows.filter(passport__number_blind=blind).order_by("-id"))


def _counter_row(rows: QuerySet[Clearance]) -> CounterRow | None:
    found = rows.values(*COUNTER_FIELDS).first()
    if found is None:
        return None
    blind = bytes(found.pop("passport__number_blind"))
    return CounterRow(passport_number_blind=blind, **found)
