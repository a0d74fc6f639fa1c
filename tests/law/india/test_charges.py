"""Each head of charges by itself (Emigration Rules, 1983, r.25): in the cap or outside it."""

from datetime import date

import pytest

from emigrate.law.india.charges import charges_within_cap, gst_within_rate
from emigrate.law.india.question import HEADS, Charge, Question

INSIDE = (
    "service", "advertisement", "trade_test", "attestation", "interview_travel", "guarantee_cost",
    "cancellation", "administration",
)  # fmt: skip
OUTSIDE = ("visa", "medical", "ticket", "boarding", "gst")
CAP = 3_000_000


def asked(*charges: Charge, on: date = date(2026, 1, 10)) -> Question:
    return Question(on, charges=charges)


def test_every_head_is_in_or_out() -> None:
    assert sorted(HEADS) == sorted(INSIDE + OUTSIDE)


@pytest.mark.parametrize("head", INSIDE)
def test_a_head_of_the_cap_may_reach_it_and_not_pass_it(head: str) -> None:
    assert list(charges_within_cap(asked(Charge(head, CAP)))) == []
    assert [each.severity for each in charges_within_cap(asked(Charge(head, CAP + 1)))] == ["block"]
    both = asked(Charge("service", CAP), Charge(head, 1))
    assert [each.code for each in charges_within_cap(both)] == ["charges_above_cap"]


@pytest.mark.parametrize("head", OUTSIDE)
def test_a_head_outside_the_cap_never_counts(head: str) -> None:
    assert list(charges_within_cap(asked(Charge("service", CAP), Charge(head, CAP)))) == []


def test_tax_is_on_what_the_cap_counts() -> None:
    whole = (Charge("service", 10_000), Charge("trade_test", 10_000), Charge("ticket", 90_000))

    assert list(gst_within_rate(asked(*whole, Charge("gst", 3_600)))) == []
    assert [each.code for each in gst_within_rate(asked(*whole, Charge("gst", 3_601)))] == [
        "gst_above_rate"
    ]


def test_no_rate_is_known_before_the_tax() -> None:
    before = asked(Charge("gst", 1), on=date(2017, 6, 30))

    assert list(gst_within_rate(before)) == []
