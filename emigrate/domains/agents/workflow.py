"""The machines of agents on one screen: the application, the certificate, more capacity.

Emigration Act, 1983, ss.10 to 14; Emigration Rules, 1983, rr.7 and 8.
"""

from typing import TYPE_CHECKING

from emigrate.domains.agents.enums import AgentState as A
from emigrate.domains.agents.enums import ApplicationState as S
from emigrate.domains.agents.enums import TrancheState as T
from emigrate.domains.agents.policies import AGENT_POLICY, APPLICATION_POLICY, TRANCHE_POLICY
from emigrate.domains.payments.queries import paid
from emigrate.domains.reference.enums import Role
from emigrate.domains.reference.queries import calendar_of
from emigrate.foundation.calendar import Calendar
from emigrate.foundation.workflow import Desk, Step, Workflow
from emigrate.law.current import pack

if TYPE_CHECKING:  # type checking
    from emigrate.domains.agents.models import Agent, AgentApplication, CapacityTranche

SUBJECT = "agent_application"
FEE = "rc_fee"


def fee_paid(case: "AgentApplication") -> str | None:
    """The fee of rule 7(2) has arrived."""
    return None if paid(SUBJECT, case.reference, FEE) else "fee_unpaid"


def premises_seen(case: "AgentApplication") -> str | None:
    """The inspection found an office of the least area."""
    return None if case.inspected_area else "inspection_missing"


def guarantee_confirmed(case: "AgentApplication | CapacityTranche") -> str | None:
    """The bank confirmed a guarantee of this case."""
    confirmed = case.guarantees.filter(verified_at__isnull=False, released_at=None).exists()
    return None if confirmed else "guarantee_unconfirmed"


def office_calendar(case: "Agent | AgentApplication") -> Calendar:
    """Service levels count in the office's own working days."""
    return calendar_of(case.office)


def home_calendar(case: "CapacityTranche") -> Calendar:
    """The Protector General's office counts in the home country's working days."""
    del case
    return calendar_of()


service_days = pack().service_days

# fmt: off
WITH_POE = (S.POE_SCRUTINY, S.POE_INSPECTION, S.POLICE_VERIFICATION)
OPEN = (S.DRAFT, S.SUBMITTED, S.FEE_PAID, *WITH_POE, S.QUERY_POE, S.FORWARDED_PGE, S.PGE_SCRUTINY,
        S.QUERY_PGE, S.LOI_ISSUED, S.BG_SUBMITTED, S.BG_VERIFIED)

APPLICATION: "Workflow[AgentApplication]" = Workflow(
    "agent_application", table="agents_agentapplication", states=S, initial=S.DRAFT,
    policy=APPLICATION_POLICY, calendar=office_calendar,
    content=("kind", "legal_name", "category", "entity", "office", "pan_blind", "office_area",
             "officers_sealed", "fee_minor"),
    desks={
        S.DRAFT:               Desk(Role.RA_ADMIN),
        S.SUBMITTED:           Desk(Role.RA_ADMIN),
        S.FEE_PAID:            Desk(Role.POE_DA, service_days("agent.scrutiny"), escalates_to=Role.POE),
        S.POE_SCRUTINY:        Desk(Role.POE_DA, service_days("agent.scrutiny"), escalates_to=Role.POE, runs_on=True),
        S.QUERY_POE:           Desk(Role.RA_ADMIN, service_days("agent.query_answer_days"), pauses=True),
        S.POE_INSPECTION:      Desk(Role.POE, service_days("agent.inspection"), escalates_to=Role.PGE),
        S.POLICE_VERIFICATION: Desk(Role.POE, service_days("agent.police"), escalates_to=Role.PGE),
        S.FORWARDED_PGE:       Desk(Role.PGE_DA, service_days("agent.decision"), escalates_to=Role.PGE),
        S.PGE_SCRUTINY:        Desk(Role.PGE_DA, service_days("agent.decision"), escalates_to=Role.PGE, runs_on=True),
        S.QUERY_PGE:           Desk(Role.RA_ADMIN, service_days("agent.query_answer_days"), pauses=True),
        S.LOI_ISSUED:          Desk(Role.RA_ADMIN, service_days("agent.security")),
        S.BG_SUBMITTED:        Desk(Role.PGE_DA, service_days("agent.decision"), escalates_to=Role.PGE),
        # Nobody of the platform stands above the Protector General: overdue it is shown so, and stays.
        S.BG_VERIFIED:         Desk(Role.PGE, service_days("agent.decision"), runs_on=True),
    },
    steps=[
        #    verb                from                   to                     who may       event
        Step("submit",           S.DRAFT,               S.SUBMITTED,           "file",       "agent_application.submitted"),
        Step("confirm_fee",      S.SUBMITTED,           S.FEE_PAID,            "confirm",    "agent_application.fee_paid", needs=(fee_paid,)),
        Step("take_up",          S.FEE_PAID,            S.POE_SCRUTINY,        "scrutinise", "agent_application.taken_up"),
        Step("query",            S.POE_SCRUTINY,        S.QUERY_POE,           "scrutinise", "agent_application.queried", reason=True),
        Step("answer",           S.QUERY_POE,           S.POE_SCRUTINY,        "file",       "agent_application.answered", reason=True),
        Step("order_inspection", S.POE_SCRUTINY,        S.POE_INSPECTION,      "scrutinise", "agent_application.inspection_ordered"),
        Step("report_inspection", S.POE_INSPECTION,     S.POLICE_VERIFICATION, "scrutinise", "agent_application.inspected", reason=True),
        Step("report_police",    S.POLICE_VERIFICATION, S.FORWARDED_PGE,       "forward",    "agent_application.forwarded", reason=True,
             needs=(premises_seen,)),
        Step("forward_unchanged", S.POE_SCRUTINY,       S.FORWARDED_PGE,       "forward",    "agent_application.forwarded", reason=True),
        Step("examine",          S.FORWARDED_PGE,       S.PGE_SCRUTINY,        "examine",    "agent_application.examined"),
        Step("query_further",    S.PGE_SCRUTINY,        S.QUERY_PGE,           "examine",    "agent_application.queried", reason=True),
        Step("answer",           S.QUERY_PGE,           S.PGE_SCRUTINY,        "file",       "agent_application.answered", reason=True),
        Step("call_security",    S.PGE_SCRUTINY,        S.LOI_ISSUED,          "decide",     "agent_application.security_called", decides=True),
        Step("give_guarantee",   S.LOI_ISSUED,          S.BG_SUBMITTED,        "file",       "agent_application.guarantee_given"),
        Step("return_guarantee", S.BG_SUBMITTED,        S.LOI_ISSUED,          "examine",    "agent_application.guarantee_returned", reason=True),
        Step("confirm_guarantee", S.BG_SUBMITTED,       S.BG_VERIFIED,         "examine",    "agent_application.guarantee_confirmed",
             needs=(guarantee_confirmed,)),
        Step("issue",            S.BG_VERIFIED,         S.RC_ISSUED,           "decide",     "agent_application.issued",
             needs=(guarantee_confirmed,), decides=True),
        Step("reject",           (S.PGE_SCRUTINY, S.LOI_ISSUED, S.BG_VERIFIED), S.REJECTED, "decide", "agent_application.rejected",
             reason=True, decides=True),
        Step("withdraw",         OPEN,                  S.WITHDRAWN,           "file",       "agent_application.withdrawn", reason=True),
        Step("lapse",            (S.QUERY_POE, S.QUERY_PGE, S.LOI_ISSUED), S.LAPSED, "keep", "agent_application.lapsed"),
    ],
)

