"""Refusals as RFC 9457 problem details: a stable code, what to do, and where the fault stands."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import structlog
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from pydantic import ValidationError as SchemaError

from emigrate.api.bodies import LONGEST_NAME, NotJson, escaped
from emigrate.api.fields import BEYOND_DAYS
from emigrate.foundation.errors import (
    Busy,
    DomainError,
    InFlight,
    InvalidInput,
    NotFound,
    NotSignedIn,
    TooLarge,
)
from emigrate.foundation.web.middleware import request_id_of

PROBLEM_TYPE = "application/problem+json"
LOG = structlog.get_logger()

HEADERS: Mapping[type[DomainError], Mapping[str, str]] = {
    NotSignedIn: {"WWW-Authenticate": 'Bearer realm="e-Migrate"'},
    Busy: {"Retry-After": "30"},
    InFlight: {"Retry-After": "1"},
}

CODES = {
    "missing": ("field_missing", gettext_lazy("This field is missing.")),
    "extra_forbidden": ("field_unknown", gettext_lazy("There is no such field; leave it out.")),
    "string_too_long": ("too_long", gettext_lazy("This text is too long.")),
    "string_too_short": ("too_short", gettext_lazy("This text is too short.")),
    "too_long": ("too_many", gettext_lazy("These are too many at once.")),
    "too_short": ("too_few", gettext_lazy("At least one is needed.")),
    "enum": ("not_in_list", gettext_lazy("Choose one of the listed values.")),
    "literal_error": ("not_in_list", gettext_lazy("Choose one of the listed values.")),
    "greater_than_equal": ("out_of_range", gettext_lazy("This number is too small.")),
    "less_than_equal": ("out_of_range", gettext_lazy("This number is too large.")),
    BEYOND_DAYS: ("out_of_range", gettext_lazy("Write a day in the years 1900 to 2199.")),
}
"""pydantic's kinds of faults in our own stable codes; a kind that is not here is `malformed`."""


class NoSuchRoute(NotFound):
    """The address is not part of the API."""

    code = "route_unknown"
    text = gettext_lazy("There is no such address. See /v1/openapi.json.")


class MethodNotAllowed(DomainError):
    """The address exists, but not with this method."""

    code = "method_not_allowed"
    status = 405
    text = gettext_lazy("This address does not take this method.")


class NoVersionHere(DomainError):
    """If-Match, where there is no version that it could be held against."""

    code = "if_match_not_here"
    status = 400
    text = gettext_lazy("Leave out the header If-Match: this operation has no version to compare.")


class Broken(DomainError):
    """A fault of ours; the request id finds it in the log."""

    code = "internal_error"
    status = 500
    text = gettext_lazy("Something broke here. Nothing was changed; tell us the request id.")


def problem(error: DomainError, request: HttpRequest) -> HttpResponse:
    """The refusal as an answer; facts and errors never hold personal data."""
    response = HttpResponse(
        problem_body(error, request_id_of(request)),
        status=error.status,
        content_type=PROBLEM_TYPE,
    )
    for kind, headers in HEADERS.items():
        if isinstance(error, kind):
            for name, value in headers.items():
                response[name] = value
    if "retry_after" in error.facts:
        response["Retry-After"] = str(error.facts["retry_after"])
    return response


def problem_body(error: DomainError, request_id: str) -> bytes:
    """The problem details of a refusal in JSON."""
    code = error.reason_code
    details = {
        "type": f"urn:emigrate:problem:{code}",
        "title": code.replace("_", " ").capitalize(),
        "status": error.status,
        "code": code,
        "detail": error.message,
        "facts": dict(error.facts),
        "errors": errors_of(error),
        "request_id": request_id,
    }
    return json.dumps(details, default=str, ensure_ascii=False).encode()


def errors_of(error: DomainError) -> list[Mapping[str, str]]:
    """The wrong fields of a refusal, each with its JSON pointer; empty for other refusals."""
    return error.errors


def schema_refusal(error: SchemaError) -> InvalidInput:
    """What a schema found wrong, in our codes and JSON pointers."""
    faults = ((fault["loc"], fault["type"]) for fault in error.errors(include_url=False))
    return InvalidInput([_fault(loc, kind) for loc, kind in faults])


def answer_with_problems(api: NinjaAPI) -> None:
    """Let every refusal and fault inside the API become a problem."""
    for kind, answered in ANSWERED.items():
        api.add_exception_handler(kind, answered)


def answer_to(error: Exception, request: HttpRequest) -> HttpResponse:
    """The problem that a refusal or fault is answered with, outside the API's own frame."""
    kind = next(kind for kind in type(error).__mro__ if kind in ANSWERED)
    return ANSWERED[kind](request, error)


def _refused(request: HttpRequest, error: Any) -> HttpResponse:  # a DomainError
    return problem(error, request)


def _invalid(request: HttpRequest, error: Any) -> HttpResponse:  # a ValidationError
    """A path that fits no reference is an unknown record; other faults are named one by one."""
    sources = {fault["loc"][0] for fault in error.errors}
    if sources == {"path"}:
        return problem(NotFound(), request)
    return problem(InvalidInput(list(_faults(error.errors))), request)


def _faults(errors: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, str]]:
    for fault in errors:
        source, *loc = fault["loc"]
        yield _fault(loc[1:] if source == "body" else loc, fault["type"])


def _fault(loc: Sequence[int | str], kind: str) -> Mapping[str, str]:
    pointer = "".join(f"/{escaped(str(part)[:LONGEST_NAME])}" for part in loc)
    code, message = CODES.get(kind, ("malformed", _("This value is not of the right kind.")))
    return {"pointer": pointer, "code": code, "message": str(message)}


def _unreadable(request: HttpRequest, error: Any) -> HttpResponse:  # an HttpError
    """The body did not parse; ninja keeps our own refusal as the cause."""
    cause = error.__cause__
    return problem(cause if isinstance(cause, DomainError) else NotJson(), request)


def _unreachable(request: HttpRequest, error: Any) -> HttpResponse:  # an exception
    LOG.warning("api.database_unreachable", error=type(error).__name__)
    return problem(Busy(part="database"), request)


def _broken(request: HttpRequest, error: Any) -> HttpResponse:  # an exception
    LOG.error("api.broken", route=request.resolver_match and request.resolver_match.route,
              exc_info=error)  # fmt: skip
    return problem(Broken(), request)


ANSWERED: Mapping[type[Exception], Callable[[HttpRequest, Any], HttpResponse]] = {
    DomainError: _refused,
    ValidationError: _invalid,
    HttpError: _unreadable,
    Http404: lambda request, _: problem(NotFound(), request),
    RequestDataTooBig: lambda request, _: problem(TooLarge(), request),
    TooManyFieldsSent: lambda request, _: problem(TooLarge(), request),
    UnreadablePostError: lambda request, _: problem(NotJson(), request),
    OperationalError: _unreachable,
    InterfaceError: _unreachable,
    Exception: _broken,
}
"""Every refusal and fault that can leave an operation, and how it is answered."""
