"""Who reads a notice: its receiver."""

from django.db.models import Q

from emigrate.domains.reference.enums import Role
from emigrate.foundation.actors import Actor
from emigrate.foundation.database.rows import EVERY_ROW, RowSecurity
from emigrate.foundation.policy import PolicyTable, everywhere, only


def received(actor: Actor) -> Q:
    """To the actor's person, account or organisation, or to a group that the actor is one of."""
    return (
        only(person_id=actor.person_id)
        | only(user_id=actor.user_id)
        | only(organisation_id=actor.organisation_id)
        | _to_my_group(actor)
    )


def _to_my_group(actor: Actor) -> Q:
    """A notice to a role, office or country names nobody; all that it does name must fit."""
    return (
        Q(person_id=None, user_id=None, organisation_id=None)
        & (Q(office=None) | only(office=actor.office))
        & (Q(country=None) | only(country=actor.country))
        & Q(role__in=("", actor.role))
    )


READERS = (Role.EMIGRANT, Role.CSC_VLE, Role.RA_ADMIN, Role.RA_STAFF, Role.FE_ADMIN, Role.INSURER,
           Role.POE, Role.POE_DA, Role.MISSION_LW, Role.MISSION_HOM, Role.PGE, Role.PGE_DA,
           Role.BOI, Role.AUDITOR)  # fmt: skip

NOTIFICATION_POLICY = PolicyTable(
    "notification",
    {"view": {**dict.fromkeys(READERS, received), Role.SYSTEM: everywhere}},
)

RECEIVED = (
    "person_id = actor_person() OR organisation_id = actor_organisation() "
    "OR user_id = actor_user() OR (person_id IS NULL AND organisation_id IS NULL "
    "AND user_id IS NULL AND (office IS NULL OR office = actor_office()) "
    "AND (country IS NULL OR country = actor_country()) AND role IN ('', actor_role()))"
)

RowSecurity(
    "notifications_message",
    read={"*": RECEIVED, Role.SYSTEM: EVERY_ROW},
    write={Role.SYSTEM: EVERY_ROW},
)
