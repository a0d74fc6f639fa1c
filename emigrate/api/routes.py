"""How an endpoint becomes an operation: its permission, one transaction, one kept answer, ETag.

An endpoint is a function of a `Call` and of what the schema read; it returns an `Out`.
"""

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Router

from emigrate.api.auth import AccessToken
from emigrate.api.bodies import LONGEST_NAME, escaped
from emigrate.api.fields import CaseOut, In, Nothing, Out
from emigrate.api.permissions import PERMISSIONS, UNKEYED, Public, lifelong
from emigrate.api.problems import PROBLEM_TYPE, NoVersionHere, problem_body
from emigrate.foundation.actors import Actor
from emigrate.foundation.cases import Case
from emigrate.foundation.errors import (
    DomainError,
    InvalidInput,
    KeyMissing,
    StaleVersion,
)
from emigrate.foundation.idempotency import Answer, Keyed, answered_once
from emigrate.foundation.texts import storable
from emigrate.foundation.transactions import acting
from emigrate.foundation.web.middleware import request_id_of

Endpoint: TypeAlias = Callable[..., Any]  # a Call, then what the schema read
Rows: TypeAlias = Callable[[Actor], QuerySet[Any]]  # any domain's cases

PREFIX = "/v1"
JSON = "application/json; charset=utf-8"
SHORTEST_KEY, LONGEST_KEY = 8, 128

VERSIONED: set[tuple[str, str]] = set()
"""Method and path of the operations that hold If-Match against the version of their case."""


@dataclass(frozen=True, slots=True)
class Call:
    """One request: who asks, and what its headers say."""

    actor: Actor
    key: str | None = None
    body: bytes = field(default=b"", repr=False)
    if_match: str | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """An answer that is not just 200 and an `Out`: other status, headers, or bytes."""

    shown: Out | bytes
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Operation:
    """What the frame knows of one route."""

    method: str
    path: str
    shown: type[Out] | None
    status: int = 200
    rows: Rows | None = None
    transaction: bool = True
    keeps_refusal: bool = False

    @property
    def route(self) -> tuple[str, str]:
        """Method and path, as the table of permissions has them."""
        return self.method, self.path

    @property
    def keyed(self) -> bool:
        """Whether an Idempotency-Key is asked for: every POST that can change something."""
        return self.method == "POST" and self.route not in UNKEYED


class Routes:
    """A domain's part of the API."""

    def __init__(self, tag: str) -> None:
        self.tag = tag
        self.router = Router(tags=[tag])

    def get(
        self, path: str, shown: type[Out] | None, *, transaction: bool = True
    ) -> Callable[[Endpoint], Endpoint]:
        """A read: the endpoint runs as the actor; with `transaction=False` it opens its own."""
        return self._adder(Operation("GET", path, shown, transaction=transaction))

    def post(
        self,
        path: str,
        shown: type[Out] | None,
        *,
        status: int = 200,
        transaction: bool = True,
        keeps_refusal: bool = False,
    ) -> Callable[[Endpoint], Endpoint]:
        """A write: the endpoint and its kept answer are one transaction."""
        operation = Operation(
            "POST", path, shown, status, transaction=transaction, keeps_refusal=keeps_refusal
        )
        return self._adder(operation)

    def _adder(self, operation: Operation) -> Callable[[Endpoint], Endpoint]:
        def add(endpoint: Endpoint) -> Endpoint:
            self.add(operation, endpoint)
            return endpoint

        return add

    def add(self, operation: Operation, endpoint: Endpoint) -> None:
        """Make an operation known; KeyError when the table of permissions does not name it."""
        permission = PERMISSIONS[operation.route]
        public = isinstance(permission, Public)
        if operation.rows is not None:
            VERSIONED.add(operation.route)
        self.router.add_api_operation(
            operation.path,
            [operation.method],
            _view(operation, endpoint),
            auth=None if public else AccessToken(permission),
            response={operation.status: operation.shown},
            operation_id=_operation_id(operation),
            summary=_first_line(endpoint),
            description=inspect.getdoc(endpoint) or "",
            openapi_extra={"x-permission": str(permission)},
        )


def _view(operation: Operation, endpoint: Endpoint) -> Callable[..., HttpResponse]:
    """The endpoint as ninja calls it: read, refuse what is not known, act, answer."""
    parameters = list(inspect.signature(endpoint).parameters.values())
    known = _query_names(operation, parameters)
    bare = operation.method == "POST" and all(each.name != "body" for each in parameters)

    def view(request: HttpRequest, **values: Any) -> HttpResponse:  # what the schema read
        _refuse_unknown(request, known)
        if bare:
            del values["body"]
        call = _call(request, operation)
        return _response(_answer(operation, endpoint, call, values))

    read = [_with_default(each) for each in parameters[1:]]
    if bare:
        read.append(_with_default(_parameter("body", Nothing)))
    signature = inspect.Signature([_parameter("request", HttpRequest), *read])
    view.__signature__ = signature  # type: ignore[attr-defined]  # what ninja reads
    view.__name__ = endpoint.__name__
    view.__doc__ = endpoint.__doc__
    return view


