"""Rendering for all portals: the reader's place in the head of the page, and refusals as pages."""

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path, reverse

from emigrate.domains.reference.enums import Role
from emigrate.foundation.actors import Actor
from emigrate.foundation.errors import DomainError, InvalidInput, NotFound
from emigrate.foundation.web.views import Answer, View, page
from emigrate.portals import words
from emigrate.portals.permissions import allowed

HOMES: Mapping[str, str] = {
    Role.EMIGRANT: "worker:tasks",
    Role.RA_ADMIN: "agent:home",
    Role.RA_STAFF: "agent:home",
    Role.POE_DA: "officer:queue",
    Role.POE: "officer:queue",
    Role.BOI: "border:counter",
}
"""The first page of each role that has pages; the others work by the API."""

SIGN_IN_CURES = (401, 403)
REFERENCE = re.compile(r"[A-Z0-9-]{1,60}", re.ASCII)
NUL = "\x00"


@dataclass(frozen=True, slots=True)
class Place:
    """Who is signed in, and where their pages begin."""

    role: str
    home: str


def home_of(actor: Actor) -> str:
    """The address of the actor's first page."""
    return reverse(HOMES.get(actor.role, "public:home"))


def show(
    request: HttpRequest, template: str, context: Mapping[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    """A page; what somebody signed in was shown is not kept by the browser or on the way."""
    actor: Actor = request.actor  # type: ignore[attr-defined]  # the sign-in sets it
    place = Place(words.role(actor.role), home_of(actor)) if actor.user_id is not None else None
    whole = {**(context or {}), "place": place, "words": words}
    response = render(request, template, whole, status=status)
    if place is not None:
        response["Cache-Control"] = "no-store"
    return response


def show_refusal(request: HttpRequest, error: DomainError) -> HttpResponse:
    """A refusal as a page with its code; somebody who is not signed in is sent to the sign-in."""
    actor: Actor = request.actor  # type: ignore[attr-defined]  # the sign-in sets it
    if actor.user_id is None and error.status in SIGN_IN_CURES and request.method == "GET":
        query = urlencode({"next": request.get_full_path()})
        return HttpResponseRedirect(f"{reverse('public:sign-in')}?{query}")
    context = {"code": error.reason_code, "sentences": words.sentences(error)}
    response = show(request, "refusal.html", context, status=error.status)
    if "retry_after" in error.facts:
        response["Retry-After"] = str(error.facts["retry_after"])
    return response


def referred(text: str) -> str:
    """The reference in an address; NotFound for text that no record can have for one."""
    if not REFERENCE.fullmatch(text):
        raise NotFound
    return text


def door(route: str, view: View, name: str) -> URLPattern:
    """A page at its address, behind the permission that `PAGES` names for it.

    Neither a reference that cannot be one nor text that no database keeps reaches the view.
    """
    behind = page(_readable(view), allowed=allowed(name), refusal=show_refusal)
    return path(route, behind, name=name.partition(":")[2])


def _readable(view: View) -> View:
    @functools.wraps(view)
    def reading(request: HttpRequest, *args: Any, **kwargs: Any) -> Answer:
        if "reference" in kwargs:
            referred(kwargs["reference"])
        if any(NUL in text for _, texts in request.POST.lists() for text in texts):
            raise InvalidInput
        return view(request, *args, **kwargs)

    return reading
