"""The whole check, from files to findings."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from verifier.cases import Chains, FormError, read_entry
from verifier.files import (
    WIDTH,
    LayoutError,
    extra_files,
    split_entries,
    split_hashes,
    tile_name,
)
from verifier.findings import Finding, Report, UnusableError
from verifier.notes import Head, Key, NoteError, check_signature, read_note
from verifier.tree import Stack, leaf_node, tile_root


@dataclass(frozen=True, slots=True)
class Task:
    """What to check: the log's folder, its key, the witnesses demanded, an older checkpoint."""

    directory: Path
    key: Key
    witnesses: tuple[Key, ...] = ()
    since: bytes | None = None
    limit: int = 1000


@dataclass(slots=True)
class _Run:
    task: Task
    report: Report
    older: Head | None
    chains: Chains = field(default_factory=Chains)
    tree: Stack = field(default_factory=Stack)
    count: int = 0
    older_root: bytes | None = None
    read: set[str] = field(default_factory=set)


def check_log(task: Task) -> Report:
    """Check everything and report; UnusableError when there is nothing to check against."""
    older = _older(task)
    path = task.directory / "checkpoint"
    if not path.is_file():
        message = f"{path} is missing"
        raise UnusableError(message)
    run = _Run(task, Report(limit=task.limit), older)
    try:
        head = read_note(path.read_bytes())
    except ValueError as error:
        run.report.add(Finding("checkpoint_malformed", str(error), file="checkpoint"))
        return run.report
    _check_signatures(run, head)
    run.report.size = head.size
    if _check_entries(run, head.size):
        run.report.root = run.tree.root().hex()
        _check_roots(run, head)
    run.report.cases = len(run.chains)
    _check_extras(run)
    return run.report


def _older(task: Task) -> Head | None:
    if task.since is None:
        return None
    try:
        older = read_note(task.since)
        check_signature(older, task.key)
    except ValueError as error:
        message = f"the older checkpoint cannot be relied on: {error}"
        raise UnusableError(message) from error
    return older


def _check_signatures(run: _Run, head: Head) -> None:
    for key in (run.task.key, *run.task.witnesses):
        try:
            check_signature(head, key)
        except NoteError as error:
            run.report.add(Finding("signature_invalid", str(error), file="checkpoint"))
    if run.older and run.older.origin != head.origin:
        detail = f"{head.origin} is not {run.older.origin}"
        run.report.add(Finding("other_log", detail, file="checkpoint"))


def _check_entries(run: _Run, size: int) -> bool:
    """Every bundle and tile, in order; False when entries are missing, so no root can be told."""
    whole = True
    roots: list[bytes] = []
    for index, width in _tiles(size):
        if run.report.counts["file_missing"] >= run.task.limit:
            return False
        nodes = _check_bundle(run, index, width)
        _check_tile(run, 0, index, nodes or [b""] * width)
        whole = whole and nodes is not None
        if nodes and width == WIDTH:
            roots.append(tile_root(nodes))
    level = 1
    while whole and roots:
        above: list[bytes] = []
        for index, width in _tiles(len(roots)):
            nodes = roots[index * WIDTH :][:width]
            _check_tile(run, level, index, nodes)
            if width == WIDTH:
                above.append(tile_root(nodes))
        roots, level = above, level + 1
    return whole


def _tiles(size: int) -> Iterator[tuple[int, int]]:
    for start in range(0, size, WIDTH):
        yield start // WIDTH, min(WIDTH, size - start)


def _read(run: _Run, name: str) -> bytes | None:
    run.read.add(name)
    try:
        return (run.task.directory / name).read_bytes()
    except OSError as error:
        run.report.add(Finding("file_missing", error.strerror or "unreadable", file=name))
        return None


def _check_bundle(run: _Run, index: int, width: int) -> list[bytes] | None:
    name = tile_name("entries", index, width)
    data = _read(run, name)
    if data is None:
        return None
    try:
        entries = split_entries(data, width)
    except LayoutError as error:
        run.report.add(Finding("bundle_malformed", str(error), file=name))
        return None
    nodes = [leaf_node(entry) for entry in entries]
    for place, (entry, node) in enumerate(zip(entries, nodes, strict=True)):
        _check_entry(run, index * WIDTH + place, entry, node)
        if run.older and run.count == run.older.size:
            run.older_root = run.tree.root()
        run.tree.push(node)
        run.count += 1
    return nodes


def _check_entry(run: _Run, number: int, data: bytes, node: bytes) -> None:
    try:
        entry = read_entry(data)
    except FormError as error:
        run.report.add(Finding("entry_malformed", str(error), entry=number))
        return
    for code, detail in run.chains.follow(entry, node):
        stream, case = str(entry["stream"]), str(entry["case"])
        run.report.add(Finding(code, detail, entry=number, stream=stream, case=case))


def _check_tile(run: _Run, level: int, index: int, nodes: list[bytes]) -> None:
    """Compare a published tile with the recomputed hashes; b"" stands for one not known."""
    name = tile_name(level, index, len(nodes))
    data = _read(run, name)
    if data is None:
        return
    try:
        published = split_hashes(data, len(nodes))
    except LayoutError as error:
        run.report.add(Finding("tile_malformed", str(error), file=name))
        return
    for place, (theirs, ours) in enumerate(zip(published, nodes, strict=True)):
        if ours and theirs != ours:
            number = (index * WIDTH + place) * WIDTH**level
            detail = f"the tile's hash {place} is not that of the entries"
            run.report.add(Finding("tile_mismatch", detail, file=name, entry=number))


def _check_roots(run: _Run, head: Head) -> None:
    if run.tree.root() != head.root:
        detail = f"the entries give {run.tree.root().hex()}, signed is {head.root.hex()}"
        run.report.add(Finding("root_mismatch", detail, file="checkpoint"))
    older = run.older
    if older is None:
        return
    if older.size > head.size:
        detail = f"size {head.size}, but {older.size} was signed before"
        run.report.add(Finding("rollback", detail, file="checkpoint"))
        return
    root = run.tree.root() if older.size == run.count else run.older_root
    if root != older.root:
        detail = f"the first {older.size} entries are not those signed before"
        run.report.add(Finding("fork", detail))


def _check_extras(run: _Run) -> None:
    for name, wider in extra_files(run.task.directory, run.read):
        if wider is None:
            detail = "no log of this size has this file"
            run.report.add(Finding("file_unexpected", detail, file=name))
            continue
        path = run.task.directory / wider
        whole = path.read_bytes() if path.is_file() else b""
        if not whole.startswith((run.task.directory / name).read_bytes()):
            detail = f"not the beginning of {wider}"
            run.report.add(Finding("partial_mismatch", detail, file=name))
