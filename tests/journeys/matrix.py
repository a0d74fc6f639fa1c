"""Walk every operation as everybody, and note each cell that is not as declared."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.http import HttpResponse

from emigrate.foundation.actors import Actor
from emigrate.foundation.transactions import acting
from tests.api.caller import Caller
from tests.journeys.declared import Declared
from tests.journeys.operations import (
    ABOUT_ONESELF,
    BY_CODE,
    BY_ROLE,
    IN_BODY,
    LISTS,
    RELATED,
    Operations,
    Route,
    Target,
)
from tests.journeys.population import Population, Resident

SYSTEM = Actor.system("matrix")
REFUSED = {403, 404}
BUSINESS = {409, 412, 422}


@contextmanager
def undone() -> Iterator[None]:
    """Whatever the block writes is taken back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@dataclass
class Matrix:
    """The cells that were tried, and those that were not as declared."""

    population: Population
    operations: Operations
    declared: Declared
    cells: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, population: Population) -> "Matrix":
        """A fresh matrix over the population, read as the platform."""
        with acting(SYSTEM):
            return cls(population, Operations(population), Declared.load())

    def call(self, resident: Resident | None, target: Target) -> HttpResponse:
        """Send one request; what it writes is taken back."""
        token = "" if resident is None else resident.token
        caller = Caller(token, self.population.moment)
        with undone():
            if target.route[0] == "GET":
                return caller.get(target.path)
            return caller.post(target.path, target.body)

    def note(self, resident: Resident | None, target: Target, response: Any, wanted: str) -> None:
        """A cell that is not as declared."""
        who = "nobody" if resident is None else str(resident)
        method, path = target.route
        body = response.content[:160].decode(errors="replace")
        of = "" if target.tenant is None else f" of tenant {target.tenant + 1}"
        self.wrong.append(
            f"{who}: {method} {path}{of}: {response.status_code}, not {wanted}: {body}"
        )

    def walk(self, route: Route) -> None:
        """Try one operation as nobody and as every resident, on its targets."""
        if route[0] == "GET" and route[1] in LISTS:
            self._lists(route)
            return
        with acting(SYSTEM):
            targets = self.operations.targets(route)
        permission = self.operations.permissions[route]
        self._nobody(targets[0], permission)
        if permission.startswith("public"):
            return
        for resident in self.population.residents:
            self._resident(resident, targets, permission)

    def _nobody(self, target: Target, permission: str) -> None:
        response = self.call(None, target)
        self.cells["nobody"] += 1
        wanted = (
            response.status_code != 401
            if permission.startswith("public")
            else (response.status_code == 401)
        )
        if not wanted:
            self.note(None, target, response, "as declared for nobody")

    def _resident(self, resident: Resident, targets: list[Target], permission: str) -> None:
        route = targets[0].route
        if route in ABOUT_ONESELF:
            self._expect(resident, targets[0], {200})
            return
        subject, _, name = permission.partition(".")
        if not self.declared.role_may(resident.actor, subject, name):
            for target in _one_of_each(targets):
                self._expect(resident, target, {403})
            return
        for target in targets:
            self._judge(resident, target)

    def _judge(self, resident: Resident, target: Target) -> None:
        if target.route in BY_ROLE:
            self._allowed(resident, target)
            return
        if target.route == BY_CODE and resident.actor.organisation_id is not None:
            self._expect(resident, target, {403, 422})
            return
        seen, may = self._verdict(resident.actor, target)
        if seen and may:
            self._allowed(resident, target)
        elif seen:
            self._expect(resident, target, {403} if target.begins_here else {403, *BUSINESS})
        else:
            self._expect(resident, target, REFUSED | ({422} if target.route in IN_BODY else set()))

    def _verdict(self, actor: Actor, target: Target) -> tuple[bool, bool]:
        (subject, view, row), *others = target.judged
        with acting(SYSTEM):
            seen = self.declared.may(actor, subject, view, row)
            may = all(
                self.declared.role_may(actor, each, permission)
                if of is None
                else self.declared.may(actor, each, permission, of)
                for each, permission, of in others
            )
        return seen, may

    def _allowed(self, resident: Resident, target: Target) -> None:
        """The policy lets it pass; whether the step is open now is another question."""
        response = self.call(resident, target)
        self.cells["allowed"] += 1
        if response.status_code < 300 or response.status_code in BUSINESS:
            return
        if response.status_code in REFUSED and response.json()["code"] in FITTING:
            return
        self.note(resident, target, response, "allowed")

    def _expect(self, resident: Resident, target: Target, statuses: set[int]) -> None:
        response = self.call(resident, target)
        self.cells["refused" if 200 not in statuses else "allowed"] += 1
        if response.status_code not in statuses:
            self.note(resident, target, response, " or ".join(map(str, sorted(statuses))))

    def _lists(self, route: Route) -> None:
        model, subject, name, whole = LISTS[route[1]]
        permission = self.operations.permissions[route].partition(".")[2]
        target = Target(route, f"{route[1]}?limit=100", None)
        self._nobody(target, self.operations.permissions[route])
        with acting(SYSTEM):
            related = RELATED.get(model)
            rows = list(model._default_manager.select_related(*([related] if related else [])))
        for resident in self.population.residents:
            if not self.declared.role_may(resident.actor, subject, permission):
                self._expect(resident, target, {403})
                continue
            shown = self._shown(resident, target, name)
            with acting(SYSTEM):
                mine = {
                    getattr(row, "pk" if name == "id" else name)
                    for row in rows
                    if self._shows(resident.actor, subject, permission, row)
                }
            self.cells["row in a list"] += len(rows)
            if shown - mine or (whole and mine - shown):
                self.wrong.append(
                    f"{resident}: {route[1]}: too many {sorted(shown - mine)[:3]}, "
                    f"missing {sorted(mine - shown)[:3] if whole else []}"
                )

    def _shows(self, actor: Actor, subject: str, permission: str, row: Any) -> bool:
        of = getattr(row, RELATED[type(row)]) if type(row) in RELATED else row
        return self.declared.may(actor, subject, permission, of)

    def _shown(self, resident: Resident, target: Target, name: str) -> set[Any]:
        """What every page of a list names."""
        shown: set[Any] = set()
        caller, cursor = Caller(resident.token, self.population.moment), ""
        while cursor is not None:
            with undone():
                response = caller.get(f"{target.path}{cursor}")
            if response.status_code != 200:
                self.note(resident, target, response, "200")
                return shown
            page = response.json()
            shown |= {each[name] for each in page["items"]}
            cursor = f"&cursor={page['next']}" if page["next"] else None
        return shown


FITTING = {"own_case", "queue_empty", "paper_not_ready"}
"""Refusals for other reasons than the policy."""


def _one_of_each(targets: list[Target]) -> list[Target]:
    return list({target.tenant: target for target in reversed(targets)}.values())
