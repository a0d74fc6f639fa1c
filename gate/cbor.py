"""The part of CBOR (RFC 8949) that our signed objects use, in its one deterministic encoding.

Integers, byte and text strings, arrays, maps with integer or text keys, and the tags 18 and 61.
Refused: longer heads than needed, indefinite lengths, unsorted or repeated keys (section 4.2.1),
trailing bytes, floats, simple values, every other tag, and nesting deeper than `MAX_DEPTH`.
General decoders accept most of these silently, which is why this one is our own.
"""

from typing import NamedTuple, TypeAlias, Union

from gate.reasons import Reason, Refused

MAX_DEPTH = 8
TAG_SIGN1 = 18
TAG_CWT = 61

Key: TypeAlias = int | str
Value: TypeAlias = Union[int, bytes, str, list["Value"], dict[Key, "Value"], "Tagged"]

_ONE_BYTE = 24
_WIDE = {25: (2, 1 << 8), 26: (4, 1 << 16), 27: (8, 1 << 32)}
_LONGEST_INLINE = 23
_SHORT_TEXT, _LONGEST_SHORT_TEXT = 0x60, 0x77
_UINT, _NINT, _BSTR, _TSTR, _ARRAY, _MAP, _TAG = range(7)


class Tagged(NamedTuple):
    """A value under tag 18 (COSE_Sign1) or 61 (CWT)."""

    tag: int
    value: Value


def decode(data: bytes) -> Value:
    """Return the one value that `data` encodes; `Refused(bad_cbor)` for anything else."""
    try:
        value, end = _item(data, 0, MAX_DEPTH)
    except (IndexError, UnicodeDecodeError) as error:
        raise Refused(Reason.BAD_CBOR) from error
    if end != len(data):
        raise Refused(Reason.BAD_CBOR)
    return value


def byte_string(content: bytes) -> bytes:
    """Encode a byte string with the shortest head."""
    size = len(content)
    if size <= _LONGEST_INLINE:
        return bytes([0x40 | size]) + content
    if size < 1 << 8:
        return bytes([0x58, size]) + content
    if size < 1 << 16:
        return b"\x59" + size.to_bytes(2, "big") + content
    return b"\x5a" + size.to_bytes(4, "big") + content


def _item(data: bytes, at: int, depth: int) -> tuple[Value, int]:
    head = data[at]
    at += 1
    if head <= _LONGEST_INLINE:
        return head, at
    major, argument = head >> 5, head & 31
    if argument > _LONGEST_INLINE:
        argument, at = _argument(data, at, argument)
    if major == _MAP:
        return _map(data, at, argument, depth)
    if major in (_TSTR, _BSTR):
        end = at + argument
        if end > len(data):
            raise Refused(Reason.BAD_CBOR)
        return (data[at:end].decode() if major == _TSTR else data[at:end]), end
    if major == _UINT:
        return argument, at
    if major == _NINT:
        return -1 - argument, at
    if major == _ARRAY:
        return _array(data, at, argument, depth)
    return _tag(data, at, head, argument, depth)


def _argument(data: bytes, at: int, kind: int) -> tuple[int, int]:
    if kind == _ONE_BYTE:
        argument, end, least = data[at], at + 1, _ONE_BYTE
    elif kind in _WIDE:
        size, least = _WIDE[kind]
        end = at + size
        argument = int.from_bytes(data[at:end], "big")
    else:
        raise Refused(Reason.BAD_CBOR)
    if argument < least or end > len(data):
        raise Refused(Reason.BAD_CBOR)
    return argument, end


def _array(data: bytes, at: int, count: int, depth: int) -> tuple[Value, int]:
    _hold_to_bounds(data, count, depth)
    items: list[Value] = []
    for _ in range(count):
        value, at = _item(data, at, depth - 1)
        items.append(value)
    return items, at


def _map(data: bytes, at: int, count: int, depth: int) -> tuple[Value, int]:
    _hold_to_bounds(data, count, depth)
    pairs: dict[Key, Value] = {}
    key: Key
    last, before = -1, b""
    for _ in range(count):
        head = data[at]
        if last < head <= _LONGEST_INLINE:  # most keys are one byte, and sort before all others
            last = key = head
            at += 1
        else:
            start, last = at, _ONE_BYTE
            key, at = _key(data, at, depth - 1)
            if data[start:at] <= before or head <= _LONGEST_INLINE:
                raise Refused(Reason.BAD_CBOR)
            before = data[start:at]
        head = data[at]
        if _SHORT_TEXT <= head <= _LONGEST_SHORT_TEXT:  # and most values a short text
            start, at = at + 1, at + 1 + (head & 31)
            if at > len(data):
                raise Refused(Reason.BAD_CBOR)
            pairs[key] = data[start:at].decode()
        elif head <= _LONGEST_INLINE:
            pairs[key], at = head, at + 1
        else:
            pairs[key], at = _item(data, at, depth - 1)
    return pairs, at


def _key(data: bytes, at: int, depth: int) -> tuple[Key, int]:
    key, at = _item(data, at, depth)
    if isinstance(key, int | str):
        return key, at
    raise Refused(Reason.BAD_CBOR)


def _tag(data: bytes, at: int, head: int, tag: int, depth: int) -> tuple[Value, int]:
    _hold_to_bounds(data, tag, depth)
    if head >> 5 != _TAG or tag not in (TAG_SIGN1, TAG_CWT):
        raise Refused(Reason.BAD_CBOR)
    value, at = _item(data, at, depth - 1)
    return Tagged(tag, value), at


def _hold_to_bounds(data: bytes, count: int, depth: int) -> None:
    if depth == 0 or count > len(data):
        raise Refused(Reason.BAD_CBOR)
