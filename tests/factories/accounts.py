"""Accounts for tests: plain functions over the domain's own actions."""

from itertools import count

from emigrate.domains.accounts.actions import (
    NewMembership,
    NewOrganisation,
    NewUser,
    create_organisation,
    create_user,
    grant_membership,
)
from emigrate.domains.accounts.enums import OrganisationKind
from emigrate.domains.accounts.models import Membership, Organisation, User
from emigrate.domains.reference.enums import Role
from emigrate.foundation.actors import Actor

SYSTEM = Actor.system("test")
_number = count(1)


def an_organisation(
    kind: OrganisationKind, name: str = "", *, country: str = "IND"
) -> Organisation:
    """An organisation of a kind."""
    new = NewOrganisation(kind, name or f"{kind.label} {next(_number)}", country)
    return create_organisation(new, actor=SYSTEM)


def an_agency(name: str = "") -> Organisation:
    """The organisation of a recruiting agent."""
    return an_organisation(OrganisationKind.AGENT, name)


def an_employer(name: str = "", *, country: str = "SAU") -> Organisation:
    """The organisation of a foreign employer."""
    return an_organisation(OrganisationKind.EMPLOYER, name, country=country)


def a_user(login: str = "") -> User:
    """An account; logins never repeat within a run."""
    number = next(_number)
    return create_user(NewUser(login or f"user-{number}", f"User {number}"), actor=SYSTEM)


def a_membership(role: Role, **place: int | str) -> Membership:
    """A new user in a role; `place` as `NewMembership` has it."""
    return grant_membership(NewMembership(a_user().pk, role, **place), actor=SYSTEM)


def an_officer(role: Role = Role.POE, *, office: str = "DEL") -> Membership:
    """A Protector of Emigrants (or a dealing assistant) of an office."""
    return a_membership(role, office=office)


def actor_of(membership: Membership) -> Actor:
    """The actor that a sign-in with this membership gives."""
    return Actor(
        role=membership.role,
        user_id=membership.user_id,
        organisation_id=membership.organisation_id,
        office=membership.office,
        country=membership.country,
        person_id=membership.person_id,
        request_id="test",
    )
