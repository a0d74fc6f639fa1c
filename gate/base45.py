"""Base45 as RFC 9285 writes it, decoding only, with one accepted text for each byte string."""

import sys
from array import array

from gate.reasons import Reason, Refused

ALPHABET = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_FOREIGN = 255
_DIGITS = bytes(ALPHABET.index(code) if code in ALPHABET else _FOREIGN for code in range(256))


def decode(text: str) -> bytes:
    """Return the bytes; `Refused(bad_base45)` for foreign characters, overflow or a stray digit."""
    try:
        digits = text.encode("ascii").translate(_DIGITS)
    except UnicodeEncodeError as error:
        raise Refused(Reason.BAD_BASE45) from error
    whole = len(digits) - len(digits) % 3
    tail = digits[whole:]
    if _FOREIGN in digits or len(tail) == 1:
        raise Refused(Reason.BAD_BASE45)
    triples = zip(digits[0:whole:3], digits[1:whole:3], digits[2:whole:3], strict=True)
    try:
        words = array("H", [low + 45 * mid + 2025 * high for low, mid, high in triples])
        last = bytes([tail[0] + 45 * tail[1]]) if tail else b""
    except (OverflowError, ValueError) as error:
        raise Refused(Reason.BAD_BASE45) from error
    if sys.byteorder == "little":
        words.byteswap()
    return words.tobytes() + last
