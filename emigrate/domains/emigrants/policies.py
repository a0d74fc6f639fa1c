"""Who may see, open and change which person's record, and the same again in the database.

Seeing a row shows nothing personal but year of birth, sex and district; opening it decrypts, is a
permission of its own, and leaves a record of the reading.
"""

from django.apps import apps
from django.db.models import Q

from emigrate.domains.reference.enums import AGENT_ROLES, MISSION_ROLES, PGE_ROLES, POE_ROLES, Role
from emigrate.foundation.actors import Actor
from emigrate.foundation.database.rows import (
    ANY_ROLE,
    EVERY_ROW,
    OWN_COUNTRY,
    OWN_ORGANISATION,
    OWN_PERSON,
    OWN_USER,
    RowSecurity,
)
from emigrate.foundation.policy import PolicyTable, everywhere, if_exists, only, outer


def own(actor: Actor) -> Q:
    """The person's own record, also before the account was tied to it."""
    return only(pk=actor.person_id) | only(created_by=actor.user_id, registered_through="self")


def linked(actor: Actor) -> Q:
    """Persons who agreed that this agency sees them."""
    return _tied("AgentLink", organisation_id=actor.organisation_id)


def assisted(actor: Actor) -> Q:
    """Persons whom this village operator registered."""
    return only(created_by=actor.user_id, registered_through="centre")


def disclosed(actor: Actor) -> Q:
    """Persons shown to this employer or insurer for one of its cases."""
    return _tied("Disclosure", organisation_id=actor.organisation_id)


def disclosed_to_mission(actor: Actor) -> Q:
    """Persons shown to the Mission of the country they go to."""
    return _tied("Disclosure", country=actor.country)


def _tied(name: str, **to: object) -> Q:
    if None in to.values():
        return only(pk=None)
    rows = apps.get_model("emigrants", name)._default_manager  # noqa: SLF001 - Django's public name
    return if_exists(rows.filter(emigrant_id=outer("pk"), ended_at=None, **to))


# fmt: off
_OFFICES = {**dict.fromkeys(POE_ROLES, everywhere), **dict.fromkeys(PGE_ROLES, everywhere),
            Role.SYSTEM: everywhere}
_SIDE = {Role.EMIGRANT: own, Role.CSC_VLE: assisted, **dict.fromkeys(AGENT_ROLES, linked)}
_SHOWN = {Role.FE_ADMIN: disclosed, Role.INSURER: disclosed,
          **dict.fromkeys(MISSION_ROLES, disclosed_to_mission)}

EMIGRANT_POLICY = PolicyTable("emigrant", {
    "view":    {**_SIDE, **_SHOWN, **_OFFICES, Role.AUDITOR: everywhere},
    "open":    {**_SIDE, **_SHOWN, **_OFFICES},
    "file":    {**_SIDE, **_OFFICES},
    "consent": {Role.EMIGRANT: own, **dict.fromkeys(AGENT_ROLES, linked), Role.SYSTEM: everywhere},
    # An agency may ask anybody for consent; whether the person exists it is not told.
    "ask":     dict.fromkeys(AGENT_ROLES, everywhere),
    "check":   {Role.POE_DA: everywhere, Role.POE: everywhere, Role.SYSTEM: everywhere},
    "decide":  {Role.POE: everywhere, Role.PGE: everywhere},
    "death":   {Role.POE: everywhere, Role.PGE: everywhere,
                Role.MISSION_HOM: disclosed_to_mission},
    "keep":    {Role.SYSTEM: everywhere},
})
# fmt: on

# Functions of migration 0002: a policy with sub-queries is planned anew for every statement.
_ONCE_LINKED, _LINKED = "emigrants_linked(id, true)", "emigrants_linked(id, false)"
_DISCLOSED = "emigrants_disclosed(id)"
_CREATED = f"created_by = {OWN_USER}"
_OWN = f"id = {OWN_PERSON} OR ({_CREATED} AND registered_through = 'self')"
_ASSISTED = f"{_CREATED} AND registered_through = 'centre'"
_OFFICIALS = {role.value: EVERY_ROW for role in (*POE_ROLES, *PGE_ROLES, Role.SYSTEM)}
_WATCHING = {**_OFFICIALS, Role.AUDITOR.value: EVERY_ROW}

