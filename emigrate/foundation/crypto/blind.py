"""Blinded keys: find an encrypted value again by equality without keeping it readable.

A blinded key is deterministic, so equal values stay visibly equal and frequencies can be counted
by whoever holds the table: use it for columns with many different values (passport, telephone).
"""

import hmac
import unicodedata
from functools import lru_cache

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
EXACT_BYTES = 16


@lru_cache(maxsize=256)
def derive(root: bytes, purpose: str) -> bytes:
    """Return the 32-byte key of one purpose, by HKDF-SHA-256 (RFC 5869) from the root key.

    Keys of different purposes tell nothing about each other or about the root.
    """
    return HKDF(
        algorithm=SHA256(), length=KEY_BYTES, salt=None, info=b"emigrate/" + purpose.encode()
    ).derive(root)


def exact(value: str, *, column: str, key: bytes) -> bytes:
    """Return the 16-byte blinded key of `value` in `column` (HMAC-SHA-256, cut).

    `column` names table and column, so the same passport number in two columns gives two keys.
    `key` is the root from `Vault.blind_root`. Spaces, letter case and Unicode width are ignored.
    """
    folded = "".join(unicodedata.normalize("NFKC", value).casefold().split())
    secret = derive(key, f"blind/exact/{column}")
    return hmac.digest(secret, folded.encode(), "sha256")[:EXACT_BYTES]
