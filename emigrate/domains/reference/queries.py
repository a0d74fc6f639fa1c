"""Look-ups of reference data; kept in the process, because it changes only with a release."""

from datetime import date
from functools import cache

from django.db.models import F, Q

from emigrate.domains.reference.enums import HOME_COUNTRY
from emigrate.domains.reference.models import (
    Airport,
    Country,
    District,
    Holiday,
    Mission,
    Occupation,
    Office,
    OfficeJurisdiction,
    WorkWeek,
)
from emigrate.foundation.calendar import Calendar
from emigrate.foundation.errors import NotFound

FIRST_YEAR, LAST_YEAR = 1983, 2060
"""Yearly holidays are written out for these years."""


@cache
def country(alpha3: str) -> Country:
    """The country of an ISO 3166-1 code; NotFound."""
    found = Country.objects.filter(pk=alpha3).first()
    if found is None:
        raise NotFound("country_unknown", country=alpha3)
    return found


@cache
def countries() -> tuple[Country, ...]:
    """Every country, by name."""
    return tuple(Country.objects.order_by("name"))


@cache
def occupation(code: str) -> Occupation:
    """The ISCO-08 unit group; NotFound."""
    found = Occupation.objects.filter(pk=code).first()
    if found is None:
        raise NotFound("occupation_unknown", occupation=code)
    return found


@cache
def is_office(code: str) -> bool:
    """Whether there is an office of this code."""
    return Office.objects.filter(pk=code).exists()


@cache
def is_district(code: str, state_code: str) -> bool:
    """Whether a State has a district of this code."""
    return District.objects.filter(pk=code, state=state_code).exists()


@cache
def office_for_state(state_code: str, district_code: str | None = None) -> str:
    """The office that answers for a district, else for its State; NotFound when none does."""
    place = Q(district=None)
    if district_code is not None:
        place |= Q(district=district_code)
    rows = OfficeJurisdiction.objects.filter(place, state=state_code)
    nearest_first = rows.order_by(F("district_id").asc(nulls_last=True))
    office = nearest_first.values_list("office_id", flat=True).first()
    if office is None:
        raise NotFound("no_office_for_place", state=state_code, district=district_code)
    return office


@cache
def calendar_of(office_or_country: str | None = None, *, on: date | None = None) -> Calendar:
    """The working days of an office, Mission or country (alpha-3) in the week that holds `on`.

    Without `on` the newest week; a place that is unknown keeps the home country's week, and an
    office's code wins over a country's. Every office, also abroad, keeps the holidays that are not
    of one office alone.
    """
    weeks = WorkWeek.objects.filter(country=_country_of(office_or_country))
    if on is not None:
        weeks = weeks.filter(valid_from__lte=on)
    week = weeks.order_by("-valid_from").first()
    holidays = Holiday.objects.filter(Q(office=None) | Q(office=office_or_country))
    days_off = Calendar().weekend if week is None else frozenset(week.days_off)
    return Calendar(days_off, frozenset(day for each in holidays for day in _dates(each)))


def offices() -> list[Office]:
    """Every office, by name."""
    return list(Office.objects.order_by("name"))


@cache
def airport(code: str) -> Airport:
    """The airport of an IATA code; NotFound."""
    found = Airport.objects.filter(pk=code).first()
    if found is None:
        raise NotFound("airport_unknown", airport=code)
    return found


def airports() -> list[Airport]:
    """The airports with an emigration check post, by city."""
    return list(Airport.objects.filter(has_check_post=True).order_by("city", "code"))


def missions_in(alpha3: str) -> list[Mission]:
    """The open Missions and Posts in a country, by city."""
    return list(Mission.objects.filter(country=alpha3, is_open=True).order_by("city"))


def forget() -> None:
    """Drop what this process remembers (after loading)."""
    for look_up in (country, countries, occupation, office_for_state, calendar_of, airport):
        look_up.cache_clear()


def _country_of(place: str | None) -> str:
    if place is None or Office.objects.filter(pk=place).exists():
        return HOME_COUNTRY
    mission = Mission.objects.filter(pk=place).first()
    alpha3 = place if mission is None else mission.country_id
    return alpha3 if WorkWeek.objects.filter(country=alpha3).exists() else HOME_COUNTRY


def _dates(holiday: Holiday) -> list[date]:
    years = range(FIRST_YEAR, LAST_YEAR) if holiday.year is None else (holiday.year,)
    return [date(year, holiday.month, holiday.day) for year in years]
