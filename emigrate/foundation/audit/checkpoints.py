"""Signed checkpoints of the log, in the public formats that other people's verifiers read.

Sources: c2sp.org/tlog-checkpoint (text), c2sp.org/signed-note (Ed25519 signatures, type 0x01) and
c2sp.org/tlog-cosignature (timestamped witness signatures "cosignature/v1", type 0x04). Pure.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from emigrate.foundation.audit.merkle import HASH_BYTES, TreeHead, verify_consistency

ED25519: Final = 0x01
COSIGNATURE: Final = 0x04
MAX_NOTE_CHARACTERS: Final = 65_536
MAX_SIGNATURES: Final = 64

_SIGNATURE_LINE = re.compile(r"— ([^\s+]+) ([A-Za-z0-9+/=]+)")
_KEY_ID_BYTES: Final = 4
_BODY_LINES: Final = 3
_TIMESTAMP_BYTES: Final = 8
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")
_NAME = re.compile(r"[^\s+\x00-\x1f]+")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")


class CheckpointError(ValueError):
    """The note is malformed, unsigned by the expected key, or would fork a known history."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a log commits to: its name, and the root over its first `size` leaves."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    @property
    def head(self) -> TreeHead:
        """Size and root, for the proofs."""
        return TreeHead(self.size, self.root)

    @property
    def text(self) -> str:
        """The note's text, ending in a newline."""
        root = base64.b64encode(self.root).decode()
        return "\n".join([self.origin, str(self.size), root, *self.extensions, ""])


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line: who claims to have signed, under which key id, and the bytes."""

    name: str
    key_id: bytes
    value: bytes

    def line(self) -> str:
        """The line as it stands in a note, without newline."""
        return f"— {self.name} {base64.b64encode(self.key_id + self.value).decode()}"


@dataclass(frozen=True, slots=True)
class Note:
    """A signed note taken apart; nothing in it is verified yet."""

    text: str
    signatures: tuple[Signature, ...]


def key_id(name: str, kind: int, public: bytes) -> bytes:
    """First 4 bytes of SHA-256(name || 0x0A || kind || public key)."""
    return hashlib.sha256(name.encode() + b"\n" + bytes([kind]) + public).digest()[:4]


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A public key under a name, written `name+<key id hex>+<base64 of kind and key>`."""

    name: str
    kind: int
    public: bytes

    @classmethod
    def parse(cls, text: str) -> "VerifierKey":
        """Read the text form; CheckpointError when it is malformed or its id does not match."""
        name, _, rest = text.strip().partition("+")
        identity, _, material = rest.partition("+")
        raw = _base64(material)
        known = len(raw) == 1 + HASH_BYTES and raw[0] in {ED25519, COSIGNATURE}
        if not known or not _NAME.fullmatch(name):
            message = "not an Ed25519 verifier key of the form name+id+base64"
            raise CheckpointError(message)
        key = cls(name, raw[0], raw[1:])
        if key.key_id.hex() != identity:
            message = f"key id {identity} does not belong to this key"
            raise CheckpointError(message)
        return key

    @property
    def key_id(self) -> bytes:
        """The 4 bytes that stand before each signature by this key."""
        return key_id(self.name, self.kind, self.public)

    def __str__(self) -> str:
        """The text form that `parse` reads."""
        material = base64.b64encode(bytes([self.kind]) + self.public).decode()
        return f"{self.name}+{self.key_id.hex()}+{material}"

    def verifies(self, signature: bytes, message: bytes) -> bool:
        """Whether the 64 bytes are this key's Ed25519 signature over the message."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True, slots=True)
class Signer:
    """A private Ed25519 key under a name: a log's (ED25519) or a witness's (COSIGNATURE)."""

    name: str
    private: Ed25519PrivateKey
    kind: int = ED25519

    def __post_init__(self) -> None:
        """Refuse names that a note cannot carry."""
        if not _NAME.fullmatch(self.name):
            message = f"a key's name has no spaces and no plus sign: {self.name!r}"
            raise CheckpointError(message)

    @classmethod
    def from_pem(
        cls, name: str, pem: bytes, *, password: bytes | None = None, kind: int = ED25519
    ) -> "Signer":
        """A PKCS #8 PEM Ed25519 key; CheckpointError for any other kind of key."""
        private = load_pem_private_key(pem, password)
        if not isinstance(private, Ed25519PrivateKey):
            message = "checkpoints are signed with Ed25519"
            raise CheckpointError(message)
        return cls(name, private, kind)

    @property
    def verifier_key(self) -> VerifierKey:
        """The public half."""
        return VerifierKey(self.name, self.kind, self.private.public_key().public_bytes_raw())

    def sign(self, message: bytes, prefix: bytes = b"") -> Signature:
        """Sign the message; `prefix` (a timestamp) stands before the signature's bytes."""
        return Signature(self.name, self.verifier_key.key_id, prefix + self.private.sign(message))


