"""Demands and allotments through somebody's eyes."""

from datetime import date

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from emigrate.domains.demands.enums import RECRUITING, AllotmentState, AttorneyState, DemandState
from emigrate.domains.demands.models import Allotment, Demand, PowerOfAttorney
from emigrate.domains.demands.policies import ALLOTMENT_POLICY, DEMAND_POLICY
from emigrate.foundation.actors import Actor
from emigrate.foundation.errors import NotFound
from emigrate.foundation.transactions import now, today


def demands_for(actor: Actor) -> QuerySet[Demand]:
    """Every demand that this actor may see."""
    return DEMAND_POLICY.narrow(Demand.objects.all(), actor, "view")


def demand(reference: str, *, actor: Actor) -> Demand:
    """One demand by its number; NotFound when it is not theirs."""
    found = demands_for(actor).filter(reference=reference).first()
    if found is None:
        raise NotFound(subject="demand")
    return found


def allotments_for(actor: Actor) -> QuerySet[Allotment]:
    """Every allotment that this actor may see."""
    rows = Allotment.objects.select_related("demand__employer", "line", "agent")
    return ALLOTMENT_POLICY.narrow(rows, actor, "view")


def open_allotments(actor: Actor) -> QuerySet[Allotment]:
    """What the agent can fill now: accepted, with vacancies left, on an approved demand."""
    return allotments_for(actor).filter(
        state=AllotmentState.ACKNOWLEDGED,
        used__lt=F("quantity"),
        demand__state=DemandState.OPEN,
        demand__valid_until__gte=today(),
    )


def empowered(demand_id: int, agent_id: int, *, on: date) -> bool:
    """Whether the employer's power of attorney to the agent is accepted and in force on a day."""
    rows = PowerOfAttorney.objects.filter(demand_id=demand_id, agent_id=agent_id)
    in_force = Q(ends_on=None) | Q(ends_on__gte=on)
    return rows.filter(in_force, state=AttorneyState.ACTIVE).exists()


def prior_approval_of(allotment_id: int) -> bool:
    """Whether the demand behind an allotment has the approval that a watched employer needs."""
    rows = Demand.objects.filter(allotments=allotment_id, prior_approval=True)
    return rows.exists()


def fallen(allotment_id: int, *, on: date) -> list[str]:
    """Why an application may not rest on its allotment any more, as codes; none while it may.

    An expired demand stands for whoever took a vacancy in its time.
    """
    attorney = PowerOfAttorney.objects.filter(
        Q(ends_on=None) | Q(ends_on__gte=on),
        demand_id=OuterRef("demand_id"),
        agent_id=OuterRef("agent_id"),
        state=AttorneyState.ACTIVE,
    )
    rows = Allotment.objects.annotate(empowered=Exists(attorney)).filter(pk=allotment_id)
    state, has_attorney = rows.values_list("demand__state", "empowered").get()
    return [
        *([] if state in (*RECRUITING, DemandState.EXPIRED) else ["demand_not_standing"]),
        *([] if has_attorney or state == DemandState.EXPIRED else ["attorney_not_active"]),
    ]


def mission_queue(actor: Actor) -> QuerySet[Demand]:
    """What waits at the Mission, nearest due first."""
    rows = DEMAND_POLICY.narrow(Demand.objects.all(), actor, "decide")
    waiting = (DemandState.SUBMITTED, DemandState.MISSION_SCRUTINY, DemandState.AMENDMENT_PENDING)
    return rows.filter(state__in=waiting).order_by("due_at", "state_since", "id")


def overdue_at_mission(actor: Actor) -> QuerySet[Demand]:
    """What the Mission has not answered in its service level."""
    return mission_queue(actor).filter(due_at__lt=now())
