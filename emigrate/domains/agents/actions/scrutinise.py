"""What the Protector of Emigrants of the place does: scrutiny, inspection, police, forwarding.

What is overdue at an inspection or with the police rises to the Protector General, who may then
report and forward in the office's stead.
"""

from typing import Any

from emigrate.domains.agents.enums import ApplicationState
from emigrate.domains.agents.facts import application_findings
from emigrate.domains.agents.models import AgentApplication
from emigrate.domains.agents.workflow import APPLICATION
from emigrate.domains.notifications.actions import Notice, notify
from emigrate.foundation.actors import Actor
from emigrate.foundation.transactions import action, today
from emigrate.foundation.turns import require_turn


@action
def take_up_application(reference: str, *, actor: Actor, reason: str = "") -> AgentApplication:
    """Begin the scrutiny, in the order of the office's queue; else OutOfTurn, or a reason."""
    rows = AgentApplication.objects.all()
    case = APPLICATION.hold(rows, actor=actor, verb="take_up", reference=reference)
    waiting = rows.filter(state=ApplicationState.FEE_PAID, office=case.office)
    require_turn(case, waiting, reason)
    return APPLICATION.take("take_up", case, actor=actor, reason=reason)


@action
def query_application(reference: str, *, reason: str, actor: Actor) -> AgentApplication:
    """Ask the applicant; the office's clock stops until the answer."""
    return told(take("query", reference, actor, reason=reason), "agent_application.queried", actor)


@action
def order_inspection(reference: str, *, actor: Actor) -> AgentApplication:
    """Have the premises inspected."""
    return take("order_inspection", reference, actor)


@action
def report_inspection(reference: str, *, area: int, report: str, actor: Actor) -> AgentApplication:
    """Record the inspection; `area` is the floor area found, in square metres."""
    return take("report_inspection", reference, actor, reason=report, inspected_area=area)


@action
def report_police(reference: str, *, report: str, actor: Actor) -> AgentApplication:
    """Record the police's verification and forward to the Protector General, with findings."""
    return _forward("report_police", reference, report, actor)


@action
def forward_unchanged(reference: str, *, reason: str, actor: Actor) -> AgentApplication:
    """Forward without inspection and police, because nothing has changed (renewals)."""
    return _forward("forward_unchanged", reference, reason, actor)


def _forward(verb: str, reference: str, reason: str, actor: Actor) -> AgentApplication:
    rows = AgentApplication.objects.all()
    case = APPLICATION.hold(rows, actor=actor, verb=verb, reference=reference)
    findings = application_findings(case, on=today())
    return APPLICATION.take(verb, case, actor=actor, reason=reason, findings=findings)


def take(
    verb: str, reference: str, actor: Actor, *, reason: str = "", **changes: Any
) -> AgentApplication:
    """One step of an application, held and taken; `changes` are its columns."""
    rows = AgentApplication.objects.all()
    case = APPLICATION.hold(rows, actor=actor, verb=verb, reference=reference)
    return APPLICATION.take(verb, case, actor=actor, reason=reason, **changes)


def told(case: AgentApplication, event: str, actor: Actor) -> AgentApplication:
    """The applicant is told of an event."""
    notice = Notice(event, organisation_id=case.organisation_id, reference=case.reference)
    notify(notice, actor=Actor.system(actor.request_id))
    return case
