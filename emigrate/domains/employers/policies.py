"""Who may do what to which employer, and the same again in the database."""

from django.db.models import Q

from emigrate.domains.employers.enums import REGISTERED
from emigrate.domains.reference.enums import Role
from emigrate.foundation.actors import Actor
from emigrate.foundation.database.rows import (
    ANY_ROLE,
    EVERY_ROW,
    OWN_COUNTRY,
    OWN_ORGANISATION,
    RowSecurity,
)
from emigrate.foundation.policy import PolicyTable, everywhere, only


def own(actor: Actor) -> Q:
    """The employer's own registrations."""
    return only(organisation_id=actor.organisation_id)


def in_own_country(actor: Actor) -> Q:
    """Employers in the country of the actor's Mission."""
    return only(country=actor.country)


def registered(actor: Actor) -> Q:
    """The register: employers that were once approved."""
    del actor
    return Q(state__in=REGISTERED)


# fmt: off
EMPLOYER_POLICY = PolicyTable("employer", {
    "view":     {Role.FE_ADMIN: own, Role.MISSION_LW: in_own_country,
                 Role.MISSION_HOM: in_own_country, Role.POE_DA: everywhere, Role.POE: everywhere,
                 Role.PGE_DA: everywhere, Role.PGE: everywhere, Role.AUDITOR: everywhere,
                 Role.SYSTEM: everywhere, Role.RA_ADMIN: registered, Role.RA_STAFF: registered,
                 Role.EMIGRANT: registered, Role.CSC_VLE: registered, Role.BOI: registered,
                 Role.HELPDESK: registered, Role.INSURER: registered},
    "contact":  {Role.FE_ADMIN: own, Role.MISSION_LW: in_own_country,
                 Role.MISSION_HOM: in_own_country, Role.PGE: everywhere, Role.SYSTEM: everywhere},
    "file":     {Role.FE_ADMIN: own, Role.MISSION_LW: in_own_country},
    "verify":   {Role.MISSION_LW: in_own_country, Role.MISSION_HOM: in_own_country},
    "decide":   {Role.MISSION_LW: in_own_country, Role.MISSION_HOM: in_own_country},
    "propose":  {Role.MISSION_HOM: in_own_country, Role.PGE: everywhere},
    "order":    {Role.PGE: everywhere},
    "keep":     {Role.SYSTEM: everywhere},
})
# fmt: on

_REGISTERED = "state IN ({})".format(", ".join(f"'{state.value}'" for state in REGISTERED))
_OWN = f"organisation_id = {OWN_ORGANISATION}"
_HERE = f"country = {OWN_COUNTRY}"
_OFFICIALS = (Role.POE_DA, Role.POE, Role.PGE_DA, Role.PGE, Role.AUDITOR, Role.SYSTEM)

RowSecurity(
    "employers_employer",
    read={
        Role.FE_ADMIN.value: _OWN,
        Role.MISSION_LW.value: _HERE,
        Role.MISSION_HOM.value: _HERE,
        **{role.value: EVERY_ROW for role in _OFFICIALS},
        ANY_ROLE: f"actor_role() <> 'public' AND {_REGISTERED}",
    },
    write={
        Role.FE_ADMIN.value: _OWN,
        Role.MISSION_LW.value: _HERE,
        Role.MISSION_HOM.value: _HERE,
        Role.PGE.value: EVERY_ROW,
        Role.SYSTEM.value: EVERY_ROW,
    },
)

_OF_VISIBLE = "EXISTS (SELECT 1 FROM employers_employer e WHERE e.id = employer_id)"

RowSecurity(
    "employers_emailcode",
    read={Role.SYSTEM.value: EVERY_ROW},
)
RowSecurity(
    "employers_recruitmentyear",
    read={
        Role.SYSTEM.value: EVERY_ROW,
        ANY_ROLE: _OF_VISIBLE,
    },
    write={Role.SYSTEM.value: EVERY_ROW},
)
