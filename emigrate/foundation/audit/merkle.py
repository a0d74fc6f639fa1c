"""The Merkle tree of RFC 6962, section 2.1 (the same as RFC 9162): roots and proofs.

Pure. All hashes are 32 bytes of SHA-256; leaves enter as leaf hashes (`leaves.leaf_hash`).
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

HASH_BYTES: Final = 32
EMPTY_ROOT: Final = hashlib.sha256(b"").digest()

NodeReader = Callable[[int, int], bytes]
"""(level, index) -> hash of the perfect subtree over leaves [index * 2**level, ...)."""


class TreeError(ValueError):
    """The sizes, indexes or stored hashes do not describe a tree."""


@dataclass(frozen=True, slots=True)
class TreeHead:
    """How many leaves a tree has and the root over them."""

    size: int
    root: bytes


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 || left || right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class CompactRange:
    """A growing tree kept as its perfect subtrees: at most 64 hashes, whatever the size."""

    __slots__ = ("_hashes", "_size")

    def __init__(self, size: int = 0, hashes: Sequence[bytes] = ()) -> None:
        """Continue from a saved state; TreeError when the hashes cannot belong to the size."""
        fits = size >= 0 and len(hashes) == size.bit_count()
        if not fits or any(len(node) != HASH_BYTES for node in hashes):
            message = f"{len(hashes)} hashes do not describe a tree of {size} leaves"
            raise TreeError(message)
        self._size = size
        self._hashes = list(hashes)

    @property
    def size(self) -> int:
        """Leaves so far."""
        return self._size

    @property
    def hashes(self) -> tuple[bytes, ...]:
        """Roots of the perfect subtrees, largest (leftmost) first."""
        return tuple(self._hashes)

    def append(self, leaf: bytes) -> None:
        """Add one leaf hash at the right edge."""
        if len(leaf) != HASH_BYTES:
            message = f"a leaf hash has {HASH_BYTES} bytes, not {len(leaf)}"
            raise TreeError(message)
        carry, node = self._size, leaf
        while carry & 1:
            node = node_hash(self._hashes.pop(), node)
            carry >>= 1
        self._hashes.append(node)
        self._size += 1

    def extend(self, leaves: Iterable[bytes]) -> None:
        """Add leaf hashes in this order."""
        for leaf in leaves:
            self.append(leaf)

    def root(self) -> bytes:
        """The RFC 6962 root; of an empty tree SHA-256 of nothing."""
        if not self._hashes:
            return EMPTY_ROOT
        node = self._hashes[-1]
        for left in reversed(self._hashes[:-1]):
            node = node_hash(left, node)
        return node

    def head(self) -> TreeHead:
        """Size and root together."""
        return TreeHead(self._size, self.root())

    def to_json(self) -> str:
        """`{"size": n, "hashes": [hex, ...]}`, for the row that keeps the sequencer's state."""
        return json.dumps({"size": self._size, "hashes": [node.hex() for node in self._hashes]})

    @classmethod
    def from_json(cls, text: str) -> "CompactRange":
        """Read what `to_json` wrote; TreeError for anything else."""
        try:
            value = json.loads(text)
            size, hashes = value["size"], [bytes.fromhex(node) for node in value["hashes"]]
        except (ValueError, KeyError, TypeError) as error:
            message = "not the saved state of a tree"
            raise TreeError(message) from error
        if type(size) is not int:
            message = f"size is {size!r}"
            raise TreeError(message)
        return cls(size, hashes)


