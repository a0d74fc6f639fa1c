"""The readable cases of `emigrate/law/india/cases`, one test each."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from emigrate.law.engine.findings import Finding

FOLDER = Path(__file__).parents[2] / "emigrate/law/india/cases"


@dataclass(frozen=True)
class Case:
    """One case: what is asked or called, and what must come of it."""

    name: str
    given: dict[str, Any]
    expected: dict[str, Any]

    def __str__(self) -> str:
        return self.name


def questions() -> list[Case]:
    """Every case that asks the law a question; one for each of its days."""
    return [
        Case(f"{name} ({asked['on']})", asked, expected)
        for entry in _entries()
        if "ask" in entry
        for name, asked, expected in _by_day(entry)
    ]


def calls() -> list[Case]:
    """Every case of a function below the command."""
    return [Case(entry["name"], entry, entry) for entry in _entries() if "call" in entry]


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


def _entries() -> Iterator[dict[str, Any]]:
    for path in sorted(FOLDER.glob("*.yaml")):
        yield from _with_on(yaml.safe_load(path.read_text("utf-8")))["cases"]


def _with_on(tree: Any) -> Any:
    """YAML 1.1 reads the key `on` as true; lawyers write `on`."""
    if isinstance(tree, dict):
        return {"on" if name is True else name: _with_on(value) for name, value in tree.items()}
    return [_with_on(each) for each in tree] if isinstance(tree, list) else tree
