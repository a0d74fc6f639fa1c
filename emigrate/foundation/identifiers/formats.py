"""Shapes of identifiers as data: a pattern and the name of a check; the country brings the table.

A table is YAML: `code: {pattern, check?, example, note?}`. Check digits are python-stdnum's.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml
from stdnum import luhn, verhoeff
from stdnum.in_ import gstin, pan
from stdnum.iso7064 import mod_37_36

CHECKS: Mapping[str, Callable[[str], bool]] = {
    "gstin": gstin.is_valid,
    "iso7064_mod_37_36": mod_37_36.is_valid,
    "luhn": luhn.is_valid,
    "pan": pan.is_valid,
    "verhoeff": verhoeff.is_valid,
}
TWELVE_DIGITS = re.compile(
    r"(?<![\d+])(?=(\d{4})[\s.\u2010-\u2015_-]{0,3}(\d{4})"
    r"[\s.\u2010-\u2015_-]{0,3}(\d{4})(?!\d))"
)


class InvalidIdentifier(ValueError):
    """The text is no such identifier; `code` is `identifier_shape` or `identifier_check`."""

    def __init__(self, code: str, kind: str) -> None:
        """Keep the stable code and the kind, never the text."""
        super().__init__(code)
        self.code = code
        self.kind = kind


@dataclass(frozen=True, slots=True)
class Format:
    """One kind of identifier: its code, the whole pattern, a check's name, a valid example."""

    kind: str
    pattern: re.Pattern[str]
    check: str
    example: str


def load_formats(path: Path) -> dict[str, Format]:
    """Read a table of formats. Raises `KeyError` for a check that does not exist."""
    table = yaml.safe_load(path.read_text(encoding="utf-8"))
    formats = {}
    for kind, entry in table.items():
        check = entry.get("check", "")
        if check and check not in CHECKS:
            raise KeyError(check)
        pattern = re.compile(entry["pattern"], re.ASCII)
        formats[kind] = Format(kind, pattern, check, str(entry["example"]))
    return formats


def conforming(text: str, form: Format) -> str:
    """Return the identifier as it is stored: no spaces or dashes around, capitals where it has any.

    Spaces inside are left out. Raises `InvalidIdentifier`.
    """
    plain = "".join(unicodedata.normalize("NFKC", text).split())
    candidates = (plain, plain.upper(), plain.replace("-", ""), plain.replace("-", "").upper())
    matching = next((each for each in candidates if form.pattern.fullmatch(each)), None)
    if matching is None:
        raise InvalidIdentifier("identifier_shape", form.kind)
    if form.check and not CHECKS[form.check](matching):
        raise InvalidIdentifier("identifier_check", form.kind)
    return matching


def looks_like_aadhaar(text: str) -> bool:
    """Say whether free text holds what may be an Aadhaar number: then refuse or mask it.

    Twelve digits of any script in one piece or three groups of four, the first from 2 to 9, with a
    right Verhoeff digit. One in ten other numbers of twelve digits is refused as well; a number
    after a plus sign is a telephone and passes.
    """
    western = "".join(_western(letter) for letter in unicodedata.normalize("NFKC", text))
    numbers = ("".join(match.groups()) for match in TWELVE_DIGITS.finditer(western))
    return any(number[0] not in "01" and verhoeff.is_valid(number) for number in numbers)


def _western(letter: str) -> str:
    digit = unicodedata.decimal(letter, None)
    return letter if digit is None else str(digit)
