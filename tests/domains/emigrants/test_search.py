import contextlib
from datetime import date

import pytest
from django.db import connection

from emigrate.domains.emigrants.actions import Details, correct_details
from emigrate.domains.emigrants.models import Emigrant, ReadRecord
from emigrate.domains.emigrants.queries import found, search_by_name
from emigrate.domains.emigrants.queries.opened import wrapped_key
from emigrate.domains.reference.enums import Role
from emigrate.foundation import sealing
from emigrate.foundation.actors import Actor
from emigrate.foundation.transactions import acting
from tests.factories.emigrants import SYSTEM, a_recruiting_agency, an_agent, an_emigrant, an_officer
from tests.snapshot import as_nobody, refused_by_database

pytestmark = pytest.mark.django_db


def a_village():
    """Three persons with near and far names."""
    people = [
        ("Mohammed Irfan", "Ansari", "मोहम्मद इरफ़ान अंसारी", 1990),
        ("Lakshmi", "Nair", "", 1985),
        ("Ramesh", "", "", 1979),
    ]
    return [
        an_emigrant(
            given_names=given, surname=surname, local_name=local, birth_date=date(year, 5, 6)
        )
        for given, surname, local, year in people
    ]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("Mohammed Irfan Ansari", [0]),
        ("Mohd Irphan Ansaari", [0]),
        ("ansari irfan", [0]),
        ("इरफ़ान अंसारी", [0]),
        ("Laxmi Nair", [1]),
        ("Lakshmi Naiir", [1]),
        ("Ramesh", [2]),
        ("Balasubramaniam", []),
        ("...", []),
    ],
)
def test_a_name_is_found_in_its_spellings(text, first):
    people = a_village()

    rows = search_by_name(text, actor=an_officer())

    assert [row.reference for row in rows[:1]] == [people[at].reference for at in first]


def test_the_birth_year_narrows():
    elder = an_emigrant(birth_date=date(1980, 1, 2))
    an_emigrant(birth_date=date(1990, 1, 2))

    rows = search_by_name("Ramesh Yadav", birth_year=1980, actor=SYSTEM)

    assert [row.emigrant_id for row in rows] == [elder.pk]


def test_the_year_is_asked_again_when_the_birth_date_is_corrected():
    person = an_emigrant(birth_date=date(1980, 1, 2))

    correct_details(person.reference, Details(birth_date=date(1981, 1, 2)), actor=SYSTEM)

    rows = [search_by_name("Ramesh Yadav", birth_year=year, actor=SYSTEM) for year in (1980, 1981)]
    assert [[row.emigrant_id for row in each] for each in rows] == [[], [person.pk]]


def test_of_many_who_are_met_the_nearest_are_opened(monkeypatch):
    monkeypatch.setattr(found, "MOST_RANKED", 1)
    an_emigrant(given_names="Sarosh", surname="Singh")
    near = an_emigrant(given_names="Suresh", surname="Singh")

    rows = search_by_name("Surresh Singh", actor=SYSTEM)

    assert [row.emigrant_id for row in rows] == [near.pk]


def test_an_agency_searches_among_its_own_people_and_others_not_at_all():
    agent = an_agent(a_recruiting_agency().pk)
    own = an_emigrant(actor=agent)
    an_emigrant()

    assert [row.emigrant_id for row in search_by_name("Yadav", actor=agent)] == [own.pk]
    assert search_by_name("Yadav", actor=Actor(Role.BOI, 3)) == []
    assert search_by_name("Yadav", actor=Actor(Role.AUDITOR, 4)) == []


def test_who_was_shown_is_recorded_as_read():
    person = an_emigrant()

    search_by_name("Ramesh Yadav", actor=an_officer())

    with acting(SYSTEM):
        read = list(ReadRecord.objects.values_list("emigrant_id", "user_id", "purpose"))
    assert read == [(person.pk, 701, "search-by-name")]


def test_an_erased_person_is_found_by_nobody():
    person = an_emigrant()

    sealing.erase(f"person:{person.pk}")

    assert search_by_name("Ramesh Yadav", actor=SYSTEM) == []


def test_a_key_is_read_by_its_index_below_row_security():
    """A search opens up to 300 persons; a whole table of keys for each would take minutes."""
    officer = an_officer()
    rows = Emigrant.objects.annotate(wrapped=wrapped_key()).values("wrapped")

    with acting(officer), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        plan = rows.explain()

    assert "Seq Scan on foundation_wrappedkey" not in plan
    assert "Index Cond: ((subject)::text = ('person:'::text || " in plan


@pytest.mark.parametrize("table", ["emigrants_nameindex", "emigrants_searchedname"])
def test_without_an_actor_no_name_key_is_read(table):
    an_emigrant()
    as_nobody()

    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        assert cursor.fetchone() == (0,)


def test_a_name_is_found_by_the_index_of_keys_below_row_security():
    rows = Emigrant.objects.filter(searched__name_keys__overlap=[1, 2]).values("pk")

    with acting(an_officer()), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        plan = rows.explain()

    assert "Bitmap Index Scan on emigrant_name_keys" in plan
    assert "Index Cond: (name_keys && " in plan


@pytest.mark.parametrize("who", ["nobody", "another agency"])
def test_name_keys_are_written_only_by_those_who_see_the_person(who):
    person, stranger = an_emigrant(), an_agent(a_recruiting_agency().pk)
    write = "UPDATE emigrants_nameindex SET name_keys = ARRAY[1] WHERE emigrant_id = %s"
    add = "INSERT INTO emigrants_nameindex (emigrant_id, name_keys) VALUES (%s, ARRAY[1])"

    as_nobody()
    with contextlib.nullcontext() if who == "nobody" else acting(stranger):
        with connection.cursor() as cursor:
            cursor.execute(write, [person.pk])
            assert cursor.rowcount == 0
        with refused_by_database("row-level security"), connection.cursor() as cursor:
            cursor.execute(add, [person.pk])
