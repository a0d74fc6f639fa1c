"""Who asks: a bearer token becomes an `Actor` in one SQL statement (RFC 6750)."""

from django.http import HttpRequest
from ninja.security.base import AuthBase

from emigrate.api.permissions import Permission, require_role
from emigrate.domains.accounts.queries import actor_of_token
from emigrate.foundation.actors import Actor
from emigrate.foundation.errors import NotSignedIn
from emigrate.foundation.web.middleware import request_id_of

SCHEME = "bearer "


class AccessToken(AuthBase):
    """Takes `Authorization: Bearer emt_...` and asks at once whether the role may ever do this.

    Cookies are not looked at, so no page of another site can use somebody's sign-in here.
    """

    openapi_type = "http"
    openapi_scheme = "bearer"

    def __init__(self, permission: Permission) -> None:
        super().__init__()
        self.permission = permission

    def __call__(self, request: HttpRequest) -> Actor:
        """The actor of the token. NotSignedIn, NotPermitted (a role that never may)."""
        given = request.META.get("HTTP_AUTHORIZATION", "")
        if given[: len(SCHEME)].lower() != SCHEME:
            raise NotSignedIn
        actor = actor_of_token(given[len(SCHEME) :].strip(), request_id_of(request))
        require_role(actor, self.permission)
        return actor
