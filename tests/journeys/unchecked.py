"""The same operations with the application's checks switched off: row security stands alone.

A cell is somebody and a row of the other tenant that the declared policy does not show. Reading it
must not name it; writing must leave every row of the other tenant as it was.
"""

from dataclasses import dataclass, field
from typing import Any

import pytest
from django.apps import apps
from django.db import transaction
from django.db.models import Q

from emigrate.foundation.database.rows import ROWS
from emigrate.foundation.policy import PolicyTable
from emigrate.foundation.transactions import acting
from tests.api.caller import Caller
from tests.journeys.matrix import SYSTEM, Matrix, undone
from tests.journeys.operations import BY_ROLE, LISTS, RELATED, Route, Target
from tests.journeys.population import Resident

KEPT_FOR_THE_ASKER = {
    "foundation_idempotencykey": "the asker's own answer",
    "emigrants_readrecord": "that somebody looked",
    "documents_opening": "that somebody looked",
}

PUBLIC_REGISTERS = {"agent": "anybody may read the register of agents"}


def switch_off(patch: pytest.MonkeyPatch) -> None:
    """Let every policy table allow everything to everybody."""
    patch.setattr(PolicyTable, "scope", lambda *_: Q())
    patch.setattr(PolicyTable, "narrow", lambda _self, rows, *_: rows)
    patch.setattr(PolicyTable, "allows", lambda *_: True)
    patch.setattr(PolicyTable, "require", lambda *_: None)
    patch.setattr(PolicyTable, "require_role", lambda *_: None)


Rows = dict[str, dict[Any, tuple[Any, ...]]]


@dataclass
class Unchecked(Matrix):
    """Cells of the other tenant, with the checks switched off."""

    before: Rows = field(default_factory=dict)

    def walk(self, route: Route) -> None:
        """Try one operation as everybody on what belongs to the other tenant."""
        open_to_all = self.operations.permissions[route].startswith(("public", "signed in"))
        if open_to_all or route in BY_ROLE:
            return
        if route[0] == "GET" and route[1] in LISTS:
            for resident in self.population.residents:
                self._list_of_others(resident, route)
            return
        with acting(SYSTEM):
            targets = self.operations.targets(route)
        for resident in self.population.residents:
            for target in targets:
                if target.tenant != resident.tenant and target.row is not None:
                    self._other(resident, target)

    def _national(self, resident: Resident, subject: str) -> bool:
        """Whether the role sees every row of a subject: then it has no other tenant."""
        return self.declared.table.get((subject, "view", resident.actor.role)) == "everywhere"

    def _other(self, resident: Resident, target: Target) -> None:
        subject = target.judged[0][0]
        public = target.route[0] == "GET" and subject in PUBLIC_REGISTERS
        if public or self._national(resident, subject):
            return
        seen, may = self._verdict(resident.actor, target)
        if seen and (may or target.route[0] == "GET"):
            return
        if target.route[0] == "GET":
            self._must_not_show(resident, target)
        else:
            self._must_not_write(resident, target)

    def _must_not_show(self, resident: Resident, target: Target) -> None:
        response = self.call(resident, target)
        self.cells["reads"] += 1
        if response.status_code < 300:
            self.note(resident, target, response, "hidden")

    def _must_not_write(self, resident: Resident, target: Target) -> None:
        self.cells["writes"] += 1
        with undone():
            caller = Caller(resident.token, self.population.moment)
            response = caller.post(target.path, target.body)
            if response.status_code < 300 and (changed := self._changed(resident.tenant)):
                self.note(resident, target, response, f"without effect, {changed}")

    def _list_of_others(self, resident: Resident, route: Route) -> None:
        model, subject, name, _ = LISTS[route[1]]
        if subject in PUBLIC_REGISTERS or self._national(resident, subject):
            return
        shown = self._shown(resident, Target(route, f"{route[1]}?limit=100", None), name)
        with acting(SYSTEM):
            related = RELATED.get(model)
            rows = model._default_manager.select_related(*([related] if related else []))
            others = {
                getattr(row, "pk" if name == "id" else name)
                for row in rows
                if self.operations.tenant_of(row) == 1 - resident.tenant
                and not self._shows(resident.actor, subject, "view", row)
            }
        self.cells["rows in a list"] += len(others)
        if leaked := shown & others:
            self.wrong.append(f"{resident}: {route[1]} shows {sorted(leaked)[:3]}")

    def _changed(self, tenant: int) -> list[str]:
        """Tables in which a row of the other tenant is new or differs from the start."""
        found = []
        for table, rows in self.snapshot().items():
            was = self.before[table]
            differing = [key for key, row in rows.items() if was.get(key) != row]
            differing += [key for key in was if key not in rows]
            if differing and table not in KEPT_FOR_THE_ASKER:
                found.append(f"{table} {differing[:3]}")
        return found

    def snapshot(self) -> Rows:
        """Every row of every table with row security, by table and number."""
        with transaction.atomic(), acting(SYSTEM):
            return {
                model._meta.db_table: {row[0]: row for row in _values(model)}
                for model in apps.get_models()
                if model._meta.db_table in ROWS
            }


def _values(model: Any) -> list[tuple[Any, ...]]:
    names = [each.attname for each in model._meta.concrete_fields if not each.primary_key]
    return [
        tuple(_plain(value) for value in row) for row in model.objects.values_list("pk", *names)
    ]


def _plain(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else value
