"""Strict reading of partners' JSON: a missing, extra-long or unknown value is never guessed."""

import re
from datetime import date, datetime
from enum import StrEnum
from typing import TypeVar

from emigrate.foundation.errors import InvalidInput
from emigrate.foundation.http import Unreadable
from emigrate.foundation.money import Money, decimal_text, minor_units

Choice = TypeVar("Choice", bound=StrEnum)

REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
TEXT_LENGTH = 200


def plain_reference(text: str) -> str:
    """The text itself, if it may stand in a path and a key; ValueError (without it) if not."""
    if not REFERENCE.fullmatch(text):
        raise ValueError("reference_not_plain")
    return text


def money_out(money: Money) -> dict[str, str]:
    """Amount as a decimal string with its currency."""
    return {"amount": decimal_text(money.minor, money.currency), "currency": money.currency}


class Fields:
    """One JSON object of a reply. Every method raises Unreadable with the name of the field."""

    def __init__(self, value: object, name: str = "body") -> None:
        if not isinstance(value, dict):
            raise Unreadable(name)
        self._value: dict[str, object] = value
        self._name = name

    def has(self, name: str) -> bool:
        """Whether the field is there and not null."""
        return self._value.get(name) is not None

    def part(self, name: str) -> "Fields":
        """A nested object."""
        return Fields(self._value.get(name), name)

    def parts(self, name: str, most: int) -> "list[Fields]":
        """A list of at most `most` objects."""
        value = self._value.get(name)
        if not isinstance(value, list) or len(value) > most:
            raise Unreadable(name)
        return [Fields(each, name) for each in value]

    def text(self, name: str) -> str:
        """A text of 1 to 200 printable characters."""
        value = self._value.get(name)
        if not isinstance(value, str) or not 0 < len(value) <= TEXT_LENGTH:
            raise Unreadable(name)
        if not value.isprintable():
            raise Unreadable(name)
        return value

    def reference(self, name: str) -> str:
        """A number or reference that may stand in a path."""
        value = self.text(name)
        if not REFERENCE.fullmatch(value):
            raise Unreadable(name)
        return value

    def echo(self, name: str, expected: str) -> None:
        """The partner must repeat what we asked about, else the answer is about another."""
        if self.text(name) != expected:
            raise Unreadable(name)

    def choice(self, name: str, kind: type[Choice]) -> Choice:
        """One of the contract's words; a new word is refused, never taken for a known one."""
        try:
            return kind(self.text(name))
        except ValueError as error:
            raise Unreadable(name) from error

    def flag(self, name: str) -> bool:
        """A JSON true or false."""
        value = self._value.get(name)
        if not isinstance(value, bool):
            raise Unreadable(name)
        return value

    def whole(self, name: str, largest: int) -> int:
        """A whole number from 0 to `largest`."""
        value = self._value.get(name)
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= largest:
            raise Unreadable(name)
        return value

    def day(self, name: str) -> date:
        """A date as YYYY-MM-DD."""
        try:
            value = date.fromisoformat(self.text(name))
        except ValueError as error:
            raise Unreadable(name) from error
        if value.isoformat() != self.text(name):
            raise Unreadable(name)
        return value

    def moment(self, name: str) -> datetime:
        """An RFC 3339 time with its offset."""
        try:
            value = datetime.fromisoformat(self.text(name))
        except ValueError as error:
            raise Unreadable(name) from error
        if value.tzinfo is None:
            raise Unreadable(name)
        return value

    def money(self, amount: str = "amount", currency: str = "currency") -> Money:
        """An amount as a decimal string and its currency, side by side."""
        try:
            code = self.text(currency)
            return Money(code, minor_units(self.text(amount), code))
        except InvalidInput as error:
            raise Unreadable(amount) from error
