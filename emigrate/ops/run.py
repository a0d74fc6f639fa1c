"""`emigrate run`: the site, its jobs and the sandboxes, with an account for everybody."""

import argparse
import json
import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Collection, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

from emigrate.ops.cli import DONE, FOUND, CommandRefused, Subparsers, add_json
from emigrate.ops.database import CHECKOUT, Role, status
from emigrate.ops.django_setup import folder_of, setup_django
from emigrate.ops.processes import child, ended_by_signals
from emigrate.ops.simulation.databases import bring_up_to_date, fresh_database, kept_to_oneself
from emigrate.ops.simulation.installation import introduce, refuse_production
from emigrate.ops.simulation.sandboxes import LOOPBACK, sandboxes, set_clock
from emigrate.ops.site import site_command

DATABASE = "site"
HALF_FILLED = "half-filled"
"""Stands in the site's folder until its demonstration is whole."""

LAST_PORT = 65_535
TOKEN_DAYS = 1
"""How long the access tokens last that `--json` prints."""
ANSWERS_WITHIN_SECONDS = 30
ENDED_BY_ITSELF = "a process of the site ended by itself."

Processes: TypeAlias = "Sequence[subprocess.Popen[Any]]"


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
    refuse_production()
    _require_free(arguments.port)
    folder = folder_of(DATABASE)
    folder.mkdir(parents=True, exist_ok=True)
    os.environ["EMIGRATE_STATE"] = str(folder)
    os.environ.setdefault("EMIGRATE_SECRET_KEY", f"demonstration-{secrets.token_hex(32)}")
    with ended_by_signals(), kept_to_oneself(DATABASE):
        new = arguments.fresh or begins_anew(folder, status().databases)
        if new:
            (folder / HALF_FILLED).touch()
            (folder / "sandbox" / "policies.jsonl").unlink(missing_ok=True)
            fresh_database(DATABASE)
        else:
            _bring_up_to_date()
        return _serve(folder, arguments, new=new)


def _bring_up_to_date() -> None:
    try:
        bring_up_to_date(DATABASE)
    except CommandRefused as refusal:
        text = f"{refusal.message} Or forget what was done here before: emigrate run --fresh"
        raise CommandRefused(refusal.code, text) from refusal


def _serve(folder: Path, arguments: argparse.Namespace, *, new: bool) -> int:
    """Serve until told to end (0), or until a part of the site ends or does not answer (1)."""
    address = f"http://127.0.0.1:{arguments.port}"
    with ExitStack() as stack:
        greeting = stack.enter_context(
            sandboxes(folder / "sandbox", callbacks=f"{address}/callbacks")
        )
        setup_django(DATABASE, Role.APP)
        introduce(greeting)
        if new:
            print("Filling the demonstration with a few cases ...", file=sys.stderr, flush=True)
            _populate(greeting)
            (folder / HALF_FILLED).unlink()
        processes = [
            stack.enter_context(child(command, cwd=CHECKOUT))
            for command in _processes(arguments.port)
        ]
        try:
            trouble = _until_it_answers(f"{address}/v1/health/live", processes)
            if trouble is None:
                _greet(address, as_json=arguments.json)
                trouble = _until_one_ends(processes)
        except KeyboardInterrupt:
            return DONE
        print(f"emigrate: {trouble}", file=sys.stderr, flush=True)
        return FOUND


def begins_anew(folder: Path, databases: Collection[str]) -> bool:
    """Whether no site is whole, or nobody can read the one there: keys go with the checkout."""
    keys = Path(os.environ.get("EMIGRATE_KEYS", folder / "keys"))
    readable = DATABASE in databases and (keys / "fields.json").exists()
    return not readable or (folder / HALF_FILLED).exists()


def _populate(greeting: dict[str, Any]) -> None:
    """Every kind of account and a case in every state, the oldest of some months ago."""
    from emigrate.foundation.identifiers.numbering import numbered_by  # app ready
    from emigrate.ops.simulation.clockwork import Clockwork  # app ready
    from emigrate.ops.simulation.village import LIVED, Village  # app ready
    from emigrate.ops.simulation.world import World  # app ready

    now, tell_time = datetime.now(UTC), partial(set_clock, greeting)
    tell_time(now - LIVED)
    with numbered_by(1):
        village = Village(World(1, Clockwork(now - LIVED)), tell_time=tell_time)
        village.settle()
        village.fill()
    tell_time(now)


def _processes(port: int) -> list[list[str]]:
    worker = [sys.executable, "-m", "emigrate", "worker", "--database", DATABASE]
    return [worker, site_command(port)]


def _until_it_answers(address: str, processes: Processes) -> str | None:
    """Ask until the site answers (None), a process has ended or time is up (what went wrong)."""
    until = time.monotonic() + ANSWERS_WITHIN_SECONDS
    while time.monotonic() < until:
        if _one_ended(processes):
            return ENDED_BY_ITSELF
        try:
            with LOOPBACK.open(address, timeout=2):
                return None
        except OSError:
            time.sleep(0.1)
    return f"the site did not answer on {address} within {ANSWERS_WITHIN_SECONDS} seconds."


def _until_one_ends(processes: Processes) -> str:
    while not _one_ended(processes):
        time.sleep(0.2)
    return ENDED_BY_ITSELF


def _one_ended(processes: Processes) -> bool:
    return any(process.poll() is not None for process in processes)


def _greet(address: str, *, as_json: bool) -> None:
    from emigrate.domains.accounts.actions import issue_token  # app ready
    from emigrate.domains.accounts.queries import memberships_for  # app ready
    from emigrate.foundation.actors import Actor  # app ready
    from emigrate.foundation.transactions import acting  # app ready

    with acting(Actor.system()) as now:
        rows = memberships_for(now.actor).filter(active=True, user__is_active=True)
        shown = sorted(rows.values_list("role", "user__login", "pk"), reverse=True)
    first = {role: (login, pk) for role, login, pk in shown}  # the last named of a role stays
    accounts = {role: login for role, (login, _) in sorted(first.items())}
    if as_json:
        system = Actor.system()
        tokens = {
            role: issue_token(pk, "emigrate run", TOKEN_DAYS, actor=system)
            for role, (_, pk) in first.items()
        }
        greeting = {"address": f"{address}/", "accounts": accounts, "tokens": tokens}
        print(json.dumps(greeting), flush=True)
        return
    print(f"\n{address}/  (Ctrl-C ends it)\n")
    print("Demonstration accounts; choose one on the sign-in page:")
    print("\n".join(f"  {role:<14} {login}" for role, login in accounts.items()), flush=True)
