"""The law with one thing changed at a time, to see that a readable case notices each change.

A rule is changed in its source (a comparison, an operator, a literal, a condition) and loaded anew;
a figure is changed in the sheet that was read. What the cases say is compared each time.
"""

import ast
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache, partial
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_loader
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

from emigrate.law import india
from emigrate.law.engine import figures
from emigrate.law.engine.parameters import Confidence, Figure, Selector, sheet
from emigrate.law.india.question import Question, parse_question
from tests.law.cases import Case, agrees, agrees_below, as_text, calls, put, questions

PACKAGE = "emigrate.law.india"
RULES = (
    "agents", "answer", "charges", "contracts", "countries", "employers", "papers", "persons",
    "refunds", "scope", "windows",
)  # fmt: skip
COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
}
OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.FloorDiv: ast.Mult,
}
SEVERITIES = {"block": "refer", "refer": "warn", "warn": "note", "note": "warn"}
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Mutant:
    """A module of rules with one change; the name says which."""

    module: str
    name: str
    code: CodeType


def rule_mutants(module: str) -> Iterator[Mutant]:
    """Every change of a module of rules, one at a time."""
    path = Path(india.__file__).parent / f"{module}.py"
    tree = ast.parse(path.read_text("utf-8"))
    settings = {id(inner) for node in ast.walk(tree) for inner in _settings_of(node)}
    for position, node in enumerate(ast.walk(tree)):
        changes = [] if id(node) in settings else _changes(node)
        for number, (what, _) in enumerate(changes):
            changed = deepcopy(tree)
            _changes(list(ast.walk(changed))[position])[number][1]()
            code = compile(ast.fix_missing_locations(changed), str(path), "exec")
            yield Mutant(module, f"{module}.py:{node.lineno} {what}", code)  # type: ignore[attr-defined]  # all that change have a line


def _settings_of(node: ast.AST) -> Iterator[ast.AST]:
    """What decorates a class: how its values are stored, and no law."""
    for decorator in node.decorator_list if isinstance(node, ast.ClassDef) else ():
        yield from ast.walk(decorator)


def _changes(node: ast.AST) -> list[tuple[str, Callable[[], None]]]:
    """What can be changed about a node: words for it, and the change itself."""
    match node:
        case ast.Compare():
            return [
                (f"{type(op).__name__} to {other.__name__}", _setter(node.ops, at, other()))
                for at, op in enumerate(node.ops)
                for other in COMPARISONS[type(op)]
            ]
        case ast.BoolOp():
            other = ast.Or() if isinstance(node.op, ast.And) else ast.And()
            return [(f"to {type(other).__name__}", _setter(node, "op", other))]
        case ast.BinOp() if type(node.op) in OPERATORS:
            other_operator = OPERATORS[type(node.op)]
            return [(f"to {other_operator.__name__}", _setter(node, "op", other_operator()))]
        case ast.If() | ast.IfExp() if not isinstance(node.test, ast.Compare):
            return [("the other way", _setter(node, "test", _not(node.test)))]
        case ast.UnaryOp(op=ast.Not()):
            return [("without not", _setter(node, "operand", _not(node.operand)))]
        case ast.Constant() if (value := _other(node.value)) != node.value:
            return [(f"{node.value!r} to {value!r}", _setter(node, "value", value))]
    return []


def _other(value: Any) -> Any:
    """Another literal of the same type; a sentence (a docstring) stays."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, str) and " " not in value:
        return SEVERITIES.get(value, f"{value}?")
    return value


def _not(node: ast.expr) -> ast.expr:
    return ast.UnaryOp(ast.Not(), node)


def _setter(owner: Any, name: Any, value: Any) -> Callable[[], None]:
    if isinstance(owner, list):
        return lambda: owner.__setitem__(name, value)
    return lambda: setattr(owner, name, value)


class _Changed(MetaPathFinder, Loader):
    """Finds the changed module instead of the one on disk."""

    def __init__(self, mutant: Mutant) -> None:
        self.mutant = mutant

    def find_spec(self, fullname: str, *_: Any) -> ModuleSpec | None:
        changed = fullname == f"{PACKAGE}.{self.mutant.module}"
        return spec_from_loader(fullname, self) if changed else None

    def exec_module(self, module: ModuleType) -> None:
        exec(self.mutant.code, module.__dict__)  # our own source, changed above


@contextmanager
def loaded(mutant: Mutant) -> Iterator[ModuleType | None]:
    """The country's package with the changed module, or None when it cannot even be loaded.

    Afterwards everything is as before.
    """
    names = [PACKAGE, *(f"{PACKAGE}.{each}" for each in RULES)]
    kept = {name: sys.modules.pop(name) for name in names}
    finder = _Changed(mutant)
    sys.meta_path.insert(0, finder)
    try:
        yield _imported()
    finally:
        sys.meta_path.remove(finder)
        for name in names:
            sys.modules.pop(name, None)
        sys.modules.update(kept)
        sys.modules["emigrate.law"].india = kept[PACKAGE]  # type: ignore[attr-defined]


def _imported() -> ModuleType | None:
    try:
        return import_module(PACKAGE)
    except Exception:  # noqa: BLE001 - the change is noticed before any case is asked
        return None


Check = Callable[[ModuleType], bool]


@cache
def checks() -> tuple[Check, ...]:
    """The cases, read once: whether a country's package agrees with them."""
    asked = [partial(_agrees, case, parse_question(as_text(case.given))) for case in questions()]
    return (*asked, *(partial(_agrees_below, case) for case in calls()))


