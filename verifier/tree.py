"""RFC 6962 hashing, written as a stack of (height, hash)."""

import hashlib


def leaf_node(entry: bytes) -> bytes:
    """SHA-256(0x00 || entry)."""
    return hashlib.sha256(b"\x00" + entry).digest()


class Stack:
    """The subtrees of a growing tree, largest first."""

    def __init__(self) -> None:
        """Start empty."""
        self.nodes: list[tuple[int, bytes]] = []

    def push(self, node: bytes, height: int = 0) -> None:
        """Add a subtree of 2**height leaves at the right edge."""
        while self.nodes and self.nodes[-1][0] == height:
            _, left = self.nodes.pop()
            node = hashlib.sha256(b"\x01" + left + node).digest()
            height += 1
        self.nodes.append((height, node))

    def root(self) -> bytes:
        """The root of what was pushed."""
        if not self.nodes:
            return hashlib.sha256(b"").digest()
        right = self.nodes[-1][1]
        for _, left in self.nodes[-2::-1]:
            right = hashlib.sha256(b"\x01" + left + right).digest()
        return right


def tile_root(nodes: list[bytes]) -> bytes:
    """The root over one tile's hashes."""
    stack = Stack()
    for node in nodes:
        stack.push(node)
    return stack.root()
