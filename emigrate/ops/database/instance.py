"""Start, stop and look at the database of this checkout; an outside one is left alone."""

import contextlib
import fcntl
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Final

import psycopg

from emigrate.ops.database.addresses import SUPERUSER, external
from emigrate.ops.database.binaries import Binaries, binaries_for, find_binaries
from emigrate.ops.database.errors import DatabaseUnavailable
from emigrate.ops.database.home import (
    CHECKOUT,
    Account,
    Home,
    default_home,
    prepare,
    server_account,
)
from emigrate.ops.database.processes import postmaster, send, wait_until_gone
from emigrate.ops.database.roles import admission, connect_as_superuser, ensure_roles

START_SECONDS: Final = 60.0
STOP_SECONDS: Final = 60.0
CONNECT_SECONDS: Final = 2
# The first may have met the end of the server before it; the second tells the truth.
SUPERVISORS_TRIED: Final = 2
BUILTIN_LOCALE_SINCE: Final = 17
LARGEST_LOG_BYTES: Final = 10_000_000
LOG_LINES_SHOWN: Final = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """What `status` knows about a database server; all values fit into JSON."""

    running: bool = False
    external: bool = False
    version: str | None = None
    socket: str | None = None
    data: str | None = None
    databases: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, object]:
        """Return the fields as a dictionary."""
        return asdict(self)


def start(home: Home | None = None, *, fast: bool = False) -> Instance:
    """Start the server if it is not running, with our roles in it; calling again changes nothing.

    With DATABASE_URL set nothing is started. `fast` gives up safety against a crash of the machine
    and is for throw-away homes of tests. Raises DatabaseUnavailable after 60 seconds.
    """
    if external():
        return status()
    home = home or default_home()
    if not (_supervised(home) and _answers(home)):
        account = server_account()
        prepare(home, account)
        with _locked(home):
            _bring_up(home, account, fast=fast)
            ensure_roles(home)
    return status(home)


def stop(home: Home | None = None) -> None:
    """End the server in good order; nothing to stop is no error. DATABASE_URL is left alone."""
    if external():
        return
    home = home or default_home()
    if not home.folder.exists():
        return
    with _locked(home):
        if _supervised(home):
            send(int(home.supervisor_lock.read_text()), signal.SIGTERM)
        elif orphan := postmaster(home):
            send(orphan, signal.SIGINT)
        if not wait_until_gone(home, STOP_SECONDS):
            text = f"The database did not stop in {STOP_SECONDS:.0f} seconds: see {home.log}."
            raise DatabaseUnavailable(text)
        while _supervised(home):
            time.sleep(0.01)


def status(home: Home | None = None) -> Instance:
    """Look at the server without starting it."""
    outside = external()
    home = home or default_home()
    data, socket = (None, None) if outside else (str(home.data), str(home.sockets))
    try:
        with connect_as_superuser(home, timeout=CONNECT_SECONDS) as connection:
            rows = connection.execute(
                "SELECT datname FROM pg_database WHERE NOT datistemplate ORDER BY datname"
            ).fetchall()
            version = connection.info.parameter_status("server_version")
    except psycopg.OperationalError:
        return Instance(socket=socket, data=data, external=bool(outside))
    names = [str(row[0]) for row in rows if row[0] != SUPERUSER]
    return Instance(
        running=True,
        external=bool(outside),
        version=version,
        socket=socket,
        data=data,
        databases=names,
    )


@contextlib.contextmanager
def _locked(home: Home) -> Iterator[None]:
    """Let one process at a time start or stop this home's server."""
    with home.start_lock.open("a") as handle:
        until = time.monotonic() + START_SECONDS
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError as busy:
                if time.monotonic() > until:
                    text = f"Another process is starting or stopping the database of {home.folder}."
                    raise DatabaseUnavailable(text) from busy
                time.sleep(0.02)
        yield


def _supervised(home: Home) -> bool:
    """Tell whether a living supervisor holds its lock."""
    try:
        handle = os.open(home.supervisor_lock, os.O_RDWR)
    except (FileNotFoundError, NotADirectoryError):
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False


def _answers(home: Home) -> bool:
    try:
        with connect_as_superuser(home, timeout=CONNECT_SECONDS):
            return True
    except psycopg.OperationalError:
        return False


def _bring_up(home: Home, account: Account, *, fast: bool) -> None:
    found = binaries_for(home, account, find_binaries(home.major))
    if home.major is None:
        _make_data(home, account, found)
    _admit(home, account)
    until = time.monotonic() + START_SECONDS
    launches = 0
    while not (_supervised(home) and _answers(home)):
        if not _supervised(home):
            launches += 1
            if launches > SUPERVISORS_TRIED:
                raise DatabaseUnavailable(_why(home))
            _launch(home, found, fast=fast)
        if time.monotonic() > until:
            raise DatabaseUnavailable(_why(home))
        time.sleep(0.02)


def _launch(home: Home, found: Binaries, *, fast: bool) -> None:
    """Start a supervisor, which leaves our session and answers no terminal."""
    if home.log.exists() and home.log.stat().st_size > LARGEST_LOG_BYTES:
        home.log.replace(home.log.with_suffix(".log.old"))
    command = [sys.executable, "-m", "emigrate.ops.database.supervisor"]
    command += [str(home.folder), str(found.folder), *(["--fast"] if fast else [])]
    environment = {
        "PATH": os.environ.get("PATH", os.defpath),
        "PYTHONPATH": os.pathsep.join([str(CHECKOUT), *filter(None, sys.path)]),
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
    }
    with home.log.open("ab") as log:
        subprocess.run(
            command,
            check=True,
            cwd="/",
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def _make_data(home: Home, account: Account, found: Binaries) -> None:
    """Run initdb in a folder that gets its name only when it is whole."""
    half_made = home.folder / "data.new"
    shutil.rmtree(half_made, ignore_errors=True)
    half_made.mkdir(mode=0o700)
    os.chown(half_made, account.uid, account.gid)
    command = [found.tool("initdb"), "-D", str(half_made), "-U", SUPERUSER, "--auth=peer"]
    command += ["--encoding=UTF8", "--data-checksums", *_locale(found.major)]
    made = subprocess.run(
        command,
        capture_output=True,
        text=True,
        cwd="/",
        env={"PATH": os.defpath, "LC_ALL": "C.UTF-8", "TZ": "UTC"},
        check=False,
        **account.identity,
    )
    if made.returncode:
        raise DatabaseUnavailable(f"initdb failed: {made.stderr.strip()}")
    half_made.rename(home.data)


def _locale(major: int) -> list[str]:
    """Return a locale that sorts alike on every machine; the builtin one exists from 17 on."""
    if major >= BUILTIN_LOCALE_SINCE:
        return ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C.UTF-8"]
    return ["--locale=C.UTF-8"]


def _admit(home: Home, account: Account) -> None:
    """Write who may connect: this account under each of our roles, known by the kernel's word."""
    rules = "local all all peer map=emigrate\n"
    names = {account.name, _own_name(account)}
    for name, text in (("pg_hba.conf", rules), ("pg_ident.conf", admission(sorted(names)))):
        path = home.data / name
        if path.read_text() != text:
            path.write_text(text)


def _own_name(account: Account) -> str:
    return account.name if account.uid == os.geteuid() else "root"


def _why(home: Home) -> str:
    lines = home.log.read_text(errors="replace").splitlines() if home.log.exists() else []
    said = "\n".join(lines[-LOG_LINES_SHOWN:])
    return f"The database did not start; the end of {home.log}:\n{said}"
