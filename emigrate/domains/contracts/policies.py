"""Who may do what with a contract."""

from django.db.models import Q

from emigrate.domains.reference.enums import Role
from emigrate.foundation.actors import Actor
from emigrate.foundation.database.rows import EVERY_ROW, RowSecurity
from emigrate.foundation.policy import PolicyTable, everywhere, only


def own(actor: Actor) -> Q:
    """The emigrant's own."""
    return only(emigrant_id=actor.person_id)


def of_own_agency(actor: Actor) -> Q:
    """Made by the actor's agency."""
    return only(agency_id=actor.organisation_id)


def with_own_company(actor: Actor) -> Q:
    """With the actor's company as employer."""
    return only(employer_organisation_id=actor.organisation_id)


def in_own_office(actor: Actor) -> Q:
    """Of an agent of the actor's office."""
    return only(office=actor.office)


def in_own_country(actor: Actor) -> Q:
    """For work in the country of the actor's Mission."""
    return only(country=actor.country)


# fmt: off
CONTRACT_POLICY = PolicyTable("contract", {
    "view":    {Role.EMIGRANT: own, Role.RA_ADMIN: of_own_agency, Role.RA_STAFF: of_own_agency,
                Role.FE_ADMIN: with_own_company, Role.POE: in_own_office,
                Role.POE_DA: in_own_office, Role.PGE: everywhere,
                Role.MISSION_LW: in_own_country, Role.MISSION_HOM: in_own_country,
                Role.AUDITOR: everywhere, Role.SYSTEM: everywhere},
    "draft":   {Role.RA_ADMIN: of_own_agency, Role.RA_STAFF: of_own_agency},
    "sign":    {Role.FE_ADMIN: with_own_company},
    "consent": {Role.EMIGRANT: own},
    "lock":    {Role.SYSTEM: everywhere, Role.RA_ADMIN: of_own_agency, Role.EMIGRANT: own},
    "void":    {Role.SYSTEM: everywhere, Role.RA_ADMIN: of_own_agency,
                Role.FE_ADMIN: with_own_company},
})
# fmt: on

CONTRACT_ROWS = {
    Role.EMIGRANT: "emigrant_id = actor_person()",
    Role.RA_ADMIN: "agency_id = actor_organisation()",
    Role.RA_STAFF: "agency_id = actor_organisation()",
    Role.FE_ADMIN: "employer_organisation_id = actor_organisation()",
    Role.POE: "office = actor_office()",
    Role.POE_DA: "office = actor_office()",
    Role.PGE: EVERY_ROW,
    Role.MISSION_LW: "country = actor_country()",
    Role.MISSION_HOM: "country = actor_country()",
    Role.AUDITOR: EVERY_ROW,
    Role.SYSTEM: EVERY_ROW,
}
PARTIES = (Role.EMIGRANT, Role.RA_ADMIN, Role.RA_STAFF, Role.FE_ADMIN, Role.SYSTEM)
MY_CONTRACT = "EXISTS (SELECT 1 FROM contracts_contract c WHERE c.id = contract_id)"

RowSecurity(
    "contracts_contract",
    read=CONTRACT_ROWS,
    write={role: CONTRACT_ROWS[role] for role in PARTIES},
)
for table, append_only in (("contractversion", True), ("readback", True), ("consent", False)):
    RowSecurity(
        f"contracts_{table}",
        read={"*": MY_CONTRACT, Role.SYSTEM: EVERY_ROW},
        write={
            **{role: MY_CONTRACT for role in PARTIES if role is not Role.SYSTEM},
            Role.SYSTEM: EVERY_ROW,
        },
        append_only=append_only,
    )
