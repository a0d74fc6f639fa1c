import base64
from datetime import date

import psycopg
import pytest

from emigrate.domains.emigrants.actions import record_passport_check, register_emigrant
from emigrate.domains.emigrants.models import Passport
from emigrate.domains.emigrants.queries import Relative, personal
from emigrate.foundation.transactions import acting
from emigrate.ops.database import Role, dsn
from tests.factories.emigrants import (
    SYSTEM,
    a_new_passport,
    a_new_person,
    an_answer,
)

PERSONS = 50


def a_distinct_person(serial):
    """Every value is the person's alone, and long enough not to stand anywhere by chance."""
    mark = "".join(chr(ord("a") + int(digit)) for digit in f"{serial:04d}")
    return a_new_person(
        given_names=f"Qaiz{mark}",
        surname=f"Vux{mark}wala",
        local_name=f"क़ैज़{serial:04d}",
        father_name=f"Father{mark}",
        birth_date=date(1971 + serial % 30, 1 + serial % 12, 1 + serial % 28),
        phone=f"+9171234{serial:05d}",
        family_phone=f"+9172345{serial:05d}",
        address=f"Specimen Lane {serial}-{mark}",
        nominee=Relative(f"Nominee{mark}", "wife", f"+9173456{serial:05d}"),
        emergency=Relative(f"Brother{mark}", "brother", f"+9174567{serial:05d}"),
        passport=a_new_passport(number=f"Y9{serial:06d}"),
    )


def values_of(person):
    """What a thief would look for: every personal value as it would be written."""
    born = person.birth_date
    texts = [
        person.given_names,
        person.surname,
        person.local_name,
        person.father_name,
        person.full_name,
        person.name_mrz,
        person.phone,
        person.phone[3:],
        person.family_phone,
        person.address,
        person.nominee.name,
        person.nominee.phone,
        person.emergency.name,
        person.passport_number,
        born.isoformat(),
        born.strftime("%d-%m-%Y"),
        born.strftime("%Y%m%d"),
        born.strftime("%d/%m/%Y"),
    ]
    return [text for text in texts if text]


def forms_of(text):
    """The value in plain, in hexadecimal, and in the three base64 alignments."""
    raw = text.encode()
    yield raw
    yield raw.hex().encode()
    yield raw.hex().upper().encode()
    for lead in range(3):
        coded = base64.b64encode(b"\0" * lead + raw)
        inner = coded[(8 * lead + 5) // 6 : len(coded) - 4]
        if len(inner) >= 6:
            yield inner


def dump(database):
    """Every row of every table as a superuser's COPY gives it: no row security, no leaving out."""
    out = bytearray()
    with psycopg.connect(dsn(database, Role.OWNER)) as owner:
        tables = owner.execute(
            "SELECT quote_ident(relname) FROM pg_class WHERE relkind = 'r' "
            "AND relnamespace = 'public'::regnamespace AND relname NOT LIKE 'reference\\_%'"
        ).fetchall()
        # The owner is bound by the row security like everybody: lift it in this copy alone.
        for (table,) in tables:
            owner.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
        for (table,) in tables:
            with owner.cursor().copy(f"COPY {table} TO STDOUT") as rows:
                for block in rows:
                    out += block
        owner.rollback()
    return bytes(out)


def test_no_person_can_be_read_in_a_dump_of_all_tables(committed_database):
    people = [register_emigrant(a_distinct_person(at), actor=SYSTEM) for at in range(PERSONS)]
    opened = []
    for person in people:
        with acting(SYSTEM):
            passport = Passport.objects.get(emigrant=person)
        record_passport_check(passport.pk, an_answer(), actor=SYSTEM)
        opened.append(personal(person.pk, actor=SYSTEM, purpose="test"))

    stolen = dump(committed_database)

    assert all(person.reference.encode() in stolen for person in people)  # the dump is real
    lowered = stolen.lower()
    readable = {
        value
        for person in opened
        for value in values_of(person)
        for form in forms_of(value)
        if form in stolen or form.lower() in lowered
    }
    assert readable == set()


@pytest.mark.parametrize("text", ["Vuxabcdwala", "+917123400001", "Y9000001"])
def test_the_search_through_a_dump_finds_what_is_there(text):
    for dressed in (text, text.encode().hex(), base64.b64encode(f"x{text}yy".encode()).decode()):
        stolen = f"1\t{dressed}\t2".encode()

        assert any(form in stolen for form in forms_of(text))
