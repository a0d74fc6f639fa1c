"""Who reads a notice: its receiver."""

from django.db.models import Q

from emigrate.domains.reference.enums import Role
from emigrate.foundation.actors import Actor
from emigrate.foundation.database.rows import EVERY_ROW, RowSecurity
from emigrate.foundation.policy import PolicyTable, everywhere, only


def to_me(actor: Actor) -> Q:
    """Addressed to the person, the account or the organisation of the actor."""
    return (
        only(person_id=actor.person_id)
        | only(user_id=actor.user_id)
        | only(organisation_id=actor.organisation_id)
    )


def to_my_office(actor: Actor) -> Q:
    """Addressed to the actor's account or office."""
    return only(user_id=actor.user_id) | only(office=actor.office)


def to_my_mission(actor: Actor) -> Q:
    """Addressed to the actor's account or the Mission's country."""
    return only(user_id=actor.user_id) | only(country=actor.country)


def to_my_role(actor: Actor) -> Q:
    """Addressed to the actor's account or role."""
    return only(user_id=actor.user_id) | only(role=actor.role)


# fmt: off
NOTIFICATION_POLICY = PolicyTable("notification", {
    "view": {Role.EMIGRANT: to_me, Role.RA_ADMIN: to_me, Role.RA_STAFF: to_me,
             Role.FE_ADMIN: to_me, Role.CSC_VLE: to_me, Role.INSURER: to_me,
             Role.POE: to_my_office, Role.POE_DA: to_my_office,
             Role.MISSION_LW: to_my_mission, Role.MISSION_HOM: to_my_mission,
             Role.PGE: to_my_role, Role.PGE_DA: to_my_role, Role.BOI: to_my_role,
             Role.SYSTEM: everywhere},
})
# fmt: on

RECEIVED = (
    "person_id = actor_person() OR organisation_id = actor_organisation() "
    "OR user_id = actor_user() OR office = actor_office() OR country = actor_country() "
    "OR (role <> '' AND role = actor_role())"
)

RowSecurity(
    "notifications_message",
    read={"*": RECEIVED, Role.SYSTEM: EVERY_ROW},
    write={Role.SYSTEM: EVERY_ROW},
)