def _parameter(name: str, annotation: type[Any]) -> inspect.Parameter:
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    return inspect.Parameter(name, kind, annotation=annotation)


def _with_default(parameter: inspect.Parameter) -> inspect.Parameter:
    """A body without any required member may be left out."""
    kind = parameter.annotation
    if parameter.name != "body" or not issubclass(kind, In):
        return parameter
    if any(member.is_required() for member in kind.model_fields.values()):
        return parameter
    return parameter.replace(default=kind())


def _query_names(operation: Operation, parameters: Sequence[inspect.Parameter]) -> frozenset[str]:
    names = {each.name for each in parameters[1:] if each.name != "body"}
    return frozenset(name for name in names if f"{{{name}}}" not in operation.path)


def _refuse_unknown(request: HttpRequest, known: frozenset[str]) -> None:
    if not request.META.get("QUERY_STRING"):
        return
    errors = []
    for name, values in request.GET.lists():
        code = "" if name in known else "parameter_unknown"
        if len(values) > 1:
            code = code or "parameter_repeated"
        if code or not all(map(storable, values)):
            message = _("Leave out this parameter, or send it once, as plain text.")
            code = code or "text_malformed"
            pointer = f"/{escaped(name[:LONGEST_NAME])}"
            errors.append({"pointer": pointer, "code": code, "message": message})
    if errors:
        raise InvalidInput(errors)


def _call(request: HttpRequest, operation: Operation) -> Call:
    actor = getattr(request, "auth", None) or Actor.public(request_id_of(request))
    if operation.method == "GET":
        return Call(actor)
    if_match = request.META.get("HTTP_IF_MATCH")
    if if_match is not None and operation.rows is None:
        raise NoVersionHere
    key, asked = (_key(request), _asked(request)) if operation.keyed else (None, b"")
    return Call(actor, key, asked, if_match)


def _key(request: HttpRequest) -> str:
    key: str = request.META.get("HTTP_IDEMPOTENCY_KEY", "").strip()
    if not key:
        raise KeyMissing
    fits = SHORTEST_KEY <= len(key) <= LONGEST_KEY and key.isascii() and key.isprintable()
    if not fits or " " in key:
        raise KeyMissing(code="idempotency_key_malformed")
    return key


def _asked(request: HttpRequest) -> bytes:
    """What must be the same when a key comes again: the exact path and body."""
    return request.get_full_path().encode() + b"\n" + request.body


def _answer(
    operation: Operation, endpoint: Endpoint, call: Call, values: Mapping[str, Any]
) -> Answer:
    def work() -> Answer:
        if call.if_match is not None and operation.rows is not None:
            _require_version(operation.rows(call.actor), values["reference"], call.if_match)
        return _rendered(operation, endpoint(call, **values))

    if not operation.transaction:
        return work()
    if call.key is None:
        with acting(call.actor):
            return work()
    keyed = Keyed(call.key, " ".join(operation.route), call.body, lifelong=lifelong(operation.path))
    done = _or_refusal(work, call.actor) if operation.keeps_refusal else work
    return answered_once(keyed, done, actor=call.actor)


def _or_refusal(work: Callable[[], Answer], actor: Actor) -> Callable[[], Answer]:
    """A refusal becomes an answer like any other, so that what was written for it commits."""

    def done() -> Answer:
        try:
            return work()
        except DomainError as error:
            headers = {"Content-Type": PROBLEM_TYPE}
            return Answer(error.status, problem_body(error, actor.request_id), headers)

    return done


def _require_version(rows: QuerySet[Any], reference: str, if_match: str) -> None:
    """Hold the row and compare; a row that is not there is left for the action to refuse."""
    held = rows.filter(reference=reference).select_for_update(of=("self",))
    case: Case | None = held.first()
    wanted = {tag.strip() for tag in if_match.split(",")}
    if case is not None and case.version not in wanted and "*" not in wanted:
        raise StaleVersion(version=case.audit_seq)


def _rendered(operation: Operation, result: Out | Sent) -> Answer:
    sent = result if isinstance(result, Sent) else Sent(result, operation.status)
    headers = dict(sent.headers)
    if isinstance(sent.shown, bytes):
        return Answer(sent.status, sent.shown, headers)
    if isinstance(sent.shown, CaseOut):
        headers["ETag"] = f'"{sent.shown.version}"'
    return Answer(sent.status, sent.shown.model_dump_json().encode(), headers)


def _response(answer: Answer) -> HttpResponse:
    response = HttpResponse(answer.body, status=answer.status, content_type=JSON)
    for name, value in answer.headers.items():
        response[name] = value
    if answer.replayed:
        response["Idempotency-Replayed"] = "true"
    response.setdefault("Cache-Control", "no-store")
    return response


def _first_line(endpoint: Endpoint) -> str:
    return (inspect.getdoc(endpoint) or endpoint.__name__).splitlines()[0]


def _operation_id(operation: Operation) -> str:
    words = operation.path.replace("{", "").replace("}", "").replace("-", "_").split("/")
    return "_".join([operation.method.lower(), *filter(None, words)])
