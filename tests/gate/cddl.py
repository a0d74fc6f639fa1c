"""The few words of CDDL (RFC 8610) in which a clearance's claims are defined, read as they stand.

Maps, optional members, `tstr`, `bstr`, `uint`, `.size`, numbers, ranges and choices. Whoever uses
another word gets an error, never a silent yes.
"""

import re
from typing import Any

from tests.shared import shared_path

_TOKEN = re.compile(r'"[^"]*"|\.\.|\.size|-?\d+|[{}:,?/=]|[A-Za-z][\w-]*|\S')
KINDS = {"tstr": str, "bstr": bytes, "uint": int}


def published() -> str:
    """The definition of `ec-cwt` as the protocols' page has it, comments left out."""
    page = shared_path("protocols", "protocols.md").read_text("utf-8")
    found = re.search(r"ec-cwt = (.*?)\nprotected header: ", page, re.DOTALL)
    assert found is not None
    return re.sub(r";.*", "", found[1])


class Definition:
    """A type; `fits` says whether a decoded value is one of it."""

    def __init__(self, text: str) -> None:
        self._tokens = _TOKEN.findall(text)
        self._type = self._choice()
        assert self._tokens == [], self._tokens

    def fits(self, value: Any) -> bool:
        """Whether the value is of the type."""
        return _fits(self._type, value)

    def _take(self, expected: str | None = None) -> str:
        token = self._tokens.pop(0)
        assert expected in (None, token), (expected, token)
        return token

    def _next(self, *tokens: str) -> bool:
        return bool(self._tokens) and self._tokens[0] in tokens

    def _choice(self) -> tuple[Any, ...]:
        options = [self._one()]
        while self._next("/"):
            self._take("/")
            options.append(self._one())
        return ("choice", options)

    def _one(self) -> tuple[Any, ...]:
        token = self._take()
        if token == "{":
            return self._map()
        if token in KINDS:
            if not self._next(".size"):
                return ("kind", KINDS[token], None)
            self._take(".size")
            return ("kind", KINDS[token], int(self._take()))
        if self._next(".."):
            self._take("..")
            return ("range", int(token), int(self._take()))
        return ("number", int(token))

    def _map(self) -> tuple[Any, ...]:
        members = {}
        while not self._next("}"):
            optional = self._next("?") and bool(self._take("?"))
            key = self._take()
            self._take(":")
            members[key.strip('"') if key[0] == '"' else int(key)] = (optional, self._choice())
            if self._next(","):
                self._take(",")
        self._take("}")
        return ("map", members)


def _fits(kind: tuple[Any, ...], value: Any) -> bool:
    match kind:
        case ("choice", options):
            return any(_fits(each, value) for each in options)
        case ("map", members):
            needed = {key for key, (optional, _) in members.items() if not optional}
            return (
                isinstance(value, dict)
                and needed <= value.keys() <= members.keys()
                and all(_fits(members[key][1], each) for key, each in value.items())
            )
        case ("kind", python, size):
            whole = type(value) is python and (python is not int or value >= 0)
            return whole and (size is None or size == len(_bytes(value)))
        case ("range", low, high):
            return type(value) is int and low <= value <= high
        case ("number", number):
            return type(value) is int and value == number
    raise AssertionError(kind)


def _bytes(value: Any) -> bytes:
    return value.encode() if isinstance(value, str) else value
