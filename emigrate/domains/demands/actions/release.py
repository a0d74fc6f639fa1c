"""Opening a demand when an agent accepts, filling it, and taking back what is unused."""

from django.db.models import F, OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce

from emigrate.domains.demands.enums import (
    EMPOWERED,
    HELD,
    AllotmentState,
    AttorneyState,
    DemandState,
)
from emigrate.domains.demands.models import Allotment, Demand, DemandLine, PowerOfAttorney
from emigrate.domains.demands.workflow import DEMAND
from emigrate.foundation.actors import Actor
from emigrate.foundation.transactions import action, today


@action
def open_demand(case: Demand, *, actor: Actor) -> None:
    """Open an approved demand on a held row, once an agent has accepted a part of it."""
    accepted = Allotment.objects.filter(demand=case, state=AllotmentState.ACKNOWLEDGED)
    if case.state == DemandState.APPROVED and accepted.exists():
        DEMAND.take("open", case, actor=actor)


@action
def fill_demand(demand_id: int, *, actor: Actor) -> None:
    """Mark an open demand as filled when every vacancy is taken; asked when an allotment is.

    The demand's row is locked first: of two who take the last vacancies of two allotments the
    second one sees both.
    """
    case = DEMAND.lock(Demand.objects.all(), actor=actor, permission="clock", pk=demand_id)
    lines = DemandLine.objects.filter(demand_id=demand_id).aggregate(asked=Sum("number"))
    taken = Allotment.objects.filter(demand_id=demand_id).aggregate(used=Sum("used"))
    if case.state == DemandState.OPEN and lines["asked"] == taken["used"]:
        DEMAND.take("fill", case, actor=actor)


@action
def reopen_demand(demand_id: int, *, actor: Actor) -> None:
    """A vacancy of a filled demand is free again."""
    rows = Demand.objects.filter(state=DemandState.FILLED)
    case = rows.select_for_update().filter(pk=demand_id).first()
    if case is not None:
        DEMAND.take("reopen", case, actor=actor)


@action
def release_all(demand_id: int, *, actor: Actor, attorneys: AttorneyState) -> None:
    """Take back what agents hold unused of a demand that ended, and their powers of attorney."""
    del actor
    held = Allotment.objects.filter(demand_id=demand_id, state__in=HELD)
    held.update(state=AllotmentState.RELEASED, quantity=F("used"))
    used = Allotment.objects.filter(line=OuterRef("pk")).order_by().values("line")
    total = Subquery(used.annotate(total=Sum("used")).values("total"))
    DemandLine.objects.filter(demand_id=demand_id).update(allotted=Coalesce(total, 0))
    empowered = PowerOfAttorney.objects.filter(demand_id=demand_id, state__in=EMPOWERED)
    empowered.update(state=attorneys)


@action
def expire_attorneys(*, actor: Actor) -> None:
    """End the powers of attorney whose own last day is over; their demands stand."""
    del actor
    over = PowerOfAttorney.objects.filter(state__in=EMPOWERED, ends_on__lt=today())
    over.update(state=AttorneyState.EXPIRED)
