"""Catalogues: complete, with the same placeholders, and no text without a use."""

import re
from pathlib import Path
from string import Formatter

import pytest

from emigrate.law.engine.codes import countries
from emigrate.law.engine.texts import catalogue, languages, render

LAW = Path(__file__).parents[3] / "emigrate/law"
OTHERS = [lang for lang in languages() if lang != "en"]


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_the_languages() -> None:
    assert languages() == ("en", "hi")


@pytest.mark.parametrize("lang", OTHERS)
def test_a_catalogue_is_complete(lang: str) -> None:
    source, other = catalogue("en"), catalogue(lang)

    assert list(other["texts"]) == list(source["texts"])
    assert list(other["words"]) == list(source["words"])
    assert len(other["months"]) == len(source["months"]) == 12


@pytest.mark.parametrize("lang", languages())
def test_every_country_has_a_name(lang: str) -> None:
    words = catalogue(lang)["words"]

    assert [code for code in sorted(countries()) if words.get(code, code) == code] == []


@pytest.mark.parametrize("lang", OTHERS)
def test_placeholders_agree(lang: str) -> None:
    for code, text in catalogue("en")["texts"].items():
        assert placeholders(catalogue(lang)["texts"][code]) == placeholders(text)


def test_what_is_not_checked_says_so() -> None:
    assert {lang: catalogue(lang)["status"] for lang in languages()} == {
        "en": "source",
        "hi": "draft",
    }


def test_every_text_is_used() -> None:
    code = "\n".join(path.read_text("utf-8") for path in LAW.rglob("*.py"))
    words = set(re.findall(r'"([a-z_0-9]+)"', code)) | {
        f"{kind}_{status}"
        for kind in ("agent", "employer")
        for status in re.findall(r'"([a-z_]+)"', code)
    }
    ops = (LAW.parent / "ops/law.py").read_text("utf-8")
    problems = {f"input_{each}" for each in words | set(re.findall(r'"([a-z_0-9]+)"', ops))}

    assert [each for each in catalogue("en")["texts"] if each not in words | problems] == []


@pytest.mark.parametrize(
    ("fact", "shown"),
    [
        ("SAU", "Saudi Arabia"),
        ("2026-02-01", "1 February 2026"),
        ("USD-AED-x", "USD-AED-x"),
        ("DEU", "Germany"),
        ("XXA", "XXA"),
        ("2026-02-30", "2026-02-30"),
        ("1-13-1", "1-13-1"),
        ("²-¹-1", "²-¹-1"),
    ],
)
def test_codes_and_days_become_words(fact: str, shown: str) -> None:
    text = render("clearance_required", {"country": fact})

    assert text == f"Work in {shown} on an ECR passport needs an emigration clearance."


@pytest.mark.parametrize("typed", ["1-13-1", "2-0-1", "2026-01-10", "medical", "ARE", "{given}"])
def test_what_somebody_typed_is_shown_as_it_is(typed: str) -> None:
    refused = render("input_unknown_code", {"given": typed, "system": "ISO 3166-1"})
    barred = render("region_barred", {"region": typed, "country": "IRQ"})

    assert refused == f'"{typed}" is not in ISO 3166-1.'
    assert barred == f"{typed} is a barred region of Iraq."
