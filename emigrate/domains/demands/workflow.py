"""The whole machine of a demand, on one screen."""

from typing import TYPE_CHECKING

from emigrate.domains.demands.enums import RECRUITING
from emigrate.domains.demands.enums import DemandState as S
from emigrate.domains.demands.policies import DEMAND_POLICY
from emigrate.domains.reference.enums import Role
from emigrate.domains.reference.queries import calendar_of
from emigrate.foundation.workflow import Desk, Step, Workflow
from emigrate.law.current import pack

service_days = pack().service_days

if TYPE_CHECKING:  # type checking
    from emigrate.domains.demands.models import Demand

# fmt: off
DEMAND: "Workflow[Demand]" = Workflow(
    "demand", table="demands_demand", states=S, initial=S.DRAFT, policy=DEMAND_POLICY,
    calendar=lambda case: calendar_of(case.country),
    content=("employer_id", "country", "terms_hash", "attested_hash", "valid_until"),
    desks={
        S.DRAFT:             Desk(Role.FE_ADMIN),
        S.SUBMITTED:         Desk(Role.MISSION_LW, service_days("demand.approval"), escalates_to=Role.MISSION_HOM),
        S.MISSION_SCRUTINY:  Desk(Role.MISSION_LW, service_days("demand.approval"), escalates_to=Role.MISSION_HOM,
                                  runs_on=True),
        S.QUERIED:           Desk(Role.FE_ADMIN, service_days("demand.query_answer_days"), pauses=True),
        S.AMENDMENT_PENDING: Desk(Role.MISSION_LW, service_days("demand.approval"), escalates_to=Role.MISSION_HOM),
    },
    steps=[
        #    verb         from                    to                   who may   event
        Step("submit",    S.DRAFT,                S.SUBMITTED,         "file",   "demand.submitted"),
        Step("take_up",   (S.SUBMITTED, S.AMENDMENT_PENDING), S.MISSION_SCRUTINY, "decide", "demand.taken_up"),
        Step("query",     S.MISSION_SCRUTINY,     S.QUERIED,           "decide", "demand.queried", reason=True),
        Step("answer",    S.QUERIED,              S.MISSION_SCRUTINY,  "file",   "demand.answered", reason=True),
        Step("approve",   S.MISSION_SCRUTINY,     S.APPROVED,          "decide", "demand.approved", decides=True),
        Step("reject",    S.MISSION_SCRUTINY,     S.REJECTED,          "decide", "demand.rejected", reason=True, decides=True),
        Step("open",      S.APPROVED,             S.OPEN,              "clock",  "demand.opened"),
        Step("fill",      S.OPEN,                 S.FILLED,            "clock",  "demand.filled"),
        Step("reopen",    S.FILLED,               S.OPEN,              "clock",  "demand.reopened"),
        Step("amend",     RECRUITING,               S.AMENDMENT_PENDING, "file",   "demand.amended", reason=True),
        Step("expire",    (*RECRUITING, S.AMENDMENT_PENDING), S.EXPIRED, "clock",  "demand.expired"),
        Step("cancel",    (S.DRAFT, S.SUBMITTED, S.MISSION_SCRUTINY, S.QUERIED, *RECRUITING, S.AMENDMENT_PENDING),
             S.CANCELLED, "file", "demand.cancelled", reason=True),
    ],
)
# fmt: on
