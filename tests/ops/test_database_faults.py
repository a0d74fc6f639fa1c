"""kill -9 of the server, of its supervisor, of both: the next command works, nothing is lost."""

import os
import signal
import subprocess
import threading
import time
from pathlib import Path

import psycopg
import pytest

from emigrate.ops.database import Role, dsn, ensure_database, start, status, stop
from emigrate.ops.database.home import SOCKET_NAME, server_account
from emigrate.ops.database.processes import postmaster, processes_in

SECONDS_ALLOWED = 10.0


@pytest.fixture
def home(lasting_home):
    return lasting_home


class Writer(threading.Thread):
    """Commits one row after another and keeps the numbers that the server acknowledged."""

    def __init__(self, home):
        super().__init__()
        self.address = dsn("ledger", Role.OWNER, home)
        self.acknowledged = []

    def run(self):
        number = 0
        try:
            with psycopg.connect(self.address, autocommit=True) as connection:
                while True:
                    connection.execute("INSERT INTO rows VALUES (%s)", [number])
                    self.acknowledged.append(number)
                    number += 1
        except psycopg.OperationalError:
            return


def ledger(home):
    start(home)
    ensure_database("ledger", home=home)
    with psycopg.connect(dsn("ledger", Role.OWNER, home), autocommit=True) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS rows (number int PRIMARY KEY)")
        connection.execute("TRUNCATE rows")


def rows(home):
    with psycopg.connect(dsn("ledger", Role.OWNER, home)) as connection:
        return {row[0] for row in connection.execute("SELECT number FROM rows").fetchall()}


def supervisor(home):
    return int(home.supervisor_lock.read_text())


def victims(home, names):
    found = {"server": postmaster(home), "supervisor": supervisor(home)}
    return [found[name] for name in names]


@pytest.mark.parametrize(
    "names",
    [["server"], ["supervisor"], ["server", "supervisor"], ["supervisor", "server"]],
    ids="-".join,
)
def test_after_kill_9_the_next_command_works_and_keeps_every_row(home, names):
    ledger(home)
    writer = Writer(home)
    writer.start()
    time.sleep(0.5)

    for pid in victims(home, names):
        os.kill(pid, signal.SIGKILL)
    began = time.monotonic()
    instance = start(home)
    seconds = time.monotonic() - began
    stop(home)
    writer.join()
    start(home)

    assert (instance.running, seconds < SECONDS_ALLOWED) == (True, True)
    assert len(writer.acknowledged) > 0
    assert set(writer.acknowledged) - rows(home) == set()


def test_a_killed_server_comes_back_without_any_command(home):
    ledger(home)
    server = postmaster(home)

    os.kill(server, signal.SIGKILL)

    until = time.monotonic() + SECONDS_ALLOWED
    while not status(home).running and time.monotonic() < until:
        time.sleep(0.05)
    assert (status(home).running, postmaster(home) != server) == (True, True)


def test_an_orphaned_server_is_adopted_then_replaced_when_it_dies(home):
    ledger(home)
    server, first = postmaster(home), supervisor(home)
    os.kill(first, signal.SIGKILL)
    _wait_for(lambda: not _alive(first))

    start(home)
    adopted = (postmaster(home), supervisor(home) != first)
    os.kill(server, signal.SIGKILL)
    _wait_for(lambda: status(home).running and postmaster(home) != server)

    assert adopted == (server, True)
    assert rows(home) == set()


def test_stop_ends_an_orphaned_server(home):
    ledger(home)
    first = supervisor(home)
    os.kill(first, signal.SIGKILL)
    _wait_for(lambda: not _alive(first))

    stop(home)

    assert (status(home).running, processes_in(home)) == (False, [])


def test_a_lock_that_names_a_living_stranger_is_no_obstacle(home):
    ledger(home)
    for pid in victims(home, ["supervisor", "server"]):
        os.kill(pid, signal.SIGKILL)
    _wait_for(lambda: processes_in(home) == [])

    with subprocess.Popen(["sleep", "60"], **server_account().identity) as stranger:
        for path in (home.data / "postmaster.pid", home.sockets / f"{SOCKET_NAME}.lock"):
            lines = path.read_text().splitlines()
            path.write_text("\n".join([str(stranger.pid), *lines[1:]]) + "\n")
        instance = start(home)
        still_there = stranger.poll() is None
        stranger.kill()

    assert (instance.running, still_there) == (True, True)


def test_a_backend_that_outlives_its_server_is_no_obstacle(home):
    ledger(home)
    sleeper = psycopg.connect(dsn("ledger", Role.OWNER, home))
    backend = sleeper.info.backend_pid
    os.kill(backend, signal.SIGSTOP)  # it cannot notice the death of its parent

    for pid in victims(home, ["supervisor", "server"]):
        os.kill(pid, signal.SIGKILL)
    began = time.monotonic()
    instance = start(home)
    seconds = time.monotonic() - began
    sleeper.close()

    assert (instance.running, seconds < SECONDS_ALLOWED) == (True, True)
    assert backend not in processes_in(home)


def test_twenty_rounds_lose_nothing(home):
    ledger(home)
    slowest, lost = 0.0, 0
    for round_ in range(20):
        with psycopg.connect(dsn("ledger", Role.OWNER, home), autocommit=True) as connection:
            connection.execute("TRUNCATE rows")
        writer = Writer(home)
        writer.start()
        time.sleep(0.1)
        names = [["server"], ["supervisor", "server"]][round_ % 2]

        for pid in victims(home, names):
            os.kill(pid, signal.SIGKILL)
        began = time.monotonic()
        start(home)
        slowest = max(slowest, time.monotonic() - began)

        writer.join()
        lost += len(set(writer.acknowledged) - rows(home))

    assert (lost, slowest < SECONDS_ALLOWED) == (0, True)


def _alive(pid):
    """Tell whether a process runs; one that only waits to be reaped does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def _wait_for(condition):
    until = time.monotonic() + SECONDS_ALLOWED
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.02)
