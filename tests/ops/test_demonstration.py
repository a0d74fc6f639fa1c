"""The demonstration and a small replay, as a newcomer starts them."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
TOLD = {
    "wage_below_floor": "rejected",
    "nurse": "approved",
    "mason": "used",
    "second_departure": "already_departed",
    "gate": "valid",
    "gate_tampered": "invalid",
    "gate_after_cancellation": "revoked",
}


@pytest.fixture(scope="module")
def installation():
    """A server and a folder of its own, so that nobody's demonstration is replaced."""
    folder = Path(tempfile.mkdtemp(prefix="emigrate-"))
    folder.chmod(0o755)  # as root the server runs as another account, which must come in
    yield folder
    emigrate(folder, "db", "stop")
    shutil.rmtree(folder)


def emigrate(folder, *words):
    environment = {
        **os.environ,
        "EMIGRATE_HOME": str(folder / "home"),
        "EMIGRATE_STATE": str(folder / "state"),
        "EMIGRATE_LOG": "warning",
    }
    environment.pop("EMIGRATE_DATABASE_DSN", None)
    return subprocess.run(
        [sys.executable, "-m", "emigrate", *words],
        cwd=CHECKOUT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )


def last_line(done):
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout.strip().splitlines()[-1])


@pytest.mark.slow
def test_the_stories_end_as_told_and_the_files_hold(installation):
    answer = last_line(emigrate(installation, "demo", "--seed", "3", "--json"))

    files = {name: Path(path) for name, path in answer["files"].items()}
    gate = subprocess.run(
        [
            *(sys.executable, "-m", "gate", "verify", "--root", files["gate"] / "root.pem"),
            *("--trust", files["gate"] / "trust.cbor", "--status"),
            *sorted((files["gate"] / "status").glob("*.cbor")),
        ],
        input=files["qr_text"].read_text(),
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=True,
    )
    shown = json.loads(gate.stdout)

    assert (answer["seed"], answer["outcomes"]) == (3, TOLD)
    assert (shown["verdict"], shown["trust"]) == ("valid", "DEMO")
    assert files["pdf"].read_bytes().startswith(b"%PDF")
    assert files["qr_png"].read_bytes().startswith(b"\x89PNG")


@pytest.mark.slow
def test_a_sliver_of_the_year_breaks_no_promise(installation):
    answer = last_line(
        emigrate(installation, "replay", "--share", "0.00002", "--seed", "7", "--json")
    )

    assert (answer["ok"], set(answer["invariants"].values())) == (True, {0})
    assert answer["outcomes"]["granted"] == 8


def test_a_share_beyond_the_year_is_bad_usage(installation):
    done = emigrate(installation, "replay", "--share", "2", "--json")

    assert (done.returncode, json.loads(done.stdout)["errors"][0]["code"]) == (
        2,
        "share_out_of_range",
    )
