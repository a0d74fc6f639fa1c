"""Oneself, access tokens, organisations, users and their roles, notices."""

from typing import Annotated, Self

from pydantic import Field

from emigrate.api.cases import one
from emigrate.api.fields import Code, Country, Identifier, In, Out, Reference, RowId, Word, iso
from emigrate.api.pages import USUAL, Cursor, Limit, Page, page, page_of
from emigrate.api.routes import Call, Routes
from emigrate.domains.accounts import actions, queries
from emigrate.domains.accounts.enums import OrganisationKind
from emigrate.domains.accounts.models import AccessToken, Membership, Organisation, User
from emigrate.domains.emigrants.queries import emigrants_for
from emigrate.domains.notifications.actions import mark_seen
from emigrate.domains.notifications.models import Message
from emigrate.domains.notifications.queries import notifications_for, words
from emigrate.domains.reference.enums import Role
from emigrate.foundation.actors import Actor

routes = Routes("Accounts")
Days = Annotated[int, Field(strict=True, ge=1, le=366)]


class Me(Out):
    """Who the token speaks for."""

    role: str
    organisation: int | None
    office: str | None
    country: str | None


class TokenOut(Out):
    """An access token, without its secret."""

    id: int
    name: str
    created_at: str
    expires_at: str
    revoked_at: str | None

    @classmethod
    def of(cls, row: AccessToken) -> Self:
        """The token as it is shown."""
        return cls(
            id=row.pk,
            name=row.name,
            created_at=row.created_at.isoformat(),
            expires_at=row.expires_at.isoformat(),
            revoked_at=iso(row.revoked_at),
        )


class NewTokenIn(In):
    """A token for one of one's own memberships."""

    membership: RowId
    name: Annotated[Word, Field(min_length=1, max_length=80)]
    days: Days


class NewToken(Out):
    """The secret, shown this once."""

    token: str


class OrganisationOut(Out):
    """An organisation; names are public."""

    id: int
    kind: str
    name: str
    country: str

    @classmethod
    def of(cls, row: Organisation) -> Self:
        """The organisation as it is shown."""
        return cls(id=row.pk, kind=row.kind, name=row.name, country=row.country)


class NewOrganisationIn(In):
    """An organisation to be."""

    kind: OrganisationKind
    name: Word
    country: Country


class NewUserIn(In):
    """An account to be; `login` is a chosen name, not an address or number of the person."""

    login: Annotated[Word, Field(max_length=80)]
    display_name: Annotated[Word, Field(min_length=1, max_length=120)]
    language: Annotated[Code, Field(max_length=8)] = "en"

    def new(self) -> actions.NewUser:
        """What the action takes."""
        return actions.NewUser(self.login, self.display_name, self.language)


class UserOut(Out):
    """An account."""

    id: int
    login: str
    active: bool

    @classmethod
    def of(cls, row: User) -> Self:
        """The account as it is shown."""
        return cls(id=row.pk, login=row.login, active=row.is_active)


class NewMembershipIn(In):
    """A user in a role, with what that role needs; `emigrant` is the worker that signs in."""

    user: RowId
    role: Role
    organisation: RowId | None = None
    office: Code | None = None
    country: Country | None = None
    emigrant: Reference | None = None


class MembershipOut(Out):
    """A user in a role."""

    id: int
    user: int
    role: str
    organisation: int | None
    office: str | None
    country: str | None
    active: bool

    @classmethod
    def of(cls, row: Membership) -> Self:
        """The membership as it is shown."""
        return cls(
            id=row.pk,
            user=row.user_id,
            role=row.role,
            organisation=row.organisation_id,
            office=row.office,
            country=row.country,
            active=row.active,
        )


class NoticeOut(Out):
    """A notice, in the reader's language."""

    id: int
    event: str
    reference: str
    text: str
    at: str
    seen_at: str | None

    @classmethod
    def of(cls, row: Message) -> Self:
        """The notice as it is shown."""
        return cls(
            id=row.pk,
            event=row.event,
            reference=row.reference,
            text=words(row),
            at=row.created_at.isoformat(),
            seen_at=iso(row.seen_at),
        )


class Done(Out):
    """It is done."""

    done: bool = True


