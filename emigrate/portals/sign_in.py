"""Who asks: the signed cookie of a session becomes `request.actor`, in one SQL statement.

The demonstration's sign-in (choose an account, no password) exists in the mode `demo` alone.
"""

from collections.abc import Callable
from typing import TypeAlias

from django.conf import settings
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse

from emigrate.domains.accounts import actions, queries
from emigrate.domains.accounts.models import Membership
from emigrate.foundation.actors import Actor
from emigrate.foundation.errors import NotSignedIn
from emigrate.foundation.transactions import acting
from emigrate.foundation.web.middleware import request_id_of

Handler: TypeAlias = Callable[[HttpRequest], HttpResponse]

COOKIE = "__Host-session" if settings.PRODUCTION else "session"
SALT = "emigrate.portals.sign_in"
SECONDS = actions.SESSION_HOURS * 3600


class ActorRequest(HttpRequest):
    """A request whose actor is known."""

    actor: Actor


class SignedIn:
    """Sets `request.actor`: the session's, or anybody; a cookie that fails is taken away."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer to a request that knows its actor."""
        request_id = request_id_of(request)
        stale = False
        actor = Actor.public(request_id)
        if COOKIE in request.COOKIES:
            try:
                actor = queries.actor_of_session(_secret(request), request_id)
            except NotSignedIn:
                stale = True
        request.actor = actor  # type: ignore[attr-defined]  # ActorRequest names it for views
        response = self.get_response(request)
        if stale and COOKIE not in response.cookies:
            response.delete_cookie(COOKIE, samesite="Lax")
        return response


def demonstration_accounts() -> list[Membership]:
    """The accounts that the demonstration offers; Http404 in any other mode."""
    _require_demonstration()
    with acting(Actor.system()) as now:
        rows = queries.memberships_for(now.actor).filter(active=True, user__is_active=True)
        return list(rows.order_by("role", "user__login"))


def sign_in_for_demonstration(
    request: HttpRequest, response: HttpResponse, membership_id: int
) -> None:
    """Put a fresh session of the chosen account into the response; Http404 outside the demo."""
    _require_demonstration()
    _end(request)
    secret = actions.start_session(membership_id, actor=Actor.system(request_id_of(request)))
    response.set_cookie(
        COOKIE,
        signing.TimestampSigner(salt=SALT).sign(secret),
        max_age=SECONDS,
        secure=settings.PRODUCTION,
        httponly=True,
        samesite="Lax",
    )


def sign_out(request: HttpRequest, response: HttpResponse) -> None:
    """End the session in the database and take the cookie away."""
    _end(request)
    response.delete_cookie(COOKIE, samesite="Lax")


def _end(request: HttpRequest) -> None:
    try:
        secret = _secret(request)
    except NotSignedIn:
        return
    actions.end_session(secret, actor=Actor.system(request_id_of(request)))


def _secret(request: HttpRequest) -> str:
    try:
        return signing.TimestampSigner(salt=SALT).unsign(
            request.COOKIES.get(COOKIE, ""), max_age=SECONDS
        )
    except signing.BadSignature as error:
        raise NotSignedIn from error


def _require_demonstration() -> None:
    if settings.MODE != "demo":
        raise Http404
