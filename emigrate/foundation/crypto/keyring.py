"""The installation's signing keys by purpose: which one signs at a moment, and the trust list.

A demonstration makes its own root and keys, and goes on rotating them as its time passes. In
production the keys are brought (`emigrate credentials keys`), and the root stays offline: the
trust list lies beside the keys as the ceremony signed it.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from threading import Lock

from emigrate.foundation.crypto.signing_keys import (
    KeyUnfit,
    Purpose,
    SigningKey,
    load_keys,
    make_key,
    make_root,
    next_key_starts,
    public_pem,
    require_demo,
    save_key,
    signing_key_at,
)
from emigrate.foundation.crypto.trust_list import TrustList, entry_for, sign_trust_list

LONGEST = timedelta(days=3 * 366)
"""No clearance or status list is valid for longer: keys are believed for this and a year more."""

DEMO_PURPOSES = (Purpose.EC_QR, Purpose.STATUS)


@dataclass
class Keyring:
    """Keys of one folder. `demo` installations make and rotate their own."""

    folder: Path
    issuer: str
    demo: bool
    _keys: list[SigningKey] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock)

    def signing(self, purpose: Purpose, now: datetime) -> SigningKey:
        """The key that signs for this purpose now; KeyUnfit when there is none."""
        keys = self._loaded()
        try:
            return signing_key_at(keys, purpose, now)
        except KeyUnfit:
            if not self.demo:
                raise
            self._make(purpose, now)
            return signing_key_at(self._keys, purpose, now)

    def root_pem(self) -> bytes:
        """The root's public half, by which every verifier begins."""
        path = self.folder / "root.pem"
        return path.read_bytes() if path.exists() else public_pem(self._root())

    def trust_list(self, now: datetime) -> bytes:
        """The signed trust list; in production the file of the last ceremony."""
        if not self.demo:
            return (self.folder / "trust.cbor").read_bytes()
        for purpose in DEMO_PURPOSES:
            self.signing(purpose, now)
        with self._alone():  # another process may have made one
            self._keys = self._read()
        keys = [key for key in self._loaded() if key.purpose is not Purpose.ROOT]
        entries = [entry_for(key) for key in sorted(keys, key=lambda key: key.not_before)]
        issued = now.replace(microsecond=0)
        counter = int(issued.timestamp())
        trust = TrustList(counter, issued, self.issuer, demo=True, entries=entries)
        return sign_trust_list(trust, root=self._root())

    def _loaded(self) -> list[SigningKey]:
        if not self._keys and self.folder.exists():
            with self._alone():
                self._keys = self._read()
        return self._keys

    def _read(self) -> list[SigningKey]:
        keys = load_keys(self.folder)
        require_demo(keys, demo=self.demo)
        return keys

    def _root(self) -> SigningKey:
        roots = [key for key in self._loaded() if key.purpose is Purpose.ROOT]
        if not roots:
            message = "no_root_here"
            raise KeyUnfit(message)
        return roots[0]

    def _make(self, purpose: Purpose, now: datetime) -> None:
        with self._alone():
            self._keys = self._read()
            if any(key.purpose is purpose and key.signs_at(now) for key in self._keys):
                return
            if not any(key.purpose is Purpose.ROOT for key in self._keys):
                self._keep(make_root(now - timedelta(days=2 * 366), demo=True))
            start = next_key_starts(self._keys, purpose, now) or now
            self._keep(make_key(purpose, min(start, now), longest_validity=LONGEST, demo=True))

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """No thread or process writes a key meanwhile; production's folder is only read."""
        if not self.demo:
            yield
            return
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self._lock, (self.folder / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _keep(self, key: SigningKey) -> None:
        save_key(key, self.folder)
        self._keys.append(key)
