"""Minor units inside, decimal strings at the edge."""

import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emigrate.domains import reference
from emigrate.foundation.errors import InvalidInput
from emigrate.foundation.money import DIGITS, Money, decimal_text, minor_units

currencies = st.sampled_from(["INR", "KWD", "JPY", "AED", *DIGITS])


@pytest.mark.parametrize(("minor", "currency", "text"), [
    (120_000, "AED", "1200.00"), (1, "INR", "0.01"),   (0, "INR", "0.00"), (-5, "INR", "-0.05"),
    (1_234,   "KWD", "1.234"),   (7, "BHD", "0.007"),  (500, "JPY", "500"),
])  # fmt: skip
def test_amounts_are_written(minor, currency, text):
    assert decimal_text(minor, currency) == text
    assert str(Money(currency, minor)) == f"{currency} {text}"


@given(st.integers(0, 10**12), currencies)
def test_what_is_written_reads_back(minor, currency):
    assert minor_units(decimal_text(minor, currency), currency) == minor


@pytest.mark.parametrize(("text", "currency", "code"), [
    ("1.001", "INR", "amount_malformed"), ("1.5", "JPY", "amount_malformed"),
    ("1.0001", "KWD", "amount_malformed"), ("-1", "INR", "amount_malformed"),
    ("01", "INR", "amount_malformed"), ("1,000", "INR", "amount_malformed"),
    ("1e3", "INR", "amount_malformed"), ("", "INR", "amount_malformed"),
    ("1.", "INR", "amount_malformed"), (" 1", "INR", "amount_malformed"),
    ("1\n", "INR", "amount_malformed"), ("१", "INR", "amount_malformed"),
    ("9" * 14, "INR", "amount_malformed"), ("1", "Rs", "currency_unknown"),
    ("1", "inr", "currency_unknown"),
])  # fmt: skip
def test_anything_else_is_refused_by_its_field(text, currency, code):
    with pytest.raises(InvalidInput) as refusal:
        minor_units(text, currency, "/fee")

    error = refusal.value.errors[0]
    assert (error["pointer"], error["code"]) == ("/fee", code)


def test_the_digits_are_those_of_the_reference_data():
    path = f"{reference.__path__[0]}/data/countries.csv"
    with open(path, newline="", encoding="utf-8") as file:  # noqa: PTH123 - a package's own path
        listed = {row["currency"]: int(row["minor_digits"] or 2) for row in csv.DictReader(file)}

    differing = {
        code: (digits, DIGITS.get(code, 2))
        for code, digits in listed.items()
        if code and DIGITS.get(code, 2) != digits
    }
    assert differing == {}
