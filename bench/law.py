"""How many clearances' findings the law gives a second, on one core.

Every question is another person, wage and day, so that no answer is kept from the one before; one
in four has something wrong, as in an office.
"""

import random
import sys
from dataclasses import replace
from datetime import date, timedelta

from bench.figure import ROUNDS, Figure, Options, medians, misses, rate, run_figure
from emigrate.law.india import (
    Agent,
    Charge,
    Employer,
    Insurance,
    Job,
    Journey,
    Passport,
    Person,
    Question,
    Wage,
    answer,
)
from emigrate.law.india.question import matters

QUESTIONS = 3000
TARGET = 2000
FIRST_DAY = date(2025, 9, 1)
PLACES = (("SAU", "SAR", 150_000), ("ARE", "AED", 120_000), ("KWT", "KWD", 120_000),
          ("QAT", "QAR", 140_000), ("OMN", "OMR", 140_000), ("MYS", "MYR", 170_000))  # fmt: skip
OCCUPATIONS = ("7112", "9313", "8332", "5120", "7126", "2221")


def question(chance: random.Random) -> Question:
    """A worker's whole question by the agent's route, nothing left out."""
    on = FIRST_DAY + timedelta(days=chance.randrange(440))
    departs = on + timedelta(days=30)
    country, currency, wage = chance.choice(PLACES)
    months = chance.choice((24, 24, 36))
    plain = Question(
        on=on,
        person=Person(on - timedelta(days=chance.randrange(8000, 18_000)), "M", "IND", 0),
        passport=Passport("ECR", departs + timedelta(days=chance.randrange(400, 3000))),
        journey=Journey(country=country, purpose="employment", departs=departs),
        job=Job(
            chance.choice(OCCUPATIONS),
            months,
            Wage(wage + chance.randrange(50_000), currency),
            frozenset(matters()),
        ),
        route="agent",
        agent=Agent("normal", "active", departs + timedelta(days=900), chance.randrange(900), 1000),
        employer=Employer("active", mission_approved=True),
        charges=(Charge("service", chance.randrange(500_000, 3_000_000)), Charge("gst", 90_000)),
        insurance=Insurance(departs, departs + timedelta(days=31 * months), 100_000_000, 0),
    )
    return _spoilt(plain, chance) if chance.random() < 1 / 4 else plain


def _spoilt(plain: Question, chance: random.Random) -> Question:
    return chance.choice(
        (
            replace(plain, person=replace(plain.person, sex="F")),
            replace(plain, agent=Agent("normal", "suspended")),
            replace(plain, job=replace(plain.job, clauses=frozenset(matters()[:9]))),
            replace(plain, job=replace(plain.job, wage=Wage(20_000, plain.job.wage.currency))),  # type: ignore[union-attr]  # given above
            replace(plain, insurance=None),
        )
    )


def measure(options: Options) -> Figure:
    """Answers a second of one core, the median of five rounds over fresh questions."""
    chance, found, n = random.Random(options.seed), 0, options.size or QUESTIONS
    rounds = []
    for _ in range(ROUNDS + 1):  # the first warms up
        asked = [question(chance) for _ in range(n)]

        def work(asked: list[Question] = asked) -> int:
            nonlocal found
            found = sum(len(answer(each).findings) for each in asked)
            return len(asked)

        rounds.append((rate(work),))
    (answers,) = medians(rounds[1:])
    return Figure(
        figure="law",
        value=round(answers),
        unit="answers/s",
        target=f">= {TARGET}",
        n=n * ROUNDS,
        seed=options.seed,
        misses=misses(answers=answers >= TARGET),
        details={"findings_each": round(found / n, 2)},
    )


if __name__ == "__main__":
    sys.exit(run_figure(measure))
