"""State, columns and leaf in one data-changing SQL statement.

Hand-written here alone. A deferred constraint trigger (`foundation/database/guards.py`) refuses
at commit any case whose state has no leaf, so nothing else can write a state.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, connection, transaction
from django.db.models import Model

from emigrate.foundation.actors import Actor
from emigrate.foundation.audit.leaves import Leaf, canonical, entry_hash, salted_hash
from emigrate.foundation.cases import Case
from emigrate.foundation.errors import ChangedMeanwhile, NotPermitted, OwnCase
from emigrate.foundation.identifiers.numbering import randomness, redrawn
from emigrate.foundation.models import Proposal
from emigrate.foundation.transactions import now

if TYPE_CHECKING:  # type checking
    from emigrate.foundation.workflow import Workflow

DRAWS = 5
"""Seven digits a kind and year: a taken number is drawn again, and five in a row never happen."""

_LEAF_COLUMNS = (
    "stream, case_id, case_reference, seq, event, after_state, actor_role, at, entry, hash, salt, "
    "reason, findings"
)


@dataclass(frozen=True, slots=True)
class Written:
    """What one step writes: its event, who, why, the law's findings, and the changed columns."""

    event: str
    actor: Actor
    reason: str
    findings: Iterable[Mapping[str, object]] | None
    changes: Mapping[str, object]


def insert(workflow: "Workflow[Any]", case: Case, *, actor: Actor, event: str) -> None:
    """Insert a new case and its first leaf; a number that is taken already is drawn again.

    Row security hides other people's numbers, so only the unique constraint can tell.
    """
    written = Written(event, actor, "", None, {})
    for draw in range(1, DRAWS + 1):
        case.audit_seq, case.audit_head = 0, b""
        leaf, salt = _leaf(workflow, case, written, before=None)
        entry = canonical(leaf)
        case.audit_seq, case.audit_head = 1, entry_hash(entry)
        try:
            with transaction.atomic():
                case.save(force_insert=True)
            break
        except IntegrityError as error:
            another = redrawn(case.reference) if _reference_taken(case, error) else None
            if draw == DRAWS or another is None:
                raise
            case.reference = another
    values = _leaf_values(case, leaf, entry, salt, written)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO foundation_auditleaf ({_LEAF_COLUMNS}) VALUES ({_marks(values)})",  # noqa: S608 - names are constants
            values,
        )


def _reference_taken(case: Case, error: IntegrityError) -> bool:
    diagnosis = getattr(error.__cause__, "diag", None)
    own = f"{case._meta.db_table}_reference_key"  # noqa: SLF001 - Django's public name
    return getattr(diagnosis, "constraint_name", "") == own


def update(workflow: "Workflow[Any]", case: Case, written: Written) -> None:
    """Write the changed columns of a case and its next leaf, or raise ChangedMeanwhile."""
    before, old_seq = case.state, case.audit_seq
    before_hash = content_hash(workflow, case)
    for name, value in written.changes.items():
        setattr(case, name, value)
    leaf, salt = _leaf(workflow, case, written, before=before, before_hash=before_hash)
    entry = canonical(leaf)
    case.audit_seq, case.audit_head = leaf.seq, entry_hash(entry)
    columns, parameters = _assignments(case, [*written.changes, "audit_seq", "audit_head"])
    values = _leaf_values(case, leaf, entry, salt, written)
    statement = (
        f'WITH moved AS (UPDATE "{case._meta.db_table}" SET {columns} '  # noqa: S608, SLF001 - names come from the model
        "WHERE id = %s AND state = %s AND audit_seq = %s RETURNING id) "
        f"INSERT INTO foundation_auditleaf ({_LEAF_COLUMNS}) SELECT {_marks(values)} FROM moved"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [*parameters, case.pk, before, old_seq, *values])
        if cursor.rowcount != 1:
            raise ChangedMeanwhile(reference=case.reference)


def second_agrees(workflow: "Workflow[Any]", case: Case, verb: str, *, actor: Actor) -> bool:
    """True when another officer proposed this step on this version; else the proposal is kept.

    Raises NotPermitted for an actor without an account: two officers are two people.
    """
    if actor.user_id is None:
        raise NotPermitted(permission=f"{workflow.name}.{verb}", role=actor.role)
    proposals = Proposal.objects.filter(stream=workflow.name, case_id=case.pk, verb=verb)
    proposed = proposals.filter(audit_seq=case.audit_seq).first()
    if proposed is None:
        Proposal.objects.create(
            stream=workflow.name,
            case_id=case.pk,
            audit_seq=case.audit_seq + 1,
            verb=verb,
            proposed_by=actor.user_id,
            at=now(),
        )
        return False
    if proposed.proposed_by == actor.user_id:
        raise OwnCase(verb=verb)
    return True


def content_hash(workflow: "Workflow[Any]", case: Case) -> str:
    """Hex SHA-256 of the case's material content (the columns that its workflow names)."""
    if not workflow.content:
        return ""
    content = {name: _plain(getattr(case, name)) for name in workflow.content}
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: object) -> object:
    if isinstance(value, Model):
        return value.pk
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    if value is None or isinstance(value, bool | int | str | list | dict):
        return value
    return str(value)


def _leaf(
    workflow: "Workflow[Any]",
    case: Case,
    written: Written,
    *,
    before: str | None,
    before_hash: str = "",
) -> tuple[Leaf, bytes | None]:
    actor = written.actor
    guessable = written.reason or written.findings
    salt = randomness().randbytes(16) if guessable else None
    leaf = Leaf(
        stream=workflow.name,
        case=case.reference,
        seq=case.audit_seq + 1,
        event=written.event,
        actor_role=actor.role,
        actor=actor.pseudonym,
        on_behalf_of=actor.on_behalf_of,
        before_state=before,
        after_state=case.state,
        before_hash=before_hash,
        after_hash=content_hash(workflow, case),
        reason_hash=salted_hash(salt, written.reason) if salt and written.reason else "",
        findings_hash=salted_hash(salt, findings_text(written.findings))
        if salt and written.findings
        else "",
        request_id=actor.request_id,
        db_time=_micros(now()),
        prev=bytes(case.audit_head).hex(),
    )
    return leaf, salt


def findings_text(findings: Iterable[Mapping[str, object]] | None) -> str:
    """The findings as the text whose salted hash the leaf holds."""
    return json.dumps(list(findings or ()), sort_keys=True, ensure_ascii=False)


def _micros(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _leaf_values(
    case: Case, leaf: Leaf, entry: bytes, salt: bytes | None, written: Written
) -> list[Any]:
    return [
        leaf.stream,
        case.pk,
        leaf.case,
        leaf.seq,
        leaf.event,
        leaf.after_state,
        leaf.actor_role,
        now(),
        entry,
        case.audit_head,
        salt,
        written.reason,
        findings_text(written.findings) if written.findings else None,
    ]


def _assignments(case: Case, names: list[str]) -> tuple[str, list[Any]]:
    parts: list[str] = []
    values: list[Any] = []
    for name in names:
        column: Any = case._meta.get_field(name)  # noqa: SLF001 - Django's public name
        parts.append(f'"{column.column}" = %s')
        raw = getattr(case, column.attname)
        values.append(column.get_db_prep_save(raw, connection))
    return ", ".join(parts), values


def _marks(values: list[Any]) -> str:
    return ", ".join(
        "%s::jsonb" if index == len(values) - 1 else "%s" for index in range(len(values))
    )
