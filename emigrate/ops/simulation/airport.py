"""The airport counter as it really is: another process, no network, files and a QR."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from emigrate.ops.database import CHECKOUT


def gate(folder: Path, qr_text: str) -> dict[str, Any]:
    """What `python -m gate verify` answers to a QR text, from the files of an export."""
    lists = sorted((folder / "status").glob("*.cbor"))
    command = [
        *_unplugged(),
        sys.executable,
        "-m",
        "gate",
        "verify",
        "--root",
        str(folder / "root.pem"),
        "--trust",
        str(folder / "trust.cbor"),
    ]
    for each in lists:
        command += ["--status", str(each)]
    done = subprocess.run(
        command, input=qr_text, capture_output=True, text=True, cwd=CHECKOUT, check=True, timeout=30
    )
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def _unplugged() -> list[str]:
    """A way to run a program without any network, where this account may."""
    unshare = shutil.which("unshare")
    if unshare is None:
        return []
    flags = ["--net"] if os.geteuid() == 0 else ["--net", "--map-root-user"]
    trial = subprocess.run([unshare, *flags, "true"], capture_output=True, check=False)
    return [unshare, *flags] if trial.returncode == 0 else []


def network_is_off() -> bool:
    """Whether `gate` runs in a namespace without network here."""
    return bool(_unplugged())


def tampered(qr_text: str) -> str:
    """The same text with one character changed in the middle."""
    middle = len(qr_text) // 2
    other = "A" if qr_text[middle] != "A" else "B"
    return qr_text[:middle] + other + qr_text[middle + 1 :]
