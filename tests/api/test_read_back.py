"""The five facts read back by the API: money as decimals, like everywhere at its edge."""

import pytest

from emigrate.api.v1.contracts import ReadBackIn
from tests.api.caller import caller


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


@pytest.mark.django_db
def test_the_comparison_shows_money_in_decimals(scene):
    contract = scene.drafts[0].contract.reference

    answer = caller(scene.agent, moment=scene.now).get(f"/contracts/{contract}/comparison")

    shown = {each["term"]: (each["demand"], each["contract"]) for each in answer.json()["items"]}
    wage = f"{scene.job.terms.wage_minor / 100:.2f}"
    assert shown["wage"] == (wage, wage)
    assert shown["deductions"][1] == "0.00"
    assert not [term for term in shown if term.endswith("_minor")]
