"""A log published by the platform, for the verifier to be tried on."""

import base64
from collections.abc import Iterable
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from emigrate.foundation.audit.checkpoints import (
    COSIGNATURE,
    Signer,
    Witnessing,
    cosign,
    sign_checkpoint,
)
from emigrate.foundation.audit.leaves import Leaf, entry_hash, leaf_hash
from emigrate.foundation.audit.merkle import root_of
from emigrate.foundation.audit.tiles import bundle, tile_path, tile_sizes, write_log
from verifier.check import Task, check_log
from verifier.findings import Report
from verifier.notes import Key

ORIGIN = "log.example/clearances"
LOG = Signer(ORIGIN, Ed25519PrivateKey.from_private_bytes(b"l" * 32))
WITNESS = Signer("state.example/w", Ed25519PrivateKey.from_private_bytes(b"w" * 32), COSIGNATURE)
LOG_KEY = Key.read(str(LOG.verifier_key))
WITNESS_KEY = Key.read(str(WITNESS.verifier_key))


def note_of(leaves: Iterable[Leaf], signer: Signer = LOG) -> str:
    """A checkpoint over the leaves, cosigned by the witness when the log itself signed."""
    nodes = [leaf_hash(leaf) for leaf in leaves]
    note = sign_checkpoint(ORIGIN, len(nodes), root_of(nodes), signer)
    if signer is not LOG:
        return note
    return cosign(note, Witnessing(LOG.verifier_key, None), WITNESS, at=1_795_000_000)


def publish(directory: Path, leaves: list[Leaf], signer: Signer = LOG) -> Path:
    """Write the log as the platform does."""
    write_log(directory, leaves, note_of(leaves, signer))
    return directory


def publish_raw(directory: Path, entries: list[bytes]) -> Path:
    """Write and sign entries of any content, as an operator who bends the rules could."""
    nodes = [entry_hash(entry) for entry in entries]
    for level, index, width in tile_sizes(len(entries)):
        assert level == 0, "small logs only"
        span = slice(index * 256, index * 256 + width)
        for name, data in ((0, b"".join(nodes[span])), ("entries", bundle(entries[span]))):
            path = directory / tile_path(name, index, width)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
    note = sign_checkpoint(ORIGIN, len(entries), root_of(nodes), LOG)
    note = cosign(note, Witnessing(LOG.verifier_key, None), WITNESS, at=1)
    (directory / "checkpoint").write_text(note)
    return directory


def checked(directory: Path, since: str | None = None) -> Report:
    """The verifier's report, with the witness demanded."""
    older = since.encode() if since else None
    return check_log(Task(directory, LOG_KEY, (WITNESS_KEY,), older))


def codes(report: Report) -> set[str]:
    """Which kinds of finding there are."""
    return set(report.counts)


def with_body_line(note: str, number: int, text: str) -> str:
    """The note with one line of it replaced and the signatures left alone."""
    lines = note.split("\n")
    lines[number] = text
    return "\n".join(lines)


def b64(data: bytes) -> str:
    """Base64 as notes write it."""
    return base64.b64encode(data).decode()
