"""The zlib layer (RFC 1950), bounded, and with no second spelling of the same content.

Deflate lets one content be written in many ways (unused bits, other matches), so a changed QR text
could still carry a good signature. The issuer therefore writes one stored block, whose every byte
is determined. A text that somebody packed again with ordinary zlib is accepted only when it is
byte for byte what zlib itself writes.
"""

import zlib

from gate.reasons import Reason, Refused

_STORED = b"\x78\x01\x01"  # zlib header at level 0, then one final stored block without padding
_FRAME = 11  # header 2, block type 1, length 2, its complement 2, Adler-32 4
_ORDINARY_LEVELS = (9, 6)


def unpack(packed: bytes, limit: int) -> bytes:
    """Return the content, at most `limit` bytes; `Refused(bad_zlib | too_large)` otherwise."""
    if packed.startswith(_STORED):
        return _stored(packed, limit)
    content = inflate(packed, limit)
    if all(zlib.compress(content, level) != packed for level in _ORDINARY_LEVELS):
        raise Refused(Reason.BAD_ZLIB)
    return content


def inflate(packed: bytes, limit: int) -> bytes:
    """Inflate one whole zlib stream, never producing more than `limit` bytes."""
    stream = zlib.decompressobj()
    try:
        content = stream.decompress(packed, limit + 1)
    except zlib.error as error:
        raise Refused(Reason.BAD_ZLIB) from error
    if len(content) > limit:
        raise Refused(Reason.TOO_LARGE)
    if not stream.eof or stream.unused_data:
        raise Refused(Reason.BAD_ZLIB)
    return content


def _stored(packed: bytes, limit: int) -> bytes:
    length = int.from_bytes(packed[3:5], "little")
    content = packed[7:-4]
    if length > limit:
        raise Refused(Reason.TOO_LARGE)
    if (
        len(packed) != length + _FRAME
        or length ^ 0xFFFF != int.from_bytes(packed[5:7], "little")
        or zlib.adler32(content).to_bytes(4, "big") != packed[-4:]
    ):
        raise Refused(Reason.BAD_ZLIB)
    return content
