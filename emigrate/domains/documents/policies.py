"""Who may hand in, see, open and release which document, and the same again in the database."""

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
from emigrate.foundation.policy import PolicyTable, everywhere, only


def own(actor: Actor) -> Q:
    """Of the person, whoever handed it in, and what the account itself handed in."""
    return only(person_id=actor.person_id) | only(created_by=actor.user_id)


def handed_in(actor: Actor) -> Q:
    """What the actor's account handed in."""
    return only(created_by=actor.user_id)


def of_own_organisation(actor: Actor) -> Q:
    """Owned by the actor's organisation, or handed in by it for a person."""
    return only(organisation_id=actor.organisation_id)


def in_own_country(actor: Actor) -> Q:
    """Of organisations in the country of the actor's Mission."""
    return only(country=actor.country)


# fmt: off
_OFFICES = {**dict.fromkeys((*POE_ROLES, *PGE_ROLES), everywhere),
            **dict.fromkeys(MISSION_ROLES, in_own_country)}
_ORGANISED = dict.fromkeys((*AGENT_ROLES, Role.FE_ADMIN, Role.INSURER), of_own_organisation)
_OWNERS = {Role.EMIGRANT: own, Role.CSC_VLE: handed_in, **_ORGANISED}

DOCUMENT_POLICY = PolicyTable("document", {
    "view":    {**_OWNERS, **_OFFICES, Role.AUDITOR: everywhere, Role.SYSTEM: everywhere},
    "open":    {**_OWNERS, **_OFFICES, Role.SYSTEM: everywhere},
    "file":    {**_OWNERS, **_OFFICES, Role.SYSTEM: everywhere},
    "release": {**_OFFICES},
    "keep":    {Role.SYSTEM: everywhere},
})
# fmt: on

_OWN = f"person_id = {OWN_PERSON} OR created_by = {OWN_USER}"
_OF_ORGANISATION = f"organisation_id = {OWN_ORGANISATION}"
_OFFICIALS = {role.value: EVERY_ROW for role in (*POE_ROLES, *PGE_ROLES, Role.SYSTEM)}
_WRITERS = {
    **_OFFICIALS,
    Role.EMIGRANT.value: _OWN,
    Role.CSC_VLE.value: f"created_by = {OWN_USER}",
    **{role.value: _OF_ORGANISATION for role in (*AGENT_ROLES, Role.FE_ADMIN, Role.INSURER)},
    **{role.value: f"country = {OWN_COUNTRY}" for role in MISSION_ROLES},
}

RowSecurity("documents_document", read={**_WRITERS, Role.AUDITOR.value: EVERY_ROW}, write=_WRITERS)
RowSecurity(
    "documents_opening",
    read={
        Role.SYSTEM.value: EVERY_ROW,
        Role.AUDITOR.value: EVERY_ROW,
        Role.EMIGRANT.value: (
            "EXISTS (SELECT 1 FROM documents_document d WHERE d.id = document_id "  # noqa: S608 - constants
            f"AND d.person_id = {OWN_PERSON})"
        ),
    },
    write={ANY_ROLE: "role = actor_role()"},
    append_only=True,
)
