"""Base45 as RFC 9285 writes it, decoding only, with one accepted text for each byte string."""

from functools import lru_cache

from gate.reasons import Reason, Refused

ALPHABET = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_FOREIGN = 255
_LARGEST_BYTE = 255
_WEIGHTS = (45, 45 * 45)
_DIGITS = bytes(ALPHABET.index(code) if code in ALPHABET else _FOREIGN for code in range(256))


def decode(text: str) -> bytes:
    """Return the bytes; `Refused(bad_base45)` for foreign characters, overflow or a stray digit."""
    try:
        digits = text.encode("ascii").translate(_DIGITS)
    except UnicodeEncodeError as error:
        raise Refused(Reason.BAD_BASE45) from error
    tail = digits[len(digits) - len(digits) % 3 :]
    if _FOREIGN in digits or len(tail) == 1:
        raise Refused(Reason.BAD_BASE45)
    return _triples(digits, len(digits) // 3) + _pair(tail)


def _triples(digits: bytes, count: int) -> bytes:
    # All triples at once: each is a lane of 24 bits in one long integer, so that the arithmetic
    # runs in the interpreter's own code (a loop over the lanes took ten times as long).
    whole, lowest = int.from_bytes(digits[: 3 * count], "big"), _lowest_of_each(count)
    low, mid, high = whole >> 16 & lowest, whole >> 8 & lowest, whole & lowest
    values = (low + _WEIGHTS[0] * mid + _WEIGHTS[1] * high).to_bytes(3 * count, "big")
    if values[0::3].strip(b"\0"):
        raise Refused(Reason.BAD_BASE45)
    content = bytearray(2 * count)
    content[0::2], content[1::2] = values[1::3], values[2::3]
    return bytes(content)


@lru_cache(maxsize=256)
def _lowest_of_each(count: int) -> int:
    return int.from_bytes(b"\0\0\xff" * count, "big")


def _pair(digits: bytes) -> bytes:
    if not digits:
        return b""
    value = digits[0] + _WEIGHTS[0] * digits[1]
    if value > _LARGEST_BYTE:
        raise Refused(Reason.BAD_BASE45)
    return bytes([value])
