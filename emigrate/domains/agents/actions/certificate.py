"""The life of a certificate: suspended, restored, cancelled, expired, given back.

A suspension stands everywhere in the moment it commits: whoever recruits asks this one row.
"""

from datetime import date, timedelta

from django.db.models import QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from emigrate.domains.agents.enums import AgentState, Ground
from emigrate.domains.agents.models import Agent, Guarantee
from emigrate.domains.agents.policies import AGENT_POLICY
from emigrate.domains.agents.workflow import AGENT
from emigrate.domains.notifications.actions import Notice, notify
from emigrate.foundation.actors import Actor
from emigrate.foundation.errors import InvalidInput, WrongState
from emigrate.foundation.transactions import action, today
from emigrate.law.current import pack
from emigrate.law.engine.dates import add_months

BATCH = 200
_CASE_OF_GUARANTEE = Coalesce("application__reference", "tranche__reference")


@action
def suspend_agent(reference: str, *, reason: str, actor: Actor) -> Agent:
    """Suspend at once, for at most the law's days unless extended (Act, 1983, s.14(2))."""
    agent = _held("suspend", reference, actor)
    law = pack().suspension_standing(today(), today(), order_extended=False)
    AGENT.take(
        "suspend",
        agent,
        actor=actor,
        reason=reason,
        findings=[found.as_json() for found in law],
        suspended_on=today(),
        suspension_extended=False,
    )
    return _told(agent, "agent.suspended", actor)


@action
def extend_suspension(reference: str, *, reason: str, actor: Actor) -> Agent:
    """Extend a suspension until the question of cancellation is determined, after show cause.

    The Protector General's clock begins anew. Raises WrongState when none stands.
    """
    agent = AGENT.lock(Agent.objects.all(), actor=actor, permission="suspend", reference=reference)
    AGENT_POLICY.require(actor, "suspend", agent)
    if agent.state != AgentState.SUSPENDED:
        raise WrongState(verb="extend_suspension", state=agent.state)
    if not reason.strip():
        raise InvalidInput.at("/reason", "reason_required", _("Give the reason of the order."))
    return AGENT.amend(
        "agent.suspension_extended",
        agent,
        actor=actor,
        reason=reason,
        suspension_extended=True,
        **AGENT.fresh_clock(agent),
    )


@action
def restore_agent(reference: str, *, reason: str, actor: Actor) -> Agent:
    """End a suspension; two officers. Look at `state`: proposed or done."""
    agent = _held("restore", reference, actor)
    AGENT.take(
        "restore",
        agent,
        actor=actor,
        reason=reason,
        suspended_on=None,
        suspension_extended=False,
    )
    done = agent.state == AgentState.ACTIVE
    return _told(agent, "agent.restored", actor) if done else agent


@action
def cancel_agent(reference: str, *, ground: str, reason: str, actor: Actor) -> Agent:
    """Cancel on a statutory ground; two officers (Act, 1983, s.14(1)). Look at `state`."""
    if ground not in Ground.values:
        raise InvalidInput.at("/ground", "ground_unknown", _("Choose a ground of section 14(1)."))
    agent = _held("cancel", reference, actor)
    years = pack().figure("ra.disqualification_years", on=today()).value
    AGENT.take(
        "cancel",
        agent,
        actor=actor,
        reason=reason,
        ground=ground,
        disqualified_until=add_months(today(), years * 12),
    )
    done = agent.state == AgentState.CANCELLED
    return _told(agent, "agent.cancelled", actor) if done else agent


@action
def surrender_certificate(reference: str, *, reason: str, actor: Actor) -> Agent:
    """The agency gives its certificate back; not while it is suspended."""
    return AGENT.take("surrender", _held("surrender", reference, actor), actor=actor, reason=reason)


@action
def expire_agents(*, actor: Actor) -> int:
    """Expire certificates whose last day is over; how many."""
    live = (AgentState.ACTIVE, AgentState.SUSPENDED)
    rows = Agent.objects.filter(state__in=live, valid_until__lt=today())
    agents = _due(rows)
    for agent in agents:
        _told(AGENT.take("expire", agent, actor=actor), "agent.expired", actor)
    return len(agents)


@action
def tell_expiring(*, actor: Actor) -> int:
    """Tell agents, at each of the figure's days before it, that a certificate or guarantee ends."""
    days: list[int] = pack().figure("notice.certificate_days", on=today()).value
    last = today() + timedelta(days=max(days))
    certificates = Agent.objects.filter(
        state=AgentState.ACTIVE, valid_until__range=(today(), last)
    ).values_list("organisation_id", "reference", "valid_until")
    guarantees = Guarantee.objects.filter(
        verified_at__isnull=False, released_at=None, expires_on__range=(today(), last)
    ).values_list("organisation_id", _CASE_OF_GUARANTEE, "expires_on")
    ending = [("agent.expiring", *row) for row in certificates.order_by("pk")]
    ending += [("guarantee.expiring", *row) for row in guarantees.order_by("pk")]
    for event, organisation, reference, end in ending:
        mark = min(each for each in days if (end - today()).days <= each)
        facts = {"on": end.isoformat(), "days": str(mark)}
        notify(
            Notice(event, reference, organisation_id=organisation, facts=facts, once=True),
            actor=actor,
        )
    return len(ending)


@action
def lapse_suspensions(*, actor: Actor) -> int:
    """End suspensions beyond the law's days that no order extended; how many."""
    rows = Agent.objects.filter(state=AgentState.SUSPENDED, suspension_extended=False)
    lapsed = [agent for agent in _due(rows) if findings_of_lapse(agent, today())]
    for agent in lapsed:
        AGENT.take(
            "lapse_suspension",
            agent,
            actor=actor,
            findings=findings_of_lapse(agent, today()),
            suspended_on=None,
        )
        _told(agent, "agent.suspension_lapsed", actor)
    return len(lapsed)


def findings_of_lapse(agent: Agent, on: date) -> list[dict[str, object]]:
    """What the law says once a suspension has outlived its days; empty while it stands."""
    since = agent.suspended_on or on
    found = pack().suspension_standing(since, on, agent.suspension_extended)
    return [each.as_json() for each in found if each.code == "suspension_lapsed"]


def _held(verb: str, reference: str, actor: Actor) -> Agent:
    return AGENT.hold(Agent.objects.all(), actor=actor, verb=verb, reference=reference)


def _due(rows: QuerySet[Agent]) -> list[Agent]:
    return list(rows.order_by("pk").select_for_update(skip_locked=True)[:BATCH])


def _told(agent: Agent, event: str, actor: Actor) -> Agent:
    notice = Notice(event, organisation_id=agent.organisation_id, reference=agent.reference)
    notify(notice, actor=Actor.system(actor.request_id))
    return agent
