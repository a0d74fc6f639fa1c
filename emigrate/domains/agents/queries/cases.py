"""Agents, applications, tranches and guarantees, always through somebody's eyes."""

import json
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, TypeVar

from django.db.models import Model, Q, QuerySet

from emigrate.domains.agents.enums import AgentState, ApplicationState
from emigrate.domains.agents.models import Agent, AgentApplication, CapacityTranche, Guarantee
from emigrate.domains.agents.policies import (
    AGENT_POLICY,
    APPLICATION_POLICY,
    GUARANTEE_POLICY,
    TRANCHE_POLICY,
)
from emigrate.domains.reference.enums import Role
from emigrate.foundation import sealing
from emigrate.foundation.actors import Actor
from emigrate.foundation.errors import NotFound
from emigrate.law.current import pack

M = TypeVar("M", bound=Model)

OFFICERS = "agents_agentapplication.officers_sealed"
PAN = "agents_agentapplication.pan_sealed"

WITH_POE = (
    ApplicationState.FEE_PAID,
    ApplicationState.POE_SCRUTINY,
    ApplicationState.POE_INSPECTION,
    ApplicationState.POLICE_VERIFICATION,
)
WITH_PGE = (
    ApplicationState.FORWARDED_PGE,
    ApplicationState.PGE_SCRUTINY,
    ApplicationState.BG_SUBMITTED,
    ApplicationState.BG_VERIFIED,
)
BY_DUE_DAY = ("due_at", "state_since", "id")
"""On one day first come first served: the order in which cases are taken up."""
NOT_STANDING = {AgentState.SUSPENDED: "suspended", AgentState.CANCELLED: "cancelled"}


@dataclass(frozen=True, slots=True)
class Officer:
    """A proprietor, partner or director; sealed at rest. `born` decides the least age."""

    name: str
    born: date
    designation: str = ""
    pan: str = ""


def agents_for(actor: Actor) -> QuerySet[Agent]:
    """Every certificate this actor may see: one's own, or for others the register."""
    return AGENT_POLICY.narrow(Agent.objects.all(), actor, "view")


def applications_for(actor: Actor) -> QuerySet[AgentApplication]:
    """Every application this actor may see."""
    return APPLICATION_POLICY.narrow(AgentApplication.objects.all(), actor, "view")


def tranches_for(actor: Actor) -> QuerySet[CapacityTranche]:
    """Every request for more capacity this actor may see."""
    return TRANCHE_POLICY.narrow(CapacityTranche.objects.all(), actor, "view")


def guarantees_for(actor: Actor) -> QuerySet[Guarantee]:
    """Every guarantee this actor may see."""
    return GUARANTEE_POLICY.narrow(Guarantee.objects.all(), actor, "view")


def agent(reference: str, *, actor: Actor) -> Agent:
    """One certificate; NotFound also when it is not theirs to see."""
    return _one(agents_for(actor).filter(reference=reference), "agent")


def application(reference: str, *, actor: Actor) -> AgentApplication:
    """One application; NotFound also when it is not theirs to see."""
    return _one(applications_for(actor).filter(reference=reference), "agent_application")


def tranche(reference: str, *, actor: Actor) -> CapacityTranche:
    """One request for more capacity; NotFound also when it is not theirs to see."""
    return _one(tranches_for(actor).filter(reference=reference), "capacity_tranche")


def scrutiny_queue(actor: Actor) -> QuerySet[AgentApplication]:
    """What waits before the Protector of Emigrants, the nearest due day first."""
    return applications_for(actor).filter(state__in=WITH_POE).order_by(*BY_DUE_DAY)


def examination_queue(actor: Actor) -> QuerySet[AgentApplication]:
    """What waits before the Protector General, also what rose, the nearest due day first."""
    risen = Q(state__in=WITH_POE, held_by=Role.PGE)
    waiting = applications_for(actor).filter(risen | Q(state__in=WITH_PGE))
    return waiting.order_by(*BY_DUE_DAY)


def standing(agent_id: int, *, actor: Actor) -> Any:
    """The agent's part of the question to the law, as it stands in this moment: the pack's `Agent`.

    Whether the validity has ended on the day asked about is for the law to say. NotFound.
    """
    found = _one(agents_for(actor).filter(pk=agent_id), "agent")
    state = AgentState(found.state)
    status = "active" if state == AgentState.ACTIVE else NOT_STANDING.get(state, "expired")
    return pack().Agent(
        category=found.category,
        status=status,
        valid_until=found.valid_until,
        workers_used=found.workers_used,
        capacity=found.capacity,
        state_agency=found.state_agency,
    )


def officers(reference: str, *, actor: Actor) -> tuple[Officer, ...]:
    """The persons who run the agency, for those who may see the application."""
    return open_officers(application(reference, actor=actor))


def open_officers(case: AgentApplication) -> tuple[Officer, ...]:
    """Unseal the persons for somebody who was already asked for permission."""
    text = sealing.open_sealed(_subject(case), OFFICERS, case.seal_id, bytes(case.officers_sealed))
    return tuple(
        Officer(**row | {"born": date.fromisoformat(row["born"])}) for row in json.loads(text)
    )


def sealed_officers(case: AgentApplication, given: tuple[Officer, ...]) -> bytes:
    """The persons as they are kept."""
    rows = [asdict(officer) | {"born": officer.born.isoformat()} for officer in given]
    return sealing.seal(_subject(case), OFFICERS, case.seal_id, json.dumps(rows))


def open_pan(case: AgentApplication) -> str:
    """Unseal the agency's PAN for somebody who was already asked for permission."""
    return sealing.open_sealed(_subject(case), PAN, case.seal_id, bytes(case.pan_sealed))


def sealed_pan(case: AgentApplication, number: str) -> bytes:
    """The agency's PAN as it is kept."""
    return sealing.seal(_subject(case), PAN, case.seal_id, number)


def _subject(case: AgentApplication) -> str:
    return f"agency:{case.seal_id}"


def _one(rows: QuerySet[M], subject: str) -> M:
    found = rows.first()
    if found is None:
        raise NotFound(subject=subject)
    return found
