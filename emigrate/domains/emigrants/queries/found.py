"""Finding persons: by reference, passport number, name, and others who may be the same."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import reduce
from itertools import islice
from operator import add
from typing import Any, Protocol
from uuid import UUID

from django.db import connection
from django.db.models import Case, F, QuerySet, When
from django.db.models.expressions import Combinable

from emigrate.domains.emigrants.enums import LIVING, EmigrantState, Ground, Verdict
from emigrate.domains.emigrants.models import AgentLink, Emigrant, Passport, PossibleDuplicate
from emigrate.domains.emigrants.policies import EMIGRANT_POLICY
from emigrate.domains.emigrants.queries.opened import Personal, record_reading, wrapped_key
from emigrate.domains.emigrants.queries.sealed import (
    IDENTITY,
    Identity,
    Key,
    birth_blind,
    number_blind,
    phone_blind,
)
from emigrate.foundation import sealing
from emigrate.foundation.actors import Actor
from emigrate.foundation.errors import NotFound
from emigrate.foundation.names import AskedWord, name_words, query_keys, rank
from emigrate.foundation.names.ranking import edits
from emigrate.foundation.transactions import acting

MOST_SHOWN = 20
MOST_MET = 10_000
"""Persons ordered by their keys for one search without a birth year."""

MOST_RANKED = 300
"""Persons decrypted for one search, those first whose keys are nearest."""

SEARCH_PURPOSE = "search-by-name"

MOST_COMPARED = 500
"""Persons of one birth date and like keys whose names are opened for a comparison."""

NEAR = 1
"""Letters by which two words of a name may differ and still be the same word."""

_ALIKE = """
WITH alike AS (
  SELECT e.id, %(name)s AS ground
  FROM emigrants_emigrant e JOIN emigrants_searchedname n ON n.emigrant_id = e.id
  WHERE e.birth_blind = %(birth)s AND {met} >= %(needed)s
  UNION ALL
  SELECT e.id, %(phone_ground)s
  FROM emigrants_emigrant e WHERE e.phone_blind = %(phone)s
), once AS (SELECT id, max(ground) AS ground FROM alike WHERE id <> %(own)s GROUP BY id)
SELECT e.id, e.reference, once.ground, e.seal_id, e.identity_sealed, k.wrapped
FROM once JOIN emigrants_emigrant e ON e.id = once.id
LEFT JOIN foundation_wrappedkey k ON k.subject = 'person:' || e.id
WHERE e.state <> %(merged)s AND NOT EXISTS (
  SELECT 1 FROM emigrants_possibleduplicate d WHERE d.verdict = %(different)s
  AND ((d.emigrant_id = e.id AND d.other_id = %(own)s)
    OR (d.other_id = e.id AND d.emigrant_id = %(own)s)))
ORDER BY e.id LIMIT %(most)s
"""


class Born(Protocol):
    """Whoever is compared: birth date and telephone."""

    @property
    def birth_date(self) -> date:
        """The birth date."""

    @property
    def phone(self) -> str:
        """The telephone as E.164, or nothing."""


@dataclass(frozen=True, slots=True)
class Found:
    """One person found by name; `name` is opened, and the reading is on record."""

    emigrant_id: int
    reference: str
    state: str
    birth_year: int
    state_code: str
    district_code: str
    name: str = field(repr=False)
    local_name: str = field(repr=False)


def emigrants_for(actor: Actor) -> QuerySet[Emigrant]:
    """Every person this actor may see, sealed; all lists and look-ups start here."""
    return EMIGRANT_POLICY.narrow(Emigrant.objects.all(), actor, "view")


def emigrant(reference: str, *, actor: Actor) -> Emigrant:
    """One person by reference; NotFound also when not theirs to see."""
    found = emigrants_for(actor).filter(reference=reference).first()
    if found is None:
        raise NotFound(subject="emigrant")
    return found


def current_passport(emigrant_id: int) -> Passport | None:
    """The passport that stands now, as far as the acting role sees the person.

    `person_state` beside it is the person's: `living` tells whether a registration may go on.
    """
    rows = Passport.objects.filter(emigrant_id=emigrant_id, current=True)
    return rows.annotate(person_state=F("emigrant__state")).first()


def living(passport: Passport | None) -> bool:
    """Whether the holder of a current passport is registered, not held, not merged and alive."""
    return getattr(passport, "person_state", None) in LIVING


def passports_of(emigrant_id: int, *, actor: Actor) -> QuerySet[Passport]:
    """The person's passports, the current one first."""
    rows = Passport.objects.filter(emigrant__in=emigrants_for(actor), emigrant_id=emigrant_id)
    return rows.order_by("-current", "-id")


