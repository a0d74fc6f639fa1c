"""A register of many invented persons: sealed and blinded as the platform does it.

Given names and surnames of the replay's lists; three persons in ten bear one of five surnames, one
in three a second given name. Birth years 1965 to 2006.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from bench.databases import copy_rows, fill, filled, filling

COMMON, COMMON_SHARE, SECOND_NAME = 5, 0.3, 1 / 3
FIRST_BIRTH, BIRTH_DAYS = date(1965, 1, 1), 42 * 365
STAGE = "CREATE UNLOGGED TABLE staged (id bigint, seal uuid, born smallint, identity bytea)"


@dataclass(frozen=True, slots=True)
class Somebody:
    """One invented person, in two scripts."""

    number: int
    given: str
    surname: str
    local: str
    born: date

    @property
    def name(self) -> str:
        """Given names and surname in Latin letters."""
        return f"{self.given} {self.surname}"


def persons(seed: int, count: int) -> Iterator[Somebody]:
    """Person 1 to `count`, the same for the same seed."""
    from emigrate.ops.simulation.published import rows  # app ready

    chance = random.Random(seed)
    given, surnames = rows("replay/given_names.csv"), rows("replay/surnames.csv")
    for number in range(1, count + 1):
        names = [chance.choice(given)]
        if chance.random() < SECOND_NAME:
            names.append(chance.choice(given))
        common = chance.random() < COMMON_SHARE
        surname = chance.choice(surnames[:COMMON] if common else surnames)
        yield Somebody(
            number,
            " ".join(row["latin"].upper() for row in names),
            surname["latin"].upper(),
            " ".join(row["devanagari"] for row in [*names, surname]),
            FIRST_BIRTH + timedelta(days=chance.randrange(BIRTH_DAYS)),
        )


def fill_persons(database: str, seed: int, count: int) -> None:
    """Write the persons; nothing is done when they are there."""
    if filled(database, "emigrants_nameindex") >= count:
        return
    with filling(database) as session:
        session.execute(STAGE)
        session.execute(
            "CREATE UNLOGGED TABLE staged_keys (id bigint, keys bigint[], wrapped bytea)"
        )
        # Two connections would be faster; one COPY after the other keeps the load small.
        copy_rows(session, "staged", ("id", "seal", "born", "identity"), _identities(seed, count))
        copy_rows(session, "staged_keys", ("id", "keys", "wrapped"), _keys(seed, count))
        fill(session, "foundation_wrappedkey", {
            "subject": "'person:' || id", "wrapped": "wrapped",
        }, "staged_keys")  # fmt: skip
        fill(session, "emigrants_emigrant", _columns(), "staged")
        session.execute("DROP INDEX emigrant_name_keys")
        fill(session, "emigrants_nameindex", {
            "emigrant_id": "id", "name_keys": "keys",
        }, "staged_keys")  # fmt: skip
        session.execute(
            "CREATE INDEX emigrant_name_keys ON emigrants_nameindex USING gin (name_keys)"
        )
        session.execute(
            "SELECT setval(pg_get_serial_sequence('emigrants_emigrant', 'id'), %s)", [count + 1]
        )
        session.execute("DROP TABLE staged, staged_keys")


def _columns() -> dict[str, str]:
    return {
        "id": "id",
        "reference": "'EM-2026-' || lpad(id::text, 7, '0') || '-X'",
        "state": "'active'",
        "seal_id": "seal",
        "identity_sealed": "identity",
        "contact_sealed": "decode(md5(id::text), 'hex')",
        "birth_blind": "decode(md5('b' || id), 'hex')",
        "birth_year": "born",
        "sex": "'M'",
        "nationality": "'IND'",
        "state_code": "'9'",
        "district_code": "'100'",
        "language": "'hi'",
        "registered_through": "'agent'",
        "audit_head": "decode(md5('c' || id), 'hex')",
    }


def _secrets(seed: int, number: int) -> tuple[UUID, bytes]:
    """A person's seal id and data key, so that two passes agree."""
    chance = random.Random(f"{seed}/{number}")
    return UUID(int=chance.getrandbits(128), version=4), chance.randbytes(32)


def _identities(seed: int, count: int) -> Iterator[tuple[object, ...]]:
    from emigrate.domains.emigrants.queries import Identity  # app ready
    from emigrate.domains.emigrants.queries.sealed import IDENTITY  # app ready
    from emigrate.foundation.crypto.envelope import DataKey, place, seal  # app ready

    table, _, column = IDENTITY.partition(".")
    for each in persons(seed, count):
        identity = Identity(each.given, each.surname, each.born, each.local)
        seal_id, secret = _secrets(seed, each.number)
        sealed = seal(
            identity.as_text().encode(),
            data_key=DataKey(secret),
            aad=place(table, column, seal_id),
        )
        yield each.number, seal_id, each.born.year, sealed


def _keys(seed: int, count: int) -> Iterator[tuple[object, ...]]:
    from emigrate.domains.emigrants.queries import keys_of, subject_of  # app ready
    from emigrate.foundation import sealing  # app ready
    from emigrate.foundation.crypto.envelope import DataKey  # app ready

    vault = sealing.vault()
    for each in persons(seed, count):
        _, secret = _secrets(seed, each.number)
        wrapped = vault.wrap(DataKey(secret), subject=subject_of(each.number))
        yield each.number, keys_of((each.name, each.local)), wrapped
