"""References that people read aloud: `EC-2026-DEL-4821907-K`.

The last character is the ISO 7064 MOD 37,36 check over all letters and digits before it, so every
single wrong character and nearly every swap of neighbours is noticed on the telephone.
"""

import re
import unicodedata
from random import Random

from stdnum.iso7064 import mod_37_36

SHAPE = re.compile(r"([A-Z]{2})(\d{4})([A-Z]{3})?(\d{7})([0-9A-Z])", re.ASCII)
SEPARATORS = re.compile(r"[\s\-\u2010-\u2015\u2212_./]+")
SERIALS = 10_000_000


class InvalidReference(ValueError):
    """The text is no reference; `code` says why: `reference_malformed` or `reference_check`."""

    def __init__(self, code: str) -> None:
        """Keep the stable code; the text itself is not kept, because it may be private."""
        super().__init__(code)
        self.code = code


def new_reference(kind: str, *, year: int, office: str | None, random: Random) -> str:
    """Return a fresh reference, such as `EC-2026-DEL-4821907-K` or `EM-2026-4821907-K`.

    `kind` is two capital letters, `office` three capital letters or None. Pass `SystemRandom()`
    in production. Ten million serials exist per kind, year and office, so the caller stores it
    under a unique constraint and draws again on a collision. Raises `InvalidReference`.
    """
    serial = f"{random.randrange(SERIALS):07d}"
    body = f"{kind}{year}{office or ''}{serial}"
    if not SHAPE.fullmatch(body + "0"):
        raise InvalidReference("reference_malformed")
    parts = [kind, str(year), *([office] if office else []), serial]
    return "-".join([*parts, mod_37_36.calc_check_digit(body)])


def normalise(text: str) -> str:
    """Return the written form of a reference typed by a person.

    Spaces, lower case, missing or typographic dashes, full-width letters and the digits of other
    scripts are tolerated. Raises `InvalidReference` when the shape or the check is wrong.
    """
    folded = unicodedata.normalize("NFKC", text).upper()
    plain = SEPARATORS.sub("", "".join(_western(character) for character in folded))
    match = SHAPE.fullmatch(plain)
    if match is None:
        raise InvalidReference("reference_malformed")
    if mod_37_36.checksum(plain) != 1:
        raise InvalidReference("reference_check")
    return "-".join(part for part in match.groups() if part)


def valid_reference(text: str) -> bool:
    """Say whether `normalise` would accept the text."""
    try:
        normalise(text)
    except InvalidReference:
        return False
    return True


def _western(character: str) -> str:
    digit = unicodedata.decimal(character, None)
    return character if digit is None else str(digit)
