"""Who may do what with a contract."""

from django.db.models import Q

from emigrate.domains.reference.enums import Role
from emigrate.foundation.actors import Actor
from emigrate.foundation.database.rows import ANY_ROLE, EVERY_ROW, RowSecurity
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
                Role.POE_DA: in_own_office, Role.PGE: everywhere, Role.PGE_DA: everywhere,
                Role.MISSION_LW: in_own_country, Role.MISSION_HOM: in_own_country,
                Role.AUDITOR: everywhere, Role.SYSTEM: everywhere},
    "draft":   {Role.RA_ADMIN: of_own_agency, Role.RA_STAFF: of_own_agency},
    "sign":    {Role.FE_ADMIN: with_own_company},
    "consent": {Role.EMIGRANT: own},
    "move":    {Role.SYSTEM: everywhere},
    "lock":    {Role.SYSTEM: everywhere, Role.RA_ADMIN: of_own_agency, Role.EMIGRANT: own},
    "void":    {Role.SYSTEM: everywhere, Role.RA_ADMIN: of_own_agency,
                Role.FE_ADMIN: with_own_company},
    # A fixed contract is the worker's: neither agent nor employer may undo it.
    "annul":   {Role.SYSTEM: everywhere, Role.EMIGRANT: own, Role.PGE: everywhere},
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
    Role.PGE_DA: EVERY_ROW,
    Role.MISSION_LW: "country = actor_country()",
    Role.MISSION_HOM: "country = actor_country()",
    Role.AUDITOR: EVERY_ROW,
    Role.SYSTEM: EVERY_ROW,
}
PARTIES = (Role.EMIGRANT, Role.RA_ADMIN, Role.RA_STAFF, Role.FE_ADMIN, Role.PGE, Role.SYSTEM)
MY_CONTRACT = "EXISTS (SELECT 1 FROM contracts_contract c WHERE c.id = contract_id)"

RowSecurity(
    "contracts_contract",
    read=CONTRACT_ROWS,
    write={role: CONTRACT_ROWS[role] for role in PARTIES},
)
SEEN = {ANY_ROLE: MY_CONTRACT, Role.SYSTEM: EVERY_ROW}
BY_AGENT = {Role.RA_ADMIN: MY_CONTRACT, Role.RA_STAFF: MY_CONTRACT, Role.SYSTEM: EVERY_ROW}
BY_EMIGRANT = {Role.EMIGRANT: MY_CONTRACT, Role.SYSTEM: EVERY_ROW}
# Terms are the agent's words, answers and consents the emigrant's own: nobody else writes them.
RowSecurity("contracts_contractversion", read=SEEN, write=BY_AGENT, append_only=True)
RowSecurity("contracts_readback", read=SEEN, write=BY_EMIGRANT, append_only=True)
RowSecurity("contracts_consent", read=SEEN, write=BY_EMIGRANT)
