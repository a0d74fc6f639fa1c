"""Organisations, users, memberships, and the secrets by which they sign in."""

import json
import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar
from uuid import UUID

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from emigrate.domains.accounts.enums import (
    MAY_NAME_COUNTRY,
    NEEDS_COUNTRY,
    NEEDS_OFFICE,
    NEEDS_ORGANISATION,
    NEVER_GRANTED,
    OrganisationKind,
)
from emigrate.domains.accounts.models import (
    AccessToken,
    BulkRequest,
    BulkRow,
    Membership,
    Organisation,
    Session,
    User,
)
from emigrate.domains.accounts.policies import (
    MEMBERSHIP_POLICY,
    ORGANISATION_POLICY,
    SESSION_POLICY,
    USER_POLICY,
)
from emigrate.domains.accounts.queries import (
    BULK_COLUMN,
    bulk_requests_for,
    bulk_subject,
    memberships_for,
    organisations_for,
    secret_hash,
    sessions_for,
    tokens_for,
    users_for,
)
from emigrate.domains.reference import queries as reference
from emigrate.domains.reference.enums import Role
from emigrate.foundation import sealing
from emigrate.foundation.actors import Actor
from emigrate.foundation.errors import AlreadyExists, InvalidInput, NotFound, NotSignedIn
from emigrate.foundation.transactions import action, now

R = TypeVar("R")

LOGIN = re.compile(r"[a-z][a-z0-9._-]{2,79}")
LONGEST_NAME, LONGEST_SHOWN_NAME = 200, 120
SESSION_HOURS = 12
TOKEN_DAYS_AT_MOST = 366
TOKEN_PREFIX = "emt_"  # noqa: S105 - a mark by which scanners find leaked tokens


@dataclass(frozen=True, slots=True)
class NewOrganisation:
    """An organisation to be; `country` is an ISO 3166-1 alpha-3 code."""

    kind: OrganisationKind
    name: str
    country: str


@dataclass(frozen=True, slots=True)
class NewUser:
    """An account to be; `login` is a chosen name, not an address or number of the person."""

    login: str
    display_name: str
    language: str = "en"


@dataclass(frozen=True, slots=True)
class NewMembership:
    """One user in one role, with what that role needs: organisation, office or country."""

    user_id: int
    role: Role
    organisation_id: int | None = None
    office: str | None = None
    country: str | None = None
    person_id: int | None = None


@dataclass(frozen=True, slots=True)
class BulkAnswer:
    """What became of one row of a large request: a reference, or an error (code, words, fields)."""

    reference: str = ""
    error: Mapping[str, Any] | None = None


@action
def create_organisation(new: NewOrganisation, *, actor: Actor) -> Organisation:
    """Make an organisation known. NotPermitted, InvalidInput."""
    ORGANISATION_POLICY.require_role(actor, "administer")
    name = new.name.strip()
    if not 1 < len(name) <= LONGEST_NAME:
        raise InvalidInput.at("/name", "name_length", _("Write a name of 2 to 200 characters."))
    _require_country(new.country)
    return Organisation.objects.create(
        kind=new.kind, name=name, country=new.country, created_at=now()
    )


@action
def create_user(new: NewUser, *, actor: Actor) -> User:
    """Make an account without a password. NotPermitted, InvalidInput, AlreadyExists."""
    USER_POLICY.require_role(actor, "administer")
    _require_account(new)
    try:
        with transaction.atomic():
            return User.objects.create(
                login=new.login,
                display_name=new.display_name,
                language=new.language,
                password=make_password(None),
                created_at=now(),
            )
    except IntegrityError as error:
        raise AlreadyExists("login_taken", login=new.login) from error


@action
def grant_membership(new: NewMembership, *, actor: Actor) -> Membership:
    """Put a user into a role. NotPermitted, InvalidInput, AlreadyExists."""
    MEMBERSHIP_POLICY.require_role(actor, "administer")
    _require_place(new, actor)
    try:
        with transaction.atomic():
            return Membership.objects.create(
                user_id=new.user_id,
                role=new.role,
                organisation_id=new.organisation_id,
                office=new.office,
                country=new.country,
                person_id=new.person_id,
            )
    except IntegrityError as error:
        raise AlreadyExists("membership_exists", role=new.role) from error


