"""Figures asked below the command; the windows' cases stand in `cases/windows.yaml`."""

from datetime import date

import pytest

from emigrate.law.engine.figures import UnknownFigure, all_figures
from emigrate.law.india import domestic_guarantee, renewal_window, service_days


@pytest.mark.parametrize(
    ("key", "days", "working"),
    [
        ("clearance.decision", 1, True),
        ("clearance.alarm", 3, True),
        ("clearance.query_answer_days", 30, False),
        ("agent.decision", 7, True),
        ("agent.scrutiny", 7, True),
        ("agent.inspection", 15, True),
        ("agent.police", 30, False),
        ("agent.security", 60, False),
        ("agent.query_answer_days", 30, False),
        ("employer.verification", 7, True),
        ("employer.query_answer_days", 30, False),
        ("demand.approval", 7, True),
        ("demand.query_answer_days", 30, False),
        ("demand.acknowledgement", 7, True),
        ("grievance.first_action", 7, False),
        ("complaint.agent_reply", 15, False),
        ("contingency.back_entry", 3, True),
        ("payment.refund", 7, True),
    ],
)
def test_service_levels_in_their_units(key: str, days: int, working: bool) -> None:
    assert service_days(key)(date(2024, 5, 6)) == (days, working)


def test_every_service_level_has_a_unit_that_a_clock_can_count() -> None:
    levels = [each for each in all_figures(None) if each.key.startswith("sla.")]
    keys = {each.key for each in levels if each.unit != "hour"}  # no case has such a clock yet

    periods = [service_days(key.removeprefix("sla."))(date(2024, 5, 6)) for key in keys]

    assert len(periods) == 27
    assert all(period.days > 0 for period in periods)


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
