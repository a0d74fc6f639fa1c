"""The demonstration and a small replay, as a newcomer starts them."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from emigrate.ops.cli import CommandRefused, main
from emigrate.ops.replay import _require_drawable
from emigrate.ops.simulation.published import scaled

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


def environment(folder, **more):
    """The variables of a command whose server and files stand in this folder."""
    own = {
        "EMIGRATE_HOME": str(folder / "home"),
        "EMIGRATE_STATE": str(folder / "state"),
        "EMIGRATE_LOG": "warning",
    }
    around = {name: value for name, value in os.environ.items() if name != "EMIGRATE_DATABASE_DSN"}
    return {**around, **own, **more}


def emigrate(folder, *words, **more):
    return subprocess.run(
        [sys.executable, "-m", "emigrate", *words],
        cwd=CHECKOUT,
        env=environment(folder, **more),
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

    assert set(answer) == {"seed", "outcomes", "seconds", "files"}
    assert set(files) == {"pdf", "qr_png", "qr_text", "gate"}
    assert (answer["seed"], answer["outcomes"]) == (3, TOLD)
    assert (shown["verdict"], shown["trust"]) == ("valid", "DEMO")
    assert files["pdf"].read_bytes().startswith(b"%PDF")
    assert files["qr_png"].read_bytes().startswith(b"\x89PNG")


@pytest.mark.slow
def test_a_sliver_of_the_year_breaks_no_promise(installation):
    answer = last_line(
        emigrate(installation, "replay", "--share", "0.00002", "--seed", "7", "--json")
    )

    assert set(answer) == {
        *("year", "share", "seed", "outcomes", "steps"),
        *("throughput", "hours_for_year", "invariants", "ok"),
    }
    assert {frozenset(step) for step in answer["steps"].values()} == {
        frozenset({"n", "p50_ms", "p95_ms", "p99_ms"})
    }
    assert (answer["ok"], set(answer["invariants"].values())) == (True, {0})
    assert answer["outcomes"]["granted"] == 8


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["--share", "2"], "share_out_of_range"),
        (["--share", "0"], "share_out_of_range"),
        (["--share", "nan"], "share_out_of_range"),
        (["--share", "1e-9"], "share_too_small"),
        (["--year", "0"], "year_not_published"),
        (["--year=-5"], "year_not_published"),
        (["--year", "99999999999"], "year_not_published"),
        (["--year", "2019"], "year_not_published"),
    ],
)
def test_a_year_or_share_of_which_nothing_can_be_drawn_is_bad_usage(words, code, capsys):
    ended = main(["replay", *words, "--json"])

    assert (ended, json.loads(capsys.readouterr().out)["errors"][0]["code"]) == (2, code)


def test_the_least_share_that_is_named_draws_one():
    with pytest.raises(CommandRefused) as refused:
        _require_drawable(2024, 1e-9)

    assert scaled(2024, float(refused.value.message.rpartition(" ")[2].rstrip("."))) == 1
