"""Made-up cases and their leaves, in log order. Nothing here names a person."""

import hashlib
import random
from collections.abc import Callable, Sequence
from dataclasses import replace

from emigrate.foundation.audit.leaves import Leaf, leaf_hash

STATES = ("draft", "submitted", "in_scrutiny", "queried", "granted")


def digest(text: str) -> str:
    """A hash in the form that leaves hold."""
    return hashlib.sha256(text.encode()).hexdigest()


def first(case: str = "case-a", **changes: object) -> Leaf:
    """The leaf that opens a case."""
    leaf = Leaf(
        stream="clearance",
        case=case,
        seq=1,
        event="clearance.opened",
        actor_role="emigrant",
        actor="person-7f3a",
        on_behalf_of=None,
        before_state=None,
        after_state="draft",
        before_hash="",
        after_hash=digest("content"),
        reason_hash="",
        findings_hash="",
        request_id="req-0001",
        db_time="2026-11-22T04:30:00.000001Z",
        prev="",
    )
    return replace(leaf, **changes)


def following(previous: Leaf, **changes: object) -> Leaf:
    """The leaf after this one in the same case."""
    leaf = replace(
        previous,
        seq=previous.seq + 1,
        event="clearance.moved",
        actor_role="poe",
        actor="officer-19",
        on_behalf_of="office-4",
        before_state=previous.after_state,
        after_state=STATES[previous.seq % len(STATES)],
        before_hash=previous.after_hash,
        after_hash=digest(f"content {previous.seq}"),
        reason_hash=digest("reason"),
        prev=leaf_hash(previous).hex(),
    )
    return replace(leaf, **changes)


def history(steps: int, *, cases: int = 12, seed: int = 1) -> list[Leaf]:
    """`steps` leaves of several cases, interleaved."""
    dice = random.Random(seed)
    heads: dict[str, Leaf] = {}
    leaves: list[Leaf] = []
    for number in range(steps):
        case = f"case-{dice.randrange(cases)}"
        leaf = following(heads[case]) if case in heads else first(case)
        heads[case] = replace(leaf, request_id=f"req-{number:04d}")
        leaves.append(heads[case])
    return leaves


def rechained(leaves: Sequence[Leaf], change: Callable[[Leaf], Leaf]) -> list[Leaf]:
    """The leaves after a change, with every `prev` made right again: a forger's careful work."""
    heads: dict[tuple[str, str], str] = {}
    forged: list[Leaf] = []
    for leaf in leaves:
        changed = change(leaf)
        fresh = replace(changed, prev=heads.get(changed.key, ""))
        heads[fresh.key] = leaf_hash(fresh).hex()
        forged.append(fresh)
    return forged
