"""Who may do what with a demand."""

from django.apps import apps
from django.db.models import Q

from emigrate.domains.demands.enums import RECRUITING
from emigrate.domains.reference.enums import Role
from emigrate.foundation.actors import Actor
from emigrate.foundation.database.rows import EVERY_ROW, RowSecurity
from emigrate.foundation.policy import PolicyTable, everywhere, if_exists, only, outer


def own(actor: Actor) -> Q:
    """The employer's own."""
    return only(employer_organisation_id=actor.organisation_id)


def in_own_country(actor: Actor) -> Q:
    """In the country of the actor's Mission."""
    return only(country=actor.country)


def allotted_to_own_agency(actor: Actor) -> Q:
    """Of which the actor's agency holds a part."""
    if actor.organisation_id is None:
        return only(pk=None)
    rows = apps.get_model("demands", "Allotment")._default_manager  # noqa: SLF001 - Django's public name
    return if_exists(rows.filter(demand_id=outer("pk"), agency_id=actor.organisation_id))


def of_own_agency(actor: Actor) -> Q:
    """In the hands of the actor's agency."""
    return only(agency_id=actor.organisation_id)


def approved(actor: Actor) -> Q:
    """Approved demands are public: employer, job, wage, vacancies."""
    del actor
    return Q(state__in=RECRUITING)


# fmt: off
DEMAND_POLICY = PolicyTable("demand", {
    "view":   {Role.FE_ADMIN: own, Role.MISSION_LW: in_own_country,
               Role.MISSION_HOM: in_own_country, Role.RA_ADMIN: allotted_to_own_agency,
               Role.RA_STAFF: allotted_to_own_agency, Role.POE: everywhere,
               Role.POE_DA: everywhere, Role.PGE: everywhere, Role.PGE_DA: everywhere,
               Role.EMIGRANT: approved, Role.PUBLIC: approved,
               Role.AUDITOR: everywhere, Role.SYSTEM: everywhere},
    "file":   {Role.FE_ADMIN: own},
    "decide": {Role.MISSION_LW: in_own_country, Role.MISSION_HOM: in_own_country},
    "decide_watched": {Role.MISSION_HOM: in_own_country},
    "clock":  {Role.SYSTEM: everywhere},
})
ALLOTMENT_POLICY = PolicyTable("allotment", {
    "view":   {Role.FE_ADMIN: own, Role.RA_ADMIN: of_own_agency, Role.RA_STAFF: of_own_agency,
               Role.MISSION_LW: in_own_country, Role.MISSION_HOM: in_own_country,
               Role.POE: everywhere, Role.POE_DA: everywhere, Role.PGE: everywhere,
               Role.PGE_DA: everywhere, Role.AUDITOR: everywhere, Role.SYSTEM: everywhere},
    "release": {Role.FE_ADMIN: own},
    "answer": {Role.RA_ADMIN: of_own_agency},
    "take":   {Role.SYSTEM: everywhere},
})
# fmt: on

APPROVED_SQL = "state IN ('approved', 'open', 'filled')"
MY_AGENCY_HOLDS = (
    "EXISTS (SELECT 1 FROM demands_allotment a "
    "WHERE a.demand_id = demands_demand.id AND a.agency_id = actor_organisation())"
)
OWNER = "employer_organisation_id = actor_organisation()"
MISSION = "country = actor_country()"

RowSecurity(
    "demands_demand",
    read={
        Role.FE_ADMIN: OWNER,
        Role.MISSION_LW: MISSION,
        Role.MISSION_HOM: MISSION,
        Role.RA_ADMIN: MY_AGENCY_HOLDS,
        Role.RA_STAFF: MY_AGENCY_HOLDS,
        Role.POE: EVERY_ROW,
        Role.POE_DA: EVERY_ROW,
        Role.EMIGRANT: APPROVED_SQL,
        Role.PUBLIC: APPROVED_SQL,
        Role.PGE: EVERY_ROW,
        Role.PGE_DA: EVERY_ROW,
        Role.AUDITOR: EVERY_ROW,
        Role.SYSTEM: EVERY_ROW,
    },
    write={
        Role.FE_ADMIN: OWNER,
        Role.MISSION_LW: MISSION,
        Role.MISSION_HOM: MISSION,
        Role.SYSTEM: EVERY_ROW,
    },
)
MY_DEMAND = "EXISTS (SELECT 1 FROM demands_demand d WHERE d.id = demand_id)"
RowSecurity(
    "demands_demandline",
    read={"*": MY_DEMAND, Role.SYSTEM: EVERY_ROW},
    write={Role.FE_ADMIN: MY_DEMAND, Role.SYSTEM: EVERY_ROW},
)
PARTIES = {
    Role.FE_ADMIN: OWNER,
    Role.RA_ADMIN: "agency_id = actor_organisation()",
    Role.RA_STAFF: "agency_id = actor_organisation()",
    Role.SYSTEM: EVERY_ROW,
}
SEERS = {
    Role.MISSION_LW: MISSION,
    Role.MISSION_HOM: MISSION,
    Role.POE: EVERY_ROW,
    Role.POE_DA: EVERY_ROW,
    Role.PGE: EVERY_ROW,
    Role.PGE_DA: EVERY_ROW,
    Role.AUDITOR: EVERY_ROW,
}
RowSecurity("demands_allotment", read={**PARTIES, **SEERS}, write=PARTIES)
RowSecurity("demands_powerofattorney", read={**PARTIES, **SEERS}, write=PARTIES)
