"""The zlib layer (RFC 1950), bounded, and with no spelling of the content but zlib's own two.

Deflate lets one content be written in many ways: unused bits at its end, or another of two equal
earlier places to copy from (about one altered character in ten thousand did that in a trial). So
a text is accepted only when it is byte for byte what zlib itself writes for the content, at level
9 as our issuer does or at level 6, zlib's own choice and other issuers'. Those two are the only
texts of one content, so a text names no credential by itself: its number does. A machine whose
zlib is another program writes other bytes; it is known by a sample and then this one comparison
is left out, for what is signed is checked anyway.
"""

import hashlib
import zlib

from gate.reasons import Reason, Refused

_LEVELS = {b"\x78\xda": 9, b"\x78\x9c": 6}  # by the two bytes with which zlib announces them
_SAMPLE = "".join(f"{n * n % 97:03d}SPECIMEN{n % 7}" for n in range(60)).encode()
_SAMPLE_PACKED = "e67ff00895dc0b92e026057e52a6c9597322ce98fbea6e015b144ab6147f5d9b"
PLAIN_ZLIB = hashlib.sha256(zlib.compress(_SAMPLE, 9)).hexdigest() == _SAMPLE_PACKED


def unpack(packed: bytes, limit: int) -> bytes:
    """Return the content, at most `limit` bytes; `Refused(bad_zlib | too_large)` otherwise."""
    content = inflate(packed, limit)
    level = _LEVELS.get(packed[:2])
    if PLAIN_ZLIB and (level is None or zlib.compress(content, level) != packed):
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
