"""The whole machine of a person's registration on one screen."""

from typing import TYPE_CHECKING

from emigrate.domains.emigrants.enums import LIVING
from emigrate.domains.emigrants.enums import EmigrantState as S
from emigrate.domains.emigrants.policies import EMIGRANT_POLICY
from emigrate.domains.reference.enums import Role
from emigrate.domains.reference.queries import calendar_of
from emigrate.foundation.calendar import Calendar
from emigrate.foundation.workflow import Desk, Step, Workflow
from emigrate.law.current import pack

if TYPE_CHECKING:  # type checking
    from emigrate.domains.emigrants.models import Emigrant


def contact_complete(case: "Emigrant") -> str | None:
    """Somebody must be reachable: nominee, family's telephone and emergency contact."""
    return None if case.contact_complete else "contact_incomplete"


def home_calendar(case: "Emigrant") -> Calendar:
    """Officers of the home country decide about registrations, in its working days."""
    del case
    return calendar_of()


PROVED = (S.ID_VERIFIED, S.ACTIVE)
HELD = S.SUSPENDED_DUPLICATE

# fmt: off
EMIGRANT: Workflow["Emigrant"] = Workflow(
    "emigrant",
    table="emigrants_emigrant",
    states=S,
    initial=S.PROFILE_BASIC,
    policy=EMIGRANT_POLICY,
    calendar=home_calendar,
    filing="file",
    judging=("emigrant.years_abroad", "emigrant.passport_settled", "emigrant.found_same",
             "emigrant.found_different"),
    desks={HELD: Desk(Role.POE, pack().service_days("emigrant.duplicate"), escalates_to=Role.PGE)},
    content=("identity_sealed", "contact_sealed", "nationality", "state_code", "district_code",
             "years_abroad_since_18"),
    steps=[
        #    verb              from             to               who may   event
        Step("verify",         S.PROFILE_BASIC, S.ID_VERIFIED,   "keep",   "emigrant.id_verified"),
        Step("activate",       S.ID_VERIFIED,   S.ACTIVE,        "keep",   "emigrant.activated",
             needs=(contact_complete,)),
        Step("unverify",       PROVED,          S.PROFILE_BASIC, "keep",   "emigrant.unverified"),
        Step("hold",           LIVING,          HELD,            "decide", "emigrant.held",
             reason=True, decides=True),
        Step("clear",          HELD,            S.PROFILE_BASIC, "decide", "emigrant.cleared",
             reason=True, decides=True),
        Step("merge",          HELD,            S.MERGED,        "decide", "emigrant.merged",
             reason=True, decides=True),
        Step("record_death",   (*LIVING, HELD), S.DECEASED,      "death",  "emigrant.deceased",
             reason=True, decides=True),
    ],
)
# fmt: on
