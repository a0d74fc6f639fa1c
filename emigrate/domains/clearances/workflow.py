"""The whole machine of a clearance by the agent's route, on one screen.

Emigration Act, 1983, s.22: the Protector authorises, intimates deficiencies, or rejects in writing.
"""

from typing import TYPE_CHECKING

from emigrate.domains.clearances.enums import PASSPORT_CHECK, CheckOutcome
from emigrate.domains.clearances.enums import ClearanceState as S
from emigrate.domains.clearances.policies import CLEARANCE_POLICY
from emigrate.domains.reference.enums import Role
from emigrate.domains.reference.queries import calendar_of
from emigrate.foundation.calendar import Calendar
from emigrate.foundation.workflow import Desk, Step, Workflow
from emigrate.law.current import pack

if TYPE_CHECKING:  # type checking
    from emigrate.domains.clearances.models import Clearance


def passport_in_force(case: "Clearance") -> str | None:
    """The registry did not say that the passport is revoked, impounded or lost.

    What the law found at the checks bars nothing here: it is asked afresh by the decision, and a
    bar of that day (a suspension, an insurance) may have gone.
    """
    barred = case.checks.filter(code=PASSPORT_CHECK, outcome=CheckOutcome.BLOCK)
    return "passport_not_in_force" if barred.exists() else None


def nothing_to_look_at(case: "Clearance") -> str | None:
    """An approved clearance is the emigrant's, unless the office has to look at it again."""
    return "nothing_to_look_at" if case.held_by == Role.EMIGRANT else None


def checks_ran(case: "Clearance") -> str | None:
    """Every automatic check has an answer, or a person looked where a partner gave none."""
    return None if case.checks.exists() else "checks_missing"


def office_calendar(case: "Clearance") -> Calendar:
    """Service levels count in the office's own working days."""
    return calendar_of(case.office)


service_days = pack().service_days

WITH_APPLICANT = (S.DRAFT, S.SUBMITTED, S.IN_CHECKS, S.QUEUED, S.UNDER_SCRUTINY, S.QUERIED,
                  S.REFERRED, S.HELD)  # fmt: skip
REASSIGNED = (S.QUEUED, S.UNDER_SCRUTINY, S.HELD)
REDATED_IN_PLACE = (S.DRAFT, S.SUBMITTED, S.IN_CHECKS, S.QUEUED, S.QUERIED, S.REFERRED, S.HELD,
                    S.APPROVED)  # fmt: skip

LOOK_AGAIN = Desk(Role.POE, service_days("clearance.alarm"))
"""Who holds an approved clearance when something that it rests on has changed."""