def _agrees(case: Case, question: Question, pack: ModuleType) -> bool:
    return agrees(pack, case, question)


def _agrees_below(case: Case, pack: ModuleType) -> bool:
    return agrees_below(pack, case)


def noticed(pack: ModuleType, order: list[Check]) -> bool:
    """Whether some case says otherwise than the package does; a crash is noticed too.

    The case that noticed goes to the front, for it will often notice the next change as well.
    """
    for place, check in enumerate(order):
        if not _passes(check, pack):
            order.insert(0, order.pop(place))
            return True
    return False


def _passes(check: Check, pack: ModuleType) -> bool:
    try:
        return check(pack)
    except Exception:  # noqa: BLE001 - whatever a changed rule does, the case has noticed it
        return False


@dataclass(frozen=True)
class FigureMutant:
    """A row of a figure with one change; the name says which."""

    key: str
    row: tuple[str, ...]
    values: tuple[Figure, ...]
    name: str


def figure_mutants(key: str) -> Iterator[FigureMutant]:
    """Every value of every row changed, and begun or ended a day sooner or later."""
    for row, values in sheet(key).rows.items():
        for at, found in enumerate(values):
            for what, changed in _other_values(values, at):
                yield FigureMutant(key, row, changed, f"{key}{list(row)} {found.valid_from} {what}")


def _other_values(values: tuple[Figure, ...], at: int) -> Iterator[tuple[str, tuple[Figure, ...]]]:
    before, found, after = values[:at], values[at], values[at + 1 :]
    for value in _others(found.value):
        yield f"is {value}", (*before, replace(found, value=value), *after)
    sure: Confidence = "uncertain" if found.certain else "source"
    yield f"is {sure}", (*before, replace(found, confidence=sure), *after)
    for days in (-1, 1):
        moved = replace(found, valid_from=found.valid_from + days * ONE_DAY)
        joined = before and before[-1].valid_to == found.valid_from - ONE_DAY
        ended = (replace(before[-1], valid_to=moved.valid_from - ONE_DAY),) if joined else ()
        yield f"begins {moved.valid_from}", (*before[: at - len(ended)], *ended, moved, *after)
        if found.valid_to and not (after and after[0].valid_from == found.valid_to + ONE_DAY):
            ends = found.valid_to + days * ONE_DAY
            yield f"ends {ends}", (*before, replace(found, valid_to=ends), *after)


def _others(value: Any) -> list[Any]:
    """Values next to a value: another number, a list short of one, another word."""
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int):
        return [value - 1, value + 1]
    if isinstance(value, str):
        return ["another"]
    if isinstance(value, dict):
        return [value | {name: other} for name, inner in value.items() for other in _others(inner)]
    changed = [[*value[:at], *value[at + 1 :]] for at in range(len(value))]
    if value and isinstance(value[0], int):
        return [
            [*value[:at], n + more, *value[at + 1 :]]
            for at, n in enumerate(value)
            for more in (-1, 1)
        ]
    return changed


@contextmanager
def changed_figure(mutant: FigureMutant) -> Iterator[None]:
    """The row as the mutant has it, until the block ends."""
    kept = sheet(mutant.key).rows[mutant.row]
    put(mutant.key, {mutant.row: mutant.values})
    try:
        yield
    finally:
        put(mutant.key, {mutant.row: kept})


@cache
def used() -> dict[str, list[Check]]:
    """The figures that the cases ask for, each with the cases that ask for it."""
    found: dict[str, list[Check]] = {}
    look_up = figures._look_up
    for check in checks():
        seen: set[str] = set()

        def recording(key: str, on: date, of: Selector, seen: set[str] = seen) -> Figure | None:
            seen.add(key)
            return look_up(key, on, of)

        recording.cache_clear = look_up.cache_clear  # type: ignore[attr-defined]
        figures._look_up = recording  # type: ignore[assignment]
        try:
            check(india)
        finally:
            figures._look_up = look_up
        for key in seen:
            found.setdefault(key, []).append(check)
    return found