def links_of(emigrant_id: int, *, actor: Actor) -> QuerySet[AgentLink]:
    """The agencies that see the person, standing ones first."""
    rows = AgentLink.objects.filter(emigrant__in=emigrants_for(actor), emigrant_id=emigrant_id)
    return rows.select_related("organisation").order_by("-id")


def open_doubts(actor: Actor) -> QuerySet[PossibleDuplicate]:
    """Pairs of registrations that wait for an officer, oldest first."""
    if EMIGRANT_POLICY.scope(actor, "decide") is None:
        return PossibleDuplicate.objects.none()
    rows = PossibleDuplicate.objects.filter(verdict=Verdict.OPEN)
    return rows.select_related("emigrant", "other").order_by("found_at", "id")


def find_by_passport(number: str, *, actor: Actor) -> Emigrant | None:
    """The person whose current passport has this number, if the actor may see the person."""
    blind = number_blind(number)
    rows = emigrants_for(actor).filter(passports__number_blind=blind, passports__current=True)
    return rows.first()


def search_by_name(text: str, *, birth_year: int | None = None, actor: Actor) -> list[Found]:
    """At most 20 persons whose names are near the text, nearest first, one slip a word allowed.

    Either script. The blinded keys find and order candidates, of whom the nearest are opened and
    ranked. Without the birth year ten thousand candidates at most are looked at, so a name that
    more people bear needs it. Those shown are recorded as read.
    """
    asked = query_keys(text, sealing.name_key(), year=birth_year)
    if not asked:
        return []
    with acting(actor):
        rows = EMIGRANT_POLICY.narrow(Emigrant.objects.all(), actor, "open")
        rows = rows.exclude(state=EmigrantState.MERGED)
        if birth_year is not None:
            rows = rows.filter(birth_year=birth_year)
        for word in asked:
            rows = rows.filter(searched__name_keys__overlap=word.keys)
        if birth_year is None:
            rows = Emigrant.objects.filter(pk__in=rows.values("pk")[:MOST_MET])
        nearest = rows.annotate(near=_nearness(asked)).order_by("-near", "pk")
        shown = _ranked(text, nearest[:MOST_RANKED])
        if shown:
            ids = [each.emigrant_id for each in shown]
            record_reading(ids, actor=actor, purpose=SEARCH_PURPOSE)
    return shown


def names(person_ids: Iterable[int], *, actor: Actor, purpose: str) -> dict[int, str]:
    """The names of those of these persons whom the actor may open, by person, in one reading.

    Erased persons have none. ReadingBudgetSpent; ValueError without a purpose.
    """
    with acting(actor):
        rows = EMIGRANT_POLICY.narrow(Emigrant.objects.all(), actor, "open")
        rows = rows.filter(pk__in=list(person_ids)).annotate(wrapped=wrapped_key())
        opened = {
            person: _identity(Key(person, wrapped), seal, sealed).full_name
            for person, wrapped, seal, sealed in rows.values_list(
                "pk", "wrapped", "seal_id", "identity_sealed"
            )
            if wrapped is not None
        }
        if opened:
            record_reading([*opened], actor=actor, purpose=purpose)
    return opened


def others_alike(emigrant_id: int, personal: Personal, *, actor: Actor) -> list[str]:
    """References of other persons with the same birth date and a like name, or the same phone.

    For those who check; pairs that an officer found to be two persons are left out.
    """
    EMIGRANT_POLICY.require_role(actor, "check")
    with acting(actor):
        rows = alike_rows(emigrant_id, personal.full_name, personal)
    return [reference for _, reference, _ in rows]


