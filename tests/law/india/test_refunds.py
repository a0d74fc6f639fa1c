"""What becomes of fee and premium: what is known is done, the rest goes to an officer."""

from datetime import date

import pytest

from emigrate.law.engine.figures import UnknownFigure
from emigrate.law.india import money_back

TODAY = date(2026, 11, 28)


@pytest.mark.parametrize(
    ("head", "ending", "code", "severity", "value"),
    [
        ("ec_fee", "rejected", "refund_due", "note", "refund"),
        ("ec_fee", "withdrawn", "refund_uncertain", "refer", "keep"),
        ("ec_fee", "lapsed", "refund_uncertain", "refer", "keep"),
        ("ec_fee", "cancelled", "refund_uncertain", "refer", "keep"),
        ("pbby_premium", "rejected", "refund_due", "note", "refund"),
        ("pbby_premium", "withdrawn", "refund_due", "note", "refund"),
        ("pbby_premium", "lapsed", "refund_due", "note", "refund"),
        ("pbby_premium", "cancelled", "refund_due", "note", "refund"),
        ("pbby_premium", "expired", "refund_uncertain", "refer", "refund"),
        ("ec_fee", "expired", "refund_uncertain", "refer", "keep"),
    ],
)
def test_what_was_paid(head: str, ending: str, code: str, severity: str, value: str | None) -> None:
    found = money_back(head, ending, TODAY)

    assert (found.code, found.severity, found.value) == (code, severity, value)
    assert found.figure == f"refund.{head}"
    assert found.reference


def test_before_the_scheme_an_officer_looks_the_law_up() -> None:
    found = money_back("pbby_premium", "rejected", date(2006, 1, 31))

    assert (found.code, found.severity) == ("figure_unknown", "refer")


def test_a_head_without_a_rule_is_an_error() -> None:
    with pytest.raises(UnknownFigure):
        money_back("tea", "rejected", TODAY)


@pytest.mark.parametrize("ending", ["rejected", "withdrawn"])
def test_the_payer_reads_it_in_hindi_too(ending: str) -> None:
    found = money_back("ec_fee", ending, TODAY)

    assert found.translated("hi") != found.translated("en")
