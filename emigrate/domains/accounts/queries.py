"""Who is signed in, and the accounts that an actor may see."""

import hashlib
import json
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from emigrate.domains.accounts.models import (
    AccessToken,
    BulkRequest,
    Membership,
    Organisation,
    Session,
    User,
)
from emigrate.domains.accounts.policies import (
    BULK_POLICY,
    MEMBERSHIP_POLICY,
    ORGANISATION_POLICY,
    SESSION_POLICY,
    USER_POLICY,
)
from emigrate.foundation import sealing
from emigrate.foundation.actors import SYSTEM_ROLE, Actor
from emigrate.foundation.clock import simulated_setting
from emigrate.foundation.errors import NotSignedIn

LONGEST_SECRET = 200
BULK_COLUMN = "accounts_bulkrequest.rows"

_SIGNED_IN = (
    "SELECT user_id, role, organisation_id, office, country, person_id, language "
    "FROM accounts_signed_in(%s, %s, %s)"
)


def actor_of_token(secret: str, request_id: str) -> Actor:
    """The actor of an access token, in one SQL statement; NotSignedIn."""
    return _actor("token", secret, request_id)


def actor_of_session(secret: str, request_id: str) -> Actor:
    """The actor of a browser's session, in one SQL statement; NotSignedIn."""
    return _actor("session", secret, request_id)


def secret_hash(secret: str) -> bytes:
    """What is kept of a secret; it is random and long, so a plain hash is enough."""
    return hashlib.sha256(secret.encode()).digest()


def organisations_for(actor: Actor) -> QuerySet[Organisation]:
    """Every organisation: names are public."""
    return ORGANISATION_POLICY.narrow(Organisation.objects.all(), actor, "view")


def users_for(actor: Actor) -> QuerySet[User]:
    """The accounts this actor may see."""
    return USER_POLICY.narrow(User.objects.all(), actor, "view").distinct()


def memberships_for(actor: Actor) -> QuerySet[Membership]:
    """The memberships this actor may see, with user and organisation."""
    rows = Membership.objects.select_related("user", "organisation")
    return MEMBERSHIP_POLICY.narrow(rows, actor, "view")


def sessions_for(actor: Actor) -> QuerySet[Session]:
    """The browser sessions this actor may see."""
    return SESSION_POLICY.narrow(Session.objects.all(), actor, "view")


def tokens_for(actor: Actor) -> QuerySet[AccessToken]:
    """The access tokens this actor may see (never their secrets)."""
    return SESSION_POLICY.narrow(AccessToken.objects.all(), actor, "view")


def bulk_requests_for(actor: Actor) -> QuerySet[BulkRequest]:
    """The large requests that this actor made, in the role in which they were made."""
    rows = BULK_POLICY.narrow(BulkRequest.objects.all(), actor, "view")
    return rows if actor.role == SYSTEM_ROLE else rows.filter(role=actor.role)


def bulk_rows(request: BulkRequest) -> list[dict[str, Any]]:  # JSON objects, as they were sent
    """The rows of a request that is not finished; NotFound afterwards, when they are erased."""
    sealed = bytes(request.rows_sealed)
    text = sealing.open_sealed(bulk_subject(request), BULK_COLUMN, request.pk, sealed)
    rows: list[dict[str, Any]] = json.loads(text)
    return rows


def bulk_subject(request: BulkRequest) -> str:
    """Under whose key a request's rows stand: one of its own, destroyed when it is finished."""
    return f"bulk:{request.pk}"


def _actor(door: str, secret: str, request_id: str) -> Actor:
    if not secret or len(secret) > LONGEST_SECRET:
        raise NotSignedIn
    with connection.cursor() as cursor:
        cursor.execute(_SIGNED_IN, [door, secret_hash(secret), simulated_setting()])
        row = cursor.fetchone()
    if row is None:
        raise NotSignedIn
    user_id, role, organisation_id, office, country, person_id, _ = row
    return Actor(
        role=role,
        user_id=user_id,
        organisation_id=organisation_id,
        office=office,
        country=country,
        person_id=person_id,
        channel="api" if door == "token" else "web",
        request_id=request_id,
    )
