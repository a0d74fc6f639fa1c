"""Who may do what with a clearance, on one screen; row security below it."""

from django.db.models import Q

from emigrate.domains.clearances.enums import ClearanceState
from emigrate.domains.reference.enums import Role
from emigrate.foundation.actors import Actor
from emigrate.foundation.database.rows import EVERY_ROW, RowSecurity
from emigrate.foundation.policy import PolicyTable, everywhere, only

ISSUED = (
    ClearanceState.APPROVED,
    ClearanceState.SUSPENDED,
    ClearanceState.CANCELLED,
    ClearanceState.USED,
    ClearanceState.EXPIRED,
)


def own(actor: Actor) -> Q:
    """The emigrant's own."""
    return only(emigrant_id=actor.person_id)


def filed_by_own_agency(actor: Actor) -> Q:
    """Filed by the actor's agency."""
    return only(agency_id=actor.organisation_id)


def for_own_workers(actor: Actor) -> Q:
    """For a contract with the actor's company."""
    return only(employer_organisation_id=actor.organisation_id)


def in_own_office(actor: Actor) -> Q:
    """Before the actor's office."""
    return only(office=actor.office)


def in_own_country(actor: Actor) -> Q:
    """For the country of the actor's Mission."""
    return only(country=actor.country)


def issued(actor: Actor) -> Q:
    """Those that were ever issued: what a counter may look up."""
    del actor
    return Q(state__in=ISSUED)


# fmt: off
CLEARANCE_POLICY = PolicyTable("clearance", {
    "view":    {Role.EMIGRANT: own, Role.RA_ADMIN: filed_by_own_agency,
                Role.RA_STAFF: filed_by_own_agency, Role.FE_ADMIN: for_own_workers,
                Role.POE_DA: in_own_office, Role.POE: in_own_office,
                Role.PGE_DA: everywhere, Role.PGE: everywhere,
                Role.MISSION_LW: in_own_country, Role.MISSION_HOM: in_own_country,
                Role.BOI: issued, Role.AUDITOR: everywhere, Role.SYSTEM: everywhere},
    # Why an officer asked for advice or gave a case away is not said to those it is about.
    "remarks": {Role.POE_DA: in_own_office, Role.POE: in_own_office,
                Role.PGE_DA: everywhere, Role.PGE: everywhere,
                Role.MISSION_LW: in_own_country, Role.MISSION_HOM: in_own_country,
                Role.AUDITOR: everywhere, Role.SYSTEM: everywhere},
    "file":    {Role.RA_ADMIN: filed_by_own_agency, Role.RA_STAFF: filed_by_own_agency},
    "withdraw": {Role.RA_ADMIN: filed_by_own_agency, Role.EMIGRANT: own},
    "check":   {Role.SYSTEM: everywhere},
    "scrutinise": {Role.POE_DA: in_own_office, Role.POE: in_own_office},
    "decide":  {Role.POE: in_own_office},
    "advise":  {Role.MISSION_LW: in_own_country, Role.MISSION_HOM: in_own_country,
                Role.PGE: everywhere},
    # The platform suspends on the passport registry's word; lifting it takes two officers.
    "suspend": {Role.POE: in_own_office, Role.PGE: everywhere, Role.SYSTEM: everywhere},
    "restore": {Role.POE: in_own_office, Role.PGE: everywhere},
    "reassign": {Role.PGE: everywhere},
    "cancel":  {Role.POE: in_own_office, Role.PGE: everywhere, Role.SYSTEM: everywhere},
    "depart":  {Role.SYSTEM: everywhere},
    "clock":   {Role.SYSTEM: everywhere},
})
# fmt: on

ISSUED_SQL = "state IN ('approved', 'suspended', 'cancelled', 'used', 'expired')"

ROWS_OF_ROLES = {
    Role.EMIGRANT: "emigrant_id = actor_person()",
    Role.RA_ADMIN: "agency_id = actor_organisation()",
    Role.RA_STAFF: "agency_id = actor_organisation()",
    Role.FE_ADMIN: "employer_organisation_id = actor_organisation()",
    Role.POE_DA: "office = actor_office()",
    Role.POE: "office = actor_office()",
    Role.PGE_DA: EVERY_ROW,
    Role.PGE: EVERY_ROW,
    Role.MISSION_LW: "country = actor_country()",
    Role.MISSION_HOM: "country = actor_country()",
    Role.BOI: ISSUED_SQL,
    Role.AUDITOR: EVERY_ROW,
    Role.SYSTEM: EVERY_ROW,
}
WRITERS = {
    role: sql
    for role, sql in ROWS_OF_ROLES.items()
    if role not in {Role.FE_ADMIN, Role.PGE_DA, Role.BOI, Role.AUDITOR}
}

RowSecurity("clearances_clearance", read=ROWS_OF_ROLES, write=WRITERS)
RowSecurity(
    "clearances_check",
    read={
        Role.SYSTEM: EVERY_ROW,
        "*": "EXISTS (SELECT 1 FROM clearances_clearance c WHERE c.id = clearance_id)",
    },
    write={Role.SYSTEM: EVERY_ROW},
    erasable=True,
)
