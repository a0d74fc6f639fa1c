"""Words for findings and problems: one catalogue per language, placeholders filled with facts."""

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any

import yaml

from emigrate.law.engine.country import folder
from emigrate.law.engine.parameters import Loader

SOURCE_LANGUAGE = "en"
DAY_LENGTH = len("2026-01-31")
AS_WRITTEN = frozenset({"given", "region", "why"})
"""Facts that somebody typed: they are shown as they are, whatever they look like."""


@cache
def languages() -> tuple[str, ...]:
    """Codes of the languages in which findings can be read."""
    return tuple(sorted(path.stem for path in (folder() / "texts").glob("*.yaml")))


@cache
def catalogue(lang: str) -> Mapping[str, Any]:  # Any: a YAML tree of texts
    """The texts of one language; of the source language where there is no such catalogue."""
    name = lang if lang in languages() else SOURCE_LANGUAGE
    path = folder() / "texts" / f"{name}.yaml"
    content: Mapping[str, Any] = yaml.load(path.read_text("utf-8"), Loader)  # noqa: S506 - safe
    return content


def render(code: str, facts: Mapping[str, str], lang: str = SOURCE_LANGUAGE) -> str:
    """The plain sentence for a code; codes of countries and clauses and dates become words."""
    texts = catalogue(lang)
    sentence: str = texts["texts"].get(code) or catalogue(SOURCE_LANGUAGE)["texts"][code]
    words = {
        name: fact if name in AS_WRITTEN else _worded(fact, texts) for name, fact in facts.items()
    }
    return sentence.format_map(words)


def _worded(fact: str, texts: Mapping[str, Any]) -> str:
    word: str | None = texts["words"].get(fact)
    if word is not None:
        return word
    day = _day(fact)
    return fact if day is None else f"{day.day} {texts['months'][day.month - 1]} {day.year}"


def _day(fact: str) -> date | None:
    if len(fact) != DAY_LENGTH:
        return None
    try:
        return date.fromisoformat(fact)
    except ValueError:
        return None
