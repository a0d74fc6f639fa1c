"""Token Status List (IETF draft-ietf-oauth-status-list): the issuing side.

An entry's lowest bits come first: entry 0 is in the least significant bits of byte 0. Values:
0 valid, 1 revoked, 2 suspended, 3 is not used. Why something was revoked is never in the list.
"""

import zlib
from base64 import urlsafe_b64encode
from datetime import datetime, timedelta
from enum import IntEnum

from emigrate.foundation.crypto.cose import deterministic, sign_message
from emigrate.foundation.crypto.signing_keys import KeyUnfit, Purpose, SigningKey

TYPE = "application/statuslist+cwt"
SHARD_SIZE = 2**17
LIFE = timedelta(hours=48)
REFRESH = timedelta(minutes=15)
SUB, EXP, IAT, STATUS_LIST, TTL = 2, 4, 6, 65533, 65534
WIDTHS = (1, 2, 4, 8)


class Status(IntEnum):
    """What an entry of two bits says about its credential."""

    VALID = 0
    REVOKED = 1
    SUSPENDED = 2


class StatusList:
    """A fixed number of small entries, all 0 at first. `bits` is 1, 2, 4 or 8."""

    def __init__(self, bits: int = 2, size: int = SHARD_SIZE, entries: bytes | None = None) -> None:
        """Start empty, or from the packed `entries` of an earlier list of this size."""
        if bits not in WIDTHS or size <= 0 or size * bits % 8:
            raise ValueError("status_list_shape")
        self.bits = bits
        self.size = size
        self.entries = bytearray(size * bits // 8) if entries is None else bytearray(entries)
        if len(self.entries) * 8 != size * bits:
            raise ValueError("status_list_shape")

    def get(self, index: int) -> int:
        """The value of an entry; `IndexError` outside the list."""
        byte, shift = self._place(index)
        return self.entries[byte] >> shift & self._mask

    def set(self, index: int, value: int) -> None:
        """Give an entry its value; `IndexError` outside the list, `ValueError` if it is too big."""
        byte, shift = self._place(index)
        if not 0 <= value <= self._mask:
            raise ValueError("status_value")
        self.entries[byte] = self.entries[byte] & ~(self._mask << shift) | value << shift

    def pack(self) -> bytes:
        """The entries as the list's `lst`: zlib at its best level."""
        return zlib.compress(bytes(self.entries), 9)

    def as_cbor(self) -> dict[str, object]:
        """The `status_list` object of a CWT."""
        return {"bits": self.bits, "lst": self.pack()}

    def as_json(self) -> dict[str, object]:
        """The `status_list` object of a JWT; `lst` in base64url without padding."""
        return {"bits": self.bits, "lst": urlsafe_b64encode(self.pack()).rstrip(b"=").decode()}

    @property
    def _mask(self) -> int:
        return (1 << self.bits) - 1

    def _place(self, index: int) -> tuple[int, int]:
        if not 0 <= index < self.size:
            raise IndexError(index)
        return divmod(index * self.bits, 8)


def sign_status_list(entries: StatusList, *, uri: str, issued: datetime, key: SigningKey) -> bytes:
    """Sign a list as a CWT under its own address, for 48 hours, to be fetched every 15 minutes.

    `KeyUnfit(key_wrong_purpose)` unless the key's purpose is `status`.
    """
    if key.purpose is not Purpose.STATUS:
        raise KeyUnfit("key_wrong_purpose")
    claims = {
        SUB: uri,
        IAT: int(issued.timestamp()),
        EXP: int((issued + LIFE).timestamp()),
        TTL: int(REFRESH.total_seconds()),
        STATUS_LIST: entries.as_cbor(),
    }
    return sign_message(deterministic(claims), key=key, typ=TYPE)
