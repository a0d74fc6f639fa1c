"""A published year as a plan: who goes where, in which trade, and how each application ends."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from emigrate.domains.reference.models import Country
from emigrate.law.current import pack
from emigrate.ops.simulation.published import rows, scaled

NURSE = "2221"
HOUSEWORK = "9111"
FIRST_WORKING_HOUR = time(5, 0, tzinfo=UTC)
GRANTED, REFUSED, WITHDRAWN = "granted", "refused", "withdrawn"


@dataclass(frozen=True, slots=True)
class Planned:
    """One application of the year: where to, from where, who, which trade, how it ends."""

    day: date
    country: str
    state_code: str
    sex: str
    age: int
    trade: str
    outcome: str
    queried: bool
    unused: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """The year's applications in order of their day; what could not be replayed, and why."""

    year: int
    share: float
    applications: tuple[Planned, ...]
    left_out: Mapping[str, int]

    def totals(self) -> dict[str, Counter[str]]:
        """Granted clearances by country and by State: what the replay must reproduce."""
        granted = [each for each in self.applications if each.outcome == GRANTED]
        return {
            "country": Counter(each.country for each in granted),
            "state": Counter(each.state_code for each in granted),
        }


def drawn_plan(year: int, share: float, random: Random) -> Plan:
    """Scale the published year by the share and draw its applications.

    Clearances by country and State follow the published proportions (largest remainder); what is
    not published (sex, age, trade, outcomes) follows `replay/assumptions.csv`. Raises KeyError
    where nothing is published for the year.
    """
    total = scaled(year, share)
    alpha3 = dict(Country.objects.values_list("alpha2", "alpha3"))
    wanted = {
        alpha3[r["country"]]: int(r["clearances"]) for r in rows("replay/by_country_2024.csv")
    }
    countries = apportioned(wanted, total)
    left_out = {c: n for c, n in countries.items() if n and barred(c, date(year, 7, 1))}
    places = _shuffled({c: n for c, n in countries.items() if c not in left_out}, random)
    origins = {r["state_code"]: int(r["clearances"]) for r in rows("replay/by_state_2024.csv")}
    states = _shuffled(apportioned(origins, len(places)), random)
    extra = {
        outcome: round(len(places) * _share("outcome", outcome) / _share("outcome", GRANTED))
        for outcome in (REFUSED, WITHDRAWN)
    }
    outcomes = [GRANTED] * len(places)
    for outcome, count in extra.items():
        outcomes += [outcome] * count
        places += random.choices(places, k=count) if places else []
        states += random.choices(states, k=count) if states else []
    drawn = [
        _drawn(year, place, state, outcome, random)
        for place, state, outcome in zip(places, states, outcomes, strict=True)
    ]
    return Plan(year, share, tuple(sorted(drawn, key=lambda each: each.day)), left_out)


def apportioned(weights: Mapping[str, int], total: int) -> dict[str, int]:
    """Whole numbers in the proportions of `weights` that sum to `total` (largest remainder)."""
    whole = sum(weights.values())
    exact = {name: total * weight / whole for name, weight in weights.items()}
    counts = {name: int(value) for name, value in exact.items()}
    by_remainder = sorted(exact, key=lambda name: (counts[name] - exact[name], name))
    for name in by_remainder[: total - sum(counts.values())]:
        counts[name] += 1
    return counts


def barred(country: str, on: date) -> bool:
    """Tell whether the law forbids every departure for work to this country on the day."""
    law = pack()
    question = law.Question(
        on=on,
        person=law.Person(born=date(on.year - 35, 1, 1), sex="M", nationality="IND"),
        passport=law.Passport(category="ECR"),
        journey=law.Journey(country=country, purpose="employment"),
    )
    return not law.answer(question).allowed


def moment_of(day: date) -> datetime:
    """The beginning of the office's day."""
    return datetime.combine(day, FIRST_WORKING_HOUR)


def _shuffled(counts: Mapping[str, int], random: Random) -> list[str]:
    names = [name for name, count in sorted(counts.items()) for _ in range(count)]
    random.shuffle(names)
    return names


def _drawn(year: int, country: str, state: str, outcome: str, random: Random) -> Planned:
    sex = _choice("sex", "*", random)
    trade = random.choice((NURSE, HOUSEWORK)) if sex == "F" else _choice("trade", country, random)
    youngest, _, oldest = _choice("age", "*", random).partition("-")
    age = random.randint(int(youngest), int(oldest))
    if sex == "F" and trade != NURSE:
        age = max(age, 31)
    return Planned(
        day=date(year, 1, 8) + timedelta(days=random.randrange(300)),
        country=country,
        state_code=state,
        sex=sex,
        age=max(age, 19),
        trade=trade,
        outcome=outcome,
        queried=outcome == GRANTED and random.random() < _share("queried", "yes"),
        unused=outcome == GRANTED and random.random() < _share("lapsed", "yes"),
    )


def _choice(subject: str, country: str, random: Random) -> str:
    table = _table(subject, country)
    names: Sequence[str] = [row["category"] for row in table]
    return random.choices(names, weights=[float(row["share"]) for row in table])[0]


def _table(subject: str, country: str) -> list[dict[str, str]]:
    alpha2 = dict(Country.objects.filter(alpha3=country).values_list("alpha3", "alpha2"))
    own = [r for r in rows("replay/assumptions.csv") if r["subject"] == subject]
    found = [r for r in own if r["country"] == alpha2.get(country)]
    return found or [r for r in own if r["country"] == "*"]


def _share(subject: str, category: str) -> float:
    table = rows("replay/assumptions.csv")
    return next(
        float(r["share"]) for r in table if (r["subject"], r["category"]) == (subject, category)
    )
