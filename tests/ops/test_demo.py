"""One seed twice tells the same, two seeds differ, and the assurance commands answer."""

import json
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from emigrate.ops.database import Home, dsn
from emigrate.ops.database.addresses import SUPERUSER
from tests.ops.test_demonstration import CHECKOUT, TOLD, emigrate, installation, last_line

__all__ = ["installation"]

pytestmark = pytest.mark.slow


def told(folder, seed):
    """A demonstration's outcomes, and what the gate reads from the mason's certificate."""
    answer = last_line(emigrate(folder, "demo", "--seed", str(seed), "--json"))
    files = {name: Path(path) for name, path in answer["files"].items()}
    assert all(path.exists() for path in files.values())
    gate = files["gate"]
    words = ["--root", gate / "root.pem", "--trust", gate / "trust.cbor"]
    lists = [
        word for each in sorted((gate / "status").glob("*.cbor")) for word in ("--status", each)
    ]
    done = subprocess.run(
        [sys.executable, "-m", "gate", "verify", *words, *lists],
        input=files["qr_text"].read_text(),
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=True,
    )
    shown = json.loads(done.stdout)
    assert shown["verdict"] == "valid"
    return answer["outcomes"], shown["claims"]


def test_a_seed_decides_everything(installation):
    first, again, other = (told(installation, seed) for seed in (3, 3, 4))

    assert (first[0], again[0], other[0]) == (TOLD, TOLD, TOLD)
    same = ("ec_number", "name", "passport_number", "birth_date", "employer", "agent")
    assert [first[1][name] for name in same] == [again[1][name] for name in same]
    assert first[1]["ec_number"] != other[1]["ec_number"]
    assert first[1]["passport_number"] != other[1]["passport_number"]
    assert first[1]["name"] != other[1]["name"]


@pytest.mark.parametrize("verb", ["policy", "routes", "crash-points"])
def test_what_an_auditor_asks_first(installation, verb):
    answer = last_line(emigrate(installation, "assurance", verb, "--json"))

    assert len(answer.get("points", ()) if isinstance(answer, dict) else answer) > 100


def test_every_row_of_the_policy_is_in_the_committed_page(installation):
    rows = last_line(emigrate(installation, "assurance", "policy", "--json"))

    page = (CHECKOUT / "docs" / "policy-matrix.md").read_text()
    assert {row["resource"] for row in rows} == {
        line.removeprefix("## ") for line in page.splitlines() if line.startswith("## ")
    }


def test_the_log_of_a_demonstration_verifies(installation):
    last_line(emigrate(installation, "demo", "--seed", "3", "--json"))

    words = ("assurance", "verify-log", "--database", "demo", "--json")
    honest = last_line(emigrate(installation, *words))
    stranger = emigrate(installation, *words, "--key", OTHERS_KEY)
    as_administrator(installation, "UPDATE clearances_clearance SET state = 'withdrawn'")
    forged = emigrate(installation, *words)

    assert (honest["ok"], honest["size"] > 100) == (True, True)
    assert (stranger.returncode, set(json.loads(stranger.stdout)["counts"])) == (
        1, {"signature_invalid"}
    )  # fmt: skip
    assert (forged.returncode, json.loads(forged.stdout)["counts"]) == (
        1, {"state_without_leaf": 3}
    )  # fmt: skip


OTHERS_KEY = "in-mea-pge/demo-log+1a2b7baa+AVVfRpwiGI6QAVvdhbiJZ41Fn4a9+Pe9NJcbELmzhYYJ"


def as_administrator(installation, statement):
    """What the operator of the server could do, with every trigger off."""
    address = dsn("demo", SUPERUSER, Home(installation / "home"))
    with psycopg.connect(address, autocommit=True) as administrator:
        administrator.execute("SET session_replication_role = replica")
        administrator.execute(statement)


def test_a_folder_without_a_log_is_bad_input(installation, tmp_path):
    done = emigrate(installation, "assurance", "verify-log", "--dir", str(tmp_path), "--json")

    assert (done.returncode, json.loads(done.stdout)["errors"][0]["code"]) == (2, "no_log")
