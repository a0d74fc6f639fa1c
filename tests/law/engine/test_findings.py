"""Findings: severity by certainty, order, languages."""

from dataclasses import replace
from datetime import date

import pytest

from emigrate.law.engine.figures import figure
from emigrate.law.engine.findings import ORDER, Finding, by_severity, figure_unknown, finding
from emigrate.law.engine.parameters import Confidence

DAY = date(2026, 1, 10)


def too_young() -> Finding:
    least = figure("women.min_age", on=DAY)
    return finding("woman_too_young", "block", least, least=least.value, day=DAY)


def test_a_finding_carries_the_figure_and_its_instrument() -> None:
    found = too_young()

    assert (found.figure, found.value, found.valid_from, found.facts) == (
        "women.min_age",
        30,
        date(2015, 3, 12),
        {"least": "30", "day": "2026-01-10"},
    )
    assert found.text == (
        "A woman with an ECR passport must have completed 30 years on the day of application, "
        "10 January 2026. No payment is taken."
    )


@pytest.mark.parametrize(
    ("confidence", "severity"),
    [("source", "block"), ("known", "block"), ("uncertain", "refer"), ("design", "refer")],
)
def test_only_what_is_certain_blocks(confidence: Confidence, severity: str) -> None:
    least = replace(figure("women.min_age", on=DAY), confidence=confidence)

    found = finding("woman_too_young", "block", least, least=30, day=DAY)

    assert found.severity == severity


def test_other_languages_and_a_language_that_is_not_there() -> None:
    found = too_young()

    assert found.translated("hi") == (
        "ECR पासपोर्ट वाली महिला की आयु आवेदन के दिन, 10 जनवरी 2026 को, "
        "कम से कम 30 वर्ष होनी चाहिए। कोई भुगतान नहीं लिया जाता।"
    )
    assert found.translated("xx") == found.translated("en") == found.text


def test_order_of_harm() -> None:
    note = replace(too_young(), severity="note")
    refer = replace(too_young(), severity="refer")

    found = by_severity([note, refer, too_young()])

    assert [each.severity for each in found] == ["block", "refer", "note"]
    assert ORDER == ("block", "refer", "warn", "note")


def test_an_unknown_figure_says_where_to_look() -> None:
    found = figure_unknown("pbby.si", date(2008, 3, 31))

    assert found.as_json() == {
        "code": "figure_unknown",
        "severity": "refer",
        "figure": "pbby.si",
        "value": None,
        "valid_from": None,
        "reference": "Pravasi Bharatiya Bima Yojana, 2008",
        "text": 'The value of "pbby.si" on 31 March 2008 is not known here. '
        "An officer must look the law up.",
    }
