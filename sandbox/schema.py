"""Strict request schemas as tables: every field known, none missing, each of its form."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import cast

from sandbox.answers import Problem


@dataclass(frozen=True, slots=True)
class Field:
    """A text of a given form; or a whole number, an object, a list of objects or of texts.

    `day`: the text is a day that the calendar has. `texts`: how many texts of the form the list
    may have, each of them once. `free`: an object of any content.
    """

    pattern: str = ""
    required: bool = True
    day: bool = False
    texts: range | None = None
    whole: range | None = None
    free: bool = False
    part: "Schema | None" = None
    many: "Schema | None" = None


Schema = Mapping[str, Field]

DAY = Field(r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])", day=True)
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
    elif form.free:
        if not isinstance(value, dict):
            raise Problem(400, code, f"not_an_object {place}", check="schema")
    elif form.many is not None:
        _check_objects(value, form.many, place, code)
    elif form.texts is not None:
        _check_texts(value, form, form.texts, place, code)
    elif form.whole is not None:
        if not isinstance(value, int) or isinstance(value, bool) or value not in form.whole:
            raise Problem(400, code, f"not_a_number_in_range {place}", check="schema")
    elif not _fits(value, form):
        raise Problem(400, code, f"malformed {place}", check="schema")


def _check_objects(value: object, schema: Schema, place: str, code: str) -> None:
    if not isinstance(value, list) or not value:
        raise Problem(400, code, f"not_a_list {place}", check="schema")
    for item in value:
        _check(item, schema, place, code)


def _check_texts(value: object, form: Field, many: range, place: str, code: str) -> None:
    if not isinstance(value, list) or len(value) not in many:
        raise Problem(400, code, f"not_a_list_of_{many[0]}_to_{many[-1]} {place}", check="schema")
    if not all(_fits(text, form) for text in value):
        raise Problem(400, code, f"malformed {place}", check="schema")
    if len(set(value)) != len(value):
        raise Problem(400, code, f"repeated {place}", check="schema")


def _fits(value: object, form: Field) -> bool:
    if not isinstance(value, str) or not re.fullmatch(form.pattern, value):
        return False
    return not form.day or is_day(value)


def is_day(text: str) -> bool:
    """Whether a text names a day of the calendar, as in 2026-11-22."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
