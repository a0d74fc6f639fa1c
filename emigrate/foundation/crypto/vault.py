"""The vault: key-encryption keys that live outside the database and wrap each person's data key.

The key file is JSON: `{"standing": "demo", "current": 2, "keys": {"1": "<base64>", "2": ...},
"blind": "<base64>"}`. It comes from a file or an environment variable, holds several versions so
that a rotation needs no pause, and a stolen database without it holds no readable person. The
blind root is apart: changing it means making every blinded key anew, so it does not rotate along.
"""

import json
import struct
from base64 import b64decode, b64encode
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from os import urandom
from pathlib import Path
from threading import Lock

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from emigrate.foundation.crypto.envelope import KEY_BYTES, NONCE_BYTES, DataKey

FORMAT = 1
HEADER = struct.Struct(">BHH")
WRAPPED_BYTES = HEADER.size + NONCE_BYTES + KEY_BYTES + 16
LAST_VERSION = 0xFFFF
CACHED_KEYS = 4096
OTHERS_MAY = 0o007
# The mark is inside the key, so that renaming a key file does not make a demo key a real one.
DEMO_MARK = b"DEMOKEY:"


class Standing(StrEnum):
    """What the keys may protect."""

    DEMO = "demo"
    PRODUCTION = "production"


class VaultError(Exception):
    """The vault refuses; `code` is stable and carries no secret.

    Codes: `vault_file`, `vault_file_open_to_others`, `vault_key_unknown`, `vault_key_broken`,
    `vault_demo_keys`, `vault_production_keys`.
    """

    def __init__(self, code: str) -> None:
        """Keep the stable code."""
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True, repr=False)
class KeyFile:
    """The content of a key file: versions of the key-encryption key, and the blind root."""

    standing: Standing
    current: int
    keys: Mapping[int, bytes]
    blind: bytes

    def __post_init__(self) -> None:
        """Raise `VaultError` for a missing current key or a key of another length."""
        lengths = {len(key) for key in (*self.keys.values(), self.blind)}
        numbers = all(0 < version <= LAST_VERSION for version in self.keys)
        if self.current not in self.keys or lengths != {KEY_BYTES} or not numbers:
            raise VaultError("vault_file")

    @classmethod
    def fresh(cls, standing: Standing) -> "KeyFile":
        """Return new random keys; those for demonstration carry their mark."""
        return cls(standing, 1, {1: _new_key(standing)}, _new_key(standing))

    @classmethod
    def parse(cls, text: str) -> "KeyFile":
        """Read the JSON text. Raises `VaultError` with code `vault_file`."""
        try:
            found = json.loads(text)
            keys = {int(version): _decoded(key) for version, key in found["keys"].items()}
            standing, current = Standing(found["standing"]), int(found["current"])
            return cls(standing, current, keys, _decoded(found["blind"]))
        except (ValueError, KeyError, TypeError, AttributeError):
            raise VaultError("vault_file") from None

    @classmethod
    def read(cls, path: Path) -> "KeyFile":
        """Read a key file. A production file that everybody may read or write is refused."""
        file = cls.parse(path.read_text(encoding="utf-8"))
        if file.standing is Standing.PRODUCTION and path.stat().st_mode & OTHERS_MAY:
            raise VaultError("vault_file_open_to_others")
        return file

    def rotated(self) -> "KeyFile":
        """Return the file with one more key, which becomes the current one; older keys stay."""
        version = max(self.keys) + 1
        keys = {**self.keys, version: _new_key(self.standing)}
        return replace(self, current=version, keys=keys)

    def without(self, version: int) -> "KeyFile":
        """Return the file without one old version: what it wrapped can never be opened again."""
        keys = {number: key for number, key in self.keys.items() if number != version}
        return replace(self, keys=keys)

    def text(self) -> str:
        """Return the JSON text, secrets included: write it to a file of mode 0600 only."""
        keys = {str(version): b64encode(key).decode() for version, key in self.keys.items()}
        blind = b64encode(self.blind).decode()
        content = {"standing": self.standing.value, "current": self.current}
        return json.dumps({**content, "keys": keys, "blind": blind}, indent=1)

    @property
    def marked_demo(self) -> bool:
        """Whether any key carries the demonstration mark, whatever the file says of itself."""
        return any(key.startswith(DEMO_MARK) for key in (*self.keys.values(), self.blind))


