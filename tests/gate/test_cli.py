import json
import os
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from gate import Reason
from tests.gate.specimen import INDEX, NOW, SHOWN, issue, trust_list, world

REPOSITORY = Path(__file__).resolve().parents[2]
AT = NOW.isoformat().replace("+00:00", "Z")


@pytest.fixture
def counter(tmp_path):
    stands = world()
    (tmp_path / "root.pem").write_bytes(stands.root_pem())
    (tmp_path / "trust.cbor").write_bytes(stands.trust_bytes())
    (tmp_path / "0001.cbor").write_bytes(stands.status_bytes())
    return tmp_path


def gate(folder, text, *more, now=AT, status=("0001.cbor",), prelude="", timeout=60):
    command = [sys.executable, "-m", "gate"]
    if prelude:
        start = f"{prelude}\nimport sys; from gate.cli import main; sys.exit(main())"
        command = [sys.executable, "-c", start]
    files = ["--root", "root.pem", "--trust", "trust.cbor", "--status", *status]
    clock = ["--now", now] if now else []
    return subprocess.run(
        [*command, "verify", *files, *clock, *more],
        input=text.encode("utf-8", "surrogateescape"),
        cwd=folder,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        check=False,
        timeout=timeout,
    )


def test_one_text_in_one_json_line_out(counter):
    done = gate(counter, issue() + "\n")

    assert (done.returncode, done.stderr, done.stdout.count(b"\n")) == (0, b"", 1)
    assert json.loads(done.stdout) == {
        "verdict": "valid",
        "reason": "ok",
        "status_as_of": "2026-11-22T08:30:00Z",
        "trust": "DEMO",
        "claims": SHOWN,
    }


RUBBISH = ["", "\n", "x" * 10_000, "\udcff\udc80", "BB8", "{}", "é"]


@pytest.mark.parametrize("text", RUBBISH)
def test_any_rubbish_is_invalid_with_exit_0(counter, text):
    done = gate(counter, text)

    answer = json.loads(done.stdout)
    assert (done.returncode, answer["verdict"], answer["claims"]) == (0, "invalid", None)


@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
def test_one_line_end_is_not_part_of_the_text(counter, end):
    done = gate(counter, issue() + end)

    assert json.loads(done.stdout)["verdict"] == "valid"


@pytest.mark.parametrize("end", [" ", "\n\n", "\t", "\0"])
def test_anything_else_behind_the_text_is_refused(counter, end):
    done = gate(counter, issue() + end)

    assert json.loads(done.stdout)["verdict"] == "invalid"


def test_revocation_speaks_through_the_newest_of_several_files(counter):
    later = world(values={INDEX: 1}, listed=NOW - timedelta(minutes=1))
    (counter / "0002.cbor").write_bytes(later.status_bytes())

    done = gate(counter, issue(), status=("0001.cbor", "0002.cbor"))

    assert json.loads(done.stdout)["verdict"] == "revoked"


def test_the_age_limit_may_be_given(counter):
    now = (NOW + timedelta(hours=2)).isoformat()

    answers = [
        json.loads(gate(counter, issue(), "--max-age-hours", hours, now=now).stdout)["verdict"]
        for hours in ("2", "3")
    ]

    assert answers == ["stale", "valid"]


@pytest.mark.parametrize(("name", "content", "code"), [
    ("root.pem",   b"no key",   "root_unusable"),
    ("trust.cbor", b"",         "trust_unusable"),
    ("0001.cbor",  b"",         "status_unusable"),
    ("trust.cbor", None,        "file_unreadable"),
    ("0001.cbor",  None,        "file_unreadable"),
])  # fmt: skip
def test_unusable_files_end_with_2_and_a_plain_message(counter, name, content, code):
    (counter / name).unlink()
    if content is not None:
        (counter / name).write_bytes(content)

    done = gate(counter, issue())

    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.startswith(f"gate: {code}: ".encode())
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize("more", [
    ("--now", "yesterday"), ("--now", "2026-11-22T09:30:00"), ("--max-age-hours", "-1"),
    ("--max-age-hours", "x"), ("--online",),
    ("--now", "2026-W47-7T09:30:00Z"), ("--now", "20261122T093000Z"),
    ("--now", "2026-11-22T09:30Z"),
    ("--now", "2026-11-22\u013109:30:00Z"), ("--now", "2026-11-22T09:30:00,5Z"),
    ("--now", "2026-11-22T09:30:00+05:30:15"), ("--now", "2026-11-22T09:30:00Z\n"),
    ("--now", "2026-13-22T09:30:00Z"), ("--max-age-hours", "1_0"), ("--max-age-hours", " 5 "),
    ("--max-age-hours", "\u0663"), ("--max-age-hours", ""),
])  # fmt: skip
def test_wrong_usage_ends_with_2(counter, more):
    done = gate(counter, issue(), *more, now=None)

    assert (done.returncode, done.stdout) == (2, b"")


