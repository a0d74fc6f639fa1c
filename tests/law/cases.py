"""The readable cases of `emigrate/law/india/cases`, one test each.

An entry asks the law a question (`ask`), calls a function below the command (`call`, `then`) or
registers a row of a figure (`figure`). `suppose` changes figures for the case; `says` wants words
in a reason.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cache
from itertools import product
from pathlib import Path
from types import ModuleType
from typing import Any, cast

import yaml

from emigrate.law.engine import figures
from emigrate.law.engine.findings import Finding
from emigrate.law.engine.parameters import Figure, Loader, sheet

FOLDER = Path(__file__).parents[2] / "emigrate/law/india/cases"


@dataclass(frozen=True)
class Case:
    """One case: what is asked or called, and what must come of it."""

    name: str
    given: dict[str, Any]
    expected: dict[str, Any]
    suppose: dict[str, dict[str, Any]] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.name


def questions() -> list[Case]:
    """Every case that asks the law a question; one for each of its days."""
    return [
        Case(f"{name} ({asked['on']})", asked, expected, entry.get("suppose", {}))
        for entry in _entries()
        if "ask" in entry
        for name, asked, expected in _by_day(entry)
    ]


def calls() -> list[Case]:
    """Every case of a function below the command."""
    return [
        Case(entry["name"], entry, entry, entry.get("suppose", {}))
        for entry in _entries()
        if "call" in entry
    ]


def register() -> list[Case]:
    """Every row of every figure with its values by day; a list of names stands for each."""
    return [
        Case(f"{entry['figure']} {of}", {"figure": entry["figure"], "of": of}, entry["days"])
        for entry in _entries()
        if "figure" in entry
        for of in _each(entry.get("of", {}))
    ]


@contextmanager
def supposing(changes: dict[str, dict[str, Any]]) -> Iterator[None]:
    """Every value of these figures changed in the given fields, until the block ends."""
    kept = {key: dict(sheet(key).rows) for key in changes}
    for key, change in changes.items():
        changed = {of: tuple(replace(f, **change) for f in row) for of, row in kept[key].items()}
        put(key, changed)
    try:
        yield
    finally:
        for key, rows in kept.items():
            put(key, rows)


def put(key: str, rows: dict[tuple[str, ...], tuple[Figure, ...]]) -> None:
    """Put other rows in a figure's sheet."""
    cast(dict[tuple[str, ...], tuple[Figure, ...]], sheet(key).rows).update(rows)
    figures._look_up.cache_clear()


def agrees(pack: ModuleType, case: Case, question: Any) -> bool:
    """Whether the answer is what the case wants: verdict, leave, findings, words."""
    with supposing(case.suppose):
        found = pack.answer(question)
    shown = found.as_json()
    assert len(shown["findings"]) == len(found.findings)
    return (shown["verdict"], shown["allowed"], by_code(found.findings)) == (
        case.expected["verdict"],
        "block" not in case.expected["findings"].values(),
        case.expected["findings"],
    ) and _says(found.findings, case)


def agrees_below(pack: ModuleType, case: Case) -> bool:
    """Whether a function below the command gives or finds what the case wants."""
    with supposing(case.suppose):
        found = getattr(pack, case.given["call"])(**case.given["with"])
        if "then" in case.given:
            found = found(**case.given["then"])
    found = [found] if isinstance(found, Finding) else found
    if "gives" in case.expected:
        return bool(_plain(found) == case.expected["gives"])
    return by_code(found) == case.expected["findings"] and _says(found, case)


def _plain(found: object) -> object:
    return list(found) if isinstance(found, tuple) else found


def agrees_with_register(case: Case) -> bool:
    """Whether a row of a figure has, on each of its days, the value and certainty written down.

    The day on which each value begins and the day before it must be among them.
    """
    key, of = case.given["figure"], case.given["of"]
    begins = {found.valid_from for found in sheet(key).rows[tuple(of.values())]}
    edges = begins | {day - timedelta(days=1) for day in begins}
    return edges <= set(case.expected) and all(
        in_force(key, of, day) == value for day, value in case.expected.items()
    )


def in_force(key: str, of: dict[str, str], day: date) -> list[Any] | None:
    """The value of a row and how sure it is; None where the row has none on that day."""
    row = sheet(key).rows[tuple(of.values())]
    found = figures._in_force(row, day)
    return None if found is None else [found.value, found.confidence]


def _says(findings: Sequence[Finding], case: Case) -> bool:
    texts = {found.code: found.text for found in findings}
    return all(words in texts[code] for code, words in case.expected.get("says", {}).items())


def as_text(asked: dict[str, Any]) -> str:
    """The question as the command reads it."""
    return json.dumps(asked, default=date.isoformat)


def by_code(findings: Sequence[Finding]) -> dict[str, str]:
    """Code to severity; a code found again gets a number."""
    found: dict[str, str] = {}
    for each in findings:
        again = sum(name.partition("#")[0] == each.code for name in found)
        found[f"{each.code}#{again + 1}" if again else each.code] = each.severity
    return found


def _by_day(entry: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    for day, expected in entry.get("days", {entry["ask"].get("on"): entry}).items():
        yield entry["name"], entry["ask"] | {"on": day}, expected


def _each(of: dict[str, str | list[str]]) -> list[dict[str, str]]:
    choices = [name if isinstance(name, list) else [name] for name in of.values()]
    return [dict(zip(of, chosen, strict=True)) for chosen in product(*choices)]


@cache
def _entries() -> tuple[dict[str, Any], ...]:
    return tuple(
        entry
        for path in sorted(FOLDER.glob("*.yaml"))
        for entry in _with_on(yaml.load(path.read_text("utf-8"), Loader))["cases"]
    )


def _with_on(tree: Any) -> Any:
    """YAML 1.1 reads the key `on` as true; lawyers write `on`."""
    if isinstance(tree, dict):
        return {"on" if name is True else name: _with_on(value) for name, value in tree.items()}
    return [_with_on(each) for each in tree] if isinstance(tree, list) else tree
