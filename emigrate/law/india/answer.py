"""The answer: verdict, findings in order of harm, and whether anything blocks."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from emigrate.law.engine.findings import Finding, by_severity
from emigrate.law.engine.texts import SOURCE_LANGUAGE
from emigrate.law.india import agents, charges, contracts, countries, employers, papers, persons
from emigrate.law.india.question import Question
from emigrate.law.india.scope import Ruling, Verdict, ruling

Rule = Callable[[Question], Iterator[Finding]]

CONDUCT: tuple[Rule, ...] = (
    agents.agent_standing,
    agents.agent_capacity,
    charges.charges_within_cap,
    charges.gst_within_rate,
)
CLEARANCE: tuple[Rule, ...] = (
    countries.lesser_restrictions,
    persons.worker_age,
    persons.domestic_man_age,
    persons.woman_age,
    persons.sex_needs_person,
    persons.women_channel,
    persons.nurses_channel,
    persons.women_certificate,
    persons.recruitment_stop,
    employers.employer_standing,
    employers.small_employer,
    employers.guarantee_given,
    contracts.contract_matters,
    contracts.undertakings,
    contracts.wage_floor,
    contracts.local_minimum,
    papers.passport_validity,
    papers.insurance_age,
    papers.insurance_sum,
    papers.insurance_term,
    papers.extra_life_cover,
)
CLASS_BANS = frozenset({"woman_too_young"})


@dataclass(frozen=True, slots=True)
class Answer:
    """What the law says to one question."""

    verdict: Verdict | None
    findings: tuple[Finding, ...]

    @property
    def allowed(self) -> bool:
        """False exactly when a finding blocks."""
        return not any(found.severity == "block" for found in self.findings)

    def as_json(self, lang: str = SOURCE_LANGUAGE) -> dict[str, Any]:
        """The JSON of `emigrate law ask`, with sentences in that language."""
        return {
            "verdict": self.verdict.value if self.verdict else None,
            "allowed": self.allowed,
            "findings": [found.as_json(lang) for found in self.findings],
        }


def answer(question: Question) -> Answer:
    """Everything the law finds in the question. Never raises for a question that was read."""
    scope = ruling(question)
    findings = [*scope.findings, *_judged(question, scope)]
    barred = any(f.code in CLASS_BANS and f.severity == "block" for f in findings)
    verdict = Verdict.PROHIBITED if barred else scope.verdict
    return Answer(verdict, tuple(by_severity(findings)))


def _judged(question: Question, scope: Ruling) -> Iterator[Finding]:
    rules = (CLEARANCE if scope.needs_clearance else ()) + (CONDUCT if scope.emigrant else ())
    for rule in rules:
        yield from rule(question)
