"""Taking fields out of decoded maps with their types checked: a small schema reader."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import TypeAlias, TypeVar

from gate.cbor import Key, Value

LATEST = 253_402_300_799  # 9999-12-31T23:59:59Z, the last moment that a date can hold
LONGEST_TEXT = 256
_TO_THE_SECOND = "YYYY-MM-DDTHH:MM:SS"
Labels: TypeAlias = frozenset[Key]
NONE: frozenset[Key] = frozenset()
Field = TypeVar("Field", int, str, bytes)


class Misfit(Exception):
    """A map lacks a field, has one too many, or one of the wrong type or size."""


def mapping(value: Value | None, needed: Labels, optional: Labels = NONE) -> Mapping[Key, Value]:
    """Return `value` as a map that has all `needed` keys and none beyond the `optional` ones."""
    if not isinstance(value, dict):
        raise Misfit
    keys = value.keys()
    if not (needed <= keys <= needed | optional if optional else keys == needed):
        raise Misfit
    return value


def field(pairs: Mapping[Key, Value], key: Key, kind: type[Field]) -> Field:
    """Return one field of the given type; a `bool` is no integer here."""
    value = pairs.get(key)
    if type(value) is not kind:
        raise Misfit
    return value


def text(pairs: Mapping[Key, Value], key: Key) -> str:
    """Return a text of 1 to 256 printable characters, so that nothing can hide on a screen."""
    return texts(pairs, (key,))[0]


def texts(pairs: Mapping[Key, Value], keys: Iterable[Key]) -> list[str]:
    """Return several texts, each as `text` has it."""
    found = []
    for key in keys:
        value = pairs.get(key)
        if type(value) is not str or not 0 < len(value) <= LONGEST_TEXT or not value.isprintable():
            raise Misfit
        found.append(value)
    return found


def moment(pairs: Mapping[Key, Value], key: Key) -> int:
    """Return a time in whole seconds since 1970 (UTC), between 1970 and 9999."""
    value = pairs.get(key)
    if type(value) is not int or not 0 <= value <= LATEST:
        raise Misfit
    return value


def rfc3339(seconds: int) -> str:
    """Write a moment as `2026-11-22T09:30:00Z`."""
    return datetime.fromtimestamp(seconds, UTC).isoformat()[: len(_TO_THE_SECOND)] + "Z"
