"""What every page does alike: read as the actor, take at most one action, say every refusal.

A view reads and returns a response, or an `Act`. The reading stands in one transaction in which
the database knows the actor; the action then has a transaction of its own, with its retries and
the constraints that are checked at commit, so that a refusal leaves nothing behind.
"""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from emigrate.foundation.actors import Actor
from emigrate.foundation.errors import DomainError
from emigrate.foundation.transactions import acting

Answer: TypeAlias = "HttpResponse | Act"
View: TypeAlias = Callable[..., Answer]
Allowed: TypeAlias = Callable[[Actor], None]
Refusal: TypeAlias = Callable[[HttpRequest, DomainError], HttpResponse]


@dataclass(frozen=True, slots=True)
class Act:
    """The one action of a request, where to go when it is done, and what to show if it is refused.

    `verb` is called without arguments; `then` gets what it returned and names an address.
    """

    verb: Callable[[], Any]
    then: Callable[[Any], str]
    refused: Callable[[DomainError], HttpResponse] | None = None


def head_as_get(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Answer HEAD as GET, without the content (RFC 9110, section 9.3.2).

    The view sees a GET, so nothing but the content differs: not the permission, not the headers.
    """

    @functools.wraps(view)
    def answering(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method != "HEAD":
            return view(request, *args, **kwargs)
        request.method = "GET"
        response = view(request, *args, **kwargs)
        response["Content-Length"] = str(len(response.content))
        response.content = b""
        return response

    return answering


def page(view: View, *, allowed: Allowed, refusal: Refusal) -> Callable[..., HttpResponse]:
    """Make a view a page: `allowed` raises before anything is read, `refusal` shows errors."""

    @head_as_get
    @functools.wraps(view)
    def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            with acting(_actor(request)):
                allowed(_actor(request))
                answer = view(request, *args, **kwargs)
            return _acted(request, answer) if isinstance(answer, Act) else answer
        except DomainError as error:
            return refusal(request, error)

    return shown


def _acted(request: HttpRequest, act: Act) -> HttpResponse:
    try:
        done = act.verb()
    except DomainError as error:
        if act.refused is None:
            raise
        with acting(_actor(request)):
            return act.refused(error)
    with acting(_actor(request)):
        return HttpResponseRedirect(act.then(done))


def _actor(request: HttpRequest) -> Actor:
    return request.actor  # type: ignore[attr-defined, no-any-return]  # the sign-in sets it
