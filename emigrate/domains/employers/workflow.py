"""The whole machine of an employer's registration on one screen."""

from typing import TYPE_CHECKING

from emigrate.domains.employers.enums import EmployerState as S
from emigrate.domains.employers.policies import EMPLOYER_POLICY
from emigrate.domains.reference.enums import Role
from emigrate.domains.reference.queries import calendar_of
from emigrate.foundation.calendar import Calendar
from emigrate.foundation.transactions import today
from emigrate.foundation.workflow import Desk, Step, Workflow
from emigrate.law.current import pack

if TYPE_CHECKING:  # type checking
    from emigrate.domains.employers.models import Employer


def mission_calendar(case: "Employer") -> Calendar:
    """Service levels count in the working days of the Mission's country."""
    return calendar_of(case.country)


def licence_current(case: "Employer") -> str | None:
    """A licence that has ended registers nobody."""
    return None if case.valid_until is None or case.valid_until >= today() else "licence_ended"


def contact_given(case: "Employer") -> str | None:
    """The Mission must be able to reach somebody who signs."""
    return None if case.contact_sealed else "contact_missing"


UNDER_VERIFICATION = (S.MISSION_SCRUTINY, S.LOCAL_CHECK)
IN_USE = (S.ACTIVE, S.INACTIVE)
LISTABLE = (*IN_USE, S.EXPIRED)

service_days = pack().service_days

# fmt: off
EMPLOYER: "Workflow[Employer]" = Workflow(
    "employer", table="employers_employer", states=S, initial=S.DRAFT,
    policy=EMPLOYER_POLICY, calendar=mission_calendar,
    content=("name", "country", "mission_code", "registration_number", "kind", "small",
             "valid_until", "contact_sealed"),
    filing="file",
    desks={
        S.DRAFT:            Desk(Role.FE_ADMIN),
        S.OTP_VERIFIED:     Desk(Role.FE_ADMIN),
        S.SUBMITTED:        Desk(Role.MISSION_LW, service_days("employer.verification"),
                                 escalates_to=Role.MISSION_HOM),
        S.MISSION_SCRUTINY: Desk(Role.MISSION_LW, service_days("employer.verification"),
                                 escalates_to=Role.MISSION_HOM, runs_on=True),
        S.LOCAL_CHECK:      Desk(Role.MISSION_LW, service_days("employer.verification"),
                                 escalates_to=Role.MISSION_HOM, runs_on=True),
        S.QUERIED:          Desk(Role.FE_ADMIN, service_days("employer.query_answer_days"),
                                 pauses=True),
    },
    steps=[
        #    verb             from                to                  who may    event
        Step("verify_email",  S.DRAFT,            S.OTP_VERIFIED,     "file",    "employer.email_verified"),
        Step("submit",        S.OTP_VERIFIED,     S.SUBMITTED,        "file",    "employer.submitted",
             needs=(contact_given, licence_current)),
        Step("take_up",       S.SUBMITTED,        S.MISSION_SCRUTINY, "verify",  "employer.taken_up"),
        Step("query",         UNDER_VERIFICATION, S.QUERIED,          "verify",  "employer.queried", reason=True),
        Step("answer",        S.QUERIED,          S.MISSION_SCRUTINY, "file",    "employer.answered", reason=True),
        Step("send_to_check", S.MISSION_SCRUTINY, S.LOCAL_CHECK,      "verify",  "employer.check_ordered"),
        Step("record_check",  S.LOCAL_CHECK,      S.MISSION_SCRUTINY, "verify",  "employer.check_recorded", reason=True),
        Step("approve",       S.MISSION_SCRUTINY, S.APPROVED,         "decide",  "employer.approved",
             needs=(contact_given, licence_current), decides=True),
        Step("reject",        S.MISSION_SCRUTINY, S.REJECTED,         "decide",  "employer.rejected", reason=True, decides=True),
        Step("activate",      S.APPROVED,         S.ACTIVE,           "keep",    "employer.activated"),
        Step("set_inactive",  S.ACTIVE,           S.INACTIVE,         "keep",    "employer.inactive"),
        Step("reactivate",    S.INACTIVE,         S.ACTIVE,           "decide",  "employer.reactivated",
             needs=(licence_current,), reason=True, decides=True),
        Step("expire",        IN_USE,             S.EXPIRED,          "keep",    "employer.expired"),
        Step("renew",         S.EXPIRED,          S.SUBMITTED,        "file",    "employer.renewal_filed"),
        Step("watch",         LISTABLE,           S.PRIOR_APPROVAL,   "propose", "employer.prior_approval",
             reason=True, decides=True, second_officer=True, second_may="order"),
        Step("blacklist",     (*LISTABLE, S.PRIOR_APPROVAL), S.BLACKLISTED, "propose", "employer.blacklisted",
             reason=True, decides=True, second_officer=True, second_may="order"),
        Step("clear",         (S.PRIOR_APPROVAL, S.BLACKLISTED), S.ACTIVE, "propose", "employer.cleared",
             reason=True, decides=True, second_officer=True, second_may="order"),
    ],
)
# fmt: on
