"""The detached parent of one PostgreSQL server: starts it, waits for it, starts it again.

Run as `python -m emigrate.ops.database.supervisor HOME BIN [--fast]`. It returns at once and goes
on in the background until SIGTERM, until the server is stopped by its own means, or until the
server fails five times in a row.
"""

import fcntl
import os
import select
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType
from typing import Final

from emigrate.ops.database.home import Account, Home, server_account
from emigrate.ops.database.processes import clear_away, postmaster, send

LOCK_SECONDS: Final = 2.0
QUICK_FAILURE_SECONDS: Final = 5.0
FAILURES_IN_A_ROW: Final = 5

SETTINGS: Final = {
    "listen_addresses": "",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "effective_cache_size": "2GB",
    "maintenance_work_mem": "128MB",
    "random_page_cost": "1.1",
    "max_wal_size": "2GB",
    "jit": "off",
    "fsync": "on",
    "synchronous_commit": "on",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
    "log_line_prefix": "%m [%p] %u@%d ",
    "log_lock_waits": "on",
    "cluster_name": "emigrate",
}
# Only for databases that a test throws away: a crash of the machine may ruin them.
FAST_SETTINGS: Final = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def server_command(home: Home, binaries: Path, *, fast: bool) -> list[str]:
    """Return the command line of the server, with every setting that is ours."""
    settings = SETTINGS | {"unix_socket_directories": str(home.sockets)}
    settings |= FAST_SETTINGS if fast else {}
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    return [str(binaries / "postgres"), "-D", str(home.data), *options]


class Supervisor:
    """Keeps one server running; the server is its child, so that no zombie holds its lock."""

    def __init__(self, home: Home, binaries: Path, account: Account, *, fast: bool) -> None:
        self.home = home
        self.account = account
        self.command = server_command(home, binaries, fast=fast)
        self.server: int | None = None
        self.stopping = False

    def run(self) -> None:
        """Serve until stopped."""
        for wanted in (signal.SIGTERM, signal.SIGINT):
            signal.signal(wanted, self._stop)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        failures = 0
        while not self.stopping and failures < FAILURES_IN_A_ROW and self.home.major:
            began = time.monotonic()
            if self._serve():
                return
            failures = failures + 1 if time.monotonic() - began < QUICK_FAILURE_SECONDS else 0

    def _serve(self) -> bool:
        """Run or adopt one server; True when it ended in good order."""
        if orphan := postmaster(self.home):
            return self._adopt(orphan)
        clear_away(self.home)
        with subprocess.Popen(self.command, **self.account.identity) as child:
            self._watch(child.pid)
            ended_well = child.wait() == 0
        self.server = None
        return ended_well

    def _adopt(self, orphan: int) -> bool:
        """Wait for a server whose own supervisor was killed."""
        try:
            handle = os.pidfd_open(orphan)
        except ProcessLookupError:
            return False
        self._watch(orphan)
        poll = select.poll()
        poll.register(handle, select.POLLIN)
        poll.poll()
        os.close(handle)
        self.server = None
        # A server that ends in good order takes its lock file away.
        return not (self.home.data / "postmaster.pid").exists()

    def _watch(self, pid: int) -> None:
        self.server = pid
        if self.stopping:
            send(pid, signal.SIGINT)

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        """Ask for a fast shutdown: sessions end, committed rows are written out."""
        self.stopping = True
        if self.server is not None:
            send(self.server, signal.SIGINT)


def take_lock(home: Home) -> int | None:
    """Take the supervisor's lock for the life of this process; None when another holds it."""
    handle = os.open(home.supervisor_lock, os.O_RDWR | os.O_CREAT, 0o600)
    until = time.monotonic() + LOCK_SECONDS
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > until:
                return None
            time.sleep(0.02)
        else:
            os.ftruncate(handle, 0)
            os.write(handle, str(os.getpid()).encode())
            return handle


def main(arguments: list[str]) -> None:
    """Go to the background, take the lock and supervise."""
    if os.fork():
        return
    home, binaries = Home(Path(arguments[0])), Path(arguments[1])
    if take_lock(home) is None:
        return
    Supervisor(home, binaries, server_account(), fast="--fast" in arguments).run()


if __name__ == "__main__":
    main(sys.argv[1:])
