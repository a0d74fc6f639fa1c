"""Signed checkpoints: c2sp.org/signed-note, tlog-checkpoint and tlog-cosignature."""

import base64
import hashlib
import re
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

LOG_KEY = 1
WITNESS_KEY = 4
KEY_BYTES = 33

_NOTE = re.compile(
    r"(?P<text>(?P<origin>[^\n]+)\n(?P<size>0|[1-9][0-9]{0,18})\n(?P<root>[A-Za-z0-9+/]{43}=)\n"
    r"(?:[^\n]+\n)*)\n(?P<signatures>(?:— [^\s+]+ [A-Za-z0-9+/]+={0,2}\n){1,64})"
)


class NoteError(ValueError):
    """The note or key is malformed, or a signature is false or missing."""


@dataclass(frozen=True, slots=True)
class Key:
    """A public key as configured: `name+id+base64(type and key)`."""

    name: str
    identity: bytes
    kind: int
    public: bytes

    @classmethod
    def read(cls, text: str) -> "Key":
        """Parse the text form; NoteError when it is malformed."""
        try:
            name, identity, material = text.strip().split("+", 2)
            raw = _decode(material)
        except ValueError as error:
            message = "a key reads name+id+base64"
            raise NoteError(message) from error
        digest = hashlib.sha256(name.encode() + b"\n" + raw).digest()[:4]
        if (
            len(raw) != KEY_BYTES
            or raw[0] not in {LOG_KEY, WITNESS_KEY}
            or digest.hex() != identity
        ):
            message = f"the key of {name} is not an Ed25519 key with its own id"
            raise NoteError(message)
        return cls(name, digest, raw[0], raw[1:])


@dataclass(frozen=True, slots=True)
class Head:
    """The tree that a checkpoint speaks of, with the signed text and signature lines."""

    origin: str
    size: int
    root: bytes
    text: bytes
    signatures: tuple[tuple[str, bytes], ...]


def read_note(data: bytes) -> Head:
    """Take a checkpoint apart, strictly; NoteError unless every byte is as the format says."""
    try:
        match = _NOTE.fullmatch(data.decode())
    except UnicodeDecodeError as error:
        message = "not UTF-8"
        raise NoteError(message) from error
    if match is None or re.search(rb"[\x00-\x09\x0b-\x1f]", data):
        message = "not a signed checkpoint"
        raise NoteError(message)
    signatures: list[tuple[str, bytes]] = []
    for line in match["signatures"].splitlines():
        _, name, value = line.split(" ")
        signatures.append((name, _decode(value)))
    text = match["text"].encode()
    root = _decode(match["root"])
    return Head(match["origin"], int(match["size"]), root, text, tuple(signatures))


def _decode(text: str) -> bytes:
    raw = base64.b64decode(text, validate=True)
    if base64.b64encode(raw).decode() != text:
        message = "base64 with unused bits set"
        raise NoteError(message)
    return raw


def check_signature(head: Head, key: Key) -> None:
    """NoteError unless the key signed this checkpoint, and every signature in its name is true."""
    values = [
        raw[4:] for name, raw in head.signatures if (name, raw[:4]) == (key.name, key.identity)
    ]
    if not values:
        message = f"no signature by {key.name} ({key.identity.hex()})"
        raise NoteError(message)
    public = Ed25519PublicKey.from_public_bytes(key.public)
    for value in values:
        signature, message_bytes = value, head.text
        if key.kind == WITNESS_KEY:
            time = int.from_bytes(value[:8], "big")
            signature = value[8:]
            message_bytes = b"cosignature/v1\ntime %d\n" % time + head.text
        try:
            public.verify(signature, message_bytes)
        except InvalidSignature as error:
            message = f"the signature of {key.name} is false"
            raise NoteError(message) from error
