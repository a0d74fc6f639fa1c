"""Work is taken from a queue in order; out of order needs a recorded reason."""

from typing import TypeVar

from django.db.models import Q, QuerySet

from emigrate.foundation.cases import Case
from emigrate.foundation.errors import OutOfTurn

C = TypeVar("C", bound=Case)


def require_turn(case: C, waiting: QuerySet[C], reason: str, *, by: str = "state_since") -> None:
    """Raise OutOfTurn when a case of the queue comes before this one and no reason is given.

    `waiting` are the cases that wait on the same desk, as the actor sees them; the case itself may
    be among them. They stand in the order of the column `by`, then of their numbers. The reason
    is for the step's leaf: hand it to `take`.
    """
    if reason.strip():
        return
    came = getattr(case, by)
    earlier = Q(**{f"{by}__lt": came}) | Q(**{by: came, "pk__lt": case.pk})
    if waiting.filter(earlier).exists():
        raise OutOfTurn(reference=case.reference)
