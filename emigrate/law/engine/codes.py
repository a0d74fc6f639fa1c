"""Codes of the world: countries (ISO 3166-1), currencies (ISO 4217), occupations (ISCO-08)."""

import csv
from functools import cache
from pathlib import Path


@cache
def countries() -> frozenset[str]:
    """ISO 3166-1 alpha-3 codes."""
    return frozenset(row["alpha3"] for row in _rows("countries"))


@cache
def nationalities() -> frozenset[str]:
    """Countries, and the stateless, refugees and others of ICAO Doc 9303 part 3, section 5."""
    return countries() | {"XXA", "XXB", "XXC", "XXX"}


@cache
def currencies() -> dict[str, int]:
    """ISO 4217 codes of money in circulation, with the number of decimals of the minor unit."""
    return {row["code"]: int(row["digits"]) for row in _rows("currencies")}


@cache
def occupations() -> frozenset[str]:
    """ISCO-08 unit groups, four digits each."""
    return frozenset(row["isco08"] for row in _rows("occupations"))


def _rows(name: str) -> list[dict[str, str]]:
    path = Path(__file__).parent / "code_lists" / f"{name}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