RowSecurity(
    "emigrants_emigrant",
    # An agency whose link ended keeps seeing that its old cases had a person; it opens nothing.
    read={
        **_WATCHING,
        Role.EMIGRANT.value: _OWN,
        Role.CSC_VLE.value: _ASSISTED,
        **{role.value: _ONCE_LINKED for role in AGENT_ROLES},
        **{role.value: _DISCLOSED for role in (Role.FE_ADMIN, Role.INSURER)},
        **{role.value: _DISCLOSED for role in MISSION_ROLES},
    },
    write={
        **_OFFICIALS,
        Role.EMIGRANT.value: _OWN,
        Role.CSC_VLE.value: _ASSISTED,
        **{role.value: _LINKED for role in AGENT_ROLES},
        Role.MISSION_HOM.value: _DISCLOSED,
    },
)

_OF_VISIBLE = "emigrants_seen(emigrant_id)"
_OF_LINKED = "emigrants_linked(emigrant_id, false)"
_OF_OWN = f"emigrant_id = {OWN_PERSON}"
_OF_AGENCY = f"organisation_id = {OWN_ORGANISATION}"
_KEEPING = {
    **_OFFICIALS,
    Role.EMIGRANT.value: _OF_VISIBLE,
    Role.CSC_VLE.value: _OF_VISIBLE,
    **{role.value: _OF_LINKED for role in AGENT_ROLES},
}
"""Who keeps what belongs to a person: officers, the person, and who registered or is linked."""

RowSecurity(
    "emigrants_passport",
    # The counter finds a clearance by the blinded number; it cannot open the number.
    read={**_WATCHING, Role.BOI.value: EVERY_ROW, ANY_ROLE: _OF_VISIBLE},
    write=_KEEPING,
)
RowSecurity(
    "emigrants_agentlink",
    read={
        **_WATCHING,
        Role.EMIGRANT.value: _OF_OWN,
        **{role.value: _OF_AGENCY for role in AGENT_ROLES},
    },
    write={Role.SYSTEM.value: EVERY_ROW},
)
RowSecurity("emigrants_consentcode", read={Role.SYSTEM.value: EVERY_ROW}, erasable=True)
RowSecurity(
    "emigrants_disclosure",
    read={
        **_WATCHING,
        Role.EMIGRANT.value: _OF_OWN,
        **{role.value: _OF_AGENCY for role in (Role.FE_ADMIN, Role.INSURER)},
        **{role.value: f"country = {OWN_COUNTRY}" for role in MISSION_ROLES},
    },
    write={Role.SYSTEM.value: EVERY_ROW},
)
RowSecurity(
    "emigrants_possibleduplicate",
    read=_WATCHING,
    write={role.value: EVERY_ROW for role in (Role.POE, Role.PGE, Role.SYSTEM)},
)
RowSecurity(
    "emigrants_readrecord",
    read={
        Role.SYSTEM.value: EVERY_ROW,
        Role.AUDITOR.value: EVERY_ROW,
        Role.EMIGRANT.value: _OF_OWN,
        # An account's own readings, so that they can be counted against its budget.
        ANY_ROLE: f"user_id = {OWN_USER}",
    },
    write={ANY_ROLE: "role = actor_role()"},
    append_only=True,
)
RowSecurity(
    "emigrants_spentbudget",
    read={Role.SYSTEM.value: EVERY_ROW, Role.AUDITOR.value: EVERY_ROW},
    write={Role.SYSTEM.value: EVERY_ROW},
    append_only=True,
)
RowSecurity(
    "emigrants_nameindex",
    # Searched by joining it to the persons that are visible.
    read=_KEEPING,
    searched_as="emigrants_searchedname",
)
