"""The databases of simulations: copied from a template that this very code made and filled."""

import fcntl
import hashlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path
from typing import Final

import psycopg

from emigrate.ops.cli import CommandRefused
from emigrate.ops.database import (
    CHECKOUT,
    Role,
    connect_as_superuser,
    create_from_template,
    drop_database,
    dsn,
    refusing,
    start,
)

PREFIX: Final = "simulation_"
SHAPING: Final = (
    "requirements/run.txt", "emigrate/**/*.py", "emigrate/**/*.csv", "emigrate/**/*.yaml"
)  # fmt: skip
"""What migrations, guards and reference data follow from."""


@contextmanager
def kept_to_oneself(name: str) -> Iterator[None]:
    """Keep a simulation to this command: a second one would replace it beneath the first.

    Raises CommandRefused while another command works in it. The server lets go of it when this
    process ends, however that comes.
    """
    start()
    with refusing():
        session = connect_as_superuser()
    with closing(session):
        lock = "SELECT pg_try_advisory_lock(hashtextextended(%s, 0))"
        free = session.execute(lock, [f"{PREFIX}{name}"]).fetchone()
        if free is None or not free[0]:
            text = f"Another command works in the simulation {name}: wait until it has ended."
            raise CommandRefused("simulation_busy", text)
        yield


def fresh_database(name: str) -> None:
    """Make the database `name` anew from a template that these very migrations made."""
    with (Path(tempfile.gettempdir()) / f"emigrate-simulations-{os.getuid()}.lock").open(
        "w"
    ) as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two simulations may begin at once
        _copied(name)


def _copied(name: str) -> None:
    template = f"{PREFIX}{_migrations_digest()}"
    for old in start().databases:
        if old.startswith(PREFIX) and old != template:
            drop_database(old)
    bring_up_to_date(template)
    create_from_template(name, template, simulation=True)


def bring_up_to_date(name: str) -> None:
    """Bring a simulation up to this code, as `emigrate db migrate` does; made if it is missing.

    A process of its own, because it speaks as the owner; refused with its words when it fails. A
    database that this very code has brought up before is left as it is, which saves seconds.
    """
    if name in start().databases and _made_by(name) == _code_digest():
        return
    command = [sys.executable, "-m", "emigrate", "db", "migrate", "--simulation", "--json"]
    done = subprocess.run(  # in our own folder: another checkout's code may lie in the caller's
        [*command, "--database", name], cwd=CHECKOUT, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise _refusal(done)
    with psycopg.connect(dsn(name, Role.OWNER)) as owner:
        owner.execute("UPDATE platform_simulation SET purpose = %s", [_code_digest()])


def _refusal(done: "subprocess.CompletedProcess[str]") -> CommandRefused:
    try:
        (said,) = json.loads(done.stdout)["errors"]
    except ValueError:
        return CommandRefused("migration_failed", done.stderr.strip().rpartition("\n")[2])
    return CommandRefused(said["code"], said["message"])


def _made_by(name: str) -> str | None:
    """What a simulation says of the code that brought it up; None when it says nothing."""
    try:
        with psycopg.connect(dsn(name, Role.OWNER)) as owner:
            row = owner.execute("SELECT purpose FROM platform_simulation").fetchone()
    except psycopg.errors.UndefinedTable:
        return None
    return row[0] if row else None


def _migrations_digest() -> str:
    digest = hashlib.sha256()
    for path in sorted(CHECKOUT.glob("emigrate/**/migrations/*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


@cache
def _code_digest() -> str:
    """Everything that a database's shape, guards and reference data follow from, in 40 digits."""
    digest = hashlib.sha256()
    for kind in SHAPING:
        for path in sorted(CHECKOUT.glob(kind)):
            digest.update(f"{path.relative_to(CHECKOUT)}\n".encode() + path.read_bytes())
    return digest.hexdigest()[:40]
