"""What a rule answers: a finding with its severity, the figure behind it and the reference."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from emigrate.law.engine.figures import first_reference
from emigrate.law.engine.parameters import Figure
from emigrate.law.engine.texts import SOURCE_LANGUAGE, render

Severity = Literal["block", "refer", "warn", "note"]

ORDER: Sequence[Severity] = ("block", "refer", "warn", "note")


@dataclass(frozen=True, slots=True)
class Finding:
    """One result of one rule. `text` is in English; `facts` fill the placeholders of the texts."""

    code: str
    severity: Severity
    figure: str | None
    value: Any  # as in Figure.value
    valid_from: date | None
    reference: str
    text: str
    facts: dict[str, str] = field(default_factory=dict)

    def translated(self, lang: str) -> str:
        """The same sentence in another language; in English where there is no catalogue."""
        return self.text if lang == SOURCE_LANGUAGE else render(self.code, self.facts, lang)

    def as_json(self, lang: str = SOURCE_LANGUAGE) -> dict[str, Any]:
        """The finding for a machine, with the sentence in that language."""
        return {
            "code": self.code,
            "severity": self.severity,
            "figure": self.figure,
            "value": self.value,
            "valid_from": self.valid_from.isoformat() if self.valid_from else None,
            "reference": self.reference,
            "text": self.translated(lang),
        }


def finding(code: str, severity: Severity, figure: Figure, **facts: object) -> Finding:
    """A finding that rests on a figure. What is not certain refers to an officer, never blocks."""
    if severity == "block" and not figure.certain:
        severity = "refer"
    words = {name: str(fact) for name, fact in facts.items()}
    return Finding(
        code,
        severity,
        figure.key,
        figure.value,
        figure.valid_from,
        figure.reference,
        render(code, words),
        words,
    )


def figure_unknown(key: str, day: date) -> Finding:
    """No value of a figure is known on that day, so an officer must look the law up."""
    facts = {"figure": key, "day": day.isoformat()}
    text = render("figure_unknown", facts)
    return Finding("figure_unknown", "refer", key, None, None, first_reference(key), text, facts)


def by_severity(findings: Iterable[Finding]) -> list[Finding]:
    """Findings in order of harm, each kind in the order in which the rules found them."""
    return sorted(findings, key=lambda found: ORDER.index(found.severity))