def sign_checkpoint(origin: str, size: int, root: bytes, signer: Signer) -> str:
    """The signed note for this tree head. Never sign two that are not consistent."""
    checkpoint = Checkpoint(origin, size, root)
    if signer.kind != ED25519 or parse_text(checkpoint.text) != checkpoint:
        message = "a log signs well-formed checkpoints with a key of type 0x01"
        raise CheckpointError(message)
    return f"{checkpoint.text}\n{signer.sign(checkpoint.text.encode()).line()}\n"


def parse_text(text: str) -> Checkpoint:
    """The checkpoint in a note's text; CheckpointError unless it is exactly in the format."""
    lines = text.split("\n")
    well_formed = len(lines) > _BODY_LINES and not lines[-1] and all(lines[:-1])
    if not well_formed or _CONTROL.search(text) or not _SIZE.fullmatch(lines[1]):
        message = "not the text of a checkpoint"
        raise CheckpointError(message)
    root = _base64(lines[2])
    if len(root) != HASH_BYTES:
        message = f"the root has {len(root)} bytes"
        raise CheckpointError(message)
    return Checkpoint(lines[0], int(lines[1]), root, tuple(lines[3:-1]))


def parse_note(note: str) -> Note:
    """Split a signed note strictly; CheckpointError for anything not exactly in the format."""
    text, separator, tail = note.rpartition("\n\n")
    lines = tail.split("\n")
    bounded = len(note) <= MAX_NOTE_CHARACTERS and 1 < len(lines) <= MAX_SIGNATURES + 1
    if not separator or not bounded or lines.pop() or _CONTROL.search(note):
        message = "not a signed note"
        raise CheckpointError(message)
    return Note(f"{text}\n", tuple(_signature(line) for line in lines))


def _signature(line: str) -> Signature:
    match = _SIGNATURE_LINE.fullmatch(line)
    raw = _base64(match[2]) if match else b""
    if match is None or len(raw) <= _KEY_ID_BYTES:
        message = "malformed signature line"
        raise CheckpointError(message)
    return Signature(match[1], raw[:_KEY_ID_BYTES], raw[_KEY_ID_BYTES:])


def _base64(text: str) -> bytes:
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        message = "malformed base64"
        raise CheckpointError(message) from error
    if base64.b64encode(raw).decode() != text:
        message = "base64 with unused bits set"
        raise CheckpointError(message)
    return raw


def open_checkpoint(note: str, key: VerifierKey) -> Checkpoint:
    """The checkpoint in a note signed by `key`; CheckpointError otherwise.

    Signatures by other keys are ignored; a false one under this key's name and id is an error.
    """
    parsed = parse_note(note)
    mine = _by(parsed, key)
    if key.kind != ED25519 or not mine:
        message = f"not signed by {key.name}"
        raise CheckpointError(message)
    if not all(key.verifies(signature.value, parsed.text.encode()) for signature in mine):
        message = f"the signature of {key.name} is false"
        raise CheckpointError(message)
    return parse_text(parsed.text)


def _by(note: Note, key: VerifierKey) -> list[Signature]:
    return [s for s in note.signatures if (s.name, s.key_id) == (key.name, key.key_id)]


@dataclass(frozen=True, slots=True)
class Witnessing:
    """What a witness knows when it is asked to cosign.

    The log's key, the last tree head that it cosigned (None at first sight), and the log's proof
    from there to the new checkpoint.
    """

    log: VerifierKey
    last: TreeHead | None
    proof: Sequence[bytes] = ()


def cosign(note: str, knowledge: Witnessing, witness: Signer, *, at: int) -> str:
    """The note with a witness's signature added, made at POSIX second `at`.

    CheckpointError when the log's signature is false, or when the checkpoint is smaller than,
    or not consistent with, what the witness saw before: a second history is never cosigned.
    """
    checkpoint = open_checkpoint(note, knowledge.log)
    last = knowledge.last
    if last is not None and not verify_consistency(last, checkpoint.head, knowledge.proof):
        message = f"size {checkpoint.size} is not shown to extend size {last.size}"
        raise CheckpointError(message)
    if witness.kind != COSIGNATURE:
        message = "a witness signs with a key of type 0x04"
        raise CheckpointError(message)
    text = parse_note(note).text
    prefix = at.to_bytes(_TIMESTAMP_BYTES, "big")
    return f"{note}{witness.sign(_cosigned(text, at), prefix).line()}\n"


def _cosigned(text: str, at: int) -> bytes:
    return f"cosignature/v1\ntime {at}\n{text}".encode()


def cosigned_at(note: str, witness: VerifierKey) -> int | None:
    """The POSIX second of this witness's valid cosignature, the latest of several; else None.

    CheckpointError when a signature under the witness's name and id is false.
    """
    parsed = parse_note(note)
    times: list[int] = []
    for signature in _by(parsed, witness):
        at = int.from_bytes(signature.value[:_TIMESTAMP_BYTES], "big")
        message = _cosigned(parsed.text, at)
        if not witness.verifies(signature.value[_TIMESTAMP_BYTES:], message):
            error = f"the cosignature of {witness.name} is false"
            raise CheckpointError(error)
        times.append(at)
    return max(times, default=None)
