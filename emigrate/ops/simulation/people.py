"""Invented people and companies, drawn from a seed; names and numbers belong to nobody."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from emigrate.domains.reference.models import District
from emigrate.ops.simulation.published import rows

CONSONANTS = "BCDFGHJKLMNPQRSTVWYZ"


@dataclass(frozen=True, slots=True)
class Drawn:
    """One invented person."""

    given_names: str
    surname: str
    local_name: str
    sex: str
    birth_date: date
    state_code: str
    district_code: str
    phone: str
    family_phone: str
    passport_number: str


class People:
    """Draws people; two seeds differ in names, numbers and days."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.given = rows("replay/given_names.csv")
        self.surnames = rows("replay/surnames.csv")
        self.districts = _districts_by_state()
        self._numbers: set[str] = set()

    def draw(self, *, sex: str, born: date, state_code: str, category: str = "ecr") -> Drawn:
        """A person of this sex, birthday and State, with a passport of a reserved series."""
        assumed = sex if sex in {"M", "F"} else self.random.choice("MF")
        given = self.random.choice([row for row in self.given if row["assumed_sex"] == assumed])
        surname = self.random.choice(self.surnames)
        return Drawn(
            given_names=given["latin"].upper(),
            surname=surname["latin"].upper(),
            local_name=f"{given['devanagari']} {surname['devanagari']}",
            sex=sex,
            birth_date=born,
            state_code=state_code,
            district_code=self.random.choice(self.districts[state_code]),
            phone=self.phone(),
            family_phone=self.phone(),
            passport_number=self._passport(category),
        )

    def birthday(self, *, on: date, youngest: int, oldest: int) -> date:
        """A day of birth for an age between the two, as of `on`."""
        days = self.random.randint(youngest * 366, oldest * 365)
        return on - timedelta(days=days)

    def phone(self) -> str:
        """A number of ten digits in a block that is never given out."""
        return f"60000{self.random.randrange(100_000):05d}"

    def company(self, words: tuple[str, ...]) -> str:
        """An invented company's name."""
        syllables = [
            f"{self.random.choice(CONSONANTS)}{self.random.choice('aeiou')}" for _ in range(3)
        ]
        return f"{''.join(syllables).capitalize()} {' '.join(words)}"

    def _passport(self, category: str) -> str:
        """Z numbers check as ECR at the sandbox; X9008 is its series without emigration check."""
        while True:
            any_ecr = f"Z{self.random.randrange(10_000_000):07d}"
            number = any_ecr if category == "ecr" else f"X9008{self.random.randrange(1000):03d}"
            if number not in self._numbers:
                self._numbers.add(number)
                return number


def _districts_by_state() -> dict[str, list[str]]:
    places: dict[str, list[str]] = {}
    for state, district in District.objects.order_by("pk").values_list("state_id", "pk"):
        places.setdefault(str(state), []).append(str(district))
    return places


def pan(random: Random, kind: str = "C") -> str:
    """A number of the form of a PAN for a company, in a series that is not given out."""
    letters = "".join(random.choice(CONSONANTS) for _ in range(3))
    return f"{letters}{kind}Z{random.randrange(10_000):04d}{random.choice(CONSONANTS)}"
