"""The employer gives parts of a demand to agents, with a power of attorney; agents answer."""

from datetime import date

from django.db.models import F

from emigrate.domains.agents.models import Agent
from emigrate.domains.demands.enums import RECRUITING, AllotmentState, AttorneyState, DemandState
from emigrate.domains.demands.models import Allotment, Demand, DemandLine, PowerOfAttorney
from emigrate.domains.demands.policies import ALLOTMENT_POLICY, DEMAND_POLICY
from emigrate.domains.demands.workflow import DEMAND
from emigrate.domains.notifications.actions import Notice, notify
from emigrate.foundation.actors import Actor
from emigrate.foundation.errors import (
    AlreadyExists,
    Blocked,
    Exhausted,
    InvalidInput,
    NotFound,
    WrongState,
)
from emigrate.foundation.transactions import acting, action, now, refused_by, today

refused_by("one_allotment_an_agent_a_line", AlreadyExists)


@action
def allot(
    line_id: int,
    agent_reference: str,
    quantity: int,
    *,
    actor: Actor,
    attorney_ends: date | None = None,
) -> Allotment:
    """Give an agent `quantity` vacancies of a line; never more than are left (the database counts)."""
    if quantity < 1:
        raise InvalidInput.at("/quantity", "quantity_out_of_range", "Allot at least one vacancy.")
    line = _line(line_id, actor)
    agent = _agent(agent_reference, actor)
    left = DemandLine.objects.filter(pk=line.pk, number__gte=F("allotted") + quantity)
    if not left.update(allotted=F("allotted") + quantity):
        raise Exhausted(left=line.number - line.allotted)
    demand = line.demand
    allotment = Allotment.objects.create(
        demand=demand,
        line=line,
        agent=agent,
        agency_id=agent.organisation_id,
        employer_organisation_id=demand.employer_organisation_id,
        country=demand.country,
        quantity=quantity,
        state=AllotmentState.SENT,
        sent_at=now(),
    )
    _empower(demand, agent, attorney_ends)
    DEMAND.amend("demand.allotted", demand, actor=actor)
    receiver = Notice(
        "demand.allotted", organisation_id=agent.organisation_id, reference=demand.reference
    )
    notify(receiver, actor=Actor.system(actor.request_id))
    return allotment


def _line(line_id: int, actor: Actor) -> DemandLine:
    line = DemandLine.objects.filter(pk=line_id).select_related("demand").first()
    if line is None:
        raise NotFound(subject="line")
    rows = Demand.objects.select_for_update(of=("self",))
    demand = DEMAND_POLICY.narrow(rows, actor, "file").filter(pk=line.demand_id).first()
    if demand is None:
        raise NotFound(subject="line")
    if demand.state not in RECRUITING:
        raise WrongState(verb="allot", state=demand.state)
    line.demand = demand
    return line


def _agent(reference: str, actor: Actor) -> Agent:
    with acting(Actor.system(actor.request_id)):
        agent = Agent.objects.filter(reference=reference).first()
    if agent is None:
        raise NotFound(subject="agent")
    if agent.state != "active" or agent.valid_until < today():
        raise Blocked(unmet="agent_not_active", codes=["agent_not_active"])
    return agent


def _empower(demand: Demand, agent: Agent, ends: date | None) -> None:
    live = (AttorneyState.SIGNED, AttorneyState.ACTIVE)
    if PowerOfAttorney.objects.filter(demand=demand, agent=agent, state__in=live).exists():
        return
    PowerOfAttorney.objects.create(
        demand=demand,
        agent=agent,
        agency_id=agent.organisation_id,
        employer_organisation_id=demand.employer_organisation_id,
        state=AttorneyState.SIGNED,
        signed_at=now(),
        ends_on=ends,
    )


@action
def acknowledge_allotment(allotment_id: int, *, actor: Actor) -> Allotment:
    """The agent accepts the vacancies and the power of attorney; the demand is open."""
    allotment = _answered(allotment_id, AllotmentState.ACKNOWLEDGED, actor)
    attorneys = PowerOfAttorney.objects.filter(
        demand_id=allotment.demand_id, agent_id=allotment.agent_id, state=AttorneyState.SIGNED
    )
    attorneys.update(state=AttorneyState.ACTIVE, accepted_at=now())
    _open(allotment.demand_id, actor=Actor.system(actor.request_id))
    return allotment


@action
def decline_allotment(allotment_id: int, *, actor: Actor) -> Allotment:
    """The agent declines; the vacancies return to the line."""
    allotment = _answered(allotment_id, AllotmentState.DECLINED, actor)
    _return(allotment.line_id, allotment.quantity, actor=Actor.system(actor.request_id))
    return allotment


@action
def release_allotment(allotment_id: int, *, actor: Actor) -> Allotment:
    """The employer takes the unused part of an allotment back."""
    rows = ALLOTMENT_POLICY.narrow(Allotment.objects.select_for_update(of=("self",)), actor, "view")
    allotment = rows.filter(pk=allotment_id).first()
    if allotment is None:
        raise NotFound(subject="allotment")
    DEMAND_POLICY.require_role(actor, "file")
    if allotment.state not in {AllotmentState.SENT, AllotmentState.ACKNOWLEDGED}:
        raise WrongState(verb="release", state=allotment.state)
    unused = allotment.quantity - allotment.used
    allotment.quantity, allotment.state = allotment.used, AllotmentState.RELEASED
    allotment.save(update_fields=["quantity", "state"])
    _return(allotment.line_id, unused, actor=Actor.system(actor.request_id))
    return allotment


@action
def revoke_attorney(attorney_id: int, *, actor: Actor) -> PowerOfAttorney:
    """The employer revokes a power of attorney."""
    rows = PowerOfAttorney.objects.filter(employer_organisation_id=actor.organisation_id)
    attorney = rows.select_for_update().filter(pk=attorney_id).first()
    if attorney is None:
        raise NotFound(subject="power_of_attorney")
    attorney.state = AttorneyState.REVOKED
    attorney.save(update_fields=["state"])
    return attorney


def _answered(allotment_id: int, state: AllotmentState, actor: Actor) -> Allotment:
    rows = Allotment.objects.select_for_update(of=("self",)).filter(pk=allotment_id)
    allotment = ALLOTMENT_POLICY.narrow(rows, actor, "answer").first()
    if allotment is None:
        raise NotFound(subject="allotment")
    if allotment.state != AllotmentState.SENT:
        raise WrongState(verb="answer", state=allotment.state)
    allotment.state, allotment.answered_at = state, now()
    allotment.save(update_fields=["state", "answered_at"])
    return allotment


@action
def _open(demand_id: int, *, actor: Actor) -> None:
    demand = DEMAND.lock(Demand.objects.all(), actor=actor, permission="clock", pk=demand_id)
    if demand.state == DemandState.APPROVED:
        DEMAND.take("open", demand, actor=actor)


@action
def _return(line_id: int, quantity: int, *, actor: Actor) -> None:
    del actor
    DemandLine.objects.filter(pk=line_id).update(allotted=F("allotted") - quantity)
