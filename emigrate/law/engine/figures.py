"""Asking for a figure of law. Every question names its day; there is no "today" here."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import product

from emigrate.law.engine.dates import add_months
from emigrate.law.engine.parameters import (
    ANY,
    Confidence,
    Figure,
    Selector,
    Sheet,
    UnknownFigure,
    keys,
    sheet,
)

__all__ = ["Change", "Confidence", "Figure", "UnknownFigure", "all_figures", "diff", "figure"]

REVIEW_MONTHS = 12


@dataclass(frozen=True, slots=True)
class Change:
    """One figure (or one row of it) whose value or standing differs between two days."""

    key: str
    of: Selector
    before: Figure | None
    after: Figure | None


def figure(key: str, *, on: date, **of: str) -> Figure:
    """The value in force on that day; raises `UnknownFigure` when the files know none.

    `of` selects the row of a keyed figure, as `country="ARE"`; a row "*" stands for every other.
    """
    found = known(key, on=on, **of)
    if found is None:
        raise UnknownFigure(key, on, **of)
    return found


def known(key: str, *, on: date, **of: str) -> Figure | None:
    """Like `figure`, but None when no value is known on that day; an unknown key still raises."""
    return _look_up(key, on, tuple(of.items()))


def all_figures(on: date | None) -> list[Figure]:
    """Every figure in force on that day, or with None every value that was ever in force."""
    if on is None:
        return [found for key in keys() for found in sheet(key).figures()]
    return [found for key in keys() for found in _rows_in_force(sheet(key), on)]


def diff(a: date, b: date) -> list[Change]:
    """What is different on day `b` from day `a`, figure by figure."""
    before = {(found.key, found.of): found for found in all_figures(a)}
    after = {(found.key, found.of): found for found in all_figures(b)}
    places = dict.fromkeys([*before, *after])
    changes = [Change(*place, before.get(place), after.get(place)) for place in places]
    return sorted(
        (change for change in changes if change.before != change.after),
        key=lambda change: (change.key, change.of),
    )


def overdue_reviews(on: date) -> list[str]:
    """Keys that nobody has looked up in the law for more than twelve months."""
    reviewed = {found.key: found.reviewed for found in all_figures(None)}
    return [key for key, day in reviewed.items() if add_months(day, REVIEW_MONTHS) < on]


def first_reference(key: str) -> str:
    """The oldest instrument behind a figure: where to look when no value is known on a day."""
    return min(sheet(key).figures(), key=lambda found: found.valid_from).reference


@lru_cache(maxsize=65_536)
def _look_up(key: str, on: date, of: Selector) -> Figure | None:
    page = sheet(key)
    wanted = dict(of)
    if set(wanted) != set(page.of):
        raise UnknownFigure(key, on, **wanted)
    for row in product(*((wanted[name], ANY) for name in page.of)):
        found = _in_force(page.rows.get(row, ()), on)
        if found is not None:
            return found
    return None


def _rows_in_force(page: Sheet, on: date) -> Iterator[Figure]:
    for row in page.rows.values():
        found = _in_force(row, on)
        if found is not None:
            yield found


def _in_force(row: tuple[Figure, ...], on: date) -> Figure | None:
    begun = [found for found in row if found.valid_from <= on]
    if not begun or (begun[-1].valid_to is not None and begun[-1].valid_to < on):
        return None
    return begun[-1]
