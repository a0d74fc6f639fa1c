"""`emigrate run`: the site, its jobs and the sandboxes, with an account for everybody."""

import argparse
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import FrameType
from typing import Any

from emigrate.ops.cli import DONE, FOUND, CommandRefused, Subparsers, add_json
from emigrate.ops.database import Role, status
from emigrate.ops.database import start as start_database
from emigrate.ops.django_setup import setup_django
from emigrate.ops.simulation.installation import CHECKOUT, fresh_database, introduce
from emigrate.ops.simulation.sandboxes import sandboxes, set_clock
from emigrate.ops.site import site_command

DATABASE = "site"
LAST_PORT = 65_535


def add_parser(subparsers: Subparsers) -> None:
    """Add `run`."""
    parser = subparsers.add_parser("run", help="the site, its jobs and the sandboxes")
    parser.add_argument(
        "--port", type=_port, default=8080, help="on 127.0.0.1; default: %(default)s"
    )
    parser.add_argument("--fresh", action="store_true", help="forget what was done before")
    add_json(parser)
    parser.set_defaults(run=_run)


def _port(text: str) -> int:
    number = int(text)
    if not 0 < number <= LAST_PORT:
        message = f"not a port (1 to {LAST_PORT}): {text!r}"
        raise argparse.ArgumentTypeError(message)
    return number


def _require_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as taken:
            text = f"Port {port} cannot be used ({taken.strerror}): choose another by --port."
            raise CommandRefused("port_taken", text) from taken


def _run(arguments: argparse.Namespace) -> int:
    _require_free(arguments.port)
    folder = Path(os.environ.get("EMIGRATE_STATE", CHECKOUT / ".emigrate")).resolve() / DATABASE
    folder.mkdir(parents=True, exist_ok=True)
    os.environ["EMIGRATE_STATE"] = str(folder)
    os.environ.setdefault("EMIGRATE_SECRET_KEY", f"demonstration-{secrets.token_hex(32)}")
    start_database()
    new = arguments.fresh or begins_anew(folder, status().databases)
    if new:
        fresh_database(DATABASE)
    with ExitStack() as stack:
        greeting = stack.enter_context(sandboxes(folder / "sandbox"))
        setup_django(DATABASE, Role.APP)
        introduce(greeting)
        if new:
            print("Filling the demonstration with a few cases ...", file=sys.stderr, flush=True)
            _populate(greeting)
        commands = _processes(arguments.port)
        processes = [stack.enter_context(_process(command)) for command in commands]
        _greet(arguments.port, as_json=arguments.json)
        return _wait_for_end(processes)


def begins_anew(folder: Path, databases: Collection[str]) -> bool:
    """Whether there is no site yet, or one that nobody can read: keys go with the checkout."""
    keys = Path(os.environ.get("EMIGRATE_KEYS", folder / "keys"))
    return DATABASE not in databases or not (keys / "fields.json").exists()


def _populate(greeting: dict[str, Any]) -> None:
    """Every kind of account and a case in every state, begun some days ago."""
    from emigrate.foundation.identifiers.numbering import numbered_by  # app ready
    from emigrate.ops.simulation.clockwork import Clockwork  # app ready
    from emigrate.ops.simulation.village import Village  # app ready
    from emigrate.ops.simulation.world import World  # app ready

    begun = datetime.now(UTC) - timedelta(days=25)
    set_clock(greeting, begun)
    with numbered_by(1):
        village = Village(World(1, Clockwork(begun)))
        village.settle()
        village.fill()
    set_clock(greeting, datetime.now(UTC))


def _processes(port: int) -> list[list[str]]:
    worker = [sys.executable, "-m", "emigrate", "worker", "--database", DATABASE]
    return [worker, site_command(port)]


@contextmanager
def _process(command: list[str]) -> Iterator[subprocess.Popen[bytes]]:
    """Run a process until the block ends; only this one is ended."""
    process = subprocess.Popen(command, cwd=CHECKOUT)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _greet(port: int, *, as_json: bool) -> None:
    from emigrate.domains.accounts.queries import memberships_for  # app ready
    from emigrate.foundation.actors import Actor  # app ready
    from emigrate.foundation.transactions import acting  # app ready

    time.sleep(1)
    with acting(Actor.system()) as now:
        shown = sorted(memberships_for(now.actor).values_list("role", "user__login"), reverse=True)
    accounts = dict(sorted(dict(shown).items()))  # the first of every role
    address = f"http://127.0.0.1:{port}/"
    if as_json:
        print(json.dumps({"address": address, "accounts": accounts}), flush=True)
        return
    print(f"\n{address}  (Ctrl-C ends it)\n")
    print("Demonstration accounts; choose one on the sign-in page:")
    print("\n".join(f"  {role:<14} {login}" for role, login in accounts.items()), flush=True)


def _wait_for_end(processes: list[subprocess.Popen[bytes]]) -> int:
    """Wait until we are told to end, or until one of the processes ends by itself (1)."""
    ended = False

    def end(_number: int, _frame: FrameType | None) -> None:
        nonlocal ended
        ended = True

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    while not ended:
        if any(process.poll() is not None for process in processes):
            print("emigrate: a process of the site ended by itself.", file=sys.stderr)
            return FOUND
        time.sleep(0.2)
    return DONE
