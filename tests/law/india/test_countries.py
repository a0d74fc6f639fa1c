"""Restrictions of every kind, certain and uncertain, on a figure made for the test."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from emigrate.law.engine.figures import figure
from emigrate.law.engine.parameters import Confidence, Figure
from emigrate.law.india.countries import full_ban, lesser_restrictions, restrict
from emigrate.law.india.question import Journey, Question

BARRED = {"kind": "region_ban", "regions": ["IQ-NI", "Nineveh"], "open": ["Basra"]}


def made(value: dict[str, Any], confidence: Confidence) -> Figure:
    found = figure("country.restriction", on=date(2026, 1, 10), country="IRQ")
    return replace(found, value=value, confidence=confidence)


@pytest.mark.parametrize(
    ("value", "confidence", "region", "expected"),
    [
        ({"kind": "none"}, "known", None, []),
        ({"kind": "full_ban"}, "known", None, []),
        ({"kind": "full_ban"}, "uncertain", None, [("country_prohibited", "refer")]),
        (BARRED, "source", None, [("region_not_named", "refer")]),
        (BARRED, "source", "Basra", []),
        (BARRED, "source", "Mosul", [("region_not_known", "refer")]),
        (BARRED, "uncertain", "", [("region_not_known", "refer")]),
        (BARRED, "source", " nineveh ", [("region_barred", "block")]),
        (BARRED, "uncertain", "IQ-NI", [("region_barred", "refer")]),
        (
            {"kind": "conditional", "condition": "advisory"},
            "source",
            None,
            [("country_conditional", "refer")],
        ),
    ],
)
def test_lesser_restrictions(
    value: dict[str, Any],
    confidence: Confidence,
    region: str | None,
    expected: list[tuple[str, str]],
) -> None:
    found = restrict(made(value, confidence), "IRQ", region)

    assert [(each.code, each.severity) for each in found] == expected


def test_without_a_country_there_is_no_restriction() -> None:
    question = Question(on=date(2026, 1, 10))

    assert full_ban(question) is None
    assert list(lesser_restrictions(question)) == []


def test_a_full_ban_names_its_order() -> None:
    found = full_ban(Question(on=date(2005, 1, 1), journey=Journey(country="IRQ")))

    assert found is not None
    assert (found.code, found.severity, found.valid_from) == (
        "country_prohibited",
        "block",
        date(2004, 8, 31),
    )
