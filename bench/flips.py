"""One hundred thousand altered bytes in a published log: the verifier must see every one.

Two processes, each with its own copy in memory of one published log; places are drawn evenly over
the classes of position (every field of an entry, tiles, checkpoint lines). What the verifier reads
of an entry and of a leaf's hash depends on the bytes alone, so both are remembered by their bytes.
"""

import random
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from functools import lru_cache
from multiprocessing import get_context
from pathlib import Path

from bench.figure import Figure, Options, misses, run_figure
from tests.foundation.audit.histories import history
from tests.verifier.published import checked, publish
from tests.verifier.test_flips import SIZE, spans
from verifier import check
from verifier.cases import read_entry
from verifier.tree import leaf_node

FLIPS = 100_000
PROCESSES = 2
PART = 2500
MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of our own inside, removed at the end


def flipped(job: tuple[int, int]) -> int:
    """How many of `count` altered bytes the verifier did not see."""
    seed, count = job
    dice = random.Random(seed)
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        log = publish(Path(folder), history(SIZE, cases=20))
        places = list(spans(log).values())
        assert not checked(log).counts, "the untouched log must pass"
        return sum(not _seen(log, dice, places[turn % len(places)]) for turn in range(count))


def _seen(log: Path, dice: random.Random, places: list[tuple[Path, int, int]]) -> bool:
    path, start, end = dice.choice(places)
    place, change = dice.randrange(start, end), dice.randrange(1, 256)
    whole = path.read_bytes()
    path.write_bytes(whole[:place] + bytes([whole[place] ^ change]) + whole[place + 1 :])
    report = checked(log)
    path.write_bytes(whole)
    return bool(report.counts)


def _remember() -> None:
    # Both are functions of the bytes alone; without this a flip takes four times as long.
    for name, function in {"read_entry": read_entry, "leaf_node": leaf_node}.items():
        setattr(check, name, lru_cache(maxsize=4 * SIZE)(function))


def measure(options: Options) -> Figure:
    """How many alterations went unseen."""
    count = options.size or FLIPS
    parts = [(options.seed * 10**6 + part, PART) for part in range(-(-count // PART))]
    context = get_context("fork")
    with ProcessPoolExecutor(PROCESSES, mp_context=context, initializer=_remember) as pool:
        unseen = sum(pool.map(flipped, parts))
    return Figure(
        figure="flips",
        value=unseen,
        unit="altered bytes unseen",
        target="0",
        n=len(parts) * PART,
        seed=options.seed,
        misses=misses(every_flip_seen=unseen == 0),
        details={"entries": SIZE, "processes": PROCESSES},
    )


if __name__ == "__main__":
    sys.exit(run_figure(measure))
