"""The sequencer: gives leaves their places in the Merkle log, in batches, and signs tree heads.

Leaves are written without any global lock; this job, one at a time (an advisory lock), places
those that have committed, extends the tree and signs a C2SP checkpoint. A leaf without a place
after `LATE` is an alarm.
"""

from datetime import timedelta
from functools import lru_cache
from itertools import islice
from pathlib import Path

import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from django.conf import settings
from django.db import connection

from emigrate.foundation.actors import Actor
from emigrate.foundation.audit.checkpoints import Signer, sign_checkpoint
from emigrate.foundation.audit.leaves import parse
from emigrate.foundation.audit.merkle import CompactRange
from emigrate.foundation.audit.tiles import write_log
from emigrate.foundation.crypto.secrets import write_once
from emigrate.foundation.models import AuditLeaf, LogCheckpoint, LogEntry
from emigrate.foundation.transactions import acting, action, now

LOG = structlog.get_logger("emigrate.audit")

BATCH = 5000
LATE = timedelta(seconds=60)
LOCK = 0x656D6967

# Looking through every leaf for those without a place takes half a second a million. What every
# transaction before a mark had written was seen by the round that set it: it lies below the oldest
# one that was running then. A database that was restored elsewhere counts its transactions anew, so
# a mark that lies ahead holds for nothing.
_WAITING = """
SELECT leaf.id, leaf.hash, pg_snapshot_xmin(pg_current_snapshot())::text::bigint
FROM foundation_auditleaf leaf
WHERE leaf.xid >= %s
  AND NOT EXISTS (SELECT 1 FROM foundation_logentry entry WHERE entry.leaf_id = leaf.id)
ORDER BY leaf.id LIMIT %s
"""
_MARK = """
SELECT CASE WHEN seen_below <= pg_snapshot_xmax(pg_current_snapshot())::text::bigint
       THEN seen_below ELSE 0 END
FROM foundation_logcheckpoint ORDER BY size DESC LIMIT 1
"""


@lru_cache(maxsize=1)
def log_signer() -> Signer:
    """The installation's Ed25519 log key; a demonstration makes its own."""
    path = Path(settings.KEYS) / "log.pem"
    if not path.exists() and not settings.PRODUCTION:
        key = Ed25519PrivateKey.generate()
        write_once(path, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return Signer.from_pem(log_origin(), path.read_bytes())


def log_origin() -> str:
    """The log's name in its checkpoints: the issuer, and `demo` where it is one."""
    standing = "log" if settings.PRODUCTION else "demo-log"
    return f"{settings.ISSUER.lower()}/{standing}"


@action
def place_waiting(*, actor: Actor, at_most: int = BATCH, whole: bool = False) -> int:
    """Place the leaves that wait and sign the new tree head; how many were placed.

    None while another process is placing: it comes round again within a second. With `whole` all
    leaves are looked through, as a process does first.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            return 0
        mark = 0 if whole else _mark()
        cursor.execute(_WAITING, [mark, at_most])
        waiting = cursor.fetchall()
    if not waiting:
        return 0
    tree = _tree()
    LogEntry.objects.bulk_create(
        LogEntry(index=tree.size + offset, leaf_id=leaf)
        for offset, (leaf, *_) in enumerate(waiting)
    )
    tree.extend(bytes(digest) for _, digest, _ in waiting)
    LogCheckpoint.objects.create(
        size=tree.size,
        root=tree.root(),
        note=sign_checkpoint(log_origin(), tree.size, tree.root(), log_signer()),
        range=tree.to_json(),
        at=now(),
        seen_below=max(mark, waiting[0][2]) if len(waiting) < at_most else mark,
    )
    del actor
    return len(waiting)


def _mark() -> int:
    """The transaction before which nothing waits; 0 where nobody knows."""
    with connection.cursor() as cursor:
        cursor.execute(_MARK)
        found = cursor.fetchone()
    return int(found[0]) if found else 0


def _tree() -> CompactRange:
    last = LogCheckpoint.objects.order_by("-size").first()
    return CompactRange() if last is None else CompactRange.from_json(last.range)


@action
def export_log(directory: Path, *, actor: Actor) -> int:
    """Write the log as C2SP tiles with its last checkpoint; the number of entries."""
    del actor
    last = LogCheckpoint.objects.order_by("-size").first()
    if last is None:
        return 0
    rows = LogEntry.objects.order_by("index").values_list("leaf__entry", flat=True)
    placed = (parse(bytes(entry)) for entry in rows.iterator(chunk_size=2000))
    write_log(directory, islice(placed, last.size), last.note)
    (directory / "log.key").write_text(f"{log_signer().verifier_key}\n")
    return int(last.size)


def tell_of_late(*, actor: Actor) -> int:
    """Raise the alarm in the log of the process when leaves wait too long; how many do."""
    with acting(actor):
        late = late_leaves()
    if late:
        LOG.error("audit.leaves_late", count=late)
    return late


def late_leaves() -> int:
    """Leaves that wait longer for their place than the log promises: an alarm when not 0."""
    unseen = AuditLeaf.objects.filter(xid__gte=_mark(), log_entry__isnull=True)
    return unseen.filter(at__lt=now() - LATE).count()
