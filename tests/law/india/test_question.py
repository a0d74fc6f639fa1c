"""The question of `emigrate law ask`: its shape, its units, its refusals."""

import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from emigrate.law.india.question import (
    HEADS,
    Agent,
    BadQuestion,
    Charge,
    Employer,
    Insurance,
    Job,
    Journey,
    Passport,
    Person,
    Question,
    Wage,
    matters,
    parse_question,
)

WHOLE = """{"on": "2026-01-10",
 "person": {"born": "1996-02-29", "sex": "F", "nationality": "IND", "years_abroad_since_18": 1.5},
 "passport": {"category": "ECR", "expires": "2031-01-01"},
 "journey": {"country": "KWT", "region": "Hawalli", "purpose": "employment",
             "departs": "2026-02-01", "dependant": false},
 "job": {"occupation": "9111", "months": 24,
         "wage": {"amount": "70.125", "currency": "KWD", "period": "month"},
         "clauses": ["dead_body", "2", 3]},
 "route": "agent",
 "agent": {"category": "small", "status": "active", "valid_until": "2027-01-01",
           "workers_used": 5, "capacity": 100, "state_agency": true},
 "employer": {"status": "active", "small": true, "workers_this_year": 2,
              "mission_approved": true, "guarantee": true},
 "charges": [{"head": "service", "amount": "100.50"}, {"head": "gst", "amount": 18}],
 "insurance": {"from": "2026-02-01", "to": "2028-01-31", "sum": 1000000, "life_cover": "0"}}"""

WAGE = (
    '{"on": "2026-01-10", "job": {"wage": {"amount": "%s", "currency": "%s", "period": "month"}}}'
)


def test_every_part_is_read_into_minor_units() -> None:
    found = parse_question(WHOLE)

    assert found == Question(
        on=date(2026, 1, 10),
        person=Person(date(1996, 2, 29), "F", "IND", Decimal("1.5")),
        passport=Passport("ECR", date(2031, 1, 1)),
        journey=Journey("KWT", "Hawalli", "employment", date(2026, 2, 1), dependant=False),
        job=Job(
            "9111",
            24,
            Wage(70_125, "KWD"),
            frozenset({"dead_body", "wages_and_conditions", "food"}),
        ),
        route="agent",
        agent=Agent("small", "active", date(2027, 1, 1), 5, 100, state_agency=True),
        employer=Employer("active", True, 2, True, True),
        charges=(Charge("service", 10_050), Charge("gst", 1_800)),
        insurance=Insurance(date(2026, 2, 1), date(2028, 1, 31), 100_000_000, 0),
    )


def test_the_day_of_departure() -> None:
    assert parse_question(WHOLE).departs == date(2026, 2, 1)
    assert parse_question('{"on": "2026-01-10"}').departs == date(2026, 1, 10)


def test_fifteen_matters_and_three_undertakings() -> None:
    assert len(matters()) == 18
    assert (matters()[4], matters()[15]) == ("dead_body", "abide_by_rules")


@pytest.mark.parametrize(
    ("content", "pointer", "code"),
    [
        ("{}", "/on", "missing"),
        ('{"on": "2026-01-10", "passport": {"number": "X"}}', "/passport/number", "unknown_key"),
        ('{"on": "1983-12-29"}', "/on", "before_the_act"),
        (
            '{"on": "1984-01-01", "journey": {"departs": "1983-12-29"}}',
            "/journey/departs",
            "before_the_act",
        ),
        ('{"on": "2026-01-10", "person": {"born": "2026-01-11"}}', "/person/born", "born_later"),
        ('{"on": "2026-01-10", "person": {"sex": "f"}}', "/person/sex", "bad_code"),
        ('{"on": "2026-01-10", "journey": {"country": "UAE"}}', "/journey/country", "unknown_code"),
        ('{"on": "2026-01-10", "journey": {"country": "XXB"}}', "/journey/country", "unknown_code"),
        ('{"on": "2026-01-10", "job": {"occupation": "911"}}', "/job/occupation", "unknown_code"),
        ('{"on": "2026-01-10", "job": {"occupation": 9111}}', "/job/occupation", "wrong_type"),
        ('{"on": "2026-01-10", "job": {"months": 0}}', "/job/months", "out_of_range"),
        ('{"on": "2026-01-10", "job": {"clauses": ["free_beer"]}}', "/job/clauses/0", "bad_code"),
        ('{"on": "2026-01-10", "job": {"clauses": [19]}}', "/job/clauses/0", "bad_code"),
        ('{"on": "2026-01-10", "job": {"clauses": [true]}}', "/job/clauses/0", "wrong_type"),
        ('{"on": "2026-01-10", "job": {"wage": {"amount": 1}}}', "/job/wage/currency", "missing"),
        (
            WAGE % ("1.001", "AED"),
            "/job/wage/amount",
            "bad_amount",
        ),
        (
            WAGE % ("1", "XAU"),
            "/job/wage/currency",
            "unknown_code",
        ),
        (
            '{"on": "2026-01-10", "charges": [{"head": "bribe", "amount": 1}]}',
            "/charges/0/head",
            "bad_code",
        ),
        (
            '{"on": "2026-01-10", "charges": [{"head": "gst", "amount": "0.001"}]}',
            "/charges/0/amount",
            "bad_amount",
        ),
        ('{"on": "2026-01-10", "route": null}', "/route", "wrong_type"),
    ],
)
def test_refusals(content: str, pointer: str, code: str) -> None:
    with pytest.raises(BadQuestion) as raised:
        parse_question(content)

    found = [(error["pointer"], error["code"]) for error in raised.value.errors]
    assert found[0] == (pointer, code)


