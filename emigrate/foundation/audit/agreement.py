"""Whether the database's cases and leaves still say what their leaves and the log say.

Row security and triggers bind the application; an administrator can switch them off. What was
changed behind them is found here: a leaf that is not its entry, a case that its last leaf does not
know, a step that the case's machine does not have, content that no step wrote, leaves and cases
that are gone, a log that was cut.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import connection, transaction
from django.db.models import Count, Max

from emigrate.foundation.actors import Actor
from emigrate.foundation.audit.leaves import Leaf, LeafError, entry_hash, parse, salted_hash
from emigrate.foundation.audit.record import content_hash, findings_text
from emigrate.foundation.cases import Case
from emigrate.foundation.models import AuditLeaf, LogCheckpoint, LogEntry
from emigrate.foundation.transactions import acting
from emigrate.foundation.workflow import WORKFLOWS, Workflow

CHUNK = 2000


@dataclass(frozen=True, slots=True)
class Disagreement:
    """One place where the database no longer agrees with its evidence; codes are stable."""

    code: str
    detail: str
    stream: str | None = None
    case: str | None = None

    def __str__(self) -> str:
        """One line for a person."""
        where = "log" if self.case is None else f"case {self.stream}/{self.case}"
        return f"{self.code}: {where}: {self.detail}"


@dataclass(frozen=True, slots=True)
class _Tip:
    """The last leaf of a case as the table gives it, and how many leaves the case has."""

    leaf: Leaf
    digest: bytes
    count: int


Key = tuple[str, int]


def disagreements(*, actor: Actor) -> list[Disagreement]:
    """Everything that does not agree, of one moment; empty when all does.

    Reads every leaf and every case: a minute for each million or two.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        with acting(actor):
            tips: dict[Key, _Tip] = {}
            found = list(_leaves(tips))
            for workflow in WORKFLOWS.values():
                found += _cases(workflow, tips)
            found += [
                Disagreement("case_missing", "it has leaves and no row", stream, tip.leaf.case)
                for (stream, _), tip in tips.items()
            ]
            found += _places()
    return found


def _leaves(tips: dict[Key, _Tip]) -> Iterator[Disagreement]:
    """Look at every leaf on its own, and keep the last one of each case."""
    rows = AuditLeaf.objects.order_by("stream", "case_id", "seq")
    for row in rows.iterator(chunk_size=CHUNK):
        where = (row.stream, row.case_reference)
        try:
            leaf = parse(bytes(row.entry))
        except LeafError as error:
            yield Disagreement("leaf_malformed", f"seq {row.seq}: {error}", *where)
            continue
        if what := _altered(row, leaf):
            yield Disagreement("leaf_altered", f"seq {row.seq}: {what}", *where)
        if leaf.stream in WORKFLOWS and not _known_step(WORKFLOWS[leaf.stream], leaf):
            taken = f"{leaf.event} by {leaf.actor_role} from {leaf.before_state}"
            detail = f"seq {row.seq}: no step is {taken} to {leaf.after_state}"
            yield Disagreement("step_unknown", detail, *where)
        key = (row.stream, row.case_id)
        count = tips[key].count + 1 if key in tips else 1
        tips[key] = _Tip(leaf, bytes(row.hash), count)


def _known_step(workflow: Workflow[Any], leaf: Leaf) -> bool:
    """Whether the leaf's machine has this step for this role; what moves nothing is an amendment.

    The database asks for a leaf, not for a lawful one: whoever speaks as the application can
    write one that revives a revoked certificate.
    """
    if leaf.seq == 1:
        return (leaf.before_state, leaf.after_state) == (None, workflow.initial)
    if leaf.before_state == leaf.after_state:
        return True
    return any(
        (step.event, step.target) == (leaf.event, leaf.after_state)
        and leaf.before_state in step.starts
        and leaf.actor_role in workflow.policy.rules[step.may]
        for step in workflow.steps
    )


def _altered(row: AuditLeaf, leaf: Leaf) -> str:
    """What beside the entry is not what the entry says; erased reasons and findings are fine."""
    columns = (row.stream, row.case_reference, row.seq, row.event, row.after_state)
    if (*columns, row.actor_role) != (
        leaf.stream, leaf.case, leaf.seq, leaf.event, leaf.after_state, leaf.actor_role
    ):  # fmt: skip
        return "its columns are not its entry's"
    if entry_hash(bytes(row.entry)) != bytes(row.hash):
        return "its hash is not its entry's"
    if row.salt is None:
        return "" if not row.reason and row.findings is None else "no salt beside its reason"
    salt = bytes(row.salt)
    if row.reason and salted_hash(salt, row.reason) != leaf.reason_hash:
        return "its reason is another"
    found = findings_text(row.findings) if row.findings else ""
    if found and salted_hash(salt, found) != leaf.findings_hash:
        return "its findings are others"
    return ""


def _cases(workflow: Workflow[Any], tips: dict[Key, _Tip]) -> Iterator[Disagreement]:
    """Hold every case against its last leaf, which is taken out of `tips`."""
    for case in _rows(workflow):
        tip = tips.pop((workflow.name, case.pk), None)
        code = "leaf_missing" if tip is None else _disagreement(workflow, case, tip)
        if code:
            detail = f"state {case.state}, step {case.audit_seq}"
            yield Disagreement(code, detail, workflow.name, case.reference)


def _rows(workflow: Workflow[Any]) -> Iterator[Case]:
    models = (m for m in apps.get_models() if issubclass(m, Case))
    model = next(m for m in models if m._meta.db_table == workflow.table)  # noqa: SLF001 - Django's public name
    yield from model._default_manager.order_by("pk").iterator(chunk_size=CHUNK)  # noqa: SLF001 - as above


def _disagreement(workflow: Workflow[Any], case: Case, tip: _Tip) -> str:
    if tip.count != tip.leaf.seq or case.audit_seq > tip.leaf.seq:
        return "leaf_missing"
    if (case.audit_seq, bytes(case.audit_head)) != (tip.leaf.seq, tip.digest):
        return "case_set_back"
    if (case.state, case.reference) != (tip.leaf.after_state, tip.leaf.case):
        return "state_without_leaf"
    return "content_altered" if content_hash(workflow, case) != tip.leaf.after_hash else ""


def _places() -> Iterator[Disagreement]:
    """The log has a place for every leaf, without a gap, up to its signed size."""
    log = LogEntry.objects.aggregate(count=Count("index"), last=Max("index"))
    signed = LogCheckpoint.objects.aggregate(size=Max("size"))["size"] or 0
    count, end = log["count"], -1 if log["last"] is None else log["last"]
    if count != end + 1:
        yield Disagreement("place_missing", f"{end + 1 - count} places of {end + 1} are empty")
    if end + 1 != signed:
        yield Disagreement("log_cut", f"{end + 1} places, but {signed} are signed")
    if lost := LogEntry.objects.exclude(leaf__in=AuditLeaf.objects.all()).count():
        yield Disagreement("leaf_missing", f"{lost} places have no leaf")
