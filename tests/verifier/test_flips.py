"""One changed byte anywhere in a published log is seen, every time.

The number of seeded flips comes from EMIGRATE_FLIPS (default 3,300).
"""

import os
import random
from pathlib import Path

import pytest

from tests.foundation.audit.histories import history
from tests.verifier.published import checked, publish

FLIPS = int(os.environ.get("EMIGRATE_FLIPS", "3300"))
SIZE = 262  # one full tile, one partial tile of 6, one tile of level 1
FIELDS = (
    "actor",
    "actor_role",
    "after_hash",
    "after_state",
    "case",
    "db_time",
    "event",
    "findings_hash",
    "on_behalf_of",
    "prev",
    "reason_hash",
    "request_id",
    "seq",
    "stream",
    "version",
)


def spans(log: Path) -> dict[str, list[tuple[Path, int, int]]]:
    """Every class of position: (file, start, end) of each place that belongs to it."""
    found: dict[str, list[tuple[Path, int, int]]] = {}
    note = log / "checkpoint"
    start = 0
    names = ("origin", "size", "root", "blank", "signature", "cosignature")
    for name, line in zip(names, note.read_bytes().splitlines(keepends=True), strict=True):
        found[f"checkpoint {name}"] = [(note, start, start + len(line))]
        start += len(line)
    for name in ("tile/0/000", "tile/0/001.p/6", "tile/1/000.p/1"):
        path = log / name
        found[name] = [(path, 0, path.stat().st_size)]
    for name in ("tile/entries/000", "tile/entries/001.p/6"):
        path = log / name
        found[name] = [(path, 0, path.stat().st_size)]
        for kind, begin, end in entry_spans(path.read_bytes()):
            found.setdefault(kind, []).append((path, begin, end))
    return found


def entry_spans(data: bytes):
    """The length prefixes and fields of a bundle's entries."""
    at = 0
    while at < len(data):
        end = at + 2 + int.from_bytes(data[at : at + 2], "big")
        yield "entry length", at, at + 2
        for field in FIELDS:
            begin = data.index(f'"{field}":'.encode(), at, end)
            stop = data.find(b',"', begin, end)
            yield f"entry {field}", begin, stop if stop > 0 else end
        at = end


@pytest.fixture(scope="module")
def log(tmp_path_factory):
    directory = publish(tmp_path_factory.mktemp("log"), history(SIZE, cases=20))
    assert not checked(directory).counts
    return directory


def test_every_class_of_position_is_tried(log):
    classes = spans(log)

    assert len(classes) == 6 + 3 + 2 + 1 + len(FIELDS)


@pytest.mark.slow
@pytest.mark.parametrize("part", range(4))
def test_every_flipped_byte_is_seen(log, part):
    classes = spans(log)
    dice = random.Random(20_261_122 + part)
    flips = -(-FLIPS // 4 // len(classes))
    missed = []
    for name, places in classes.items():
        for _ in range(flips):
            path, start, end = dice.choice(places)
            place, change = dice.randrange(start, end), dice.randrange(1, 256)
            if not seen(path, place, change, log):
                missed.append((name, path.name, place, change))

    assert missed == []


def seen(path: Path, place: int, change: int, log: Path) -> bool:
    """Whether the verifier finds something after this one change, which is then undone."""
    whole = path.read_bytes()
    path.write_bytes(whole[:place] + bytes([whole[place] ^ change]) + whole[place + 1 :])
    report = checked(log)
    path.write_bytes(whole)
    return bool(report.counts)