AGENT: "Workflow[Agent]" = Workflow(
    "agent", table="agents_agent", states=A, initial=A.ACTIVE, policy=AGENT_POLICY, calendar=office_calendar,
    content=("rc_number", "legal_name", "office", "category", "state_agency", "valid_until", "capacity"),
    desks={A.SUSPENDED: Desk(Role.PGE, service_days("agent.suspension"))},
    steps=[
        #    verb               from                      to             who may      event
        Step("suspend",         A.ACTIVE,                 A.SUSPENDED,   "suspend",   "agent.suspended", reason=True),
        Step("restore",         A.SUSPENDED,              A.ACTIVE,      "suspend",   "agent.restored", reason=True, second_officer=True),
        Step("lapse_suspension", A.SUSPENDED,             A.ACTIVE,      "keep",      "agent.suspension_lapsed"),
        Step("cancel",          (A.ACTIVE, A.SUSPENDED),  A.CANCELLED,   "cancel",    "agent.cancelled", reason=True, second_officer=True),
        Step("renew",           A.ACTIVE,                 A.ACTIVE,      "renew",     "agent.renewed"),
        Step("expire",          (A.ACTIVE, A.SUSPENDED),  A.EXPIRED,     "keep",      "agent.expired"),
        Step("surrender",       A.ACTIVE,                 A.SURRENDERED, "surrender", "agent.surrendered", reason=True),
    ],
)

TRANCHE: "Workflow[CapacityTranche]" = Workflow(
    "capacity_tranche", table="agents_capacitytranche", states=T, initial=T.REQUESTED,
    policy=TRANCHE_POLICY, calendar=home_calendar, content=("agent_id", "workers"),
    desks={
        T.REQUESTED:   Desk(Role.PGE_DA, service_days("agent.decision"), escalates_to=Role.PGE),
        T.BG_VERIFIED: Desk(Role.PGE, service_days("agent.decision"), runs_on=True),
    },
    steps=[
        Step("confirm_guarantee", T.REQUESTED,    T.BG_VERIFIED, "examine", "capacity_tranche.guarantee_confirmed",
             needs=(guarantee_confirmed,)),
        Step("grant",             T.BG_VERIFIED,  T.GRANTED,     "decide",  "capacity_tranche.granted",
             needs=(guarantee_confirmed,), decides=True),
        Step("refuse",            (T.REQUESTED, T.BG_VERIFIED), T.REFUSED, "decide", "capacity_tranche.refused", reason=True, decides=True),
    ],
)
# fmt: on
