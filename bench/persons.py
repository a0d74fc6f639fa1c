"""A register of many invented persons: sealed and blinded as the platform does it.

Given names and surnames of the replay's lists; three persons in ten bear one of five surnames, one
in three a second given name. Birth years 1965 to 2006.
"""

import random
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain
from multiprocessing import get_context
from uuid import uuid4

from bench.databases import copy_rows, fill, filled, filling

RANGE = 10**9
COMMON, COMMON_SHARE, SECOND_NAME = 5, 0.3, 1 / 3
FIRST_BIRTH, BIRTH_DAYS = date(1965, 1, 1), 42 * 365
STAGE = """
CREATE UNLOGGED TABLE staged
  (id bigint, seal uuid, born smallint, identity bytea, wrapped bytea, keys bigint[])
"""
INDEX = "SELECT pg_get_indexdef('emigrant_name_keys'::regclass)"
COLUMNS = ("id", "seal", "born", "identity", "wrapped", "keys")
PROCESSES, PART = 2, 5000
Row = tuple[object, ...]


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


def persons(seed: int, numbers: Iterable[int]) -> Iterator[Somebody]:
    """The persons of these numbers, the same for the same seed."""
    from emigrate.ops.simulation.published import rows  # app ready

    given, surnames = rows("replay/given_names.csv"), rows("replay/surnames.csv")
    for number in numbers:
        chance = random.Random(seed * RANGE + number)
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
    parts = [(seed, first, min(first + PART, count + 1)) for first in range(1, count + 1, PART)]
    context = get_context("fork")
    with filling(database) as session, ProcessPoolExecutor(PROCESSES, context) as pool:
        session.execute(STAGE)
        copy_rows(session, "staged", COLUMNS, chain.from_iterable(pool.map(_rows, parts)))
        fill(session, "foundation_wrappedkey", {
            "subject": "'person:' || id", "wrapped": "wrapped",
        }, "staged")  # fmt: skip
        fill(session, "emigrants_emigrant", _columns(), "staged")
        (index,) = session.execute(INDEX).fetchall()
        session.execute("DROP INDEX emigrant_name_keys")
        fill(session, "emigrants_nameindex", {
            "emigrant_id": "id", "name_keys": "keys",
        }, "staged")  # fmt: skip
        session.execute(*index)
        session.execute(
            "SELECT setval(pg_get_serial_sequence('emigrants_emigrant', 'id'), %s)", [count + 1]
        )
        session.execute("DROP TABLE staged")


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


def _rows(part: tuple[int, int, int]) -> list[Row]:
    """One part's rows, sealed and blinded."""
    from emigrate.domains.emigrants.queries import Identity, keys_of, subject_of  # app ready
    from emigrate.domains.emigrants.queries.sealed import IDENTITY  # app ready
    from emigrate.foundation import sealing  # app ready
    from emigrate.foundation.crypto.envelope import DataKey, place, seal  # app ready

    seed, first, end = part
    table, _, column = IDENTITY.partition(".")
    found: list[Row] = []
    for each in persons(seed, range(first, end)):
        identity = Identity(each.given, each.surname, each.born, each.local)
        key, row = DataKey.fresh(), uuid4()
        sealed = seal(identity.as_text().encode(), data_key=key, aad=place(table, column, row))
        wrapped = sealing.vault().wrap(key, subject=subject_of(each.number))
        found.append((each.number, row, each.born.year, sealed, wrapped, keys_of(identity)))
    return found
