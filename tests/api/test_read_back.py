"""The five facts read back by the API: money as decimals, like everywhere at its edge."""

import pytest

from emigrate.api.v1.contracts import ReadBackIn


@pytest.mark.parametrize(
    ("wage", "deductions", "read"),
    [
        ("1800.00 SAR", "0.00", ("180000 SAR", "0")),
        (" 1800 sar ", "0", ("180000 SAR", "0")),
        ("120.500 KWD", "1.5", ("120500 KWD", "1500")),
        ("1800.00", "0", ("1800.00", "0")),
        ("much SAR", "none", ("much SAR", "none")),
        ("1800.00 SAR", "-1", ("180000 SAR", "-1")),
    ],
)
def test_money_is_read_in_decimals(wage, deductions, read):
    body = ReadBackIn(answers={"wage": wage, "deductions": deductions}, language="hi")

    answers = body.arguments()["answers"]

    assert (answers["wage"], answers["deductions"]) == read
