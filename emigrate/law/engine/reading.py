"""Strict reading of JSON: every fault is found in one pass, each with a pointer (RFC 6901).

A reader takes a `Slot` and returns the value, or records what is wrong and raises `Refused`.
"""

import json
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn, TypeVar

from emigrate.law.engine.texts import SOURCE_LANGUAGE, render

T = TypeVar("T")

MOST_CHARACTERS = 64 * 1024
MOST_PROBLEMS = 100
ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
AMOUNT = re.compile(r"\d{1,12}(\.\d{1,3})?", re.ASCII)
MOST_AMOUNT = 10**12
MOST_TEXT = 100
MOST_PRINTED = 500
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with the input: where, a stable code, and the facts of its sentence."""

    pointer: str
    code: str
    facts: Mapping[str, str]

    def as_json(self, lang: str = SOURCE_LANGUAGE) -> dict[str, str]:
        """The problem as the command and the API show it."""
        message = render(f"input_{self.code}", self.facts, lang)
        return {"pointer": self.pointer, "code": self.code, "message": message}


class BadQuestion(ValueError):
    """The input is not a question; `errors` says everything that is wrong with it."""

    def __init__(self, problems: list[Problem]) -> None:
        """Keep the problems in the order of the input."""
        super().__init__(problems)
        self.problems = problems

    @property
    def errors(self) -> list[dict[str, str]]:
        """Pointer, code and English message of each problem."""
        return self.translated(SOURCE_LANGUAGE)

    def translated(self, lang: str) -> list[dict[str, str]]:
        """The errors with their messages in another language."""
        return [problem.as_json(lang) for problem in self.problems]


class Refused(Exception):
    """The value was refused and the problem is recorded."""


class Pairs(list[tuple[str, Any]]):
    """A JSON object as it was written, repeated keys included."""


@dataclass(frozen=True, slots=True)
class Slot:
    """One value of the input, where it stands, and the list that collects the problems."""

    value: Any  # whatever JSON held
    pointer: str = ""
    problems: list[Problem] = field(default_factory=list)

    def refuse(self, code: str, **facts: object) -> NoReturn:
        """Record that this value is wrong, and give it up."""
        self.note(code, **facts)
        raise Refused(code)

    def note(self, code: str, **facts: object) -> None:
        """Record that something is wrong here, and go on looking."""
        if len(self.problems) < MOST_PROBLEMS:
            words = {name: printable(str(fact)) for name, fact in facts.items()}
            self.problems.append(Problem(self.pointer, code, words))

    def inside(self, name: str | int, value: object) -> "Slot":
        """The slot of a member or element of this value."""
        step = printable(str(name)).replace("~", "~0").replace("/", "~1")
        return Slot(value, f"{self.pointer}/{step}", self.problems)


Reader = Callable[[Slot], Any]


def printable(text: str) -> str:
    """Text that can be written as UTF-8, cut to a length fit for a message."""
    return text[:MOST_PRINTED].encode("utf-8", "backslashreplace").decode("utf-8")


def read(text: str, reader: Callable[[Slot], T]) -> T:
    """Read JSON text; raises `BadQuestion` with every problem found."""
    slot = Slot(_parsed(text))
    try:
        return reader(slot)
    except Refused:
        raise BadQuestion(slot.problems) from None


def _parsed(text: str) -> object:
    if len(text) > MOST_CHARACTERS:
        raise BadQuestion([Problem("", "too_large", {"most": str(MOST_CHARACTERS)})])
    try:
        return json.loads(
            text, object_pairs_hook=Pairs, parse_float=_decimal, parse_constant=_no_constant
        )
    except RecursionError:
        raise BadQuestion([Problem("", "too_deep", {})]) from None
    except ValueError as error:
        raise BadQuestion([Problem("", "not_json", {"why": printable(str(error))})]) from error


def _decimal(digits: str) -> Decimal:
    try:
        return Decimal(digits)
    except InvalidOperation as error:  # an exponent beyond all reason
        raise ValueError(digits) from error


def _no_constant(name: str) -> object:
    raise ValueError(name)


def day(slot: Slot) -> date:
    """A calendar day, written year-month-day."""
    if not isinstance(slot.value, str) or not ISO_DAY.fullmatch(slot.value):
        slot.refuse("bad_date")
    try:
        found = date.fromisoformat(slot.value)
    except ValueError:
        slot.refuse("bad_date")
    if not FIRST_DAY <= found <= LAST_DAY:
        slot.refuse("out_of_range", least=FIRST_DAY, most=LAST_DAY)
    return found


def flag(slot: Slot) -> bool:
    """True or false."""
    if not isinstance(slot.value, bool):
        slot.refuse("wrong_type", want="boolean")
    return slot.value


def text(slot: Slot) -> str:
    """A short text that is not empty and can be written as UTF-8."""
    value = _string(slot)
    if not 0 < len(value.strip()) <= MOST_TEXT or not value.isprintable():
        slot.refuse("bad_text", most=MOST_TEXT)
    return value


def whole(least: int, most: int) -> Callable[[Slot], int]:
    """A whole number between two bounds."""

    def reader(slot: Slot) -> int:
        if not isinstance(slot.value, int) or isinstance(slot.value, bool):
            slot.refuse("wrong_type", want="integer")
        if not least <= slot.value <= most:
            slot.refuse("out_of_range", least=least, most=most)
        return slot.value

    return reader


def number(least: int, most: int) -> Callable[[Slot], Decimal]:
    """A number between two bounds, exactly as written."""

    def reader(slot: Slot) -> Decimal:
        if not isinstance(slot.value, int | Decimal) or isinstance(slot.value, bool):
            slot.refuse("wrong_type", want="number")
        if not least <= slot.value <= most:
            slot.refuse("out_of_range", least=least, most=most)
        return Decimal(slot.value)

    return reader


def one_of(*choices: str) -> Callable[[Slot], str]:
    """One of a few words."""

    def reader(slot: Slot) -> str:
        value = _string(slot)
        if value not in choices:
            slot.refuse("bad_code", given=value, choices=", ".join(choices))
        return value

    return reader


def code(known: Callable[[], Collection[str]], system: str) -> Callable[[Slot], str]:
    """A code of a published list, as ISO 3166-1 alpha-3."""

    def reader(slot: Slot) -> str:
        value = _string(slot)
        if value not in known():
            slot.refuse("unknown_code", given=value, system=system)
        return value

    return reader


def amount(slot: Slot) -> Decimal:
    """Money in the major unit: a decimal string or a whole number, never negative, no float."""
    value = slot.value
    if isinstance(value, bool) or not isinstance(value, int | str):
        slot.refuse("wrong_type", want="decimal string or integer")
    if isinstance(value, int):
        if not 0 <= value < MOST_AMOUNT:
            slot.refuse("bad_amount")
    elif not AMOUNT.fullmatch(value):
        slot.refuse("bad_amount")
    return Decimal(value)


def minor_units(slot: Slot, major: Decimal, digits: int) -> int:
    """Money in whole minor units; refuses a part of one."""
    scaled = major.scaleb(digits)
    if scaled != int(scaled):
        slot.refuse("bad_amount")
    return int(scaled)


def listed(element: Callable[[Slot], T], most: int) -> Callable[[Slot], tuple[T, ...]]:
    """An array of so many elements at most, as a tuple."""

    def reader(slot: Slot) -> tuple[T, ...]:
        if not isinstance(slot.value, list) or isinstance(slot.value, Pairs):
            slot.refuse("wrong_type", want="array")
        if len(slot.value) > most:
            slot.refuse("too_many", most=most)
        inside = [slot.inside(i, each) for i, each in enumerate(slot.value)]
        found = [value for each in inside for value in _tried(element, each)]
        if len(found) < len(inside):
            raise Refused
        return tuple(found)

    return reader


def record(
    build: Callable[..., T], members: Mapping[str, Reader], needed: Collection[str] = ()
) -> Callable[[Slot], T]:
    """A JSON object: no unknown key, no key twice, the needed keys there; `build` gets the rest."""

    def reader(slot: Slot) -> T:
        if not isinstance(slot.value, Pairs):
            slot.refuse("wrong_type", want="object")
        before = len(slot.problems)
        values: dict[str, Any] = {}  # Any: each member has its own type
        names = [name for name, _ in slot.value]
        for name in needed:
            if name not in names:
                slot.inside(name, None).note("missing")
        for position, (name, value) in enumerate(slot.value):
            inside = slot.inside(name, value)
            if name not in members:
                inside.note("unknown_key")
            elif name in names[:position]:
                inside.note("duplicate_key")
            else:
                values.update((name, found) for found in _tried(members[name], inside))
        if len(slot.problems) > before or before == MOST_PROBLEMS:
            raise Refused
        return build(**values)

    return reader


def _tried(reader: Callable[[Slot], T], slot: Slot) -> list[T]:
    try:
        return [reader(slot)]
    except Refused:
        return []


def _string(slot: Slot) -> str:
    if not isinstance(slot.value, str):
        slot.refuse("wrong_type", want="string")
    return slot.value
