"""Amounts in words."""

import pytest

from emigrate.law.india.money import money, rupees


@pytest.mark.parametrize(
    ("paise", "shown"),
    [
        (0, "0"),
        (5, "0.05"),
        (99_900, "999"),
        (100_000, "1,000"),
        (3_000_050, "30,000.50"),
        (200_000_000, "20,00,000"),
        (123_456_789_00, "12,34,56,789"),
    ],
)
def test_rupees(paise: int, shown: str) -> None:
    assert rupees(paise) == shown


@pytest.mark.parametrize(
    ("minor", "currency", "shown"),
    [
        (73_500, "AED", "735.00 AED"),
        (99_999, "KWD", "99.999 KWD"),
        (1_005, "JPY", "1005 JPY"),
        (5, "USD", "0.05 USD"),
    ],
)
def test_money(minor: int, currency: str, shown: str) -> None:
    assert money(minor, currency) == shown
