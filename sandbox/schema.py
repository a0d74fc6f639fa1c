"""Strict request schemas as tables: every field known, none missing, each of its form."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from sandbox.answers import Problem


@dataclass(frozen=True, slots=True)
class Field:
    """A text of a given form; or a whole number, an object or a list of objects."""

    pattern: str = ""
    required: bool = True
    whole: range | None = None
    part: "Schema | None" = None
    many: "Schema | None" = None


Schema = Mapping[str, Field]

DAY = Field(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")
NAME = Field(r"[^\x00-\x1f]{1,120}")
SEX = Field(r"[FMX]")
PASSPORT = Field(r"[A-Z0-9]{6,9}")
REFERENCE = Field(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
UUID = Field(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
AMOUNT = Field(r"(0|[1-9]\d{0,12})(\.\d{1,3})?")
CURRENCY = Field(r"[A-Z]{3}")
COUNTRY = Field(r"[A-Z]{3}")


def parse(body: bytes, schema: Schema, code: str) -> dict[str, object]:
    """The request as an object that fits the schema; Problem 400 naming the field otherwise."""
    try:
        value: object = json.loads(body, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise Problem(400, code, "body_not_json", check="schema") from error
    _check(value, schema, "", code)
    return cast("dict[str, object]", value)


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    if len(dict(pairs)) != len(pairs):
        raise ValueError("repeated_name")
    return dict(pairs)


def _check(value: object, schema: Schema, place: str, code: str) -> None:
    if not isinstance(value, dict):
        raise Problem(400, code, f"not_an_object{place}", check="schema")
    for name in sorted(value.keys() - schema.keys()):
        raise Problem(400, code, f"unknown_field {place}/{name[:40]}", check="schema")
    for name, form in schema.items():
        if name in value:
            _check_field(value[name], form, f"{place}/{name}", code)
        elif form.required:
            raise Problem(400, code, f"missing {place}/{name}", check="schema")


def _check_field(value: object, form: Field, place: str, code: str) -> None:
    if form.part is not None:
        _check(value, form.part, place, code)
    elif form.many is not None:
        if not isinstance(value, list) or not value:
            raise Problem(400, code, f"not_a_list {place}", check="schema")
        for item in value:
            _check(item, form.many, place, code)
    elif form.whole is not None:
        if not isinstance(value, int) or isinstance(value, bool) or value not in form.whole:
            raise Problem(400, code, f"not_a_number_in_range {place}", check="schema")
    elif not isinstance(value, str) or not re.fullmatch(form.pattern, value):
        raise Problem(400, code, f"malformed {place}", check="schema")
