"""A simulation's own database and folder, fresh each time, with the sandboxes beside it."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from emigrate.ops.cli import CommandRefused
from emigrate.ops.database import Role
from emigrate.ops.django_setup import folder_of, setup_django
from emigrate.ops.processes import ended_by_signals
from emigrate.ops.simulation.databases import fresh_database, kept_to_oneself
from emigrate.ops.simulation.sandboxes import sandboxes, tell


@dataclass(frozen=True, slots=True)
class Installation:
    """Where a simulation keeps its files, and the sandboxes' greeting."""

    folder: Path
    sandbox: dict[str, Any]


@contextmanager
def simulation(name: str, *, seed: int) -> Iterator[Installation]:
    """A fresh simulation database and state folder of this name; Django is ready inside.

    Refused with production settings, for a simulation's time can be set; and while another command
    works in it.
    """
    refuse_production()
    folder = folder_of(name)
    with ended_by_signals(), kept_to_oneself(name):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        os.environ["EMIGRATE_STATE"] = str(folder)
        fresh_database(name)
        with sandboxes(folder / "sandbox", seed=seed) as greeting:
            setup_django(name, Role.APP)
            introduce(greeting)
            yield Installation(folder, greeting)


def refuse_production() -> None:
    """Nothing whose time can be set, or whose partners are sandboxes, starts in production."""
    if os.environ.get("EMIGRATE_MODE") == "production":
        text = "This is a demonstration: it does not start with production settings."
        raise CommandRefused("production", text)


def introduce(greeting: dict[str, Any]) -> None:
    """Give the partners our public key, and keep those that they sign their news with."""
    from emigrate.partners.directory import caller_key, trust_sender_key  # app ready

    key = caller_key()
    tell(greeting, f"keys/{key.key_id}", key.public_pem, kind="application/x-pem-file")
    for sender, told in greeting["senders"].items():
        trust_sender_key(sender.replace("-", "_"), told["key_id"], told["pem"].encode())
