"""Version 1 of the API: every domain's routes under /v1."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, include, path, re_path
from django.urls.resolvers import RoutePattern
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI

from emigrate.api.bodies import StrictParser
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
        response: HttpResponse = view(request, *args, **kwargs)
        if response.status_code != MethodNotAllowed.status:
            return response
        refused = problem(MethodNotAllowed(), request)
        refused["Allow"] = response["Allow"]
        return refused

    return csrf_exempt(refusing)


ROOT_NAME = "api-root"


def _by_first_word(patterns: Iterable[URLPattern]) -> Iterator[URLPattern | URLResolver]:
    """One pattern for each first word of an address, so that not all 180 are tried in turn."""
    words: dict[str, list[URLPattern]] = {}
    for pattern in patterns:
        word, slash, rest = str(pattern.pattern).partition("/")
        inside = RoutePattern(rest if slash else "", name=pattern.name, is_endpoint=True)
        known = URLPattern(inside, pattern.callback, pattern.default_args, pattern.name)
        words.setdefault(word + slash, []).append(known)
    for word, inside_word in words.items():
        if word.endswith("/"):
            yield path(word, include(inside_word))
        else:
            yield from (path(word, each.callback, name=each.name) for each in inside_word)


urlpatterns: list[URLPattern | URLResolver] = [
    *_by_first_word(
        _with_problem(pattern)
        for pattern in api.urls[0]
        if isinstance(pattern, URLPattern) and pattern.name != ROOT_NAME
    ),
    path("", csrf_exempt(unknown_route)),
    re_path(r"^(?P<rest>.*)$", csrf_exempt(unknown_route)),
]