# fmt: off
CLEARANCE: "Workflow[Clearance]" = Workflow(
    "clearance", table="clearances_clearance", states=S, initial=S.DRAFT,
    policy=CLEARANCE_POLICY, calendar=office_calendar,
    content=("emigrant_id", "passport_id", "contract_hash", "allotment_id", "country",
             "occupation", "visa_number", "departs_on", "findings"),
    desks={
        S.DRAFT:          Desk(Role.RA_ADMIN),
        S.SUBMITTED:      Desk(Role.SYSTEM, service_days("clearance.checks")),
        S.IN_CHECKS:      Desk(Role.SYSTEM, service_days("clearance.checks"), runs_on=True),
        S.QUEUED:         Desk(Role.POE, service_days("clearance.decision"), escalates_to=Role.PGE,
                               runs_on=True),
        S.UNDER_SCRUTINY: Desk(Role.POE, service_days("clearance.decision"), escalates_to=Role.PGE,
                               runs_on=True),
        S.QUERIED:        Desk(Role.RA_ADMIN, service_days("clearance.query_answer_days"), pauses=True),
        S.REFERRED:       Desk(Role.MISSION_LW, service_days("clearance.alarm"), escalates_to=Role.PGE,
                               pauses=True),
        S.HELD:           Desk(Role.POE, service_days("clearance.held"), escalates_to=Role.PGE,
                               pauses=True),
        S.APPROVED:       Desk(Role.EMIGRANT, escalates_to=Role.PGE),
        S.SUSPENDED:      Desk(Role.POE, service_days("clearance.alarm"), escalates_to=Role.PGE),
    },
    steps=[
        #    verb            from                 to                who may       event
        Step("submit",       S.DRAFT,             S.SUBMITTED,      "file",       "clearance.submitted"),
        Step("start_checks", S.SUBMITTED,         S.IN_CHECKS,      "check",      "clearance.in_checks"),
        Step("queue",        S.IN_CHECKS,         S.QUEUED,         "check",      "clearance.queued"),
        Step("take_up",      S.QUEUED,            S.UNDER_SCRUTINY, "scrutinise", "clearance.taken_up"),
        Step("put_back",     S.UNDER_SCRUTINY,    S.QUEUED,         "scrutinise", "clearance.put_back", reason=True),
        Step("query",        S.UNDER_SCRUTINY,    S.QUERIED,        "scrutinise", "clearance.queried", reason=True),
        Step("answer",       S.QUERIED,           S.UNDER_SCRUTINY, "file",       "clearance.answered", reason=True),
        Step("refer",        S.UNDER_SCRUTINY,    S.REFERRED,       "scrutinise", "clearance.referred", reason=True),
        Step("advise",       S.REFERRED,          S.UNDER_SCRUTINY, "advise",     "clearance.advised", reason=True),
        Step("hold",         (S.QUEUED, S.UNDER_SCRUTINY), S.HELD,  "decide",     "clearance.held", reason=True, decides=True),
        Step("release",      S.HELD,              S.QUEUED,         "decide",     "clearance.released", reason=True, decides=True),
        # The Protector General hands a case to another office (Act, 1983, s.3(4)).
        *(Step("reassign",   state,               S.QUEUED,         "reassign",   "clearance.reassigned", reason=True)
          for state in REASSIGNED),
        Step("approve",      S.UNDER_SCRUTINY,    S.APPROVED,       "decide",     "clearance.approved",
             needs=(checks_ran, passport_in_force), decides=True),
        Step("reject",       S.UNDER_SCRUTINY,    S.REJECTED,       "decide",     "clearance.rejected", reason=True, decides=True),
        # Another day of departure: nobody decides on a day that changed before their eyes.
        Step("redate",       S.UNDER_SCRUTINY,    S.QUEUED,         "file",       "clearance.redated"),
        *(Step("redate", state, state, "file", "clearance.redated") for state in REDATED_IN_PLACE),
        Step("withdraw",     WITH_APPLICANT,      S.WITHDRAWN,      "withdraw",   "clearance.withdrawn", reason=True),
        Step("lapse",        S.QUERIED,           S.LAPSED,         "clock",      "clearance.lapsed"),
        Step("suspend",      S.APPROVED,          S.SUSPENDED,      "suspend",    "clearance.suspended", reason=True, decides=True),
        Step("restore",      S.SUSPENDED,         S.APPROVED,       "restore",    "clearance.restored", reason=True, second_officer=True,
             needs=(passport_in_force,), decides=True),
        Step("cancel",       (S.APPROVED, S.SUSPENDED), S.CANCELLED, "cancel",    "clearance.cancelled", reason=True, decides=True),
        # Something changed after the approval, the office looked, and it stands.
        Step("uphold",       S.APPROVED,          S.APPROVED,       "restore",    "clearance.upheld", reason=True,
             needs=(nothing_to_look_at,), decides=True),
        Step("use",          S.APPROVED,          S.USED,           "depart",     "clearance.used"),
        Step("expire",       (S.APPROVED, S.SUSPENDED), S.EXPIRED,        "clock",      "clearance.expired"),
    ],
)
# fmt: on
