"""Loading the reference data that ships with the platform; no user changes it."""

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

import yaml
from django.db import models, transaction

from emigrate.domains.reference import queries
from emigrate.domains.reference.models import (
    Airport,
    Country,
    District,
    Holiday,
    Language,
    Mission,
    Occupation,
    Office,
    OfficeJurisdiction,
    State,
    WorkWeek,
)

DATA = Path(__file__).parent / "data"

Row: TypeAlias = Mapping[str, str]
Read: TypeAlias = str | Callable[[Row], object]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One file and the table it fills: field -> column of the file, or a reading of its row."""

    file: str
    model: type[models.Model]
    fields: Mapping[str, Read]
    key: tuple[str, ...] = ()


def _is(column: str, word: str) -> Callable[[Row], object]:
    return lambda row: row[column] == word


def _or_none(column: str) -> Callable[[Row], object]:
    return lambda row: row[column] or None


def _country(row: Row) -> object:
    return _alpha3()[row["country"]]


# fmt: off
SHEETS = (
    Sheet("countries.csv", Country, {
        "alpha3": "alpha3", "alpha2": "alpha2", "name": "name", "name_hi": "hindi",
        "dial_code": "dial", "currency": "currency"}),
    Sheet("states.csv", State, {
        "code": "lgd_code", "name": "name", "name_hi": "hindi",
        "is_union_territory": _is("kind", "union_territory")}),
    Sheet("districts.csv", District, {
        "code": "lgd_code", "state_id": "state_code", "name": "name"}),
    Sheet("offices.csv", Office, {
        "code": "code", "name": "name", "city": "city", "state_id": "state_code"}),
    Sheet("jurisdictions.csv", OfficeJurisdiction, {
        "office_id": "office", "state_id": "state_code",
        "district_id": _or_none("district_code"), "confidence": "confidence"},
        key=("state", "district")),
    Sheet("missions.csv", Mission, {
        "code": "code", "country_id": _country, "city": "city", "kind": "kind",
        "is_open": _is("status", "open")}),
    Sheet("airports.csv", Airport, {
        "code": "iata", "name": "name", "city": "city", "state_id": "state_code",
        "has_check_post": _is("immigration_check_post", "yes")}),
    Sheet("occupations.csv", Occupation, {
        "code": "isco08", "title": "title", "skill_level": "skill_level"}),
    Sheet("languages.csv", Language, {
        "code": "code", "name": "name", "native_name": "endonym",
        "right_to_left": _is("direction", "rtl")}),
)
# fmt: on


def load_reference_data() -> None:
    """Bring every reference table to what the files say; as the owner, any number of times.

    A row that a file no longer names stays, because cases may refer to it.
    """
    with transaction.atomic():
        for sheet in SHEETS:
            _put(sheet.model, [_made(sheet, row) for row in _rows(sheet.file)], sheet.key)
        written = yaml.safe_load((DATA / "calendars.yaml").read_text(encoding="utf-8"))
        _put(WorkWeek, list(_weeks(written["weekends"])), ("country", "valid_from"))
        holidays = written["holidays"]
        days = [*map(_yearly, holidays["every_year"]), *map(_declared, holidays["declared"])]
        _put(Holiday, days, ("office", "year", "month", "day"))
    queries.forget()


def _made(sheet: Sheet, row: Row) -> models.Model:
    values = {
        field: row[read] if isinstance(read, str) else read(row)
        for field, read in sheet.fields.items()
    }
    return sheet.model(**values)


def _rows(file: str) -> Iterator[dict[str, str]]:
    with (DATA / file).open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)


def _put(model: type[models.Model], rows: Iterable[Any], key: tuple[str, ...]) -> None:
    """Insert or update rows of the model; `key` names the unique columns (default: the primary)."""
    meta = model._meta  # noqa: SLF001 - Django's public name
    unique = key or (meta.pk.name,)
    changing = [f.name for f in meta.concrete_fields if not f.primary_key and f.name not in unique]
    model._default_manager.bulk_create(  # noqa: SLF001 - Django's public name
        rows, update_conflicts=True, update_fields=changing, unique_fields=unique
    )


def _alpha3() -> dict[str, str]:
    return {row["alpha2"]: row["alpha3"] for row in _rows("countries.csv")}


def _weeks(written: Mapping[str, Any]) -> Iterator[WorkWeek]:  # as YAML gives it
    codes = _alpha3()
    for alpha2, weeks in written.items():
        make = partial(WorkWeek, country_id=codes[alpha2])
        for week in weeks:
            yield make(valid_from=week["from"], days_off=week["days"])


def _yearly(day: Mapping[str, Any]) -> Holiday:  # as YAML gives it
    return Holiday(
        month=day["month"], day=day["day"], name=day["name"], name_hi=day.get("hindi", "")
    )


def _declared(day: Mapping[str, Any]) -> Holiday:  # as YAML gives it
    on = day["date"]
    return Holiday(
        office_id=day.get("office"),
        year=on.year,
        month=on.month,
        day=on.day,
        name=day["name"],
        name_hi=day.get("hindi", ""),
    )
