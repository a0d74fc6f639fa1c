from datetime import date

import pytest
from django import forms
from stdnum.iso7064 import mod_37_36

from emigrate.foundation.errors import Exhausted, InvalidInput
from emigrate.foundation.web.forms import (
    FIRST_DAY,
    LAST_DAY,
    AmountField,
    DayField,
    PlainForm,
    ReferenceField,
    western,
)
from emigrate.law.engine import reading


class Sample(PlainForm):
    amount = AmountField()
    day = DayField(required=False)


@pytest.mark.parametrize("typed", [
    "27 3 2031", "27/3/31", "27-03-2031", "27.3.2031", "2031-03-27", "२७ ३ २०३१", " 27 , 3 , 2031 ",
])  # fmt: skip
def test_a_day_is_read_as_people_write_it(typed):
    assert DayField().clean(typed) == date(2031, 3, 27)


@pytest.mark.parametrize("typed", [
    "27 march", "31 2 2031", "27", "1 2 3 4", "0 0 0", "1 1 10000", "9" * 30 + " 1 1",
    "9" * 5000, "2031 3", "x" * 5000,
])  # fmt: skip
def test_what_is_no_day_is_told_with_an_example(typed):
    with pytest.raises(forms.ValidationError, match="27 3 2031"):
        DayField().clean(typed)


@pytest.mark.parametrize("typed", ["31 12 1899", "1 1 2200", "9999-12-31", "1 1 0100"])
def test_a_day_that_the_law_cannot_be_asked_about_is_refused(typed):
    with pytest.raises(forms.ValidationError, match="in the years 1900 to 2199"):
        DayField().clean(typed)


def test_the_days_of_the_pages_are_the_days_of_the_law():
    assert (FIRST_DAY, LAST_DAY) == (reading.FIRST_DAY, reading.LAST_DAY)
    assert DayField().clean("1 1 1900") == FIRST_DAY
    assert DayField().clean("31 12 2199") == LAST_DAY


def test_a_day_may_be_missing_and_is_shown_as_it_is_typed():
    assert DayField(required=False).clean("") is None
    assert DayField().prepare_value(date(2031, 3, 27)) == "27-03-2031"


def test_a_reference_is_read_with_or_without_dashes():
    reference = "EC-2026-DEL-4821907-K"
    field = ReferenceField()

    with pytest.raises(forms.ValidationError, match="Compare"):
        field.clean(reference[:-1] + "0")

    assert field.clean(good(reference).lower().replace("-", " ")) == good(reference)
    assert ReferenceField(required=False).clean("") == ""


def good(reference):
    return reference[:-1] + mod_37_36.calc_check_digit(reference.replace("-", "")[:-1])


@pytest.mark.parametrize(("typed", "currency", "minor"), [
    ("1800", "SAR", 180_000), ("1,800.50", "SAR", 180_050), ("१८००", "SAR", 180_000),
    ("0", "INR", 0), ("1.250", "KWD", 1_250), ("30 000", "INR", 3_000_000),
])  # fmt: skip
def test_an_amount_becomes_minor_units(typed, currency, minor):
    assert AmountField(currency=currency).clean(typed) == minor


@pytest.mark.parametrize("typed", ["a lot", "-5", "1.234", "1e9", "99999999999999"])
def test_what_is_no_amount_is_told_with_an_example(typed):
    with pytest.raises(forms.ValidationError, match=r"Example: 1800\.00"):
        AmountField(currency="SAR").clean(typed)


def test_western_digits_of_every_script():
    assert western("२७ ٢٧ ２７ abc") == "27 27 27 abc"


def test_a_refusal_stands_beside_its_field():
    form = Sample({"amount": "5"})
    form.is_valid()

    form.refuse(InvalidInput.at("/charges/0/amount", "too_small", "Too small."))
    form.refuse(InvalidInput.at("/unknown", "odd", "Odd."))

    assert form.errors == {"amount": ["Too small."], "__all__": ["Odd."]}


def test_a_refusal_without_a_field_stands_above():
    form = Sample({"amount": "5"})
    form.is_valid()

    form.refuse(Exhausted())
    form.refuse(Exhausted(), ["Plainer."])

    said = ["Nothing is left to take. Ask for more, or release what is not used.", "Plainer."]
    assert form.non_field_errors() == said
