"""What every figure prints, how its command line looks, and medians over rounds."""

import argparse
import json
import os
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
ROUNDS = 5
SEED = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One measurement. `value` in `unit`, `limit` measured in the same run, `ratio` of the two.

    `target` is what `ratio` (or `value`, where there is no limit) must reach; `misses` names what
    did not.
    """

    figure: str
    value: float
    unit: str
    target: str
    n: int
    seed: int
    ratio: float | None = None
    limit: float | None = None
    misses: Sequence[str] = ()
    details: dict[str, Any] = field(default_factory=dict)  # figures of any kind, for the reader

    @property
    def ok(self) -> bool:
        """Whether every target was reached."""
        return not self.misses


@dataclass(frozen=True, slots=True)
class Options:
    """What may be asked of every figure: a seed, a size, and whether its database stays."""

    seed: int = SEED
    size: int | None = None
    keep: bool = False


def run_figure(measure: Callable[[Options], Figure], arguments: Sequence[str] | None = None) -> int:
    """Measure, print one JSON line, and return 0, or 1 when a target was missed."""
    began = time.perf_counter()
    figure = measure(options(arguments))
    line = {
        **asdict(figure),
        "ok": figure.ok,
        "seconds": round(time.perf_counter() - began, 1),
        "commit": commit(),
        "cores": os.cpu_count(),
    }
    print(json.dumps(line), flush=True)
    return 0 if figure.ok else 1


def options(arguments: Sequence[str] | None) -> Options:
    """Read the options that every figure has."""
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--size", type=int, help="rows, cases or attempts; each figure's own")
    parser.add_argument("--keep", action="store_true", help="leave the figure's database")
    given = parser.parse_args(arguments)
    return Options(given.seed, given.size, given.keep)


def commit() -> str:
    """The commit that was measured, with `+` when files differ from it."""
    shown = _git("rev-parse", "--short=12", "HEAD") or "unknown"
    return shown + ("+" if _git("status", "--porcelain", "--untracked-files=no") else "")


def _git(*words: str) -> str:
    asked = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=False)
    return asked.stdout.strip()


def misses(**reached: bool) -> list[str]:
    """The names of the targets that were not reached."""
    return [name for name, good in reached.items() if not good]


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which that share of the values lies (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def rate(work: Callable[[], int], *, clock: Callable[[], int] = time.process_time_ns) -> float:
    """How many of what `work` counts are done in a second of processor time."""
    began = clock()
    done = work()
    return done / (clock() - began) * 1e9


def medians(rounds: Sequence[tuple[float, ...]]) -> tuple[float, ...]:
    """The median of each column."""
    return tuple(median(column) for column in zip(*rounds, strict=True))