def places(tree: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Every place in a JSON tree below its root."""
    members = tree.items() if isinstance(tree, dict) else enumerate(tree)
    for name, value in members:
        yield (*path, name)
        if isinstance(value, dict | list):
            yield from places(value, (*path, name))


def with_other(path: tuple[str | int, ...], value: object) -> str:
    """The whole question with another value in one place."""
    tree = inner = json.loads(WHOLE)
    for name in path[:-1]:
        inner = inner[name]
    inner[path[-1]] = value
    return json.dumps(tree)


FREE_TEXT = ("journey", "region")


@pytest.mark.parametrize(
    "path", [path for path in places(json.loads(WHOLE)) if path != FREE_TEXT], ids=str
)
@pytest.mark.parametrize(
    "value", [None, "", " ", -1, -0.5, "-1", "१०", "a\u0000b", [[]], {"x": {}}]
)
def test_no_place_takes_nonsense(path: tuple[str | int, ...], value: object) -> None:
    with pytest.raises(BadQuestion) as raised:
        parse_question(with_other(path, value))

    pointer = "/" + "/".join(str(step) for step in path)
    assert all(f"{error['pointer']}/".startswith(f"{pointer}/") for error in raised.value.errors)


@pytest.mark.parametrize(
    "part",
    ["person", "passport", "journey", "job", "agent", "employer", "insurance"],
)
def test_a_part_takes_no_unknown_key_and_none_twice(part: str) -> None:
    names = list(json.loads(WHOLE)[part])
    first = json.dumps({names[0]: json.loads(WHOLE)[part][names[0]]})[1:-1]
    content = f'{{"on": "2026-01-10", "{part}": {{{first}, {first}, "Sex": 1}}}}'

    with pytest.raises(BadQuestion) as raised:
        parse_question(content)

    assert [(error["pointer"], error["code"]) for error in raised.value.errors] == [
        (f"/{part}/{names[0]}", "duplicate_key"),
        (f"/{part}/Sex", "unknown_key"),
    ]


@pytest.mark.parametrize(
    ("path", "choices"),
    [
        ("person/sex", "M|F|X"),
        ("passport/category", "ECR|ECNR"),
        ("journey/purpose", "employment|tourism|pilgrimage|family|study|transit"),
        ("route", "agent|employer|project|self"),
        ("agent/category", "normal|small"),
        ("agent/status", "active|suspended|cancelled|expired"),
        ("employer/status", "active|inactive|prior_approval|blacklisted"),
        (
            "charges/0/head",
            "|".join(HEADS),
        ),
    ],
)
def test_the_words_of_the_command_and_no_others(path: str, choices: str) -> None:
    steps = tuple(int(step) if step.isdecimal() else step for step in path.split("/"))

    for choice in choices.split("|"):
        parse_question(with_other(steps, choice))
        for other in (choice.swapcase(), f" {choice}", f"{choice}\n"):
            with pytest.raises(BadQuestion):
                parse_question(with_other(steps, other))


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [
        ("0", "INR", 0),
        ("0.01", "INR", 1),
        ("0.001", "KWD", 1),
        ("1.5", "KWD", 1500),
        ("999999999999", "AED", 99_999_999_999_900),
        ("500", "JPY", 500),
    ],
)
def test_amounts_become_minor_units(amount: str, currency: str, minor: int) -> None:
    found = parse_question(WAGE % (amount, currency))

    assert found.job.wage == Wage(minor, currency)


@pytest.mark.parametrize(
    ("amount", "currency"),
    [("0.001", "INR"), ("0.0001", "KWD"), ("0.5", "JPY"), ("1000000000000", "AED"), ("+1", "AED")],
)
def test_amounts_that_are_none(amount: str, currency: str) -> None:
    with pytest.raises(BadQuestion) as raised:
        parse_question(WAGE % (amount, currency))

    assert [(error["pointer"], error["code"]) for error in raised.value.errors] == [
        ("/job/wage/amount", "bad_amount")
    ]


@pytest.mark.parametrize(
    "day", ["2026-02-29", "2026-13-01", "0000-01-01", "10000-01-01", "2026-1-1", "٢٠٢٦-01-10"]
)
def test_days_that_are_not_in_the_calendar(day: str) -> None:
    with pytest.raises(BadQuestion) as raised:
        parse_question(json.dumps({"on": day}))

    assert [(error["pointer"], error["code"]) for error in raised.value.errors] == [
        ("/on", "bad_date")
    ]


def test_a_stateless_person_has_a_nationality() -> None:
    found = parse_question('{"on": "2026-01-10", "person": {"nationality": "XXA"}}')

    assert found.person.nationality == "XXA"
