"""Every published floor and minimum at its edges, whatever the currency; each matter by itself."""

from collections.abc import Iterator
from datetime import date

import pytest

from emigrate.law.engine.findings import Finding
from emigrate.law.engine.parameters import ANY, Figure, sheet
from emigrate.law.india.contracts import contract_matters, local_minimum, wage_floor
from emigrate.law.india.question import Job, Journey, Person, Question, Wage, matters

SOME_WORK, DOMESTIC_WORK = "2411", "9111"
LAST_LOOK = date(2026, 11, 28)
NOBODY = Person()


def published(key: str) -> list[tuple[Figure, str]]:
    return [
        (found, currency)
        for row in sheet(key).rows.values()
        for found in row
        for currency in found.value
    ]


def asked(found: Figure, on: date, currency: str, minor: int, person: Person = NOBODY) -> Question:
    of = dict(found.of)
    occupation = of.get("occupation", DOMESTIC_WORK)
    job = Job(SOME_WORK if occupation == ANY else occupation, wage=Wage(minor, currency))
    return Question(on, person, journey=Journey(of["country"]), job=job)


def days(found: Figure) -> tuple[date, date]:
    return found.valid_from, found.valid_to or LAST_LOOK


def below(findings: Iterator[Finding]) -> list[tuple[str, str]]:
    return [(each.code, each.severity) for each in findings]


@pytest.mark.parametrize(("found", "currency"), published("mrw"), ids=str)
def test_a_floor_on_its_first_and_last_day(found: Figure, currency: str) -> None:
    floor = found.value[currency]
    want = ("wage_below_floor", "block") if found.certain else ("wage_below_old_floor", "refer")

    for day in days(found):
        assert below(wage_floor(asked(found, day, currency, floor))) == []
        assert below(wage_floor(asked(found, day, currency, floor - 1))) == [want]


@pytest.mark.parametrize(("found", "currency"), published("mrw.women_domestic"), ids=str)
def test_a_floor_for_women_binds_women_only(found: Figure, currency: str) -> None:
    floor = found.value[currency]
    want = ("wage_below_floor", "block") if found.certain else ("wage_below_old_floor", "refer")

    for day in days(found):
        woman, man = (asked(found, day, currency, floor - 1, Person(sex=sex)) for sex in ("F", "M"))
        assert below(wage_floor(woman)) == [want]
        assert "block" not in {severity for _, severity in below(wage_floor(man))}


@pytest.mark.parametrize(("found", "currency"), published("wage.local_minimum"), ids=str)
def test_a_minimum_wage_on_its_first_and_last_day(found: Figure, currency: str) -> None:
    least = found.value[currency]

    for day in days(found):
        assert below(local_minimum(asked(found, day, currency, least))) == []
        assert below(local_minimum(asked(found, day, currency, least - 1))) == [
            ("wage_below_local_minimum", "block")
        ]
    assert below(local_minimum(asked(found, days(found)[0], "EUR", least))) == [
        ("wage_other_currency", "refer")
    ]


@pytest.mark.parametrize(("number", "matter"), list(enumerate(matters()[:15], 1)))
def test_each_matter_is_missed_by_its_number(number: int, matter: str) -> None:
    rest = frozenset(matters()) - {matter}

    found = list(contract_matters(Question(date(2026, 1, 10), job=Job(clauses=rest))))

    assert [each.facts for each in found] == [{"matter": matter, "number": str(number)}]
