"""A simulation's own database and folder, fresh each time, with the sandboxes beside it."""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from emigrate.ops.cli import CommandRefused
from emigrate.ops.database import Role, create_from_template, drop_database, start
from emigrate.ops.django_setup import setup_django
from emigrate.ops.simulation.sandboxes import sandboxes, tell

CHECKOUT = Path(__file__).resolve().parents[3]
PREFIX = "simulation_"


@dataclass(frozen=True, slots=True)
class Installation:
    """Where a simulation keeps its files, and the sandboxes' greeting."""

    folder: Path
    sandbox: dict[str, Any]


def folder_of(name: str) -> Path:
    """Where the simulation of this name keeps its keys and files."""
    return Path(os.environ.get("EMIGRATE_STATE", CHECKOUT / ".emigrate")).resolve() / name


@contextmanager
def simulation(name: str, *, seed: int) -> Iterator[Installation]:
    """A fresh simulation database and state folder of this name; Django is ready inside.

    Refused with production settings: a simulation's time can be set.
    """
    if os.environ.get("EMIGRATE_MODE") == "production":
        raise CommandRefused("production", "Simulations do not start with production settings.")
    folder = folder_of(name)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    os.environ["EMIGRATE_STATE"] = str(folder)
    fresh_database(name)
    with sandboxes(folder / "sandbox", seed=seed) as greeting:
        setup_django(name, Role.APP)
        introduce(greeting)
        yield Installation(folder, greeting)


def fresh_database(name: str) -> None:
    """Make the database `name` anew from a template that these very migrations made."""
    with (Path(tempfile.gettempdir()) / f"emigrate-simulations-{os.getuid()}.lock").open(
        "w"
    ) as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two simulations may begin at once
        _copied(name)


def _copied(name: str) -> None:
    instance = start()
    template = f"{PREFIX}{_migrations_digest()}"
    for old in instance.databases:
        if old.startswith(PREFIX) and old != template:
            drop_database(old)
    command = [sys.executable, "-m", "emigrate", "db", "migrate", "--simulation", "--json"]
    command += ["--database", template]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise CommandRefused("migration_failed", done.stderr.strip() or done.stdout.strip())
    create_from_template(name, template, simulation=True)


def _migrations_digest() -> str:
    digest = hashlib.sha256()
    for path in sorted(CHECKOUT.glob("emigrate/**/migrations/*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def introduce(greeting: dict[str, Any]) -> None:
    """Give the partners our public key."""
    from emigrate.partners.directory import caller_key  # app ready

    key = caller_key()
    tell(greeting, f"keys/{key.key_id}", key.public_pem, kind="application/x-pem-file")
