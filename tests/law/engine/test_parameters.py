"""Every parameter file has its form, every text its language, every published figure its row."""

import csv
import re
from datetime import date, timedelta
from itertools import pairwise, product
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from emigrate.law.engine.country import folder
from emigrate.law.engine.figures import known
from emigrate.law.engine.parameters import Loader, keys, sheet
from tests.shared import shared_path

DAY = r"^\d{4}-\d{2}-\d{2}$"
VALUES = {
    "type": "object",
    "minProperties": 1,
    "propertyNames": {"pattern": DAY},
    "additionalProperties": {
        "type": "object",
        "required": ["value", "confidence", "reference"],
        "additionalProperties": False,
        "properties": {
            "value": {"type": ["integer", "boolean", "string", "array", "object"]},
            "confidence": {"enum": ["source", "known", "uncertain", "design"]},
            "reference": {"type": "string", "minLength": 5},
            "until": {"type": "string", "pattern": DAY},
            "between": {"type": "array", "minItems": 2, "maxItems": 2},
            "approved_by": {"type": "string", "minLength": 3},
        },
    },
}
SCHEMA = {
    "type": "object",
    "required": ["description", "unit", "reviewed"],
    "oneOf": [{"required": ["values"]}, {"required": ["of", "rows"]}],
    "additionalProperties": False,
    "properties": {
        "description": {"type": "string", "minLength": 5},
        "unit": {"type": "string", "minLength": 1},
        "reviewed": {"type": "string", "pattern": DAY},
        "values": VALUES,
        "of": {"type": "array", "minItems": 1, "items": {"type": "string"}},
        "rows": {
            "type": "array",
            "minItems": 1,
            "items": {"type": "object", "required": ["values"], "properties": {"values": VALUES}},
        },
    },
}
VALUES_B = {
    "ec.fee": 20_000,
    "ra.rc.fee.normal": 2_500_000,
    "ra.rc.fee.small": 1_000_000,
    "ra.bg.normal": 500_000_000,
    "ra.bg.small": 80_000_000,
    "ra.small.tranche": 100,
    "ra.bg.validity_months": 102,
    "ra.rc.validity_years": 5,
    "ra.renewal.lead_days": 90,
    "ra.service_charge.cap": 3_000_000,
    "gst.rate": 18,
    "appeal.days": 30,
    "appeal.fee": 10_000,
    "suspension.max_days": 30,
    "scn.reply_days": 15,
    "permit.validity_months": 12,
    "permit.extension_max_months": 3,
    "permit.fe.fee": 200_000,
    "permit.fe.bg.per_worker": 1_000_000,
    "permit.fe.bg.min": 10_000_000,
    "permit.fe.bg.max": 200_000_000,
    "women.min_age": 30,
    "worker.min_age": 18,
    "passport.min_validity_months": 6,
    "fe.small.max_per_year": 10,
    "fe.inactive_months": 12,
    "demand.small.days": 45,
    "contract.upload_days": 60,
    "pbby.2y": 27_500,
    "pbby.3y": 37_500,
    "pbby.si": 100_000_000,
    "pbby.claim.accident_months": 12,
    "pbby.claim.transport_days": 90,
    "icwf.lodging.max_days": 60,
    "icwf.women.max_years_after_marriage": 7,
    "fe.exit_noc.days": 7,
}
KEYED_B = (
    "country.ec_required",
    "country.restriction",
    "occupation.special",
    "bg.women.domestic",
    "mrw",
    "holiday.calendar",
)
PLACES = {
    "UAE": ("ARE", "AED"),
    "Saudi Arabia": ("SAU", "SAR"),
    "Kuwait": ("KWT", "KWD"),
    "Bahrain": ("BHR", "BHD"),
    "Oman": ("OMN", "OMR"),
    "Qatar": ("QAT", "QAR"),
}
TRADES = {"carpenter": "7115", "all": "9313", "all (work visa)": "9313", "domestic worker": "9111"}


def content(key: str) -> dict[str, Any]:
    path = folder() / "parameters" / Path(*key.split(".")).with_suffix(".yaml")
    return yaml.load(path.read_text("utf-8"), Loader)


def as_json(tree: Any) -> Any:
    if isinstance(tree, dict):
        return {str(name): as_json(value) for name, value in tree.items()}
    if isinstance(tree, list):
        return [as_json(each) for each in tree]
    return tree.isoformat() if isinstance(tree, date) else tree


