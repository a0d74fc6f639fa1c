"""What the Protector General does: examine, call for security, issue or refuse."""

from datetime import date, timedelta

from emigrate.domains.agents.actions.apply import release_guarantees
from emigrate.domains.agents.actions.scrutinise import take, told
from emigrate.domains.agents.enums import ApplicationState, Category, Entity
from emigrate.domains.agents.facts import application_findings
from emigrate.domains.agents.models import Agent, AgentApplication
from emigrate.domains.agents.queries.register import BETWEEN
from emigrate.domains.agents.workflow import AGENT, APPLICATION
from emigrate.foundation.actors import Actor
from emigrate.foundation.errors import AlreadyExists
from emigrate.foundation.identifiers.numbering import next_reference
from emigrate.foundation.names.organisations import look_alike_key, written_name
from emigrate.foundation.transactions import action, now, refused_by, today
from emigrate.foundation.turns import require_turn
from emigrate.law.current import pack
from emigrate.law.engine.dates import add_months

BATCH = 200
WAITING_FOR_APPLICANT = (
    ApplicationState.QUERY_POE,
    ApplicationState.QUERY_PGE,
    ApplicationState.LOI_ISSUED,
)


class CertificateLive(AlreadyExists):
    """One live certificate an agency."""

    code = "certificate_live"


refused_by("one_live_certificate_an_agency", CertificateLive)


@action
def examine_application(reference: str, *, actor: Actor, reason: str = "") -> AgentApplication:
    """Begin the examination at the Protector General's office, in order; else OutOfTurn."""
    rows = AgentApplication.objects.all()
    case = APPLICATION.hold(rows, actor=actor, verb="examine", reference=reference)
    require_turn(case, rows.filter(state=ApplicationState.FORWARDED_PGE), reason)
    return APPLICATION.take("examine", case, actor=actor, reason=reason)


@action
def query_further(reference: str, *, reason: str, actor: Actor) -> AgentApplication:
    """Ask the applicant; the clock stops until the answer."""
    case = take("query_further", reference, actor, reason=reason)
    return told(case, "agent_application.queried", actor)


@action
def call_security(reference: str, *, actor: Actor) -> AgentApplication:
    """Call for the security of the category, by the figure of the day (Act, 1983, s.11)."""
    case = APPLICATION.hold(
        AgentApplication.objects.all(), actor=actor, verb="call_security", reference=reference
    )
    amount = pack().figure(f"ra.bg.{case.category}", on=today()).value
    findings = application_findings(case, on=today())
    APPLICATION.take("call_security", case, actor=actor, findings=findings, security_minor=amount)
    return told(case, "agent_application.security_called", actor)


@action
def confirm_guarantee(reference: str, *, bank_reference: str, actor: Actor) -> AgentApplication:
    """The bank has confirmed the guarantee."""
    case = APPLICATION.hold(
        AgentApplication.objects.all(), actor=actor, verb="confirm_guarantee", reference=reference
    )
    case.guarantees.filter(released_at=None).update(
        verified_at=now(), verified_by=actor.user_id, bank_reference=bank_reference
    )
    return APPLICATION.take("confirm_guarantee", case, actor=actor)


@action
def return_guarantee(reference: str, *, reason: str, actor: Actor) -> AgentApplication:
    """The bank does not stand for it: the applicant gives another."""
    case = take("return_guarantee", reference, actor, reason=reason)
    release_guarantees(case)
    return told(case, "agent_application.guarantee_returned", actor)


@action
def issue_certificate(reference: str, *, actor: Actor) -> Agent:
    """Issue the certificate, or renew it; for the law's years, with the category's capacity."""
    case = APPLICATION.hold(
        AgentApplication.objects.all(), actor=actor, verb="issue", reference=reference
    )
    agent = _issued(case, actor) if case.agent is None else _renewed(case, case.agent, actor)
    APPLICATION.take("issue", case, actor=actor, agent_id=agent.pk)
    told(case, "agent_application.issued", actor)
    return agent


@action
def reject_application(reference: str, *, reason: str, actor: Actor) -> AgentApplication:
    """Refuse with reasons; an appeal lies to the Central Government (Act, 1983, s.23)."""
    case = take("reject", reference, actor, reason=reason)
    release_guarantees(case)
    return told(case, "agent_application.rejected", actor)


@action
def lapse_applications(*, actor: Actor) -> int:
    """Lapse what the applicant left unanswered beyond its days; how many."""
    rows = AgentApplication.objects.filter(state__in=WAITING_FOR_APPLICANT, due_at__lt=now())
    cases = list(rows.order_by("due_at", "pk").select_for_update(skip_locked=True)[:BATCH])
    for case in cases:
        APPLICATION.take("lapse", case, actor=actor)
        release_guarantees(case)
        told(case, "agent_application.lapsed", actor)
    return len(cases)


def _issued(case: AgentApplication, actor: Actor) -> Agent:
    names = [written_name(name) for name in (case.legal_name, case.trade_name) if name]
    agent = Agent(
        reference=next_reference("RA", office=case.office),
        rc_number=next_reference("RC", office=case.office),
        organisation_id=case.organisation_id,
        legal_name=case.legal_name,
        trade_name=case.trade_name,
        written_name=BETWEEN.join(names),
        name_key=look_alike_key(case.legal_name)[:200],
        office=case.office,
        category=case.category,
        entity=case.entity,
        state_agency=case.entity == Entity.STATE_CORPORATION,
        issued_on=today(),
        valid_until=_valid_until(today() - timedelta(days=1)),
        capacity=_capacity(case.category, 0),
    )
    return AGENT.begin(agent, actor=actor)


def _renewed(case: AgentApplication, live: Agent, actor: Actor) -> Agent:
    """The new period follows the old one; unused capacity of the old one is not carried over."""
    agent = AGENT.hold(Agent.objects.all(), actor=actor, verb="renew", reference=live.reference)
    return AGENT.take(
        "renew",
        agent,
        actor=actor,
        valid_until=_valid_until(agent.valid_until),
        category=case.category,
        capacity=_capacity(case.category, agent.workers_used),
    )


def _capacity(category: str, used: int) -> int | None:
    if category == Category.NORMAL:
        return None
    return used + int(pack().figure("ra.small.tranche", on=today()).value)


def _valid_until(last: date) -> date:
    """The last day of a period of the law's years that begins after the day `last`."""
    return add_months(last, pack().figure("ra.rc.validity_years", on=today()).value * 12)
