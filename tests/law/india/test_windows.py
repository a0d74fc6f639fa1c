"""Figures asked below the command; the windows' cases stand in `cases/windows.yaml`."""

from datetime import date

import pytest

from emigrate.law.engine.figures import UnknownFigure
from emigrate.law.india import domestic_guarantee, renewal_window, service_days


@pytest.mark.parametrize(
    ("key", "days"),
    [
        ("clearance.decision", 1),
        ("clearance.alarm", 3),
        ("clearance.query_answer_days", 30),
        ("agent.scrutiny", 7),
        ("agent.inspection", 15),
        ("employer.verification", 7),
        ("demand.approval", 7),
    ],
)
def test_service_levels(key: str, days: int) -> None:
    assert service_days(key)(date(2024, 5, 6)) == days


def test_a_service_level_that_is_not_there() -> None:
    with pytest.raises(UnknownFigure):
        service_days("clearance.tea")(date(2024, 5, 6))


@pytest.mark.parametrize(
    ("country", "on", "cents"),
    [
        ("KWT", date(2015, 1, 1), 250_000),
        ("KWT", date(2017, 9, 30), None),
        ("MYS", date(2015, 1, 1), None),
    ],
)
def test_the_security_for_domestic_workers(country: str, on: date, cents: int | None) -> None:
    found = domestic_guarantee(country, on)

    assert (found and found.value) == cents


def test_a_window_says_its_last_day() -> None:
    found = renewal_window(date(2026, 3, 1), date(2026, 1, 10))

    assert found[0].facts == {"expires": "2026-03-01", "last": "2025-12-01"}