@action
def add_staff(new: NewUser, *, actor: Actor) -> Membership:
    """An agency's administrator gives a colleague an account in the same agency."""
    USER_POLICY.require_role(actor, "add_staff")
    platform = Actor.system(actor.request_id)
    user = create_user(new, actor=platform)
    place = NewMembership(user.pk, Role.RA_STAFF, organisation_id=actor.organisation_id)
    return grant_membership(place, actor=platform)


@action
def tie_person(user_id: int, person_id: int, *, actor: Actor) -> None:
    """An account that registered its own person signs in as that person from now on, once."""
    MEMBERSHIP_POLICY.require_role(actor, "administer")
    rows = Membership.objects.filter(user_id=user_id, role=Role.EMIGRANT, person_id=None)
    rows.update(person_id=person_id)


@action
def end_membership(membership_id: int, *, actor: Actor) -> Membership:
    """Close a membership: its sessions and tokens sign nobody in from this moment."""
    MEMBERSHIP_POLICY.require_role(actor, "administer")
    Membership.objects.filter(pk=membership_id).update(active=False)
    return _membership(membership_id, actor)


@action
def suspend_user(user_id: int, *, actor: Actor) -> User:
    """Close an account in all its roles from this moment; NotPermitted, NotFound."""
    USER_POLICY.require_role(actor, "administer")
    User.objects.filter(pk=user_id).update(is_active=False)
    return _only(users_for(actor).filter(pk=user_id).first())


@action
def start_session(membership_id: int, *, actor: Actor) -> str:
    """Sign a browser in; the answer is the session's secret, of which only the hash is kept."""
    SESSION_POLICY.require_role(actor, "start")
    membership = _membership(membership_id, actor)
    secret = secrets.token_urlsafe(32)
    Session.objects.create(
        secret_hash=secret_hash(secret),
        user_id=membership.user_id,
        membership=membership,
        created_at=now(),
        expires_at=now() + timedelta(hours=SESSION_HOURS),
    )
    return secret


@action
def end_session(secret: str, *, actor: Actor) -> None:
    """Sign a browser out; a session that is unknown or ended already stays as it is."""
    rows = sessions_for(actor).filter(secret_hash=secret_hash(secret), ended_at=None)
    rows.update(ended_at=now())


@action
def issue_token(membership_id: int, name: str, days: int, *, actor: Actor) -> str:
    """An access token of 1 to 366 days for one's own membership; shown once, never kept."""
    if not 1 <= days <= TOKEN_DAYS_AT_MOST:
        text = _("Choose from 1 to %(days)s days.") % {"days": TOKEN_DAYS_AT_MOST}
        raise InvalidInput.at("/days", "days_out_of_range", text)
    membership = _membership(membership_id, actor)
    MEMBERSHIP_POLICY.require(actor, "use", membership)
    secret = TOKEN_PREFIX + secrets.token_urlsafe(32)
    AccessToken.objects.create(
        secret_hash=secret_hash(secret),
        user_id=membership.user_id,
        membership=membership,
        name=name[:80],
        created_at=now(),
        expires_at=now() + timedelta(days=days),
    )
    return secret


@action
def revoke_token(token_id: int, *, actor: Actor) -> AccessToken:
    """End a token from this moment; NotFound when it is not the actor's."""
    tokens_for(actor).filter(pk=token_id, revoked_at=None).update(revoked_at=now())
    return _only(tokens_for(actor).filter(pk=token_id).first())


@action
def open_bulk(kind: str, rows: Sequence[Mapping[str, Any]], *, actor: Actor) -> BulkRequest:
    """Keep a large request; its rows stay sealed until each is answered. NotSignedIn."""
    if actor.user_id is None:
        raise NotSignedIn
    request = BulkRequest(
        kind=kind,
        user_id=actor.user_id,
        role=actor.role,
        organisation_id=actor.organisation_id,
        office=actor.office,
        country=actor.country,
        person_id=actor.person_id,
        request_id=actor.request_id[:64],
        size=len(rows),
        created_at=now(),
    )
    text = json.dumps(rows)
    request.rows_sealed = sealing.seal(bulk_subject(request), BULK_COLUMN, request.pk, text)
    request.save(force_insert=True)
    return request


@action
def answer_bulk_row(
    request_id: UUID, row: int, work: Callable[[], BulkAnswer], *, actor: Actor
) -> None:
    """Do one row's work and keep its answer in the same transaction, unless it has one already."""
    request = _only(bulk_requests_for(actor).select_for_update().filter(pk=request_id).first())
    if request.answers.filter(row=row).exists():
        return
    answer = work()
    BulkRow.objects.create(bulk=request, row=row, reference=answer.reference, error=answer.error)


