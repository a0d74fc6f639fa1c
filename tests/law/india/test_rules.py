"""No legal number, day, country or trade stands in a rule: it asks a figure."""

import ast
from pathlib import Path

import pytest

from emigrate.law import india
from emigrate.law.engine.codes import countries, currencies, occupations
from tests.law.mutants import RULES

UNITS = {0, 1, 100}  # counting, and hundredths of a unit


def literals(module: str) -> list[object]:
    source = (Path(india.__file__).parent / f"{module}.py").read_text("utf-8")
    return [node.value for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Constant)]


@pytest.mark.parametrize("module", RULES)
def test_a_rule_holds_no_number(module: str) -> None:
    numbers = [n for n in literals(module) if isinstance(n, int | float) and type(n) is not bool]

    assert [number for number in numbers if number not in UNITS] == []


@pytest.mark.parametrize("module", RULES)
def test_a_rule_names_no_country_currency_or_occupation(module: str) -> None:
    codes = countries() | occupations() | set(currencies())

    assert [word for word in literals(module) if word in codes] == []


def test_the_modules_of_rules_are_all_there() -> None:
    found = {path.stem for path in Path(india.__file__).parent.glob("*.py")}

    assert found - set(RULES) == {"__init__", "money", "question"}
