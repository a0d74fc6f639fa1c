"""Bodies in which one member is an extreme of its kind, made from the operation's own schema."""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any

ODD = "\u202eabc\u0301 \U0001f600 \uffff %s%(x)s{0} ' OR 1=1 -- <b>&\r\n\t\x01\x7f é ॐ"
LONG = "x" * 10_000
WRONG_KINDS: tuple[Any, ...] = (None, True, -1, 1.5, 10**30, "", [], {}, [[]], {"a": {"b": "c"}})
DAYS = (
    "0001-01-01", "1899-12-31", "1900-01-01", "2199-12-31", "2200-01-01", "9999-12-31",
    "10000-01-01", "2026-02-30", "2026-11-30T00:00:00Z", "२०२६-११-३०",
)  # fmt: skip
NUMBERS = (-(2**63) - 1, -(2**31), -1, 0, 2**15, 2**31, 2**63 - 1, 2**63, 10**400, 1e300, "1")
TEXTS = (" ", LONG, ODD)
CODES = ("ZZZ", "9" * 19, LONG, ODD)
AMOUNTS = ("0", "-1", "9999999999999.999", "9999999999999", "0.001", "1e3", "٣", "00", "1.")
DIGESTS = ("f" * 64, "F" * 64, "0" * 63, "g" * 64)
MANY = 10_000

Path = tuple[str | int, ...]
Schema = Mapping[str, Any]


def extremes(schema: Schema, good: Mapping[str, Any]) -> Iterator[tuple[Path, Any]]:
    """The path of every member, with each extreme of its kind, whole bodies left out."""
    yield from _members(schema, schema, (), good)


def with_extreme(good: Mapping[str, Any], path: Path, value: Any) -> dict[str, Any]:
    """The good body but for one member; objects on the way to it are made."""
    body: Any = deepcopy(dict(good))
    where = body
    for step in path[:-1]:
        if isinstance(where, dict) and not isinstance(where.get(step), dict | list):
            where[step] = {}
        where = where[step]
    where[path[-1]] = value
    return dict(body)


def _members(schema: Schema, root: Schema, path: Path, good: Any) -> Iterator[tuple[Path, Any]]:
    for name, member in schema.get("properties", {}).items():
        inner = good.get(name) if isinstance(good, dict) else None
        yield from _member(_plain(member, root), root, (*path, name), inner)


def _member(kind: Schema, root: Schema, path: Path, good: Any) -> Iterator[tuple[Path, Any]]:
    yield from ((path, value) for value in (*WRONG_KINDS, *_of_kind(kind, good)))
    if "properties" in kind:
        yield from _members(kind, root, path, good)
    elif kind.get("type") == "array" and good:
        yield from _member(_plain(kind["items"], root), root, (*path, 0), good[0])


def _plain(schema: Schema, root: Schema) -> Schema:
    """The schema itself, behind references and "or nothing"."""
    if "anyOf" in schema:
        schema = next(each for each in schema["anyOf"] if each.get("type") != "null")
    if "$ref" in schema:
        schema = root["$defs"][schema["$ref"].rsplit("/", 1)[1]]
    return schema


def _of_kind(kind: Schema, good: Any) -> tuple[Any, ...]:
    if kind.get("format") == "date":
        return DAYS
    if "enum" in kind:
        return (*kind["enum"][1:], "unheard", LONG)
    match kind.get("type"):
        case "integer":
            return NUMBERS
        case "array":
            item = good[0] if good else "A"
            return ([item] * 2, [item] * MANY, [None], [LONG])
        case "string":
            return _texts(kind.get("pattern", ""), min(kind.get("maxLength", 60), 4_000))
    return ()


def _texts(pattern: str, most: int) -> tuple[str, ...]:
    """Text of the kind, of the longest that is taken, and longer."""
    if pattern.endswith(r"(\.[0-9]{1,3})?$"):
        return (*AMOUNTS, LONG, ODD)
    if "{64}" in pattern:
        return (*DIGESTS, LONG, ODD)
    return (*CODES, "Z" * most) if pattern else (*TEXTS, "क" * most)
