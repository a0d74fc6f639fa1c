"""Field encryption: AES-256-GCM, each value bound to its own table, column and row.

A sealed value is `version (1 byte) | generation of the data key (2) | nonce (12) | ciphertext and
tag (16 more than the plain text)`. The place of the value is associated data, so a value copied
into another row or column does not open. A value put back into its own place from an old copy of
the table is refused only when the row's version number is part of the place (see `place`).
"""

import os
import struct
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

FORMAT = 1
HEADER = struct.Struct(">BH")
NONCE_BYTES = 12
TAG_BYTES = 16
KEY_BYTES = 32
OVERHEAD = HEADER.size + NONCE_BYTES + TAG_BYTES
LAST_GENERATION = 0xFFFF


class SealBroken(Exception):
    """A sealed value does not open: moved, altered, cut, or another key.

    `code` is `seal_malformed`, `seal_other_key` or `seal_broken`; never the value or the key.
    """

    def __init__(self, code: str) -> None:
        """Keep the stable code."""
        super().__init__(code)
        self.code = code


class DataKey:
    """One person's key (32 bytes) and its generation, which counts the rotations from 1."""

    __slots__ = ("cipher", "generation", "secret")

    def __init__(self, secret: bytes, *, generation: int = 1) -> None:
        """Raise `ValueError` unless the secret has 32 bytes and the generation fits two."""
        if len(secret) != KEY_BYTES or not 0 < generation <= LAST_GENERATION:
            raise ValueError("a data key has 32 bytes and a generation from 1 to 65535")
        self.secret = secret
        self.generation = generation
        self.cipher = AESGCM(secret)

    @classmethod
    def fresh(cls, *, generation: int = 1) -> "DataKey":
        """Return a new random key."""
        return cls(os.urandom(KEY_BYTES), generation=generation)

    def __repr__(self) -> str:
        """Show the generation only, so that no log ever holds the secret."""
        return f"DataKey(generation={self.generation})"


def place(table: str, column: str, row: int | str | UUID, *, version: int = 0) -> bytes:
    """Return the associated data of one value: `table`, `column`, `row` and the row's version.

    Each part carries its length, so no two places share one encoding. With a `version` that grows
    at every write, an old value put back into its own row is refused as well.
    """
    parts = (table, column, str(row), str(version))
    return b"".join(_measured(part.encode()) for part in parts)


def seal(plain: bytes, *, data_key: DataKey, aad: bytes) -> bytes:
    """Encrypt `plain` for the place `aad`; the result is 31 bytes longer than the plain text."""
    header = HEADER.pack(FORMAT, data_key.generation)
    nonce = os.urandom(NONCE_BYTES)
    return header + nonce + data_key.cipher.encrypt(nonce, plain, header + aad)


def open_(sealed: bytes, *, data_key: DataKey, aad: bytes) -> bytes:
    """Decrypt a value read at the place `aad`. Raises `SealBroken`, also for another generation."""
    if generation_of(sealed) != data_key.generation:
        raise SealBroken("seal_other_key")
    header, nonce = sealed[: HEADER.size], sealed[HEADER.size : HEADER.size + NONCE_BYTES]
    body = sealed[HEADER.size + NONCE_BYTES :]
    try:
        return data_key.cipher.decrypt(nonce, body, header + aad)
    except InvalidTag:
        raise SealBroken("seal_broken") from None


def generation_of(sealed: bytes) -> int:
    """Return the generation of the data key that a sealed value asks for. Raises `SealBroken`."""
    if len(sealed) < OVERHEAD or sealed[0] != FORMAT:
        raise SealBroken("seal_malformed")
    generation: int = HEADER.unpack_from(sealed)[1]
    return generation


def _measured(part: bytes) -> bytes:
    return struct.pack(">H", len(part)) + part
