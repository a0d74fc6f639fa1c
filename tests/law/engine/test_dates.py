"""Ages and periods at their edges."""

from datetime import date

import pytest

from emigrate.law.engine.dates import add_months, age_on, last_day_of


@pytest.mark.parametrize(
    ("born", "day", "age"),
    [
        (date(1996, 1, 10), date(2026, 1, 9), 29),
        (date(1996, 1, 10), date(2026, 1, 10), 30),
        (date(1996, 2, 29), date(2026, 2, 28), 29),
        (date(1996, 2, 29), date(2026, 3, 1), 30),
        (date(1996, 2, 29), date(2024, 2, 29), 28),
    ],
)
def test_age(born: date, day: date, age: int) -> None:
    assert age_on(born, day) == age


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 1, 10), 6, date(2026, 7, 10)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2023, 8, 31), 6, date(2024, 2, 29)),
        (date(2026, 12, 1), 12, date(2027, 12, 1)),
        (date(2026, 12, 1), 1, date(2027, 1, 1)),
    ],
)
def test_months_later(day: date, months: int, later: date) -> None:
    assert add_months(day, months) == later


def test_a_period_includes_its_first_day() -> None:
    assert last_day_of(date(2026, 1, 10), 24) == date(2028, 1, 9)
