"""Who sees a certificate: its person, the agency that filed, the office, the border."""

from django.db.models import Q

from emigrate.domains.reference.enums import Role
from emigrate.foundation.actors import Actor
from emigrate.foundation.database.rows import EVERY_ROW, RowSecurity, open_table
from emigrate.foundation.policy import PolicyTable, everywhere, only


def own(actor: Actor) -> Q:
    """The person's own."""
    return only(person_id=actor.person_id)


def of_own_agency(actor: Actor) -> Q:
    """Filed by the actor's agency."""
    return only(agency_id=actor.organisation_id)


def in_own_office(actor: Actor) -> Q:
    """Decided in the actor's office."""
    return only(office=actor.office)


def in_own_country(actor: Actor) -> Q:
    """For the country of the actor's Mission."""
    return only(country=actor.country)


# fmt: off
CREDENTIAL_POLICY = PolicyTable("credential", {
    "view":   {Role.EMIGRANT: own, Role.RA_ADMIN: of_own_agency, Role.RA_STAFF: of_own_agency,
               Role.POE: in_own_office, Role.POE_DA: in_own_office, Role.PGE: everywhere,
               Role.MISSION_LW: in_own_country, Role.MISSION_HOM: in_own_country,
               Role.BOI: everywhere, Role.AUDITOR: everywhere, Role.SYSTEM: everywhere},
    "paper":  {Role.EMIGRANT: own, Role.RA_ADMIN: of_own_agency, Role.RA_STAFF: of_own_agency,
               Role.POE: in_own_office, Role.SYSTEM: everywhere},
    "status": {Role.SYSTEM: everywhere},
})
# fmt: on

CREDENTIAL_ROWS = {
    Role.EMIGRANT: "person_id = actor_person()",
    Role.RA_ADMIN: "agency_id = actor_organisation()",
    Role.RA_STAFF: "agency_id = actor_organisation()",
    Role.POE: "office = actor_office()",
    Role.POE_DA: "office = actor_office()",
    Role.PGE: EVERY_ROW,
    Role.MISSION_LW: "country = actor_country()",
    Role.MISSION_HOM: "country = actor_country()",
    Role.BOI: EVERY_ROW,
    Role.AUDITOR: EVERY_ROW,
    Role.SYSTEM: EVERY_ROW,
}

RowSecurity("credentials_credential", read=CREDENTIAL_ROWS, write={Role.SYSTEM: EVERY_ROW})
RowSecurity(
    "credentials_paper",
    read={
        "*": "EXISTS (SELECT 1 FROM credentials_credential c WHERE c.id = credential_id)",
        Role.SYSTEM: EVERY_ROW,
    },
    write={Role.SYSTEM: EVERY_ROW},
)
open_table(
    "credentials_statusshard",
    "names and sizes of status lists, public by design",
    verbs="INSERT, UPDATE (closed)",  # another name would take every certificate off its list
)
