"""The employer gives parts of a demand to agents, with a power of attorney; agents answer."""

from datetime import date

from django.db.models import F
from django.utils.translation import gettext as _

from emigrate.domains.agents.models import Agent
from emigrate.domains.agents.queries import require_recruits
from emigrate.domains.demands.actions.release import open_demand
from emigrate.domains.demands.enums import (
    EMPOWERED,
    HELD,
    RECRUITING,
    AllotmentState,
    AttorneyState,
)
from emigrate.domains.demands.models import Allotment, Demand, DemandLine, PowerOfAttorney
from emigrate.domains.demands.policies import ALLOTMENT_POLICY, DEMAND_POLICY
from emigrate.domains.demands.queries import allotments_for
from emigrate.domains.demands.workflow import DEMAND
from emigrate.domains.employers.enums import EmployerState
from emigrate.domains.notifications.actions import Notice, notify
from emigrate.foundation.actors import Actor
from emigrate.foundation.errors import (
    AlreadyExists,
    Blocked,
    Exhausted,
    InvalidInput,
    NotFound,
    NotPermitted,
    WrongState,
)
from emigrate.foundation.policy import only
from emigrate.foundation.transactions import action, now, refused_by, today

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
    """Give an agent `quantity` vacancies of a line; never more than are left (the database counts).

    The agent is empowered for the demand until `attorney_ends` (None: as long as it stands).
    """
    if quantity < 1:
        message = _("Allot at least one vacancy.")
        raise InvalidInput.at("/quantity", "quantity_out_of_range", message)
    if attorney_ends is not None and attorney_ends < today():
        message = _("Name today or a later day.")
        raise InvalidInput.at("/attorney_ends", "day_in_the_past", message)
    line = _line(line_id, actor)
    agent = _agent(agent_reference)
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
    _tell_agency(allotment, demand, actor)
    return allotment


def _line(line_id: int, actor: Actor) -> DemandLine:
    """The line, on a locked demand that stands."""
    line = DemandLine.objects.filter(pk=line_id).first()
    if line is None:
        raise NotFound(subject="line")
    rows = Demand.objects.all()
    demand = DEMAND.lock(rows, actor=actor, permission="file", pk=line.demand_id)
    DEMAND_POLICY.require(actor, "file", demand)
    if demand.state not in RECRUITING:
        raise WrongState(verb="allot", state=demand.state)
    _require_current(demand)
    line.refresh_from_db()
    line.demand = demand
    return line


def _require_current(demand: Demand) -> None:
    last_day = demand.valid_until
    if demand.state not in RECRUITING or last_day is None or last_day < today():
        raise Blocked(unmet="demand_not_open", codes=["demand_not_open"])
    if demand.employer.state == EmployerState.BLACKLISTED:
        raise Blocked(unmet="employer_blacklisted", codes=["employer_blacklisted"])


def _agent(reference: str) -> Agent:
    agent = Agent.objects.filter(reference=reference).first()  # the register is public
    if agent is None:
        raise NotFound(subject="agent")
    require_recruits(agent)
    return agent


def _empower(demand: Demand, agent: Agent, ends: date | None) -> None:
    standing = PowerOfAttorney.objects.filter(demand=demand, agent=agent, state__in=EMPOWERED)
    if standing.exists():
        return
    PowerOfAttorney.objects.create(
        demand=demand,
        agent=agent,
        agency_id=agent.organisation_id,
        employer_organisation_id=demand.employer_organisation_id,
        country=demand.country,
        state=AttorneyState.SIGNED,
        signed_at=now(),
        ends_on=ends,
    )


def _tell_agency(allotment: Allotment, demand: Demand, actor: Actor) -> None:
    receiver = Notice(
        "demand.allotted", organisation_id=allotment.agency_id, reference=demand.reference
    )
    notify(receiver, actor=Actor.system(actor.request_id))


@action
def acknowledge_allotment(allotment_id: int, *, actor: Actor) -> Allotment:
    """The agent accepts the allotment and the power of attorney; the demand is open with it."""
    allotment = _answered(allotment_id, AllotmentState.ACKNOWLEDGED, actor)
    _require_current(allotment.demand)
    require_recruits(allotment.agent)
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
    allotment = _locked(allotment_id, actor, "release")
    if allotment.state not in HELD:
        raise WrongState(verb="release", state=allotment.state)
    unused = allotment.quantity - allotment.used
    allotment.quantity, allotment.state = allotment.used, AllotmentState.RELEASED
    allotment.save(update_fields=["quantity", "state"])
    _return(allotment.line_id, unused, actor=Actor.system(actor.request_id))
    return allotment


@action
def revoke_attorney(attorney_id: int, *, actor: Actor) -> PowerOfAttorney:
    """The employer revokes a power of attorney that stands."""
    DEMAND_POLICY.require_role(actor, "file")
    rows = PowerOfAttorney.objects.filter(only(employer_organisation_id=actor.organisation_id))
    attorney = rows.select_for_update().filter(pk=attorney_id).first()
    if attorney is None:
        raise NotFound(subject="power_of_attorney")
    if attorney.state not in EMPOWERED:
        raise WrongState(verb="revoke", state=attorney.state)
    attorney.state = AttorneyState.REVOKED
    attorney.save(update_fields=["state"])
    return attorney


def _locked(allotment_id: int, actor: Actor, permission: str) -> Allotment:
    """Lock an allotment that the actor may see; NotPermitted when it is not theirs to change."""
    rows = allotments_for(actor).filter(pk=allotment_id)
    if not rows.exists():
        raise NotFound(subject="allotment")
    allowed = ALLOTMENT_POLICY.narrow(rows, actor, permission)
    allotment = allowed.select_for_update(of=("self",)).first()
    if allotment is None:
        raise NotPermitted(permission=f"allotment.{permission}", role=actor.role)
    return allotment


def _answered(allotment_id: int, state: AllotmentState, actor: Actor) -> Allotment:
    allotment = _locked(allotment_id, actor, "answer")
    if allotment.state != AllotmentState.SENT:
        raise WrongState(verb="answer", state=allotment.state)
    allotment.state, allotment.answered_at = state, now()
    allotment.save(update_fields=["state", "answered_at"])
    return allotment


@action
def _open(demand_id: int, *, actor: Actor) -> None:
    rows = Demand.objects.all()
    case = DEMAND.lock(rows, actor=actor, permission="clock", pk=demand_id)
    open_demand(case, actor=actor)


@action
def _return(line_id: int, quantity: int, *, actor: Actor) -> None:
    del actor
    DemandLine.objects.filter(pk=line_id).update(allotted=F("allotted") - quantity)