@pytest.mark.parametrize("key", keys())
def test_a_parameter_file_has_its_form(key: str) -> None:
    faults = list(Draft202012Validator(SCHEMA).iter_errors(as_json(content(key))))

    assert [fault.message for fault in faults] == []


def repeated(node: yaml.Node) -> list[str]:
    """Keys that a mapping has twice: YAML keeps the last of them without a word."""
    if isinstance(node, yaml.SequenceNode):
        return [name for each in node.value for name in repeated(each)]
    if not isinstance(node, yaml.MappingNode):
        return []
    names = [name.value for name, _ in node.value]
    inside = [name for _, value in node.value for name in repeated(value)]
    return [name for name in names if names.count(name) > 1] + inside


@pytest.mark.parametrize("path", sorted(folder().rglob("*.yaml")), ids=lambda path: path.stem)
def test_no_key_is_written_twice(path: Path) -> None:
    assert repeated(yaml.compose(path.read_text("utf-8"), Loader)) == []


@pytest.mark.parametrize("key", keys())
def test_no_row_is_written_twice(key: str) -> None:
    tree = content(key)
    names = tree.get("of", [])

    rows = [
        chosen
        for row in tree.get("rows", [tree])
        for chosen in product(*(as_list(row[name]) for name in names))
    ]

    assert len(rows) == len(set(rows)) == len(sheet(key).rows)


def as_list(selected: str | list[str]) -> list[str]:
    return selected if isinstance(selected, list) else [selected]


@pytest.mark.parametrize("key", keys())
def test_a_day_known_within_a_range_holds_from_the_later_day(key: str) -> None:
    tree = content(key)

    for row in tree.get("rows", [tree]):
        for day, entry in row["values"].items():
            earliest, latest = entry.get("between", [day, day])
            assert earliest <= latest == day


@pytest.mark.parametrize("key", keys())
def test_values_of_a_row_do_not_overlap_and_are_reviewed(key: str) -> None:
    for row in sheet(key).rows.values():
        for found, following in pairwise(row):
            assert found.valid_to is None or found.valid_to < following.valid_from
        assert {found.reviewed <= date(2026, 11, 28) for found in row} == {True}


@pytest.mark.parametrize("key", keys())
def test_references_name_instruments_not_notes(key: str) -> None:
    for found in sheet(key).figures():
        assert not re.search(r"\[src|reference\.md|https?:", found.reference)


def test_the_keys_of_the_configuration_are_there() -> None:
    assert [key for key in (*VALUES_B, *KEYED_B) if key not in keys()] == []


@pytest.mark.parametrize(("key", "value"), VALUES_B.items())
def test_the_values_of_the_configuration(key: str, value: int) -> None:
    found = known(key, on=date(2026, 1, 10))

    assert found is not None
    assert found.value == value


def test_service_levels_are_ours_and_say_so() -> None:
    levels = [key for key in keys() if key.startswith("sla.")]

    assert {found.confidence for key in levels for found in sheet(key).figures()} == {"design"}


def published_wages() -> list[dict[str, str]]:
    path = shared_path("data", "india_parliament_figures", "minimum_referral_wages.csv")
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_published_wages_are_the_figures() -> None:
    """Each published row on its last day, and not with certainty on the day after."""
    rows = published_wages()

    assert len(rows) == 10
    for row in rows:
        country, _ = PLACES[row["country"]]
        asked = {"country": country, "occupation": TRADES[row["occupation"]]}
        last = date.fromisoformat(row["valid_to"])
        found = known("mrw", on=last, **asked)
        digits = 1000 if row["currency"] == "KWD" else 100
        assert found is not None
        assert found.value[row["currency"]] == int(row["amount"]) * digits
        assert found.certain
        if row["valid_from"]:
            assert found.valid_from == date.fromisoformat(row["valid_from"])
        after = known("mrw", on=last + timedelta(days=1), **asked)
        assert after is None or after != found


def test_after_july_2021_no_floor_is_certain() -> None:
    day = date(2021, 8, 1)

    floors = [sheet("mrw").rows[row] for row in sheet("mrw").rows]

    in_force = [f for row in floors for f in row if f.valid_from <= day and not f.valid_to]
    assert {found.confidence for found in in_force} == {"uncertain"}
