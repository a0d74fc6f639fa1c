"""Child processes that never outlive the command: each in a session of its own, ended as a whole.

A terminal sends Ctrl-C to everybody in its session, so children that stood in it would end in any
order and leave their own children behind. Here only the command is told, and it ends the rest.
"""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import Any, Final

ENDING: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
PATIENCE_SECONDS: Final = 10.0
SESSION_FIELD: Final = 3
"""Where the session stands in /proc/<pid>/stat, counted from the state behind the name."""


@contextmanager
def child(
    command: Sequence[str],
    *,
    ask: Callable[["subprocess.Popen[Any]"], None] | None = None,
    **options: Any,  # those of Popen
) -> Iterator["subprocess.Popen[Any]"]:
    """Run a process until the block ends, then end it and everything that it started.

    `ask` tells it to end in its own way (the default is SIGTERM); after ten seconds it is killed.
    What the process left behind in its session is ended after it.
    """
    with subprocess.Popen(command, start_new_session=True, **options) as process:
        try:
            yield process
        finally:
            with _undisturbed():
                _end(process, ask or subprocess.Popen.terminate)


@contextmanager
def ended_by_signals() -> Iterator[None]:
    """Let SIGTERM and SIGHUP unwind the block as Ctrl-C does, so that its children are ended.

    A hang-up that somebody had ignored before (`nohup`) stays ignored.
    """
    wanted = [each for each in ENDING if not _ignores_hang_up(each)]
    before = {each: signal.signal(each, _interrupt) for each in wanted}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def _ignores_hang_up(number: signal.Signals) -> bool:
    return number is signal.SIGHUP and signal.getsignal(number) is signal.SIG_IGN


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Nobody's second Ctrl-C breaks off the ending of the children, which is bounded in time."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {each: signal.signal(each, signal.SIG_IGN) for each in ENDING}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def _end(process: "subprocess.Popen[Any]", ask: Callable[["subprocess.Popen[Any]"], None]) -> None:
    session = process.pid
    ask(process)
    with suppress(subprocess.TimeoutExpired):
        process.wait(timeout=PATIENCE_SECONDS)
    for number in (signal.SIGTERM, signal.SIGKILL):
        if not living_in(session):
            break
        for pid in living_in(session):
            with suppress(ProcessLookupError):
                os.kill(pid, number)
        _wait_until_empty(session)
    process.wait()


def _wait_until_empty(session: int) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while living_in(session) and time.monotonic() < until:
        time.sleep(0.02)


def living_in(session: int) -> list[int]:
    """The living processes of a session, read from /proc; zombies do not count."""
    return [int(each.name) for each in Path("/proc").iterdir() if _stands_in(each, session)]


def _stands_in(entry: Path, session: int) -> bool:
    if not entry.name.isdecimal():
        return False
    try:
        # The name in brackets may hold spaces and brackets itself.
        fields = (entry / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return False
    return int(fields[SESSION_FIELD]) == session and fields[0] not in {"Z", "X"}