@action
def finish_bulk(request_id: UUID, *, actor: Actor) -> BulkRequest:
    """Every row has its answer: what was sent is erased with its key. It may be done again."""
    request = _only(bulk_requests_for(actor).select_for_update().filter(pk=request_id).first())
    if request.finished_at is None and request.answers.count() == request.size:
        request.finished_at, request.rows_sealed = now(), b""
        request.save(update_fields=["finished_at", "rows_sealed"])
        sealing.erase(bulk_subject(request))
    return request


def _membership(membership_id: int, actor: Actor) -> Membership:
    return _only(memberships_for(actor).filter(pk=membership_id).first())


def _only(row: R | None) -> R:
    if row is None:
        raise NotFound
    return row


def _require_account(new: NewUser) -> None:
    if not LOGIN.fullmatch(new.login):
        text = _("Use 3 to 80 small letters, digits, dots or dashes, with a letter first.")
        raise InvalidInput.at("/login", "login_malformed", text)
    if not (new.display_name.strip() and len(new.display_name) <= LONGEST_SHOWN_NAME):
        raise InvalidInput.at("/display_name", "name_length", _("Write a name of 1 to 120 signs."))
    if new.language not in dict(settings.LANGUAGES):
        text = _("Choose one of these languages: %(codes)s.")
        codes = ", ".join(dict(settings.LANGUAGES))
        raise InvalidInput.at("/language", "language_unknown", text % {"codes": codes})


def _require_country(alpha3: str) -> None:
    try:
        reference.country(alpha3)
    except NotFound as error:
        text = _("Use a country code of three letters, such as IND.")
        raise InvalidInput.at("/country", "country_unknown", text) from error


def _require_place(new: NewMembership, actor: Actor) -> None:
    """The user is known, and the place is the one that the role needs, and no other."""
    if new.role in NEVER_GRANTED:
        raise InvalidInput.at("/role", "role_never_granted", _("Nobody can hold this role."))
    if not users_for(actor).filter(pk=new.user_id).exists():
        text = _("There is no such account. Make it first, then name its number.")
        raise InvalidInput.at("/user", "user_unknown", text)
    if new.person_id is not None and new.role != Role.EMIGRANT:
        text = _("This role is of no person. Leave the person out.")
        raise InvalidInput.at("/emigrant", "emigrant_not_fitting", text)
    organisation = _organisation(new, actor)
    _require_office(new)
    _require_place_abroad(new, organisation)


def _organisation(new: NewMembership, actor: Actor) -> Organisation | None:
    """The organisation that is named; an officer's can be a public authority alone."""
    needed = NEEDS_ORGANISATION.get(new.role)
    if new.organisation_id is None and needed is None:
        return None
    named = organisations_for(actor).filter(pk=new.organisation_id or 0).first()
    if needed is not None and (named is None or named.kind != needed):
        text = _("Name an organisation of the kind that this role needs.")
        raise InvalidInput.at("/organisation", "organisation_needed", text)
    if named is None or named.kind != (needed or OrganisationKind.AUTHORITY):
        text = _("This role is not of that organisation. Leave it out.")
        raise InvalidInput.at("/organisation", "organisation_not_fitting", text)
    return named


def _require_office(new: NewMembership) -> None:
    if new.role not in NEEDS_OFFICE:
        if new.office is not None:
            text = _("This role is of no office. Leave it out.")
            raise InvalidInput.at("/office", "office_not_fitting", text)
    elif not new.office:
        raise InvalidInput.at("/office", "office_needed", _("Name the officer's office."))
    elif new.office not in {each.pk for each in reference.offices()}:
        text = _("There is no such office. Use a code of the list of offices, such as DEL.")
        raise InvalidInput.at("/office", "office_unknown", text)


def _require_place_abroad(new: NewMembership, organisation: Organisation | None) -> None:
    if new.country is None:
        if new.role in NEEDS_COUNTRY:
            text = _("Name the Mission's country.")
            raise InvalidInput.at("/country", "country_needed", text)
        return
    _require_country(new.country)
    home = organisation.country if organisation and new.role not in NEEDS_COUNTRY else new.country
    if new.role not in MAY_NAME_COUNTRY or new.country != home:
        text = _("This role is not of that country. Leave it out.")
        raise InvalidInput.at("/country", "country_not_fitting", text)
