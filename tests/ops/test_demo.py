"""One seed twice tells the same, two seeds differ, and the assurance commands answer."""

import contextlib
import json
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import cbor2
import psycopg
import pytest

from emigrate.domains.clearances.enums import ClearanceState
from emigrate.domains.reference.enums import Role
from emigrate.foundation.workflow import WORKFLOWS
from emigrate.ops.database import Home, dsn
from emigrate.ops.database.addresses import SUPERUSER
from gate import cose
from tests.gate.specimen import unpacked
from tests.ops.test_demonstration import (
    CHECKOUT,
    TOLD,
    emigrate,
    environment,
    installation,
    last_line,
)

__all__ = ["installation"]

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Told:
    """All that a demonstration says and leaves behind, without the bytes of signatures.

    `leaves` are its audit leaves in their order, each with its salt and hash. What a leaf commits
    to is hashed as it is stored: where that is sealed under the installation's own random key, or
    signed (`SEALED`), that hash and the chain after it follow the key and are left aside.
    """

    printed: list[str]
    outcomes: dict[str, str]
    claims: dict[str, str]
    qr: dict[int, object]
    leaves: list[dict[str, object]]

    @property
    def hashes(self):
        return {leaf["hash"] for leaf in self.leaves} - {None}


SEALED = {"agent_application", "employer", "emigrant", "credential"}


def told(folder, seed):
    done = emigrate(folder, "demo", "--seed", str(seed))
    answer = last_line(done)
    files = {name: Path(path) for name, path in answer["files"].items()}
    assert all(path.exists() for path in files.values())
    shown = at_gate(files["gate"], files["qr_text"])
    assert shown["verdict"] == "valid"
    return Told(
        printed=done.stdout.splitlines()[:-1],
        outcomes=answer["outcomes"],
        claims=shown["claims"],
        qr=cbor2.loads(cose.parse(unpacked(files["qr_text"].read_text())).payload),
        leaves=leaves_in(folder),
    )


