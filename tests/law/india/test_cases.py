"""The readable cases: acceptance vectors, and the day before, on and after each boundary."""

import re

import pytest

from emigrate.law import india
from emigrate.law.current import pack
from tests.law.cases import Case, as_text, by_code, calls, questions


@pytest.mark.parametrize("case", questions(), ids=str)
def test_question(case: Case) -> None:
    question = pack().parse_question(as_text(case.given))

    found = pack().answer(question)

    assert (found.verdict, by_code(found.findings), found.allowed) == (
        case.expected["verdict"],
        case.expected["findings"],
        "block" not in case.expected["findings"].values(),
    )


@pytest.mark.parametrize("case", calls(), ids=str)
def test_call(case: Case) -> None:
    function = getattr(india, case.given["call"])

    found = function(**case.given["with"])

    if "gives" in case.expected:
        assert found == case.expected["gives"]
    else:
        assert by_code(found) == case.expected["findings"]


def test_every_vector_has_a_case() -> None:
    names = [case.name for case in (*questions(), *calls())]

    numbers = {int(found[1]) for name in names if (found := re.match(r"A(\d+) ", name))}

    assert numbers == set(range(1, 31))
