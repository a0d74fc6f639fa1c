"""Who may quote, pay, record and cancel insurance, and see its claims; the database knows it too."""

from django.db.models import Q

from emigrate.domains.reference.enums import AGENT_ROLES, MISSION_ROLES, PGE_ROLES, POE_ROLES, Role
from emigrate.foundation.actors import Actor
from emigrate.foundation.database.rows import (
    EVERY_ROW,
    OWN_COUNTRY,
    OWN_OFFICE,
    OWN_ORGANISATION,
    OWN_PERSON,
    RowSecurity,
)
from emigrate.foundation.policy import PolicyTable, everywhere, only


def own(actor: Actor) -> Q:
    """About the emigrant who asks."""
    return only(person_id=actor.person_id)


def of_own_agency(actor: Actor) -> Q:
    """For a contract of the actor's agency."""
    return only(agency_id=actor.organisation_id)


def in_own_office(actor: Actor) -> Q:
    """Before the actor's office."""
    return only(office=actor.office)


def in_own_country(actor: Actor) -> Q:
    """For work in the country of the actor's Mission."""
    return only(country=actor.country)


# fmt: off
_PARTIES = {Role.EMIGRANT: own, **dict.fromkeys(AGENT_ROLES, of_own_agency),
            Role.SYSTEM: everywhere}
_WATCHING = {**dict.fromkeys(POE_ROLES, in_own_office), **dict.fromkeys(PGE_ROLES, everywhere),
             **dict.fromkeys(MISSION_ROLES, in_own_country), Role.AUDITOR: everywhere}

POLICY_POLICY = PolicyTable("policy", {
    "view":   {**_PARTIES, **_WATCHING},
    "quote":  _PARTIES,
    "ask":    {Role.SYSTEM: everywhere},
    # The premium of a paid policy goes back: an agent must not be able to take a worker's cover.
    "cancel": {Role.PGE: everywhere, Role.SYSTEM: everywhere},
})
# What a worker claims is no business of agents and employers.
CLAIM_POLICY = PolicyTable("claim", {
    "view": {Role.EMIGRANT: own, **dict.fromkeys(PGE_ROLES, everywhere),
             **dict.fromkeys(MISSION_ROLES, in_own_country), Role.AUDITOR: everywhere,
             Role.SYSTEM: everywhere},
})
RECONCILIATION_POLICY = PolicyTable("reconciliation", {
    "view": {**dict.fromkeys(PGE_ROLES, everywhere), Role.AUDITOR: everywhere,
             Role.SYSTEM: everywhere},
})
# fmt: on

_AGENCY, _OFFICE = f"agency_id = {OWN_ORGANISATION}", f"office = {OWN_OFFICE}"
_PARTY_ROWS = {
    Role.EMIGRANT.value: f"person_id = {OWN_PERSON}",
    **{role.value: _AGENCY for role in AGENT_ROLES},
    Role.SYSTEM.value: EVERY_ROW,
}
_SEEN_ROWS = {
    **_PARTY_ROWS,
    **{role.value: _OFFICE for role in POE_ROLES},
    **{role.value: EVERY_ROW for role in (*PGE_ROLES, Role.AUDITOR)},
    **{role.value: f"country = {OWN_COUNTRY}" for role in MISSION_ROLES},
}
RowSecurity("insurance_policy", read=_SEEN_ROWS, write={**_PARTY_ROWS, Role.PGE.value: EVERY_ROW})
RowSecurity("insurance_cover", read=_SEEN_ROWS, write={Role.SYSTEM.value: EVERY_ROW})

_WATCHED_ROWS = {role.value: EVERY_ROW for role in (*PGE_ROLES, Role.AUDITOR, Role.SYSTEM)}
RowSecurity(
    "insurance_claim",
    read={
        **_WATCHED_ROWS,
        Role.EMIGRANT.value: f"person_id = {OWN_PERSON}",
        **{role.value: f"country = {OWN_COUNTRY}" for role in MISSION_ROLES},
    },
    write={Role.SYSTEM.value: EVERY_ROW},
)
RowSecurity(
    "insurance_reconciliation",
    read=_WATCHED_ROWS,
    write={Role.SYSTEM.value: EVERY_ROW},
    append_only=True,
)