def alike_rows(emigrant_id: int, name: str, person: Born) -> list[tuple[int, str, str]]:
    """(id, reference, ground) of at most 20 persons alike, as far as the acting role sees.

    The blinded keys find candidates; the names, opened here and shown to nobody, decide. All
    words of the name but one must have their like, of two or less all.
    """
    values = _alike_values(emigrant_id, name, person)
    words = [key for key in values if key.startswith("word")]
    met = " + ".join(f"(n.name_keys && %({word})s::bigint[])::int" for word in words) or "0"
    with connection.cursor() as cursor:
        cursor.execute(_ALIKE.format(met=f"({met})"), values)
        rows = cursor.fetchall()
    asked = name_words(name)
    alike = (
        (person_id, reference, ground)
        for person_id, reference, ground, seal_id, sealed, wrapped in rows
        if ground == Ground.PHONE
        or (wrapped and _meets(asked, _identity(Key(person_id, wrapped), seal_id, sealed)))
    )
    return list(islice(alike, MOST_SHOWN))


def _alike_values(emigrant_id: int, name: str, person: Born) -> dict[str, Any]:  # SQL parameters
    asked = query_keys(name, sealing.name_key())
    return {
        **{f"word{at}": word.keys for at, word in enumerate(asked)},
        "needed": _needed(len(asked)),
        "name": Ground.NAME_AND_BIRTH.value,
        "phone_ground": Ground.PHONE.value,
        "birth": birth_blind(person.birth_date),
        "phone": phone_blind(person.phone),
        "own": emigrant_id,
        "merged": EmigrantState.MERGED.value,
        "different": Verdict.DIFFERENT.value,
        "most": MOST_COMPARED,
    }


def _needed(words: int) -> int:
    return max(1, words - (words > 2))  # noqa: PLR2004 - as `alike_rows` promises


def _meets(asked: Sequence[str], other: Identity) -> bool:
    """Whether enough words of the name have their like in the other's name."""
    words = {*name_words(other.full_name), *name_words(other.local_name)}
    met = sum(any(_same(word, each) for each in words) for word in asked)
    return met >= min(_needed(len(asked)), max(1, len(name_words(other.full_name))))


def _same(word: str, other: str) -> bool:
    if len(word) == 1 or len(other) == 1:
        return word[0] == other[0]
    return edits(word, other) <= NEAR


def _nearness(asked: Sequence[AskedWord]) -> Combinable:
    """How many words of the name are met as typed, and how many with one letter off."""
    lists = [keys for word in asked for keys in (word.whole, word.spelt)]
    met = (When(searched__name_keys__overlap=keys, then=1) for keys in lists)
    return reduce(add, (Case(each, default=0) for each in met))


def _ranked(text: str, rows: QuerySet[Emigrant]) -> list[Found]:
    columns = rows.annotate(wrapped=wrapped_key()).values(
        "pk", "reference", "state", "birth_year", "state_code", "district_code", "seal_id",
        "identity_sealed", "wrapped",
    )  # fmt: skip
    candidates = []
    for row in columns:
        if row["wrapped"] is not None:  # erased persons are found by nobody
            found = _found(row)
            candidates.append((found, f"{found.name} {found.local_name}".strip()))
    return rank(text, candidates, most=MOST_SHOWN)


def _found(row: Mapping[str, Any]) -> Found:  # the columns are of many types
    key = Key(row["pk"], row["wrapped"])
    identity = _identity(key, row["seal_id"], row["identity_sealed"])
    return Found(
        emigrant_id=row["pk"],
        reference=row["reference"],
        state=row["state"],
        birth_year=row["birth_year"],
        state_code=row["state_code"],
        district_code=row["district_code"],
        name=identity.full_name,
        local_name=identity.local_name,
    )


def _identity(key: Key, seal_id: UUID, sealed: bytes | memoryview) -> Identity:
    return Identity.of_text(key.open(IDENTITY, seal_id, sealed))
