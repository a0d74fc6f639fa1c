"""Who may do what with agents, applications and guarantees; row security below it."""

from django.db.models import Q

from emigrate.domains.reference.enums import Role
from emigrate.foundation.actors import Actor
from emigrate.foundation.database.rows import (
    ANY_ROLE,
    EVERY_ROW,
    OWN_OFFICE,
    OWN_ORGANISATION,
    RowSecurity,
)
from emigrate.foundation.policy import PolicyTable, everywhere, only


def own(actor: Actor) -> Q:
    """The actor's own agency."""
    return only(organisation_id=actor.organisation_id)


def in_own_office(actor: Actor) -> Q:
    """Before the actor's office."""
    return only(office=actor.office)


def risen_to_own_desk(actor: Actor) -> Q:
    """Overdue, and risen to the actor's role."""
    return only(held_by=str(actor.role))


# fmt: off
AGENT_POLICY = PolicyTable("agent", {
    "view":    {Role.RA_ADMIN: own, Role.RA_STAFF: own,
                # the register is public: everybody else sees every agent
                Role.FE_ADMIN: everywhere, Role.EMIGRANT: everywhere, Role.CSC_VLE: everywhere,
                Role.MISSION_LW: everywhere, Role.MISSION_HOM: everywhere,
                Role.POE_DA: everywhere, Role.POE: everywhere, Role.PGE_DA: everywhere,
                Role.PGE: everywhere, Role.BOI: everywhere, Role.INSURER: everywhere,
                Role.HELPDESK: everywhere, Role.AUDITOR: everywhere, Role.SYSTEM: everywhere},
    "surrender": {Role.RA_ADMIN: own},
    "suspend": {Role.PGE: everywhere},
    "cancel":  {Role.PGE: everywhere},
    "renew":   {Role.PGE: everywhere},
    "keep":    {Role.SYSTEM: everywhere},
})
APPLICATION_POLICY = PolicyTable("agent_application", {
    "view":       {Role.RA_ADMIN: own, Role.RA_STAFF: own,
                   Role.POE_DA: in_own_office, Role.POE: in_own_office,
                   Role.PGE_DA: everywhere, Role.PGE: everywhere,
                   Role.AUDITOR: everywhere, Role.SYSTEM: everywhere},
    "file":       {Role.RA_ADMIN: own},
    "confirm":    {Role.RA_ADMIN: own, Role.SYSTEM: everywhere},
    # What an office left overdue the Protector General goes on with.
    "scrutinise": {Role.POE_DA: in_own_office, Role.POE: in_own_office, Role.PGE: risen_to_own_desk},
    "forward":    {Role.POE: in_own_office, Role.PGE: risen_to_own_desk},
    "examine":    {Role.PGE_DA: everywhere, Role.PGE: everywhere},
    "decide":     {Role.PGE: everywhere},
    "keep":       {Role.SYSTEM: everywhere},
})
TRANCHE_POLICY = PolicyTable("capacity_tranche", {
    "view":    {Role.RA_ADMIN: own, Role.RA_STAFF: own,
                Role.PGE_DA: everywhere, Role.PGE: everywhere,
                Role.AUDITOR: everywhere, Role.SYSTEM: everywhere},
    "file":    {Role.RA_ADMIN: own},
    "examine": {Role.PGE_DA: everywhere, Role.PGE: everywhere},
    "decide":  {Role.PGE: everywhere},
})
GUARANTEE_POLICY = PolicyTable("guarantee", {
    "view":    {Role.RA_ADMIN: own, Role.PGE_DA: everywhere, Role.PGE: everywhere,
                Role.AUDITOR: everywhere, Role.SYSTEM: everywhere},
})
# fmt: on

_OWN = f"organisation_id = {OWN_ORGANISATION}"
_OFFICE = f"office = {OWN_OFFICE}"
_PGE = {Role.PGE_DA.value: EVERY_ROW, Role.PGE.value: EVERY_ROW, Role.SYSTEM.value: EVERY_ROW}

RowSecurity(
    "agents_agent",
    read={ANY_ROLE: EVERY_ROW},
    write={
        Role.RA_ADMIN.value: _OWN,
        Role.PGE.value: EVERY_ROW,
        Role.SYSTEM.value: EVERY_ROW,
    },
)
RowSecurity(
    "agents_agentapplication",
    read={
        Role.RA_ADMIN.value: _OWN,
        Role.RA_STAFF.value: _OWN,
        Role.POE_DA.value: _OFFICE,
        Role.POE.value: _OFFICE,
        Role.AUDITOR.value: EVERY_ROW,
        **_PGE,
    },
    write={
        Role.RA_ADMIN.value: _OWN,
        Role.POE_DA.value: _OFFICE,
        Role.POE.value: _OFFICE,
        **_PGE,
    },
)
for _table in ("agents_capacitytranche", "agents_guarantee"):
    RowSecurity(
        _table,
        read={
            Role.RA_ADMIN.value: _OWN,
            Role.RA_STAFF.value: _OWN,
            Role.AUDITOR.value: EVERY_ROW,
            **_PGE,
        },
        write={Role.RA_ADMIN.value: _OWN, **_PGE},
    )
