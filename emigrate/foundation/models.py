"""The engine's own tables: leaves, the log, proposals, idempotency and wrapped keys, events."""

from django.db import models
from django.db.models.expressions import RawSQL
from django.db.models.functions import Now


class AuditLeaf(models.Model):
    """One step of one case, append-only. `entry` is the canonical leaf; it holds no personal data.

    `reason` and `findings` may name a person's circumstances: they stand beside the leaf, which
    holds only their hashes (salted), so that erasing them never breaks the log. `xid` is the
    transaction that wrote it, by which the sequencer finds those without a place.
    """

    stream = models.CharField(max_length=24)
    case_id = models.BigIntegerField()
    case_reference = models.CharField(max_length=40)
    seq = models.IntegerField()
    event = models.CharField(max_length=60)
    after_state = models.CharField(max_length=24)
    actor_role = models.CharField(max_length=24)
    at = models.DateTimeField()
    entry = models.BinaryField()
    hash = models.BinaryField(max_length=32)
    salt = models.BinaryField(max_length=16, null=True)
    reason = models.TextField(blank=True)
    findings = models.JSONField(null=True)
    xid = models.BigIntegerField(db_default=RawSQL("pg_current_xact_id()::text::bigint", []))

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_leaf_a_step", fields=["stream", "case_id", "seq"]),
        ]
        indexes = [models.Index(name="leaf_transaction", fields=["xid"])]

    def __str__(self) -> str:
        return f"{self.case_reference} {self.seq} {self.event}"


class LogEntry(models.Model):
    """A leaf's place in the Merkle log, given by the sequencer."""

    index = models.BigIntegerField(primary_key=True)
    leaf = models.OneToOneField(AuditLeaf, on_delete=models.PROTECT, related_name="log_entry")

    def __str__(self) -> str:
        return f"{self.index}"


class LogCheckpoint(models.Model):
    """A signed tree head (C2SP tlog-checkpoint) and the compact range that it commits to.

    Every leaf of a transaction before `seen_below` had its place when this was signed.
    """

    size = models.BigIntegerField(unique=True)
    root = models.BinaryField(max_length=32)
    note = models.TextField()
    range = models.JSONField()
    at = models.DateTimeField()
    seen_below = models.BigIntegerField(db_default=0)

    def __str__(self) -> str:
        return f"{self.size}"


class Proposal(models.Model):
    """The first of two officers: what they propose, until a second one takes or drops it."""

    stream = models.CharField(max_length=24)
    case_id = models.BigIntegerField()
    audit_seq = models.IntegerField()
    verb = models.CharField(max_length=24)
    proposed_by = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="one_proposal_a_step", fields=["stream", "case_id", "audit_seq", "verb"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.stream} {self.case_id} {self.verb}"


class IdempotencyKey(models.Model):
    """What a POST with this key answered; kept as long as the object where `expires_at` is null."""

    owner = models.CharField(max_length=60)
    key = models.CharField(max_length=200)
    route = models.CharField(max_length=200)
    body_hash = models.BinaryField(max_length=32)
    status = models.SmallIntegerField()
    headers = models.JSONField(default=dict)
    body = models.BinaryField()
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_answer_a_key", fields=["owner", "key"]),
        ]

    def __str__(self) -> str:
        return self.route


class ReceivedEvent(models.Model):
    """An event that a partner told us: its id for ever, and the digest of what it said."""

    sender = models.CharField(max_length=40)
    event_id = models.UUIDField()
    digest = models.BinaryField(max_length=32)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_effect_an_event", fields=["sender", "event_id"]),
        ]

    def __str__(self) -> str:
        return f"{self.sender} {self.event_id}"


class WrappedKey(models.Model):
    """A person's data key, wrapped under a key that is not in the database."""

    subject = models.CharField(max_length=60, primary_key=True)
    wrapped = models.BinaryField()

    def __str__(self) -> str:
        return self.subject


class Simulation(models.Model):
    """One row, written by the owner alone, makes a database a simulation (its time can be set)."""

    id = models.BooleanField(primary_key=True, default=True)
    purpose = models.CharField(max_length=40)

    class Meta:
        db_table = "platform_simulation"
        constraints = [
            models.CheckConstraint(name="one_simulation_row", condition=models.Q(id=True)),
        ]

    def __str__(self) -> str:
        return self.purpose
