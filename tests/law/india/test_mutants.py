"""Nothing in the law can be changed without a readable case or the register noticing it."""

from functools import partial
from types import ModuleType

import pytest

from emigrate.law import india
from emigrate.law.engine.parameters import keys
from tests.law.cases import Case, agrees_with_register, register
from tests.law.mutants import (
    RULES,
    Check,
    changed_figure,
    checks,
    figure_mutants,
    loaded,
    noticed,
    rule_mutants,
    used,
)


def test_the_law_as_it_stands_is_noticed_by_nobody() -> None:
    assert (
        noticed(india, [*checks(), *(partial(_registered, case) for case in register())]) is False
    )


@pytest.mark.parametrize("module", RULES)
def test_no_changed_rule_survives_the_cases(module: str) -> None:
    order = list(checks())
    survivors = []

    for mutant in rule_mutants(module):
        with loaded(mutant) as pack:
            if pack is not None and not noticed(pack, order):
                survivors.append(mutant.name)

    assert survivors == []


@pytest.mark.parametrize("key", keys())
def test_no_changed_figure_survives_the_register(key: str) -> None:
    rows = [partial(_registered, case) for case in register() if case.given["figure"] == key]

    survivors = [mutant.name for mutant in figure_mutants(key) if not _noticed(mutant, rows)]

    assert survivors == []


@pytest.mark.parametrize("key", sorted(used()))
def test_a_figure_that_a_rule_reads_decides_some_case(key: str) -> None:
    order = list(used()[key])

    assert any(_noticed(mutant, order) for mutant in figure_mutants(key))


def _noticed(mutant, order: list[Check]) -> bool:
    with changed_figure(mutant):
        return noticed(india, order)


def _registered(case: Case, _: ModuleType) -> bool:
    return agrees_with_register(case)
