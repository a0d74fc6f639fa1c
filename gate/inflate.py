"""The zlib layer (RFC 1950), bounded, and with no second spelling of the same content.

Deflate lets one content be written in many ways: unused bits at its end, or another of two equal
earlier places to copy from (about one altered character in ten thousand did that in a trial). So
a text is accepted only when it is byte for byte what zlib itself writes for the content: with the
issuer's settings, or with zlib's usual ones at level 9 or 6. A machine whose zlib is another
program writes other bytes; it is known by a sample and then this one comparison is left out, for
what is signed is checked anyway.
"""

import hashlib
import zlib
from typing import NamedTuple

from gate.reasons import Reason, Refused


class Packing(NamedTuple):
    """Settings of zlib: level, window (its base-two logarithm) and memory level."""

    level: int
    window: int
    memory: int

    def pack(self, content: bytes) -> bytes:
        """What zlib writes for the content."""
        packer = zlib.compressobj(self.level, zlib.DEFLATED, self.window, self.memory)
        return packer.compress(content) + packer.flush()


ISSUED = Packing(9, 10, 1)
"""The issuer's: a window of one kilobyte, which makes the comparison four times as fast."""

_PACKINGS = {b"\x28\xcf": ISSUED, b"\x78\xda": Packing(9, 15, 8), b"\x78\x9c": Packing(6, 15, 8)}
"""By the two bytes with which a stream announces its settings."""
_SAMPLE = "".join(f"{n * n % 97:03d}SPECIMEN{n % 7}" for n in range(60)).encode()
_SAMPLE_PACKED = "d1e6d8bc77f1aad1b11829113019fbf650517c2334bafe50740bc5161c6c3e07"
PLAIN_ZLIB = hashlib.sha256(ISSUED.pack(_SAMPLE)).hexdigest() == _SAMPLE_PACKED


def unpack(packed: bytes, limit: int) -> bytes:
    """Return the content, at most `limit` bytes; `Refused(bad_zlib | too_large)` otherwise."""
    content = inflate(packed, limit)
    packing = _PACKINGS.get(packed[:2])
    if PLAIN_ZLIB and (packing is None or packing.pack(content) != packed):
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
