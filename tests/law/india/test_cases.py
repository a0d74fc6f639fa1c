"""The readable cases: acceptance vectors, and the day before, on and after each boundary."""

import re

import pytest

from emigrate.law import india
from emigrate.law.current import pack
from emigrate.law.engine.figures import all_figures
from tests.law.cases import (
    Case,
    agrees,
    agrees_below,
    agrees_with_register,
    as_text,
    by_code,
    calls,
    in_force,
    questions,
    register,
    supposing,
)


@pytest.mark.parametrize("case", questions(), ids=str)
def test_question(case: Case) -> None:
    question = pack().parse_question(as_text(case.given))

    with supposing(case.suppose):
        found = pack().answer(question)

    assert (found.verdict, by_code(found.findings), found.allowed) == (
        case.expected["verdict"],
        case.expected["findings"],
        "block" not in case.expected["findings"].values(),
    )
    assert agrees(pack(), case, question)


@pytest.mark.parametrize("case", calls(), ids=str)
def test_call(case: Case) -> None:
    assert agrees_below(india, case)


@pytest.mark.parametrize("case", register(), ids=str)
def test_register(case: Case) -> None:
    """Each row of a figure on its days: the value and how sure it is, or none."""
    found = {day: in_force(case.given["figure"], case.given["of"], day) for day in case.expected}

    assert found == case.expected
    assert agrees_with_register(case)


def test_the_register_has_every_row_of_every_figure_once() -> None:
    written = [(case.given["figure"], tuple(case.given["of"].items())) for case in register()]

    held = {(each.key, each.of) for each in all_figures(None)}

    assert sorted(written) == sorted(held)


def test_every_vector_has_a_case() -> None:
    names = [case.name for case in (*questions(), *calls())]

    numbers = {int(found[1]) for name in names if (found := re.match(r"A(\d+) ", name))}

    assert numbers == set(range(1, 31))