def test_an_older_trust_list_is_refused_once_a_newer_one_was_seen(counter):
    old, new = world().trust_bytes(), replace(world(), trust=trust_list(counter=8)).trust_bytes()
    codes = []

    for trust in (old, new, new, old):
        (counter / "trust.cbor").write_bytes(trust)
        codes.append(gate(counter, issue(), "--state", "seen.json").returncode)

    assert codes == [0, 0, 0, 2]
    assert b"trust_rollback" in gate(counter, issue(), "--state", "seen.json").stderr


DEEP = "[" * 100_000


@pytest.mark.parametrize("content", ["[]", "{", "\udcff", '{"a": true}', DEEP, '{"a":' + DEEP])
def test_a_damaged_memory_ends_with_2_and_one_line(counter, content):
    (counter / "seen.json").write_bytes(content.encode("utf-8", "surrogateescape"))

    done = gate(counter, issue(), "--state", "seen.json")

    assert (done.returncode, done.stdout, done.stderr.count(b"\n")) == (2, b"", 1)
    assert done.stderr.startswith(b"gate: state_unusable: ")


@pytest.mark.parametrize("state", ["no_such_folder/seen.json", "n" * 300])
def test_a_memory_that_cannot_be_kept_ends_with_2(counter, state):
    done = gate(counter, issue(), "--state", state)

    assert (done.returncode, done.stdout, done.stderr[:22]) == (2, b"", b"gate: state_unusable: ")


@pytest.mark.parametrize("name", ["root.pem", "trust.cbor", "0001.cbor", "seen.json"])
@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir])
def test_what_is_no_plain_file_is_refused_at_once(counter, name, make):
    (counter / name).unlink(missing_ok=True)
    make(counter / name)

    done = gate(counter, issue(), "--state", "seen.json", timeout=20)

    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr == f"gate: file_unreadable: {name} is not a plain file.\n".encode()


def in_a_shell(folder, ending, text=""):
    files = "--root root.pem --trust trust.cbor --status 0001.cbor"
    command = f"exec {sys.executable} -m gate verify {files} --now {AT} {ending}"
    return subprocess.run(
        ["sh", "-c", command],
        input=text.encode(),
        cwd=folder,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize(("ending", "code"), [
    ("<&-",                "input_unreadable"),
    ("0>written",          "input_unreadable"),
    (">&-",                "output_unwritable"),
    (">/dev/full",         "output_unwritable"),
])  # fmt: skip
def test_without_input_or_output_the_gate_ends_with_2_and_one_line(counter, ending, code):
    done = in_a_shell(counter, ending, issue())

    assert (done.returncode, done.stdout, done.stderr.count(b"\n")) == (2, b"", 1)
    assert done.stderr.startswith(f"gate: {code}: ".encode())


def test_with_nothing_open_the_gate_still_ends_with_2(counter):
    done = in_a_shell(counter, "<&- >&- 2>&-")

    assert done.returncode == 2


@pytest.mark.parametrize("now", [
    "2026-11-22T09:30:00Z", "2026-11-22t09:30:00z", "2026-11-22t15:00:00.25+05:30",
])  # fmt: skip
def test_the_time_is_written_as_rfc_3339_allows(counter, now):
    done = gate(counter, issue(), now=now)

    assert json.loads(done.stdout)["verdict"] == "valid"


def test_a_clock_set_back_says_so(counter):
    done = gate(counter, issue(), now=(NOW - timedelta(hours=2)).isoformat())

    answer = json.loads(done.stdout)
    assert (answer["verdict"], answer["reason"]) == ("stale", "status_from_the_future")


def test_the_gate_loads_nothing_of_the_platform_and_no_network(counter):
    report = (
        "import atexit, sys\n"
        "atexit.register(lambda: sys.stderr.write(' '.join(sorted(sys.modules))))"
    )

    done = gate(counter, issue(), prelude=report)

    loaded = set(done.stderr.decode().split())
    foreign = {"emigrate", "django", "socket", "ssl", "http.client", "urllib.request", "cbor2"}
    assert (json.loads(done.stdout)["verdict"], loaded & foreign) == ("valid", set())


def test_the_gate_answers_where_every_socket_is_forbidden(counter):
    blocked = (
        "import sys\n"
        "def hook(event, arguments):\n"
        "    if event.startswith(('socket.', 'urllib.', 'http.', 'subprocess.', 'os.system')):\n"
        "        raise SystemExit(f'gate went out: {event}')\n"
        "sys.addaudithook(hook)"
    )

    done = gate(counter, issue(), prelude=blocked)

    assert (done.returncode, json.loads(done.stdout)["verdict"]) == (0, "valid")


def test_without_now_the_machines_clock_decides(counter):
    done = gate(counter, issue(c5=0, c4=86_400), now=None)

    assert json.loads(done.stdout)["verdict"] == "expired"


def test_the_readme_explains_every_reason():
    readme = (REPOSITORY / "gate" / "README.md").read_text("utf-8")

    missing = [reason for reason in Reason if f"`{reason}`" not in readme]

    assert missing == []
