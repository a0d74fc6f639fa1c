"""Version 1 of the API: every domain's routes under /v1."""

from collections.abc import Callable, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, ResolverMatch, URLPattern, URLResolver, re_path
from django.urls.resolvers import RoutePattern
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI

from emigrate.api.bodies import StrictParser, require_plain_body
from emigrate.api.problems import MethodNotAllowed, NoSuchRoute, answer_with_problems, problem
from emigrate.api.v1 import (
    accounts,
    agents,
    bulk,
    clearances,
    contracts,
    demands,
    departures,
    documents,
    emigrants,
    employers,
    insurance,
    payments,
    public,
    schema,
)
from emigrate.foundation.errors import DomainError
from emigrate.foundation.web.views import head_as_get

# Routes whose address could be read as a reference stand before those that take one.
PARTS = (
    bulk,
    accounts,
    agents,
    employers,
    demands,
    emigrants,
    contracts,
    payments,
    insurance,
    documents,
    clearances,
    departures,
    public,
    schema,
)

api = NinjaAPI(
    title="e-Migrate",
    version="1",
    description="Migration governance: from an employer's demand to the airport counter.",
    urls_namespace="v1",
    parser=StrictParser(),
    docs_url=None,
    openapi_url=None,
)
answer_with_problems(api)
for part in PARTS:
    api.add_router("", part.routes.router)


def unknown_route(request: HttpRequest, rest: str = "") -> HttpResponse:
    """An address under /v1 that is not part of the API."""
    del rest
    return problem(NoSuchRoute(), request)


def _with_problem(pattern: URLPattern) -> URLPattern:
    """A method that an address does not take is a problem too, not a page."""
    pattern.callback = _refusing(pattern.callback)
    return pattern


def _refusing(view: Callable[..., Any]) -> Callable[..., Any]:
    def refusing(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            require_plain_body(request)
        except DomainError as refusal:
            return problem(refusal, request)
        response: HttpResponse = view(request, *args, **kwargs)
        if response.status_code != MethodNotAllowed.status:
            return response
        refused = problem(MethodNotAllowed(), request)
        refused["Allow"] = response["Allow"].replace("GET", "GET, HEAD")
        return refused

    return csrf_exempt(head_as_get(refusing))


ROOT_NAME = "api-root"


class ByFirstWord(URLResolver):
    """Tries only the routes that begin with the first word of the address."""

    def __init__(self, routes: Sequence[URLPattern]) -> None:
        super().__init__(RoutePattern(""), list(routes))
        self.of_word: dict[str, list[URLPattern]] = {}
        for route in routes:
            self.of_word.setdefault(_first_word(str(route.pattern)), []).append(route)

    def resolve(self, path: str) -> ResolverMatch:
        """The route of an address below /v1; Resolver404 as Django wants it."""
        tried = self.of_word.get(_first_word(path), [])
        for route in tried:
            match = route.resolve(path)
            if match is not None:
                return match
        raise Resolver404({"path": path, "tried": [[route] for route in tried]})


def _first_word(path: str) -> str:
    return path.partition("/")[0]


urlpatterns: list[URLPattern | URLResolver] = [
    ByFirstWord(
        [
            _with_problem(pattern)
            for pattern in api.urls[0]
            if isinstance(pattern, URLPattern) and pattern.name != ROOT_NAME
        ]
    ),
    re_path(r"^(?P<rest>.*)$", csrf_exempt(head_as_get(unknown_route))),
]