class Tree:
    """Every perfect subtree in memory: the node source for proofs over logs that fit there."""

    __slots__ = ("_levels",)

    def __init__(self, leaves: Iterable[bytes] = ()) -> None:
        """Build over these leaf hashes."""
        self._levels: list[list[bytes]] = [[]]
        for leaf in leaves:
            self.append(leaf)

    @property
    def size(self) -> int:
        """Leaves so far."""
        return len(self._levels[0])

    def append(self, leaf: bytes) -> None:
        """Add one leaf hash and the subtrees that it completes."""
        self._levels[0].append(leaf)
        level = 0
        while len(self._levels[level]) % 2 == 0:
            nodes = self._levels[level]
            if level + 1 == len(self._levels):
                self._levels.append([])
            self._levels[level + 1].append(node_hash(nodes[-2], nodes[-1]))
            level += 1

    def node(self, level: int, index: int) -> bytes:
        """A `NodeReader`; TreeError where the subtree is not complete."""
        try:
            return self._levels[level][index]
        except IndexError as error:
            message = f"no complete subtree {index} at level {level}"
            raise TreeError(message) from error


def root_of(leaves: Iterable[bytes]) -> bytes:
    """The root over these leaf hashes."""
    tree = CompactRange()
    tree.extend(leaves)
    return tree.root()


def range_root(node: NodeReader, start: int, end: int) -> bytes:
    """MTH(D[start:end]); `start` is a multiple of the largest power of two within the range."""
    if start == end:
        return EMPTY_ROOT
    width = end - start
    if width & (width - 1) == 0:
        return node(width.bit_length() - 1, start // width)
    middle = start + _split(width)
    return node_hash(range_root(node, start, middle), range_root(node, middle, end))


def _split(width: int) -> int:
    return 1 << ((width - 1).bit_length() - 1)


def inclusion_proof(node: NodeReader, index: int, size: int) -> list[bytes]:
    """PATH(index, D[size]) of RFC 6962, section 2.1.1; TreeError for an index outside."""
    if not 0 <= index < size:
        message = f"index {index} is outside a tree of {size} leaves"
        raise TreeError(message)
    start, end = 0, size
    proof: list[bytes] = []
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            proof.append(range_root(node, middle, end))
            end = middle
        else:
            proof.append(range_root(node, start, middle))
            start = middle
    return proof[::-1]


def consistency_proof(node: NodeReader, old: int, new: int) -> list[bytes]:
    """PROOF(old, D[new]) of RFC 6962, section 2.1.2; empty for old 0 or old == new."""
    if not 0 <= old <= new:
        message = f"size {old} is not before size {new}"
        raise TreeError(message)
    if old in {0, new}:
        return []
    start, end = 0, new
    proof: list[bytes] = []
    while old != end:
        middle = start + _split(end - start)
        if old <= middle:
            proof.append(range_root(node, middle, end))
            end = middle
        else:
            proof.append(range_root(node, start, middle))
            start = middle
    if start:
        proof.append(range_root(node, start, end))
    return proof[::-1]


def verify_inclusion(leaf: bytes, index: int, head: TreeHead, proof: Sequence[bytes]) -> bool:
    """Whether the proof shows this leaf hash at this index (RFC 9162, section 2.1.3.2)."""
    if not 0 <= index < head.size:
        return False
    place, last, node = index, head.size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if place & 1 or place == last:
            node = node_hash(sibling, node)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            node = node_hash(node, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and node == head.root


def verify_consistency(old: TreeHead, new: TreeHead, proof: Sequence[bytes]) -> bool:
    """Whether the proof shows that `new` only appended to `old` (RFC 9162, section 2.1.4.2)."""
    if not 0 <= old.size <= new.size:
        return False
    if old.size == 0:
        return not proof and old.root == EMPTY_ROOT
    if old.size == new.size:
        return not proof and old.root == new.root
    return _walk_consistency(old, new, proof)


def _walk_consistency(old: TreeHead, new: TreeHead, proof: Sequence[bytes]) -> bool:
    path: Iterator[bytes] = iter(proof)
    place, last = old.size - 1, new.size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    first = next(path, b"") if place else old.root
    old_node = new_node = first
    for sibling in path:
        if last == 0:
            return False
        if place & 1 or place == last:
            old_node, new_node = node_hash(sibling, old_node), node_hash(sibling, new_node)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            new_node = node_hash(new_node, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and old_node == old.root and new_node == new.root
