"""What every answer carries: a request id, its language, and headers that close the rest."""

import re
from collections.abc import Callable
from typing import TypeAlias
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from structlog.contextvars import bound_contextvars

Handler: TypeAlias = Callable[[HttpRequest], HttpResponse]

HEADER = "X-Request-Id"
GIVEN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")

POLICY = (
    "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
"""No inline script or style anywhere: the policy names no nonce and no 'unsafe-inline'."""


class RequestId:
    """Takes the caller's request id or makes one; leaves, logs and the answer carry it."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer with the id; the log lines meanwhile carry it."""
        request_id = request_id_of(request)
        with bound_contextvars(request_id=request_id):
            response = self.get_response(request)
        response[HEADER] = request_id
        return response


class Language:
    """Answers in the language of the cookie, else of `Accept-Language` (RFC 9110, section 12.5.4).

    Django's own does the same and looks for a language in every address too, which none has here.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer, with its language named."""
        translation.activate(translation.get_language_from_request(request))
        response = self.get_response(request)
        response.setdefault("Content-Language", translation.get_language())
        patch_vary_headers(response, ("Accept-Language",))
        return response


class SecurityHeaders:
    """Sets the headers above; a view that set one of them itself keeps its own."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer with the headers."""
        response = self.get_response(request)
        for name, value in HEADERS.items():
            response.setdefault(name, value)
        return response


def request_id_of(request: HttpRequest) -> str:
    """The id of this request: the caller's, if it is 8 to 64 plain characters, else a fresh one."""
    known = request.META.get("emigrate.request_id")
    if isinstance(known, str):
        return known
    given = request.META.get("HTTP_X_REQUEST_ID", "")
    request_id = given if GIVEN.fullmatch(given) else str(uuid4())
    request.META["emigrate.request_id"] = request_id
    return request_id