def at_gate(export, qr_text):
    """What the gate answers to a QR text from the files of an export."""
    words = ["--root", export / "root.pem", "--trust", export / "trust.cbor"]
    lists = [
        word for each in sorted((export / "status").glob("*.cbor")) for word in ("--status", each)
    ]
    checked = subprocess.run(
        [sys.executable, "-m", "gate", "verify", *words, *lists],
        input=qr_text.read_text(),
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(checked.stdout)


def leaves_in(folder):
    address = dsn("demo", SUPERUSER, Home(folder / "home"))
    with psycopg.connect(address) as administrator:
        rows = administrator.execute(
            "SELECT convert_from(entry, 'UTF8'), hash, salt FROM foundation_auditleaf ORDER BY id"
        ).fetchall()
    return [repeatable(json.loads(entry), digest, salt) for entry, digest, salt in rows]


def repeatable(leaf, digest, salt):
    whole = leaf | {"hash": digest.hex(), "salt": salt and salt.hex()}
    sealed = leaf["stream"] in SEALED
    return whole | (dict.fromkeys(("before_hash", "after_hash", "prev", "hash")) if sealed else {})


def test_a_seed_decides_everything(installation):
    first, again, other = on_one_day(lambda: [told(installation, seed) for seed in (3, 3, 4)])

    assert (first.outcomes, other.outcomes) == (TOLD, TOLD)
    assert first == again
    named = ("ec_number", "passport_number", "name", "employer", "agent", "policy")
    assert [name for name in named if first.claims[name] == other.claims[name]] == []
    assert [name for name in (TOKEN_ID, STATUS) if first.qr[name] == other.qr[name]] == []
    assert len(first.hashes) > 100
    assert first.hashes.isdisjoint(other.hashes)
    assert [line for line in first.printed if ": its leaves end in " in line] != [
        line for line in other.printed if ": its leaves end in " in line
    ]
    salts = [{leaf["salt"] for leaf in each.leaves if leaf["salt"]} for each in (first, other)]
    assert salts[0].isdisjoint(salts[1])


TOKEN_ID, STATUS = 7, 65535


def on_one_day(tell):
    """The stories end today, so those of two days differ in it; told again where midnight came."""
    while True:
        day = datetime.now(UTC).date()
        all_told = tell()
        if datetime.now(UTC).date() == day:
            return all_told


def test_a_second_demonstration_does_not_replace_the_first(installation):
    first = subprocess.Popen(
        [sys.executable, "-m", "emigrate", "demo", "--json"],
        cwd=CHECKOUT,
        env=environment(installation),
        stdout=subprocess.PIPE,
        text=True,
    )
    address = dsn("postgres", SUPERUSER, Home(installation / "home"))
    wait_for_lock(address, first)

    second = emigrate(installation, "demo", "--json")

    out, _ = first.communicate(timeout=120)
    (refused,) = json.loads(second.stdout)["errors"]
    assert (second.returncode, refused["code"]) == (2, "simulation_busy")
    assert (first.returncode, json.loads(out.splitlines()[-1])["outcomes"]) == (0, TOLD)


def wait_for_lock(address, process):
    until = time.monotonic() + 60
    while time.monotonic() < until and process.poll() is None:
        with contextlib.suppress(psycopg.OperationalError), psycopg.connect(address) as session:
            if session.execute("SELECT 1 FROM pg_locks WHERE locktype = 'advisory'").fetchone():
                return
        time.sleep(0.1)


def test_an_auditor_gets_a_case_in_every_state_and_of_every_machine(installation):
    answer = last_line(emigrate(installation, "assurance", "seed", "--seed", "3"))

    references, cases = answer["references"], answer["cases"]
    states = [state.value for state in ClearanceState]
    assert (list(references), list(cases)) == (states, sorted(WORKFLOWS))
    assert {len(found) for found in references.values()} == {2}
    assert {state: set(found) for state, found in references.items()} == {
        state: set(found) for state, found in cases["clearance"].items()
    }
    made = {name for name, by_state in cases.items() if by_state}
    assert made >= {"agent", "contract", "credential", "demand", "departure", "emigrant",
                    "employer", "payment", "policy"}  # fmt: skip
    roles = {each["role"] for each in answer["sign_ins"]}
    assert {role.value for role in Role} - roles <= {"public", "system"}


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


def test_other_commands_use_the_keys_of_the_demonstration(installation, tmp_path):
    files = last_line(emigrate(installation, "demo", "--seed", "3", "--json"))["files"]
    there = ("--database", "demo", "--json")

    last_line(emigrate(installation, "credentials", "export", "--to", str(tmp_path), *there))
    keys = last_line(emigrate(installation, "db", "name-keys", *there))

    assert at_gate(tmp_path, Path(files["qr_text"]))["verdict"] == "valid"
    assert (keys["persons"] > 2, keys["changed"]) == (True, 0)


def test_the_log_of_a_demonstration_verifies(installation):
    last_line(emigrate(installation, "demo", "--seed", "3", "--json"))

    words = ("assurance", "verify-log", "--database", "demo", "--json")
    honest = last_line(emigrate(installation, *words))
    stranger = emigrate(installation, *words, "--key", OTHERS_KEY)
    as_administrator(installation, "UPDATE clearances_clearance SET state = 'withdrawn'")
    as_administrator(installation, "UPDATE credentials_credential SET place = place + 1")
    as_administrator(
        installation,
        "UPDATE clearances_clearance SET expires_at = '2099-01-01' WHERE expires_at IS NOT NULL",
    )
    forged = emigrate(installation, *words)

    assert (honest["ok"], honest["size"] > 100) == (True, True)
    assert (stranger.returncode, set(json.loads(stranger.stdout)["counts"])) == (
        1, {"signature_invalid"}
    )  # fmt: skip
    assert (forged.returncode, json.loads(forged.stdout)["counts"]) == (
        1,
        {"state_without_leaf": 3, "certificate_altered": 2, "clearance_unlike_certificate": 2},
    )


LONGER = "UPDATE clearances_clearance SET expires_at = '2099-01-01' WHERE expires_at IS NOT NULL"


def test_a_log_that_was_erased_whole_is_told_by_a_kept_checkpoint(installation, tmp_path):
    last_line(emigrate(installation, "demo", "--seed", "3", "--json"))
    address = dsn("demo", SUPERUSER, Home(installation / "home"))
    with psycopg.connect(address) as administrator:
        (note,) = administrator.execute(NEWEST).fetchone()
        administrator.execute("SET session_replication_role = replica")
        for (table,) in administrator.execute(WRITTEN).fetchall():
            administrator.execute(f'TRUNCATE "{table}" CASCADE')
    (tmp_path / "kept").write_text(note)
    (tmp_path / "other").write_text(note.replace("demo-log", "other-log"))
    words = ("assurance", "verify-log", "--database", "demo", "--json", "--since")

    erased = emigrate(installation, *words, str(tmp_path / "kept"))
    unreliable = emigrate(installation, *words, str(tmp_path / "other"))

    assert (erased.returncode, json.loads(erased.stdout)["counts"]) == (1, {"rollback": 1})
    assert unreliable.returncode == 2
    assert json.loads(unreliable.stdout)["errors"][0]["code"] == "cannot_be_checked"


NEWEST = "SELECT note FROM foundation_logcheckpoint ORDER BY size DESC LIMIT 1"
WRITTEN = (
    "SELECT relname FROM pg_class WHERE relkind = 'r' AND relname ~ '^(foundation|clearances|"
    "credentials|contracts|demands|employers|agents|emigrants|insurance|payments|departures|"
    "documents)_'"
)
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
