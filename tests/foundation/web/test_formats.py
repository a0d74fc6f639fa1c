from datetime import UTC, date, datetime

import pytest

from emigrate.foundation.web.formats import day, ltr, moment, money, money_text, number


@pytest.mark.parametrize(("value", "written"), [
    (date(2031, 3, 27), "27-03-2031"),
    (datetime(2031, 3, 26, 18, 29, tzinfo=UTC), "26-03-2031"),
    (datetime(2031, 3, 26, 18, 30, tzinfo=UTC), "27-03-2031"),
    ("2031-03-27", "27-03-2031"),
    ("2031-03-26T20:00:00+00:00", "27-03-2031"),
    ("2031-03-26T20:00:00", "26-03-2031"),
])  # fmt: skip
def test_a_day_is_the_offices_day(value, written):
    assert day(value) == written


def test_a_moment_names_its_zone():
    assert moment(datetime(2031, 3, 26, 20, 5, tzinfo=UTC)) == "27-03-2031 01:35 IST"


@pytest.mark.parametrize(("value", "written"), [
    (0, "0"), (999, "999"), (1000, "1,000"), (12345, "12,345"), (123456, "1,23,456"),
    (1234567, "12,34,567"), (123456789, "12,34,56,789"), (-1234567, "-12,34,567"),
])  # fmt: skip
def test_numbers_are_grouped_by_lakh(value, written):
    assert number(value) == written


@pytest.mark.parametrize(("minor", "currency", "written"), [
    (3_000_000, "INR", "₹30,000"),
    (123_456_750, "INR", "₹12,34,567.50"),
    (50, "INR", "₹0.50"),
    (180_000, "SAR", "SAR\u00a01,800"),
    (1_500, "KWD", "KWD\u00a01.500"),
    (1_500, "JPY", "JPY\u00a01,500"),
])  # fmt: skip
def test_money_has_its_sign_and_no_empty_decimals(minor, currency, written):
    assert money_text(minor, currency) == written


def test_numbers_stand_in_their_own_direction():
    assert money(100, "INR") == '<bdi dir="ltr">₹1</bdi>'
    assert ltr("<b>") == '<bdi dir="ltr">&lt;b&gt;</bdi>'
