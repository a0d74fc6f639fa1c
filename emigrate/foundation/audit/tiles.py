"""The log as plain files: the layout of c2sp.org/tlog-tiles, readable by any client of it.

    checkpoint                      the signed note
    tile/<level>/<index>[.p/<w>]    256 (or w) hashes of 32 bytes
    tile/entries/<index>[.p/<w>]    256 (or w) leaves, each after its length in 16 bits

An index is written in groups of three digits: 1234067 is `x001/x234/067`.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Final

from emigrate.foundation.audit.checkpoints import parse_note, parse_text
from emigrate.foundation.audit.leaves import MAX_LEAF_BYTES, Leaf, canonical, entry_hash
from emigrate.foundation.audit.merkle import (
    HASH_BYTES,
    CompactRange,
    NodeReader,
    TreeHead,
    root_of,
)

TILE_WIDTH: Final = 256
TILE_HEIGHT: Final = 8
_LENGTH_BYTES: Final = 2


class TileError(ValueError):
    """The files do not hold what the checkpoint says, or would rewrite what they hold."""


def index_path(index: int) -> str:
    """A tile's number as path elements of three digits."""
    if index < 0:
        message = f"a tile has no number {index}"
        raise TileError(message)
    groups = [f"{index % 1000:03d}"]
    while index := index // 1000:
        groups.insert(0, f"x{index % 1000:03d}")
    return "/".join(groups)


def tile_path(level: int | str, index: int, width: int = TILE_WIDTH) -> str:
    """The path below the log's root; level is 0 to 63, or "entries" for an entry bundle."""
    partial = "" if width == TILE_WIDTH else f".p/{width}"
    return f"tile/{level}/{index_path(index)}{partial}"


def tile_sizes(size: int) -> Iterator[tuple[int, int, int]]:
    """(level, index, width) of every tile of a tree with `size` leaves, level by level."""
    level = 0
    while size:
        full, rest = divmod(size, TILE_WIDTH)
        yield from ((level, index, TILE_WIDTH) for index in range(full))
        if rest:
            yield (level, full, rest)
        size, level = full, level + 1


def bundle(entries: Iterable[bytes]) -> bytes:
    """An entry bundle; TileError for an entry of more than 65,535 bytes."""
    parts: list[bytes] = []
    for entry in entries:
        if len(entry) > MAX_LEAF_BYTES:
            message = f"an entry of {len(entry)} bytes does not fit a bundle"
            raise TileError(message)
        parts += (len(entry).to_bytes(_LENGTH_BYTES, "big"), entry)
    return b"".join(parts)


def unbundle(data: bytes) -> list[bytes]:
    """The entries of a bundle; TileError when it ends within one."""
    entries: list[bytes] = []
    at = 0
    while at < len(data):
        start = at + _LENGTH_BYTES
        at = start + int.from_bytes(data[at:start], "big")
        entries.append(data[start:at])
    if at != len(data):
        message = "the bundle ends within an entry"
        raise TileError(message)
    return entries


def write_log(directory: Path, leaves: Iterable[Leaf], checkpoint: str) -> TreeHead:
    """Publish the leaves, in log order, under their signed checkpoint; return the tree head.

    Leaves stream through, 256 at a time. Tiles come first and the checkpoint last, each replaced
    whole, so that a reader never meets a checkpoint without its tiles. TileError, with the
    directory as it was, when the leaves do not give the checkpoint's size and root, or when a
    tile that is already published would change.
    """
    promised = parse_text(parse_note(checkpoint).text).head
    export = _Export(directory)
    stream = iter(leaves)
    try:
        while batch := [canonical(leaf) for leaf in islice(stream, TILE_WIDTH)]:
            export.add(batch)
        export.finish(promised)
    except ValueError:
        export.undo()
        raise
    _replace(directory / "checkpoint", checkpoint.encode())
    return promised


class _Export:
    """One run of `write_log`: the tree so far, and per level the hashes not yet in a full tile."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._tree = CompactRange()
        self._open: list[list[bytes]] = []
        self._created: list[Path] = []

    def add(self, batch: Sequence[bytes]) -> None:
        hashes = [entry_hash(entry) for entry in batch]
        path = tile_path("entries", self._tree.size // TILE_WIDTH, len(batch))
        self._tree.extend(hashes)
        self._put(path, bundle(batch))
        self._grow(0, hashes)

    def _grow(self, level: int, nodes: Sequence[bytes]) -> None:
        """Add nodes at a level; the tile they fill is written and counted one level up."""
        if level == len(self._open):
            self._open.append([])
        tile = self._open[level]
        tile.extend(nodes)
        if len(tile) == TILE_WIDTH:
            self._put(tile_path(level, self._full(level) - 1), b"".join(tile))
            self._open[level] = []
            self._grow(level + 1, [root_of(tile)])

    def _full(self, level: int) -> int:
        return self._tree.size >> (TILE_HEIGHT * (level + 1))

    def finish(self, promised: TreeHead) -> None:
        if self._tree.head() != promised:
            message = f"the leaves give size {self._tree.size}, root {self._tree.root().hex()}"
            raise TileError(message)
        for level, tile in enumerate(self._open):
            if tile:
                self._put(tile_path(level, self._full(level), len(tile)), b"".join(tile))

    def undo(self) -> None:
        for path in self._created:
            path.unlink()

    def _put(self, tile: str, data: bytes) -> None:
        path = self._directory / tile
        if not path.exists():
            _replace(path, data)
            self._created.append(path)
        elif path.read_bytes() != data:
            message = f"{tile} is published with other content"
            raise TileError(message)


def _replace(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(path.name + ".new")
    with fresh.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def tile_reader(read: Callable[[str], bytes], size: int) -> NodeReader:
    """Subtree hashes of a published log of `size` leaves, for proofs out of its tiles alone.

    `read` gives the bytes at a path below the log's root. TileError for a subtree that such a
    log does not have, or a tile of the wrong length.
    """

    def node(level: int, index: int) -> bytes:
        tier, height = divmod(level, TILE_HEIGHT)
        number, place = divmod(index << height, TILE_WIDTH)
        held = size >> (TILE_HEIGHT * tier)
        width = min(TILE_WIDTH, held - number * TILE_WIDTH)
        end = place + (1 << height)
        if index < 0 or end > width:
            message = f"no complete subtree {index} at level {level}"
            raise TileError(message)
        data = read(tile_path(tier, number, width))
        if len(data) != width * HASH_BYTES:
            message = f"{tile_path(tier, number, width)} has {len(data)} bytes"
            raise TileError(message)
        return root_of(
            data[at : at + HASH_BYTES]
            for at in range(place * HASH_BYTES, end * HASH_BYTES, HASH_BYTES)
        )

    return node
