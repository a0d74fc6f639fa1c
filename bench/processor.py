"""Processor time by program, from /proc: how much of the machine is Python, how much PostgreSQL."""

import os
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(slots=True)
class Spent:
    """Seconds of processor time by kind of process."""

    seconds: dict[str, float] = field(default_factory=lambda: defaultdict(float))

    def shares(self) -> dict[str, float]:
        """Each kind's share of all."""
        total = sum(self.seconds.values()) or 1.0
        return {kind: round(each / total, 3) for kind, each in sorted(self.seconds.items())}


@contextmanager
def spent_during(spent: Spent) -> Iterator[None]:
    """Add what was spent while the block ran; processes that began or ended inside count too."""
    before = _now()
    yield
    after = _now()
    for key, (kind, ticks) in after.items():
        spent.seconds[kind] += (ticks - before.get(key, (kind, 0))[1]) / TICKS
    for kind in [kind for kind, each in spent.seconds.items() if each <= 0]:
        del spent.seconds[kind]


def _now() -> dict[tuple[str, str], tuple[str, int]]:
    """(process, start) -> (kind, ticks) of the processes that belong to a figure."""
    found = {}
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            stat = (folder / "stat").read_text()
            words = (folder / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        fields = stat[stat.rindex(")") + 2 :].split()
        if kind := _kind(folder.name, words):
            found[folder.name, fields[19]] = (kind, int(fields[11]) + int(fields[12]))
    return found


def _kind(number: str, words: list[bytes]) -> str:
    line = b" ".join(words)
    if int(number) == os.getpid():
        return "load"
    if b"bench_" in line and line.startswith(b"postgres:"):
        return "postgres"
    if b"granian" in line or b"multiprocessing" in line:
        return "python"
    if b"bench.jobs_worker" in line or b"emigrate worker" in line:
        return "python"
    return ""
