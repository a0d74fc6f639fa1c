"""Clearances through somebody's eyes: lists, the queue, one case, the counter's look-up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection
from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from emigrate.domains.clearances.enums import OPEN, ClearanceState
from emigrate.domains.clearances.models import Check, Clearance
from emigrate.domains.clearances.policies import CLEARANCE_POLICY, ISSUED
from emigrate.domains.credentials.queries import credentials_for
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


def unlike_their_certificates(actor: Actor) -> QuerySet[Clearance]:
    """Clearances whose days are not their certificate's, or that were granted without one."""
    certificate = credentials_for(actor).filter(subject_reference=OuterRef("reference"))
    dated = clearances_for(actor).filter(expires_at__isnull=False).annotate(
        first=Subquery(certificate.values("not_before")[:1]),
        last=Subquery(certificate.values("expires_at")[:1]),
    )  # fmt: skip
    agrees = Q(not_before=F("first"), expires_at=F("last"), first__isnull=False)
    return dated.exclude(agrees).order_by("pk")


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


def to_look_at_again(actor: Actor) -> QuerySet[Clearance]:
    """Approved ones that something has happened to, until an officer upholds or stops them."""
    rows = CLEARANCE_POLICY.narrow(Clearance.objects.all(), actor, "restore")
    rows = rows.filter(state=ClearanceState.APPROVED, due_at__isnull=False)
    return rows.order_by("due_at", "id")


def checks_of(case: Clearance) -> Sequence[Check]:
    """The automatic checks of a case that the reader already holds, gravest first."""
    order = {"block": 0, "refer": 1, "unavailable": 2, "warn": 3, "note": 4, "pass": 5}
    return sorted(case.checks.all(), key=lambda check: (order[check.outcome], check.code))


TOLD = frozenset(
    f"clearance.{verb}"
    for verb in (
        "queried",
        "answered",
        "held",
        "rejected",
        "withdrawn",
        "suspended",
        "cancelled",
        "redated",
    )
)
"""Steps whose reason was written by the applicant or for the applicant."""


def told(leaf: AuditLeaf, actor: Actor) -> str:
    """The reason of a step, as far as this reader may know it."""
    if leaf.event in TOLD or CLEARANCE_POLICY.scope(actor, "remarks") is not None:
        return leaf.reason
    return ""


def history_of(case: Clearance) -> QuerySet[AuditLeaf]:
    """The steps of a case that the reader already holds, oldest first."""
    return AuditLeaf.objects.filter(stream="clearance", case_id=case.pk).order_by("seq")


_OPEN_OF = "SELECT 1 FROM clearances_clearance WHERE emigrant_id = %s AND state = ANY(%s)"


def has_open_application(person_id: int) -> bool:
    """Whether a person has one that the acting role sees; by hand, as it is asked in passing."""
    with connection.cursor() as cursor:
        cursor.execute(_OPEN_OF, [person_id, [*OPEN]])
        return cursor.fetchone() is not None


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
    insured_from: date | None
    passport_number_blind: bytes


_COUNTER = """
SELECT c.id, c.reference, c.state, c.not_before, c.expires_at, c.country, c.occupation,
       c.insured_from, p.number_blind
  FROM clearances_clearance c JOIN emigrants_passport p ON p.id = c.passport_id
 WHERE c.state = ANY(%s) AND """
_BY_NUMBER = f"{_COUNTER} c.reference = %s"
_BY_PASSPORT = f"{_COUNTER} p.number_blind = %s ORDER BY c.id DESC LIMIT 1"


def for_counter(*, reference: str) -> CounterRow | None:
    """The counter's look-up by number: one indexed row, issued, that the actor may see.

    Written by hand: building this one statement from the models took a third of a check. Row
    security stands under it as under every other; a test holds it against policy and models.
    """
    return _counter_row(_BY_NUMBER, reference)


def for_counter_by_passport(*, number: str) -> CounterRow | None:
    """The counter's look-up by passport number: the newest clearance of that passport."""
    return _counter_row(_BY_PASSPORT, sealing.blind(PASSPORT_COLUMN, number))


def _counter_row(statement: str, sought: str | bytes) -> CounterRow | None:
    with connection.cursor() as cursor:
        cursor.execute(statement, [[*ISSUED], sought])
        found = cursor.fetchone()
    return None if found is None else CounterRow(*found)
