"""The partners' side as a process of its own, for a demonstration or replay."""

import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from emigrate.ops.cli import CommandRefused
from emigrate.ops.processes import child

LOOPBACK = urllib.request.build_opener(urllib.request.ProxyHandler({}))
"""Asks our own processes directly, whatever proxy the environment names."""

PARTNERS = {
    "passport_registry": "passport-registry",
    "insurer": "insurer",
    "payment_gateway": "payment-gateway",
}


@contextmanager
def sandboxes(
    folder: Path, *, seed: int = 1, pages: bool = False, callbacks: str = ""
) -> Iterator[dict[str, Any]]:
    """Run the sandbox on loopback until the block ends; its greeting names the addresses.

    The addresses stand in the environment while it runs, where the settings read them: call it
    before Django is made ready. `callbacks` is where our site takes the partners' news; without it
    their news waits for ever. The insurer of a site knows its policies after a restart.
    """
    folder.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "sandbox", "--port", "0", "--data", str(folder)]
    command += ["--seed", str(seed), "--while-stdin", *(["--pages"] if pages else [])]
    command += ["--callbacks", callbacks, "--keep"] if callbacks else []
    with child(
        command, ask=_close_input, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None  # noqa: S101 - asked for above
        said = process.stdout.readline()
        if not said:
            text = "The partners' sandbox did not start; what it said stands above."
            raise CommandRefused("sandbox_not_started", text)
        greeting = json.loads(said)
        for name, path in PARTNERS.items():
            os.environ[f"EMIGRATE_{name.upper()}_URL"] = greeting["base_urls"][path]
        yield greeting


def _close_input(process: "subprocess.Popen[str]") -> None:
    """The sandbox serves while its standard input is open, so it also ends when we are killed."""
    assert process.stdin is not None  # noqa: S101 - asked for in `sandboxes`
    process.stdin.close()


def tell(
    greeting: dict[str, Any], path: str, body: bytes, *, kind: str = "application/json"
) -> None:
    """Ask the sandbox's control address something (its clock, a caller's key)."""
    request = urllib.request.Request(  # noqa: S310 - loopback, our own process
        f"{greeting['control_url'].rstrip('/')}/{path}",
        data=body,
        method="PUT",
        headers={"Authorization": f"Bearer {greeting['control_token']}", "Content-Type": kind},
    )
    with LOOPBACK.open(request, timeout=5):
        pass


def set_clock(greeting: dict[str, Any], moment: datetime) -> None:
    """Let the partners believe that it is `moment`."""
    tell(greeting, "clock", json.dumps({"now": moment.isoformat()}).encode())
