"""Every operation, on the road where it is open, with each member of its body at its extremes.

What the schema lets through is sent; of what it refuses, one value of each member. An answer is
never a fault of ours, a refusal says what to do under a stable code, and it wrote nothing.
"""

import inspect
import re
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest
from django.db import connection, transaction
from django.urls import resolve
from pydantic import BaseModel, ValidationError

from emigrate.api.permissions import PERMISSIONS
from emigrate.api.problems import PROBLEM_TYPE, schema_refusal
from emigrate.api.v1 import api
from emigrate.domains.clearances.models import Clearance
from emigrate.foundation import clock
from emigrate.foundation.actors import Actor
from emigrate.foundation.transactions import acting
from emigrate.law.engine.dates import add_months, last_day_of
from tests.api.caller import caller
from tests.api.extremes import Path, extremes, with_extreme
from tests.api.journeys.whole import walk_all
from tests.api.walk import PLACEHOLDER, SYSTEM, Walk
from tests.factories.clearances import leaves

CODE = re.compile(r"[a-z][a-z0-9_]+")
CASE = re.compile(r"/[a-z-]+/([A-Z]{2}-[A-Z0-9-]+)")


def bodies() -> dict[tuple[str, str], type[BaseModel] | None]:
    """What each operation takes as its body."""
    found = {}
    for bound in api._get_bound_routers():
        for path, view in bound.path_operations.items():
            for each in view.operations:
                body = inspect.signature(each.view_func).parameters.get("body")
                kind = None if body is None else body.annotation
                found |= {(method, path): kind for method in each.methods}
    return found


BODIES = bodies()


@dataclass
class Tried(Walk):
    """A walk that tries the extremes of every write before it takes the good step."""

    tried: set[tuple[str, str]] = field(default_factory=set)
    sent: int = 0
    wrong: list[Any] = field(default_factory=list)

    def post(self, who: Actor, path: str, body: Any = None) -> Any:
        """The good step, once each member of its body was sent at its extremes."""
        with clock.simulate(self.scene.now):
            route = ("POST", PLACEHOLDER.sub(r"{\1}", resolve(f"/v1{path}").route)[2:])
        if route not in self.tried and (kind := BODIES[route]) is not None:
            self.tried.add(route)
            self._try_all(who, path, kind, body or {})
        return super().post(who, path, body)

    def _try_all(self, who: Actor, path: str, kind: type[BaseModel], good: dict[str, Any]) -> None:
        before, refused = leaves(), set()
        for member, value in extremes(kind.model_json_schema(), good):
            given = with_extreme(good, member, value)
            if not readable(kind, given):
                if member in refused:
                    continue
                refused.add(member)
            self._try(who, path, member, given, before)

    def _try(self, who: Actor, path: str, member: Path, given: Any, before: int) -> None:
        self.sent += 1
        caller = self._caller(who)
        with transaction.atomic():
            response = caller.post(path, given)
            if response.status_code < 300:
                fault = self._fault_of_done(who, response)
            else:
                fault = fault_of(response) or ("wrote" if leaves() != before else "")
            transaction.set_rollback(True)
        if fault:
            value = given
            for step in member:
                value = value[step]
            self.wrong.append((path, member, repr(value)[:60], fault))

    def _fault_of_done(self, who: Actor, response: Any) -> str:
        """What was taken stands up to the constraints of the database, and can be read again."""
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
        if not response["Content-Type"].startswith("application/json"):
            return ""
        path = response.wsgi_request.path.removeprefix("/v1")
        base = path if ("GET", path) in PERMISSIONS else path.rpartition("/")[0]
        reference = response.json().get("reference")
        address = f"{path}/{reference}" if base == path else base
        if not CASE.fullmatch(address):
            return ""
        read = self._caller(who).get(address)
        return "" if read.status_code < 500 else f"unreadable afterwards: {read.content!r}"


def readable(kind: type[BaseModel], given: Any) -> bool:
    """Whether the schema takes a body; what it refuses must become a refusal with a code."""
    try:
        kind.model_validate(given)
    except ValidationError as error:
        refusal = schema_refusal(error)
        assert all(CODE.fullmatch(each["code"]) and each["message"] for each in refusal.errors)
        return False
    return True


def fault_of(response: Any) -> str:
    """What is wrong with a refusal: "" for nothing."""
    if response.status_code >= 500 or response["Content-Type"] != PROBLEM_TYPE:
        return f"{response.status_code} {response.content[:300]!r}"
    problem = response.json()
    codes = [problem["code"], *(each["code"] for each in problem["errors"])]
    if not all(map(CODE.fullmatch, codes)) or not problem["detail"]:
        return f"unclear: {problem}"
    return ""


@pytest.mark.parametrize(
    ("start", "months", "later", "last"),
    [
        (date.max, 1, date.max, date.max),
        (date(9999, 11, 30), 1, date(9999, 12, 30), date(9999, 12, 29)),
        (date(9999, 12, 1), 10**6, date.max, date.max),
        (date.min, -1, date.min, date.min),
        (date.min, 0, date.min, date.min),
        (date(1, 2, 1), -1, date.min, date.min),
        (date(2026, 8, 31), 6, date(2027, 2, 28), date(2027, 2, 27)),
    ],
)
def test_no_period_leaves_the_calendar(start, months, later, last):
    assert (add_months(start, months), last_day_of(start, months)) == (later, last)


@pytest.mark.parametrize("day", [date.min, date.max])
def test_a_day_that_stands_stored_breaks_no_decision(scene, day):
    agent = caller(scene.agent, moment=scene.now)
    reference = scene.drafts[0].reference
    with acting(SYSTEM):
        Clearance.objects.filter(reference=reference).update(departs_on=day, visa_expires_on=day)

    handed_in = agent.post(f"/clearances/{reference}/submit")
    for_an_order = agent.post(f"/clearances/{reference}/submit", {"for_an_order": True})
    read = agent.get(f"/clearances/{reference}")

    assert [handed_in.status_code, for_an_order.status_code, read.status_code] == [422, 422, 200]
    assert (fault_of(handed_in), fault_of(for_an_order)) == ("", "")


@pytest.mark.slow
def test_no_member_at_its_extreme_breaks_anything(scene):
    walk = Tried(scene)

    walk_all(walk)

    taking = {route for route, kind in BODIES.items() if route[0] == "POST" and kind is not None}
    assert walk.wrong == []
    assert (taking - walk.tried, walk.sent > 1_500) == (set(), True)
