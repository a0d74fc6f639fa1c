"""Capacity: taken and given back by conditional updates; more of it against more security."""

from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from emigrate.domains.agents.actions.apply import (
    NewGuarantee,
    recorded_guarantee,
    release_guarantees,
)
from emigrate.domains.agents.enums import AgentState, Category
from emigrate.domains.agents.models import Agent, CapacityTranche
from emigrate.domains.agents.policies import AGENT_POLICY, TRANCHE_POLICY
from emigrate.domains.agents.queries import agents_for
from emigrate.domains.agents.queries.recruiting import AgentBarred, barred
from emigrate.domains.agents.workflow import AGENT, TRANCHE
from emigrate.foundation.actors import Actor
from emigrate.foundation.errors import AlreadyExists, Blocked, Exhausted, NotFound
from emigrate.foundation.identifiers.numbering import next_reference
from emigrate.foundation.transactions import action, now, refused_by, today
from emigrate.law.current import pack


class CapacityUsed(Exhausted):
    """A small agent's number of workers is used up."""

    code = "agent_capacity_used"
    text = _("The agent has sent as many workers as its security covers. More security is needed.")


class TrancheOpen(AlreadyExists):
    """One open request for more capacity an agent."""

    code = "tranche_open"


refused_by("one_open_tranche_an_agent", TrancheOpen)


@action
def use_capacity(agent_id: int, workers: int, *, actor: Actor) -> None:
    """Take room for workers from an agent in force; all or nothing, by one conditional update.

    For the platform. Raises AgentBarred, CapacityUsed, NotFound.
    """
    AGENT_POLICY.require_role(actor, "keep")
    _require_positive(workers)
    room = Q(capacity=None) | Q(workers_used__lte=F("capacity") - workers)
    rows = Agent.objects.filter(room, pk=agent_id, state=AgentState.ACTIVE)
    taken = rows.filter(valid_until__gte=today()).update(workers_used=F("workers_used") + workers)
    if not taken:
        raise _refusal(agent_id)


@action
def release_capacity(agent_id: int, workers: int, *, actor: Actor) -> None:
    """Give room back (a clearance refused or cancelled), whatever the agent's state now.

    Raises Exhausted when more would be given back than was taken.
    """
    AGENT_POLICY.require_role(actor, "keep")
    _require_positive(workers)
    rows = Agent.objects.filter(pk=agent_id, workers_used__gte=workers)
    if not rows.update(workers_used=F("workers_used") - workers):
        raise Exhausted(agent=agent_id)


@action
def request_tranche(reference: str, guarantee: NewGuarantee, *, actor: Actor) -> CapacityTranche:
    """Ask for a further number of workers with a further guarantee (Rules, 1983, r.8(c)).

    `reference` is the agent's. Raises Blocked for the normal category, which has no number.
    """
    TRANCHE_POLICY.require_role(actor, "file")
    agent = agents_for(actor).filter(reference=reference).first()
    if agent is None:
        raise NotFound(subject="agent")
    if agent.state != AgentState.ACTIVE:
        raise AgentBarred(state=agent.state)
    if agent.category != Category.SMALL:
        raise Blocked(unmet="category_without_number", codes=["category_without_number"])
    tranche = TRANCHE.begin(
        CapacityTranche(
            reference=next_reference("TR", office=agent.office),
            agent=agent,
            organisation_id=agent.organisation_id,
            workers=pack().figure("ra.small.tranche", on=today()).value,
            security_minor=pack().figure("ra.bg.small", on=today()).value,
        ),
        actor=actor,
    )
    recorded_guarantee(guarantee, tranche, tranche.security_minor)
    return tranche


@action
def confirm_tranche_guarantee(
    reference: str, *, bank_reference: str, actor: Actor
) -> CapacityTranche:
    """The bank has confirmed the guarantee of a tranche."""
    tranche = _held("confirm_guarantee", reference, actor)
    tranche.guarantees.filter(released_at=None).update(
        verified_at=now(), verified_by=actor.user_id, bank_reference=bank_reference
    )
    return TRANCHE.take("confirm_guarantee", tranche, actor=actor)


@action
def grant_tranche(reference: str, *, actor: Actor) -> CapacityTranche:
    """Raise the agent's number by the tranche; AgentBarred when it is not in force now."""
    tranche = _held("grant", reference, actor)
    TRANCHE.take("grant", tranche, actor=actor)
    agent = AGENT.lock(Agent.objects.all(), actor=actor, permission="renew", pk=tranche.agent_id)
    if agent.state != AgentState.ACTIVE:
        raise AgentBarred(state=agent.state)
    raised = (agent.capacity or agent.workers_used) + tranche.workers
    AGENT.amend("agent.capacity_raised", agent, actor=actor, capacity=raised)
    return tranche


@action
def refuse_tranche(reference: str, *, reason: str, actor: Actor) -> CapacityTranche:
    """Refuse with the reason; the guarantee is free again."""
    tranche = _held("refuse", reference, actor)
    TRANCHE.take("refuse", tranche, actor=actor, reason=reason)
    release_guarantees(tranche)
    return tranche


def _held(verb: str, reference: str, actor: Actor) -> CapacityTranche:
    rows = CapacityTranche.objects.all()
    return TRANCHE.hold(rows, actor=actor, verb=verb, reference=reference)


def _refusal(agent_id: int) -> Exception:
    agent = Agent.objects.filter(pk=agent_id).first()
    if agent is None:
        return NotFound(subject="agent")
    used = CapacityUsed(reference=agent.reference, capacity=agent.capacity)
    return barred(agent) or used


def _require_positive(workers: int) -> None:
    if workers < 1:
        message = "a number of workers is at least one"
        raise ValueError(message)
