"""Loading the reference data, which the owner of the database does; others only read it."""

from collections.abc import Iterator
from datetime import date

import pytest
from django.db import ProgrammingError, connection

from emigrate.domains.reference import actions, queries
from emigrate.domains.reference.actions import load_reference_data
from emigrate.domains.reference.models import (
    Country,
    District,
    Holiday,
    Mission,
    Office,
    OfficeJurisdiction,
    State,
    WorkWeek,
)
from emigrate.ops.database import Role
from tests.conftest import connect_as

MODELS = (Country, State, District, Office, OfficeJurisdiction, Mission, WorkWeek, Holiday)


@pytest.fixture(autouse=True)
def owner(committed_database: str) -> Iterator[None]:
    """The owner's connection to a database of the test's own."""
    connect_as(committed_database, Role.OWNER)
    queries.forget()
    yield
    queries.forget()
    connection.close()


def test_the_application_only_reads(committed_database):
    connect_as(committed_database, Role.APP)

    with pytest.raises(ProgrammingError, match="permission denied"):
        Country.objects.filter(pk="SAU").update(name="Elsewhere")


def test_national_holidays_return_every_year_and_a_declared_one_is_of_its_office():
    Holiday.objects.create(office_id="MUM", year=2026, month=9, day=14, name="Ganesh Chaturthi")

    delhi, mumbai = queries.calendar_of("DEL"), queries.calendar_of("MUM")

    assert [delhi.works_on(date(2027, 1, 26)), delhi.works_on(date(2026, 10, 2))] == [False, False]
    assert [delhi.works_on(date(2026, 9, 14)), mumbai.works_on(date(2026, 9, 14))] == [True, False]


def test_loading_again_changes_nothing():
    before = [list(model.objects.order_by("pk").values()) for model in MODELS]

    load_reference_data()

    assert [list(model.objects.order_by("pk").values()) for model in MODELS] == before


def test_loading_mends_what_differs():
    Country.objects.filter(pk="SAU").update(name="Elsewhere")
    OfficeJurisdiction.objects.filter(state="7").update(office="MUM")

    load_reference_data()

    assert queries.country("SAU").name == "Saudi Arabia"
    assert queries.office_for_state("7") == "DEL"


def test_declared_holidays_are_read_from_the_file(tmp_path, monkeypatch):
    for file in actions.DATA.glob("*.*"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    calendars = tmp_path / "calendars.yaml"
    declared = "declared:\n    - {date: 2026-11-24, name: Guru Tegh Bahadur, office: CHD}"
    written = calendars.read_text(encoding="utf-8")
    calendars.write_text(written.replace("declared: []", declared), encoding="utf-8")
    monkeypatch.setattr(actions, "DATA", tmp_path)

    load_reference_data()

    day = date(2026, 11, 24)
    works = [queries.calendar_of(office).works_on(day) for office in ("CHD", "DEL")]
    assert works == [False, True]
