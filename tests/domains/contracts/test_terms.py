"""Terms as data: strict reading, and a hash that depends on nothing but what they say."""

from dataclasses import fields
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emigrate.domains.contracts.models import Terms, terms_from
from emigrate.foundation.errors import InvalidInput
from tests.factories.contracts import the_terms


def faults(data):
    with pytest.raises(InvalidInput) as caught:
        terms_from(data)
    return [(each["pointer"], each["code"]) for each in caught.value.errors]


def test_what_is_written_is_read_again():
    terms = the_terms(starts_on="2027-01-15")

    assert terms_from(terms.as_json()) == terms
    assert terms_from(terms.as_json()).hash == terms.hash


def test_the_order_of_clauses_does_not_matter():
    clauses = the_terms().clauses

    assert the_terms(clauses=tuple(reversed(clauses))).hash == the_terms().hash


CHANGED = {
    "occupation": "7123", "title": "Helper", "workplace": "Jeddah", "wage_minor": 1,
    "currency": "AED", "months": 12, "clauses": ("food",), "starts_on": "2027-01-01",
    "hours_per_day": 9, "days_per_week": 5, "overtime_percent": 150, "leave_days_per_year": 30,
    "notice_days": 60, "probation_months": 6, "deductions_minor": 1, "food": "none",
    "accommodation": "none", "transport": "none", "medical": "none", "ticket_out": "emigrant",
    "ticket_home": "emigrant", "recruitment_cost": "emigrant", "passport_custody": "employer",
}  # fmt: skip


def test_every_term_is_under_the_hash():
    assert set(CHANGED) == {each.name for each in fields(Terms)}
    for name, value in CHANGED.items():
        assert the_terms(**{name: value}).hash != the_terms().hash, name


def test_every_unknown_missing_and_wrong_member_is_named():
    data = the_terms().as_json() | {"bonus": 1, "months": True}
    del data["title"]

    assert faults(data) == [
        ("/terms/bonus", "unknown_term"),
        ("/terms/title", "term_missing"),
        ("/terms/months", "term_malformed"),
    ]


@pytest.mark.parametrize(
    ("starts_on", "months", "ends_on"),
    [
        (None, 24, None),
        ("2027-01-15", 24, date(2029, 1, 14)),
        ("2027-01-31", 1, date(2027, 2, 27)),
        ("2028-02-29", 12, date(2029, 2, 27)),
    ],
)
def test_the_last_day(starts_on, months, ends_on):
    assert the_terms(starts_on=starts_on, months=months).ends_on == ends_on


@given(st.dictionaries(st.text(max_size=20), st.none() | st.integers() | st.text(max_size=9)))
def test_no_object_is_read_that_is_not_terms(data):
    assert faults(data)