class Vault:
    """Wraps and unwraps data keys; safe to share between threads."""

    def __init__(self, file: KeyFile, *, cached: int = CACHED_KEYS) -> None:
        """Keep at most `cached` unwrapped data keys in memory, least recently used out first."""
        self._file = file
        self._ciphers = {version: AESGCM(key) for version, key in file.keys.items()}
        self._known: OrderedDict[tuple[str, bytes], DataKey] = OrderedDict()
        self._cached = cached
        self._lock = Lock()

    @property
    def standing(self) -> Standing:
        """What the key file says that these keys may protect."""
        return self._file.standing

    @property
    def blind_root(self) -> bytes:
        """The root for `blind.exact` and, through `blind.derive`, for the keys of names."""
        return self._file.blind

    @property
    def marked_demo(self) -> bool:
        """Whether any key carries the demonstration mark."""
        return self._file.marked_demo

    def wrap(self, data_key: DataKey, *, subject: str) -> bytes:
        """Return the 65 bytes to store beside the person `subject` (a stable internal id)."""
        header = HEADER.pack(FORMAT, self._file.current, data_key.generation)
        nonce = urandom(NONCE_BYTES)
        cipher = self._ciphers[self._file.current]
        return header + nonce + cipher.encrypt(nonce, data_key.secret, _bound(header, subject))

    def unwrap(self, wrapped: bytes, *, subject: str) -> DataKey:
        """Return the person's data key. Raises `VaultError`: unknown version, other person."""
        place = (subject, bytes(wrapped))
        with self._lock:
            if (known := self._known.get(place)) is not None:
                self._known.move_to_end(place)
                return known
        data_key = self._unwrapped(*place)
        with self._lock:
            self._known[place] = data_key
            while len(self._known) > self._cached:
                self._known.popitem(last=False)
        return data_key

    def rewrap(self, wrapped: bytes, *, subject: str) -> bytes:
        """Return the same data key under the current version; unchanged when it already is."""
        if key_version(wrapped) == self._file.current:
            return wrapped
        return self.wrap(self._unwrapped(subject, wrapped), subject=subject)

    def forget(self, subject: str) -> None:
        """Drop the person's keys from memory, after the wrapped keys are deleted (erasure)."""
        with self._lock:
            for place in [place for place in self._known if place[0] == subject]:
                del self._known[place]

    def _unwrapped(self, subject: str, wrapped: bytes) -> DataKey:
        cipher = self._ciphers.get(key_version(wrapped))
        if cipher is None:
            raise VaultError("vault_key_unknown")
        header, nonce = wrapped[: HEADER.size], wrapped[HEADER.size : HEADER.size + NONCE_BYTES]
        body = wrapped[HEADER.size + NONCE_BYTES :]
        try:
            secret = cipher.decrypt(nonce, body, _bound(header, subject))
        except InvalidTag:
            raise VaultError("vault_key_broken") from None
        return DataKey(secret, generation=HEADER.unpack(header)[2])


def key_version(wrapped: bytes) -> int:
    """Return the version of the key-encryption key that a wrapped key needs."""
    if len(wrapped) != WRAPPED_BYTES or wrapped[0] != FORMAT:
        raise VaultError("vault_key_broken")
    version: int = HEADER.unpack_from(wrapped)[1]
    return version


def require_production_keys(vault: Vault) -> None:
    """Raise `VaultError("vault_demo_keys")` unless every key was made for production."""
    if vault.standing is not Standing.PRODUCTION or vault.marked_demo:
        raise VaultError("vault_demo_keys")


def require_demo_keys(vault: Vault) -> None:
    """Raise `VaultError("vault_production_keys")` unless these are keys for demonstration."""
    if vault.standing is not Standing.DEMO or not vault.marked_demo:
        raise VaultError("vault_production_keys")


def _new_key(standing: Standing) -> bytes:
    mark = DEMO_MARK if standing is Standing.DEMO else b""
    key = mark + urandom(KEY_BYTES - len(mark))
    # One production key in 2^64 would carry the mark by chance; drawing again is cheaper than fate.
    return key if mark or not key.startswith(DEMO_MARK) else _new_key(standing)


def _decoded(text: str) -> bytes:
    return b64decode(text, validate=True)


def _bound(header: bytes, subject: str) -> bytes:
    return header + b"data key of " + subject.encode()
