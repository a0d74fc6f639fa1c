"""Which PostgreSQL processes work in a data folder, read from /proc and never guessed by name."""

import os
import signal
import time
from pathlib import Path

from emigrate.ops.database.home import SOCKET_NAME, Home

PATIENCE_SECONDS = 1.0


def processes_in(home: Home) -> list[int]:
    """Return the living PostgreSQL processes whose folder is this home's data."""
    data = str(home.data)
    return [int(entry.name) for entry in Path("/proc").iterdir() if _works_in(entry, data)]


def _works_in(entry: Path, data: str) -> bool:
    if not entry.name.isdecimal():
        return False
    try:
        # A zombie has no folder any more, so it does not count as living.
        return (
            str((entry / "cwd").readlink()) == data and (entry / "comm").read_text() == "postgres\n"
        )
    except OSError:
        return False


def claimed_pid(home: Home) -> int | None:
    """Return the process that `postmaster.pid` names, living or not."""
    try:
        return int((home.data / "postmaster.pid").read_text().partition("\n")[0])
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return None


def postmaster(home: Home) -> int | None:
    """Return the living server of this home, None when there is none."""
    pid = claimed_pid(home)
    return pid if pid is not None and pid in processes_in(home) else None


def clear_away(home: Home) -> None:
    """Wait for, then end, what a killed server left; only the supervisor may call this.

    A backend that outlives its postmaster holds the shared memory, and the next start would fail.
    Its transaction was not acknowledged, so ending it loses nothing.
    """
    asked = [0, signal.SIGQUIT, signal.SIGQUIT, signal.SIGKILL, signal.SIGKILL]
    for wanted in asked:
        left = processes_in(home)
        if not left:
            break
        if wanted:
            for pid in left:
                send(pid, wanted)
        wait_until_gone(home, PATIENCE_SECONDS)
    _forget_lock_of_stranger(home)


def wait_until_gone(home: Home, seconds: float) -> bool:
    """Wait until no server process is left; False when time ran out."""
    until = time.monotonic() + seconds
    while processes_in(home):
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True


def send(pid: int, wanted: int) -> None:
    """Send a signal; a process that is gone already is no error."""
    try:
        os.kill(pid, wanted)
    except ProcessLookupError:
        return


def _forget_lock_of_stranger(home: Home) -> None:
    """Drop lock files that name a zombie, or a process that got a dead server's number.

    PostgreSQL removes its own stale lock, except when the number lives again, which it cannot tell
    from a running server. Here no process works in the data and the supervisor's lock is held.
    """
    pid = claimed_pid(home)
    if pid is None or not Path(f"/proc/{pid}").exists() or processes_in(home):
        return
    (home.data / "postmaster.pid").unlink(missing_ok=True)
    (home.sockets / f"{SOCKET_NAME}.lock").unlink(missing_ok=True)
