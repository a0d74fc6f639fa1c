"""Taking fields out of decoded maps with their types checked: a small schema reader."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TypeVar

from gate.cbor import Key, Value

LATEST = 253_402_300_799  # 9999-12-31T23:59:59Z, the last moment that a date can hold
LONGEST_TEXT = 256
Field = TypeVar("Field", int, str, bytes)


class Misfit(Exception):  # noqa: N818 -- reads as a sentence where it is raised
    """A map lacks a field, has one too many, or one of the wrong type or size."""


def mapping(
    value: Value | None, needed: Sequence[Key], optional: Sequence[Key] = ()
) -> Mapping[Key, Value]:
    """Return `value` as a map that has all `needed` keys and none beyond the `optional` ones."""
    if not isinstance(value, dict):
        raise Misfit
    known = set(needed)
    if not known <= value.keys() <= known.union(optional):
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
    value = field(pairs, key, str)
    if not 0 < len(value) <= LONGEST_TEXT or not value.isprintable():
        raise Misfit
    return value


def moment(pairs: Mapping[Key, Value], key: Key) -> int:
    """Return a time in whole seconds since 1970 (UTC), between 1970 and 9999."""
    value = field(pairs, key, int)
    if not 0 <= value <= LATEST:
        raise Misfit
    return value


def rfc3339(seconds: int) -> str:
    """Write a moment as `2026-11-22T09:30:00Z`."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