@routes.get("/me", Me)
def me(call: Call) -> Me:
    """Who I am: the role of the token and its place."""
    actor = call.actor
    return Me(
        role=actor.role,
        organisation=actor.organisation_id,
        office=actor.office,
        country=actor.country,
    )


@routes.get("/tokens", page_of(TokenOut))
def tokens(call: Call, limit: Limit = USUAL, cursor: Cursor | None = None) -> Page[TokenOut]:
    """My access tokens, newest first."""
    return page(queries.tokens_for(call.actor), TokenOut.of, limit=limit, cursor=cursor)


@routes.post("/tokens", NewToken, status=201)
def issue_token(call: Call, body: NewTokenIn) -> NewToken:
    """Make an access token; its secret is shown this once."""
    secret = actions.issue_token(body.membership, body.name, body.days, actor=call.actor)
    return NewToken(token=secret)


@routes.post("/tokens/{token}/revoke", TokenOut)
def revoke_token(call: Call, token: Identifier) -> TokenOut:
    """End a token from this moment."""
    return TokenOut.of(actions.revoke_token(token, actor=call.actor))


@routes.get("/organisations", page_of(OrganisationOut))
def organisations(
    call: Call,
    kind: OrganisationKind | None = None,
    limit: Limit = USUAL,
    cursor: Cursor | None = None,
) -> Page[OrganisationOut]:
    """Organisations, newest first."""
    rows = queries.organisations_for(call.actor)
    rows = rows if kind is None else rows.filter(kind=kind)
    return page(rows, OrganisationOut.of, limit=limit, cursor=cursor)


@routes.post("/organisations", OrganisationOut, status=201)
def create_organisation(call: Call, body: NewOrganisationIn) -> OrganisationOut:
    """Make an organisation known."""
    new = actions.NewOrganisation(body.kind, body.name, body.country)
    return OrganisationOut.of(actions.create_organisation(new, actor=call.actor))


@routes.post("/users", UserOut, status=201)
def create_user(call: Call, body: NewUserIn) -> UserOut:
    """Make an account, without a password."""
    return UserOut.of(actions.create_user(body.new(), actor=call.actor))


@routes.post("/users/{user}/suspend", UserOut)
def suspend_user(call: Call, user: Identifier) -> UserOut:
    """Close an account in all its roles from this moment."""
    return UserOut.of(actions.suspend_user(user, actor=call.actor))


@routes.get("/memberships", page_of(MembershipOut))
def memberships(
    call: Call, limit: Limit = USUAL, cursor: Cursor | None = None
) -> Page[MembershipOut]:
    """My memberships, and my organisation's, newest first."""
    rows = queries.memberships_for(call.actor)
    return page(rows, MembershipOut.of, limit=limit, cursor=cursor)


@routes.post("/memberships", MembershipOut, status=201)
def grant_membership(call: Call, body: NewMembershipIn) -> MembershipOut:
    """Put a user into a role."""
    new = actions.NewMembership(
        user_id=body.user,
        role=body.role,
        organisation_id=body.organisation,
        office=body.office,
        country=body.country,
        person_id=None if body.emigrant is None else _person(body.emigrant, call.actor),
    )
    return MembershipOut.of(actions.grant_membership(new, actor=call.actor))


@routes.post("/memberships/{membership}/end", MembershipOut)
def end_membership(call: Call, membership: Identifier) -> MembershipOut:
    """Close a membership: its sessions and tokens sign nobody in from this moment."""
    return MembershipOut.of(actions.end_membership(membership, actor=call.actor))


@routes.post("/staff", MembershipOut, status=201)
def add_staff(call: Call, body: NewUserIn) -> MembershipOut:
    """Give a colleague an account in my agency."""
    return MembershipOut.of(actions.add_staff(body.new(), actor=call.actor))


@routes.get("/notifications", page_of(NoticeOut))
def notifications(
    call: Call, limit: Limit = USUAL, cursor: Cursor | None = None
) -> Page[NoticeOut]:
    """What I was told, newest first."""
    return page(notifications_for(call.actor), NoticeOut.of, limit=limit, cursor=cursor)


@routes.post("/notifications/{notification}/seen", Done)
def seen(call: Call, notification: Identifier) -> Done:
    """I have read a notice."""
    mark_seen(notification, actor=call.actor)
    return Done()


def _person(reference: str, actor: Actor) -> int:
    person: int = one(emigrants_for(actor), reference).pk
    return person
