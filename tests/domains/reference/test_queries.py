from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from emigrate.domains.reference import queries
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
from emigrate.foundation.errors import NotFound

pytestmark = pytest.mark.django_db

MODELS = (Country, State, District, Office, OfficeJurisdiction, Mission, WorkWeek, Holiday)


@pytest.fixture(autouse=True)
def nothing_remembered():
    queries.forget()
    yield
    queries.forget()


def test_a_country_and_an_occupation_are_found_by_their_codes():
    assert queries.country("SAU").name == "Saudi Arabia"
    assert queries.occupation("7112").skill_level == 2


@pytest.mark.parametrize(
    ("look_up", "code"),
    [
        (queries.country, "country_unknown"),
        (queries.occupation, "occupation_unknown"),
        (queries.office_for_state, "no_office_for_place"),
    ],
)
def test_an_unknown_code_is_not_found(look_up, code):
    with pytest.raises(NotFound) as refusal:
        look_up("ZZZ")

    assert refusal.value.reason_code == code


@pytest.mark.parametrize(
    ("state", "district", "office"),
    [
        ("7", None, "DEL"),
        ("9", None, "RBL"),
        ("32", None, "COK"),
        ("32", "565", "TVM"),
        ("32", "554", "COK"),
        ("32", "no such district", "COK"),
    ],
)
def test_a_district_wins_over_its_state(state, district, office):
    assert queries.office_for_state(state, district) == office


def test_every_state_has_an_office():
    without = [
        state.name
        for state in State.objects.all()
        if not OfficeJurisdiction.objects.filter(state=state, district=None).exists()
    ]

    assert without == []


def test_look_ups_are_remembered():
    queries.country("SAU")
    queries.calendar_of("DEL")

    with CaptureQueriesContext(connection) as asked:
        queries.country("SAU")
        queries.calendar_of("DEL")

    assert len(asked) == 0


@pytest.mark.parametrize(
    ("place", "on", "days_off"),
    [
        (None, None, {5, 6}),
        ("DEL", None, {5, 6}),
        ("IND", None, {5, 6}),
        ("SAU", None, {4, 5}),
        ("ARE", None, {5, 6}),
        ("ARE", date(2021, 12, 31), {4, 5}),
        ("ARE", date(2022, 1, 1), {5, 6}),
        ("ARE", date(1990, 1, 1), {5, 6}),
        ("FRA", None, {5, 6}),
        ("no such place", None, {5, 6}),
    ],
)
def test_a_place_has_its_days_off(place, on, days_off):
    assert queries.calendar_of(place, on=on).weekend == days_off


def test_a_missions_calendar_is_its_countrys():
    mission = Mission.objects.filter(country="KWT").first()

    assert queries.calendar_of(mission.pk) == queries.calendar_of("KWT")


def test_no_office_or_mission_hides_the_week_of_another_country():
    codes = {
        **dict.fromkeys(Office.objects.values_list("pk", flat=True), "IND"),
        **dict(Mission.objects.values_list("pk", "country")),
    }
    with_a_week = set(WorkWeek.objects.values_list("country_id", flat=True))

    hidden = [code for code, own in codes.items() if code in with_a_week and code != own]

    assert hidden == []


def test_lists_are_in_order():
    assert [office.name for office in queries.offices()] == sorted(
        Office.objects.values_list("name", flat=True)
    )
    assert {mission.country_id for mission in queries.missions_in("SAU")} == {"SAU"}
