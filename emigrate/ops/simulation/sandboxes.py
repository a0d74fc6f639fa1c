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

PARTNERS = {
    "passport_registry": "passport-registry",
    "insurer": "insurer",
    "payment_gateway": "payment-gateway",
}


@contextmanager
def sandboxes(folder: Path, *, seed: int = 1, pages: bool = False) -> Iterator[dict[str, Any]]:
    """Run the sandbox on loopback until the block ends; its greeting names the addresses.

    The addresses stand in the environment while it runs, where the settings read them: call it
    before Django is made ready.
    """
    folder.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "sandbox", "--port", "0", "--data", str(folder)]
    command += ["--seed", str(seed), "--while-stdin", *(["--pages"] if pages else [])]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None  # noqa: S101 - asked for above
        assert process.stdin is not None  # noqa: S101 - asked for above
        greeting = json.loads(process.stdout.readline())
        for name, path in PARTNERS.items():
            os.environ[f"EMIGRATE_{name.upper()}_URL"] = greeting["base_urls"][path]
        try:
            yield greeting
        finally:
            process.stdin.close()
            process.wait(timeout=10)


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
    with urllib.request.urlopen(request, timeout=5):  # noqa: S310 - as above
        pass


def set_clock(greeting: dict[str, Any], moment: datetime) -> None:
    """Let the partners believe that it is `moment`."""
    tell(greeting, "clock", json.dumps({"now": moment.isoformat()}).encode())
