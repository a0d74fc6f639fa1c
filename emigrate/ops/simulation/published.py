"""The published figures and lists that a simulation draws from."""

import csv
from functools import cache
from pathlib import Path

from emigrate.domains import reference

FOLDER = Path(reference.__path__[0]) / "data"

Row = dict[str, str]


@cache
def rows(name: str) -> tuple[Row, ...]:
    """The rows of a reference file, such as `replay/by_country_2024.csv`."""
    with (FOLDER / name).open(newline="", encoding="utf-8") as file:
        return tuple(csv.DictReader(file))


def scaled(year: int, share: float) -> int:
    """How many clearances a share of a year is; KeyError where none is published for it."""
    found = {int(row["year"]): int(row["clearances"]) for row in rows("replay/ec_by_year.csv")}
    return round(found[year] * share)
