"""Progress of long commands: a bar on a terminal, a line now and then otherwise."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

SECONDS_BETWEEN_LINES = 5.0

Advance = Callable[[int], None]


@contextmanager
def progress(
    total: int, label: str, *, silent: bool = False, stream: TextIO | None = None
) -> Iterator[Advance]:
    """Give a function that counts finished pieces of `total`; `silent` is for --json.

    Writes to standard error, so that standard output keeps only the result.
    """
    out = stream or sys.stderr
    if silent:
        yield lambda _pieces: None
    elif out.isatty():
        with _bar(out) as bar:
            task = bar.add_task(label, total=total)
            yield lambda pieces: bar.advance(task, pieces)
    else:
        lines = _Lines(total, label, out)
        yield lines.advance
        lines.finish()


def _bar(out: TextIO) -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    return Progress(*columns, TimeRemainingColumn(), console=Console(file=out))


class _Lines:
    """Plain lines for logs: the first, one every five seconds, and the last."""

    def __init__(self, total: int, label: str, out: TextIO) -> None:
        self.total, self.label, self.out = total, label, out
        self.done = 0
        self.began = self.said = time.monotonic()
        print(f"{label}: 0 of {total}", file=out, flush=True)

    def advance(self, pieces: int) -> None:
        self.done += pieces
        now = time.monotonic()
        if now - self.said >= SECONDS_BETWEEN_LINES:
            self.said = now
            print(f"{self.label}: {self.done} of {self.total}", file=self.out, flush=True)

    def finish(self) -> None:
        seconds = time.monotonic() - self.began
        text = f"{self.label}: {self.done} of {self.total} in {seconds:.1f} s"
        print(text, file=self.out, flush=True)
