"""The whole machine of an employer's registration on one screen."""

from collections.abc import Callable
from datetime import date
from typing import Any

from emigrate.domains.employers.enums import EmployerState as S
from emigrate.domains.employers.policies import EMPLOYER_POLICY
from emigrate.domains.reference.enums import Role
from emigrate.domains.reference.queries import calendar_of
from emigrate.foundation.transactions import today
from emigrate.foundation.workflow import Desk, Step, Workflow
from emigrate.law.current import pack


def service_level(key: str) -> Callable[[date], int]:
    """The service level in working days, read when it is needed."""
    return lambda on: int(pack().service_days(key)(on))


def licence_current(case: Any) -> str | None:  # an Employer; models stand above this layer
    """A licence that has ended registers nobody."""
    return None if case.valid_until is None or case.valid_until >= today() else "licence_ended"


def contact_given(case: Any) -> str | None:  # as above
    """The Mission must be able to reach somebody who signs."""
    return None if case.contact_sealed else "contact_missing"


UNDER_VERIFICATION = (S.MISSION_SCRUTINY, S.LOCAL_CHECK)
IN_USE = (S.ACTIVE, S.INACTIVE)
LISTABLE = (*IN_USE, S.EXPIRED)

# fmt: off
EMPLOYER: "Workflow[Any]" = Workflow("employer", table="employers_employer",
    states=S, initial=S.DRAFT, policy=EMPLOYER_POLICY, steps=[
    #    verb            from                to                  who may    event, and what must hold
    Step("verify_email", S.DRAFT,            S.OTP_VERIFIED,     "file",    "employer.email_verified"),
    Step("submit",       S.OTP_VERIFIED,     S.SUBMITTED,        "file",    "employer.submitted",
         needs=(contact_given, licence_current)),
    Step("take_up",      S.SUBMITTED,        S.MISSION_SCRUTINY, "verify",  "employer.taken_up"),
    Step("query",        UNDER_VERIFICATION, S.QUERIED,          "verify",  "employer.queried",
         reason=True),
    Step("answer",       S.QUERIED,          S.MISSION_SCRUTINY, "file",    "employer.answered",
         reason=True),
    Step("send_to_check", S.MISSION_SCRUTINY, S.LOCAL_CHECK,     "verify",  "employer.check_ordered"),
    Step("record_check", S.LOCAL_CHECK,      S.MISSION_SCRUTINY, "verify",  "employer.check_recorded",
         reason=True),
    Step("approve",      S.MISSION_SCRUTINY, S.APPROVED,         "decide",  "employer.approved",
         needs=(contact_given, licence_current), decides=True),
    Step("reject",       S.MISSION_SCRUTINY, S.REJECTED,         "decide",  "employer.rejected",
         reason=True, decides=True),
    Step("activate",     S.APPROVED,         S.ACTIVE,           "keep",    "employer.activated"),
    Step("set_inactive", S.ACTIVE,           S.INACTIVE,         "keep",    "employer.inactive"),
    Step("reactivate",   S.INACTIVE,         S.ACTIVE,           "decide",  "employer.reactivated",
         needs=(licence_current,), reason=True),
    Step("expire",       IN_USE,             S.EXPIRED,          "keep",    "employer.expired"),
    Step("renew",        S.EXPIRED,          S.SUBMITTED,        "file",    "employer.renewal_filed",
         needs=(licence_current,)),
    Step("watch",        LISTABLE,           S.PRIOR_APPROVAL,   "propose", "employer.prior_approval",
         reason=True, second_officer=True, second_may="order"),
    Step("blacklist",    (*LISTABLE, S.PRIOR_APPROVAL), S.BLACKLISTED, "propose", "employer.blacklisted",
         reason=True, second_officer=True, second_may="order"),
    Step("clear",        (S.PRIOR_APPROVAL, S.BLACKLISTED), S.ACTIVE, "propose", "employer.cleared",
         reason=True, second_officer=True, second_may="order"),
], desks={
    S.SUBMITTED:        Desk(Role.MISSION_LW, service_level("employer.verification"),
                             escalates_to=Role.MISSION_HOM),
    S.MISSION_SCRUTINY: Desk(Role.MISSION_LW, service_level("employer.verification"),
                             escalates_to=Role.MISSION_HOM, runs_on=True),
    S.LOCAL_CHECK:      Desk(Role.MISSION_LW, service_level("employer.verification"),
                             escalates_to=Role.MISSION_HOM, runs_on=True),
    S.QUERIED:          Desk(Role.FE_ADMIN, service_level("employer.query_answer_days"), pauses=True),
    S.DRAFT:            Desk(Role.FE_ADMIN),
    S.OTP_VERIFIED:     Desk(Role.FE_ADMIN),
}, content=("name", "country", "mission_code", "registration_number", "kind", "small", "valid_until",
            "contact_sealed"), calendar=lambda case: calendar_of(case.country))
# fmt: on
