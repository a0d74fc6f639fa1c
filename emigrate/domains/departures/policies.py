"""Who records a departure, and who may know of it."""

from django.db.models import Q

from emigrate.domains.reference.enums import AGENT_ROLES, POE_ROLES, Role
from emigrate.foundation.actors import Actor
from emigrate.foundation.database.rows import (
    EVERY_ROW,
    OWN_OFFICE,
    OWN_ORGANISATION,
    OWN_PERSON,
    OWN_USER,
    RowSecurity,
)
from emigrate.foundation.policy import PolicyTable, everywhere, only


def own(actor: Actor) -> Q:
    """The emigrant's own."""
    return only(person_id=actor.person_id)


def of_own_agency(actor: Actor) -> Q:
    """Of workers whom the actor's agency sent."""
    return only(agency_id=actor.organisation_id)


def to_own_country(actor: Actor) -> Q:
    """To the country of the actor's Mission."""
    return only(country=actor.country)


def in_own_office(actor: Actor) -> Q:
    """On a clearance of the actor's office."""
    return only(office=actor.office)


def by_own_hand(actor: Actor) -> Q:
    """Recorded by this officer."""
    return only(officer_id=actor.user_id)


# fmt: off
DEPARTURE_POLICY = PolicyTable("departure", {
    "view":    {Role.EMIGRANT: own, Role.RA_ADMIN: of_own_agency, Role.RA_STAFF: of_own_agency,
                Role.MISSION_LW: to_own_country, Role.MISSION_HOM: to_own_country,
                Role.BOI: everywhere, Role.PGE: everywhere, Role.AUDITOR: everywhere,
                Role.SYSTEM: everywhere},
    "check":   {Role.BOI: everywhere},
    "record":  {Role.BOI: everywhere},
    "arrive":  {Role.EMIGRANT: own, Role.MISSION_LW: to_own_country},
    "return":  {Role.BOI: everywhere},
})
OFF_LOAD_POLICY = PolicyTable("off_load", {
    "view":   {Role.EMIGRANT: own, **dict.fromkeys(AGENT_ROLES, of_own_agency),
               **dict.fromkeys(POE_ROLES, in_own_office), Role.BOI: by_own_hand,
               Role.PGE: everywhere, Role.AUDITOR: everywhere, Role.SYSTEM: everywhere},
    "record": {Role.BOI: everywhere},
})
# fmt: on

RowSecurity(
    "departures_departure",
    read={
        Role.EMIGRANT: "person_id = actor_person()",
        Role.RA_ADMIN: "agency_id = actor_organisation()",
        Role.RA_STAFF: "agency_id = actor_organisation()",
        Role.MISSION_LW: "country = actor_country()",
        Role.MISSION_HOM: "country = actor_country()",
        Role.BOI: EVERY_ROW,
        Role.PGE: EVERY_ROW,
        Role.AUDITOR: EVERY_ROW,
        Role.SYSTEM: EVERY_ROW,
    },
    write={
        Role.EMIGRANT: "person_id = actor_person()",
        Role.MISSION_LW: "country = actor_country()",
        Role.BOI: EVERY_ROW,
        Role.SYSTEM: EVERY_ROW,
    },
)
RowSecurity(
    "departures_offload",
    read={
        Role.EMIGRANT.value: f"person_id = {OWN_PERSON}",
        **{role.value: f"agency_id = {OWN_ORGANISATION}" for role in AGENT_ROLES},
        **{role.value: f"office = {OWN_OFFICE}" for role in POE_ROLES},
        Role.BOI.value: f"officer_id = {OWN_USER}",
        **{role.value: EVERY_ROW for role in (Role.PGE, Role.AUDITOR, Role.SYSTEM)},
    },
    write={Role.BOI.value: f"officer_id = {OWN_USER}", Role.SYSTEM.value: EVERY_ROW},
    append_only=True,
)
