"""Dated figures: what is in force on a day, what is not known, what changes."""

from datetime import date, timedelta

import pytest

from emigrate.law.engine.figures import (
    UnknownFigure,
    all_figures,
    diff,
    figure,
    first_reference,
    known,
    overdue_reviews,
)
from emigrate.law.engine.parameters import sheet


def test_the_value_in_force_with_its_instrument() -> None:
    found = figure("ra.service_charge.cap", on=date(2026, 1, 10))

    assert (found.value, found.unit, found.valid_from, found.confidence, found.reference) == (
        3_000_000,
        "paise",
        date(2017, 12, 14),
        "source",
        "Emigration Rules, 1983, r.25, as amended 14 Dec 2017",
    )


@pytest.mark.parametrize(
    ("on", "value"),
    [
        (date(2009, 7, 8), None),
        (date(2009, 7, 9), 2_000_000),
        (date(2017, 12, 13), 2_000_000),
        (date(2017, 12, 14), 3_000_000),
        (date(2017, 12, 15), 3_000_000),
    ],
)
def test_the_day_decides(on: date, value: int | None) -> None:
    found = known("ra.service_charge.cap", on=on)

    assert (found and found.value) == value


def test_a_value_ends_the_day_before_the_next_begins() -> None:
    found = sheet("ra.service_charge.cap").figures()

    assert [each.valid_to for each in found] == [date(2009, 12, 30), date(2017, 12, 13), None]


def test_asking_without_a_day_does_not_run() -> None:
    with pytest.raises(TypeError):
        figure("ra.service_charge.cap")  # type: ignore[call-arg]


@pytest.mark.parametrize("key", ["ra.no_such", "../../secrets", "ra", "RA.bg.normal", "", "ra."])
def test_an_unknown_key_is_an_error(key: str) -> None:
    with pytest.raises(UnknownFigure):
        known(key, on=date(2026, 1, 10))


@pytest.mark.parametrize("of", [{}, {"land": "ARE"}, {"country": "ARE", "sex": "F"}])
def test_a_wrong_row_name_is_an_error(of: dict[str, str]) -> None:
    with pytest.raises(UnknownFigure):
        figure("country.ec_required", on=date(2026, 1, 10), **of)


def test_no_value_on_a_day_is_an_error_that_says_what_was_asked() -> None:
    with pytest.raises(UnknownFigure) as raised:
        figure("mrw", on=date(2026, 1, 10), country="MYS", occupation="9313")

    assert (raised.value.key, raised.value.on, raised.value.of) == (
        "mrw",
        date(2026, 1, 10),
        {"country": "MYS", "occupation": "9313"},
    )


def test_the_most_special_row_comes_first_and_ends() -> None:
    asked = {"country": "ARE", "occupation": "7115"}

    before = figure("mrw", on=date(2020, 9, 7), **asked)
    after = figure("mrw", on=date(2020, 9, 8), **asked)

    assert (before.value, before.of) == (
        {"AED": 120_000},
        (("country", "ARE"), ("occupation", "7115")),
    )
    assert (after.value, after.of) == (
        {"USD": 20_000, "AED": 73_500},
        (("country", "ARE"), ("occupation", "*")),
    )


def test_the_nineteenth_country_came_in_august_2025() -> None:
    found = diff(date(2025, 8, 25), date(2025, 8, 26))

    assert [(change.key, change.of, change.after and change.after.value) for change in found] == [
        ("country.any_passport", (("country", "IRN"),), True),
        ("country.ec_required", (("country", "IRN"),), True),
    ]


@pytest.mark.parametrize(("on", "count"), [(date(2025, 8, 25), 18), (date(2025, 8, 26), 19)])
def test_countries_that_need_a_clearance(on: date, count: int) -> None:
    listed = [
        found for found in all_figures(on) if found.key == "country.ec_required" and found.value
    ]

    assert len(listed) == count


def test_the_amendments_of_december_2017() -> None:
    keys = [change.key for change in diff(date(2017, 12, 11), date(2017, 12, 14))]

    assert keys == [
        "ra.bg.normal",
        "ra.bg.small",
        "ra.bg.validity_months",
        "ra.rc.fee.normal",
        "ra.rc.fee.small",
        "ra.service_charge.cap",
        "ra.service_charge.heads",
        "ra.service_charge.other_heads",
        "ra.small.tranche",
    ]


def test_a_figure_that_ends_is_a_change_to_nothing() -> None:
    gone = [c for c in diff(date(2009, 7, 8), date(2009, 7, 9)) if c.key == "ra.bg.slabs"]

    assert [(change.before and change.before.value, change.after) for change in gone] == [
        (50_000_000, None),
        (30_000_000, None),
        (100_000_000, None),
    ]


def test_the_same_day_differs_in_nothing() -> None:
    assert diff(date(2026, 1, 10), date(2026, 1, 10)) == []


def test_all_figures_of_all_days_hold_those_of_one_day() -> None:
    ever = all_figures(None)

    assert [found for found in all_figures(date(2026, 1, 10)) if found not in ever] == []


def test_reviews_are_overdue_after_twelve_months() -> None:
    reviewed = figure("ec.fee", on=date(2026, 1, 10)).reviewed

    assert "ec.fee" not in overdue_reviews(reviewed.replace(year=reviewed.year + 1))
    assert "ec.fee" in overdue_reviews(reviewed.replace(year=reviewed.year + 1) + timedelta(days=1))


def test_the_oldest_instrument_is_where_to_look() -> None:
    assert first_reference("pbby.si") == "Pravasi Bharatiya Bima Yojana, 2008"
