"""What holds for every question, and how fast questions are answered."""

import sys
import time
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from emigrate.law.engine import parameters
from emigrate.law.engine.figures import all_figures, figure
from emigrate.law.engine.findings import Finding, by_severity
from emigrate.law.engine.texts import languages
from emigrate.law.india.answer import CLEARANCE, CONDUCT, Answer, answer
from emigrate.law.india.question import Question, parse_question
from emigrate.law.india.scope import ruling
from tests.law.cases import as_text, questions
from tests.law.strategies import CHARGE, COUNTRIES, PARTS, QUESTIONS

CERTAIN = {"source", "known"}


def ask(asked: dict[str, Any]) -> Answer:
    return answer(parse_question(as_text(asked)))


def basis(found: Finding) -> str:
    """How sure the figure behind a finding is."""
    return next(
        each.confidence
        for each in all_figures(None)
        if (each.key, each.value, each.valid_from, each.reference)
        == (found.figure, found.value, found.valid_from, found.reference)
    )


@given(QUESTIONS)
@settings(max_examples=400, deadline=None)
def test_every_question_is_answered_with_references(asked: dict[str, Any]) -> None:
    found = ask(asked)

    assert all(each.reference and each.figure and each.text for each in found.findings)
    assert found.allowed is ("block" not in {each.severity for each in found.findings})
    assert list(found.findings) == by_severity(found.findings)
    assert (found.verdict is None) is ("country" not in asked.get("journey", {}))


@given(QUESTIONS)
@settings(max_examples=200, deadline=None)
def test_what_is_not_certain_never_blocks(asked: dict[str, Any]) -> None:
    found = ask(asked)

    blocks = [each for each in found.findings if each.severity == "block"]

    assert {basis(each) for each in blocks} <= CERTAIN


@given(QUESTIONS)
@settings(max_examples=200, deadline=None)
def test_if_nothing_were_certain_nothing_would_block(asked: dict[str, Any]) -> None:
    question = parse_question(as_text(asked))
    certain = parameters.Figure.certain

    parameters.Figure.certain = property(lambda _: False)  # type: ignore[method-assign, assignment]
    try:
        found = answer(question)
    finally:
        parameters.Figure.certain = certain  # type: ignore[method-assign]

    assert found.allowed


@given(QUESTIONS, CHARGE)
@settings(max_examples=200, deadline=None)
def test_one_more_charge_never_turns_a_block_into_leave(
    asked: dict[str, Any], charge: dict[str, Any]
) -> None:
    before = ask(asked)

    after = ask(asked | {"charges": [*asked.get("charges", []), charge]})

    assert before.allowed or not after.allowed


@given(QUESTIONS, st.sampled_from(sorted(PARTS)))
@settings(max_examples=300, deadline=None)
def test_a_part_left_out_is_not_judged(asked: dict[str, Any], name: str) -> None:
    assume(name in ("agent", "employer", "charges", "insurance"))
    without = {part: value for part, value in asked.items() if part != name}

    whole, rest = ask(asked), ask(without)

    assert {each.code for each in rest.findings} <= {each.code for each in whole.findings}


@given(st.dates(date(1983, 12, 30), date(2040, 12, 31)), st.sampled_from(COUNTRIES))
def test_a_bare_question_blocks_only_where_a_country_is_closed(on: date, country: str) -> None:
    found = ask({"on": on, "journey": {"country": country}})

    assert found.allowed is (found.verdict != "prohibited")


def test_the_answer_as_json_has_the_keys_of_the_command() -> None:
    found = ask({"on": date(2026, 1, 10), "agent": {"status": "suspended"}}).as_json()

    assert found == {
        "verdict": None,
        "allowed": False,
        "findings": [
            {
                "code": "agent_suspended",
                "severity": "block",
                "figure": "ra.standing",
                "value": "block",
                "valid_from": "1983-12-30",
                "reference": "Emigration Act, 1983, ss.10 and 14(2); Emigration Rules, 1983, r.26A",
                "text": "The agent is suspended and may not recruit. "
                "Ask for another agent or for your money back.",
            }
        ],
    }


@pytest.mark.parametrize("lang", languages())
def test_every_case_reads_in_every_language(lang: str) -> None:
    for case in questions():
        for found in ask(case.given).as_json(lang)["findings"]:
            assert "{" not in found["text"]


def test_every_rule_is_needed_by_some_case(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leaving any rule out changes the answer to at least one readable case."""
    asked = [parse_question(as_text(case.given)) for case in questions()]
    whole = [answer(question) for question in asked]

    idle = []
    for rule in (*CLEARANCE, *CONDUCT):
        with monkeypatch.context() as patch:
            patch.setattr(
                sys.modules[answer.__module__],
                "CLEARANCE",
                tuple(r for r in CLEARANCE if r != rule),
            )
            patch.setattr(
                sys.modules[answer.__module__], "CONDUCT", tuple(r for r in CONDUCT if r != rule)
            )
            if [answer(question) for question in asked] == whole:
                idle.append(rule.__name__)

    assert idle == []


def test_each_change_of_the_list_of_countries_shows_in_the_verdict() -> None:
    """The verdict for a man on an ECR passport follows the list of countries day by day."""
    for listed in all_figures(None):
        country = dict(listed.of).get("country")
        if listed.key != "country.ec_required" or country == "*":
            continue
        day = max(listed.valid_from, date(2011, 1, 1))
        while day < date(2027, 1, 1):
            question = {
                "on": day,
                "passport": {"category": "ECR"},
                "journey": {"country": country, "purpose": "employment"},
            }
            current = figure("country.ec_required", on=day, country=str(country))
            verdict = ask(question).verdict
            assert verdict == ("required" if current.value else "not_required")
            day += timedelta(days=300)


def full_question() -> Question:
    return parse_question(
        as_text(
            {
                "on": "2026-01-10",
                "person": {"born": "1996-03-04", "sex": "M", "nationality": "IND"},
                "passport": {"category": "ECR", "expires": "2031-05-05"},
                "journey": {"country": "SAU", "purpose": "employment", "departs": "2026-02-01"},
                "job": {
                    "occupation": "7112",
                    "months": 24,
                    "wage": {"amount": "1800", "currency": "SAR", "period": "month"},
                    "clauses": list(range(1, 19)),
                },
                "route": "agent",
                "agent": {
                    "category": "small",
                    "status": "active",
                    "valid_until": "2028-01-01",
                    "workers_used": 12,
                },
                "employer": {"status": "active", "small": True, "workers_this_year": 3},
                "charges": [
                    {"head": "service", "amount": "25000"},
                    {"head": "gst", "amount": "4500"},
                ],
                "insurance": {"from": "2026-01-20", "to": "2028-02-19", "sum": "1000000"},
            }
        )
    )


def test_two_thousand_complete_answers_a_second(capsys: pytest.CaptureFixture[str]) -> None:
    """The figure of the benchmark, asked of one core with a margin for a noisy machine."""
    question = full_question()
    days = [question.on + timedelta(days=i) for i in range(50)]
    rounds, best = 5, 0.0

    for _ in range(rounds):
        begun = time.process_time()
        found = [answer(replace(question, on=day)) for day in days for _ in range(10)]
        best = max(best, len(found) / (time.process_time() - begun))

    with capsys.disabled():
        print(f"\nlaw: {best:,.0f} complete answers a second on one core")
    assert best >= 2000


def test_ruling_of_a_question_without_a_country_judges_what_is_given() -> None:
    found = ruling(Question(on=date(2026, 1, 10)))

    assert (found.verdict, found.findings, found.needs_clearance) == (None, (), True)
