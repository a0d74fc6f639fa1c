"""Reading one parameter file: a figure of law with its values by date."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any, Literal

import yaml

from emigrate.law.engine.country import folder

Confidence = Literal["source", "known", "uncertain", "design"]
Selector = tuple[tuple[str, str], ...]

ANY = "*"
KEY = re.compile(r"[a-z0-9_]+(\.[a-z0-9_]+)*")
Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # Any: libyaml's type is not exported


class UnknownFigure(LookupError):
    """The law files hold no such figure, or no value of it on that day."""

    def __init__(self, key: str, on: date | None = None, **of: str) -> None:
        """Keep what was asked, so that a caller can say which figure is missing."""
        super().__init__(key, on, of)
        self.key, self.on, self.of = key, on, of


@dataclass(frozen=True, slots=True)
class Figure:
    """One value of the law from `valid_from` to `valid_to`, both included (None: no end known)."""

    key: str
    value: Any  # JSON-able; its shape is the file's own: number, text, list or mapping
    unit: str
    valid_from: date
    confidence: Confidence
    reference: str
    reviewed: date
    valid_to: date | None = None
    of: Selector = ()
    approved_by: str | None = None

    @property
    def certain(self) -> bool:
        """Whether a person may be stopped because of this value."""
        return self.confidence in ("source", "known")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A whole parameter file: what the figure means and all its rows, each in order of date."""

    key: str
    description: str
    of: tuple[str, ...]
    rows: Mapping[tuple[str, ...], tuple[Figure, ...]]

    def figures(self) -> Iterator[Figure]:
        """Every value of every row."""
        for row in self.rows.values():
            yield from row


def keys() -> list[str]:
    """All keys of the chosen country, sorted."""
    root = folder() / "parameters"
    found = root.rglob("*.yaml")
    return sorted(".".join(path.relative_to(root).with_suffix("").parts) for path in found)


@cache
def sheet(key: str) -> Sheet:
    """The parameter file behind a key (dots are folders); raises `UnknownFigure`."""
    if not KEY.fullmatch(key):
        raise UnknownFigure(key)
    path = folder() / "parameters" / Path(*key.split(".")).with_suffix(".yaml")
    if not path.is_file():
        raise UnknownFigure(key)
    content = yaml.load(path.read_text("utf-8"), Loader)  # noqa: S506 - a safe loader, see Loader
    of = tuple(content.get("of", ()))
    rows: dict[tuple[str, ...], tuple[Figure, ...]] = {}
    for row in content.get("rows", [content]):
        for chosen in product(*(_several(row[name]) for name in of)):
            rows[chosen] = _dated(key, content, row["values"], tuple(zip(of, chosen, strict=True)))
    return Sheet(key, content["description"], of, rows)


def _several(selected: str | list[str]) -> list[str]:
    return selected if isinstance(selected, list) else [selected]


def _dated(
    key: str, content: Mapping[str, Any], values: Mapping[date, Mapping[str, Any]], of: Selector
) -> tuple[Figure, ...]:
    days = sorted(values)
    ends = [*(day - timedelta(days=1) for day in days[1:]), None]
    return tuple(
        Figure(
            key,
            values[day]["value"],
            content["unit"],
            day,
            values[day]["confidence"],
            values[day]["reference"],
            content["reviewed"],
            valid_to=values[day].get("until", end),
            of=of,
            approved_by=values[day].get("approved_by"),
        )
        for day, end in zip(days, ends, strict=True)
    )
