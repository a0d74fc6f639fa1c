"""The command line: exit status, words and JSON."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import verifier
from tests.foundation.audit.histories import first, following, history
from tests.verifier.published import LOG, WITNESS, checked, note_of, publish
from verifier.__main__ import main

LEAVES = history(30)
KEY = str(LOG.verifier_key)


@pytest.fixture
def log(tmp_path):
    return publish(tmp_path / "log", LEAVES)


def test_a_sound_log_exits_with_zero(log, capsys):
    status = main(["--dir", str(log), "--key", KEY])

    assert (status, capsys.readouterr().out) == (0, "30 entries, 11 cases: the log holds\n")


def test_a_finding_exits_with_one_and_names_the_place(tmp_path, capsys):
    log = publish(tmp_path, [first(), following(first(), seq=7)])

    status = main(["--dir", str(log), "--key", KEY])

    assert (status, capsys.readouterr().out) == (
        1,
        (
            "seq_gap: entry 1, case clearance/case-a: seq 7 where 2 was due\n"
            "2 entries, 1 cases: 1 findings\n"
        ),
    )


def test_the_json_names_the_place_too(tmp_path, capsys):
    log = publish(tmp_path, [first(), following(first(), seq=7)])

    status = main(["--dir", str(log), "--key", KEY, "--json"])

    answer = json.loads(capsys.readouterr().out)
    assert (status, answer["ok"], answer["counts"]) == (1, False, {"seq_gap": 1})
    assert answer["findings"] == [
        {
            "code": "seq_gap",
            "detail": "seq 7 where 2 was due",
            "entry": 1,
            "stream": "clearance",
            "case": "case-a",
        }
    ]


def test_older_checkpoint_and_witness_are_taken(log, tmp_path, capsys):
    kept = tmp_path / "kept"
    kept.write_text(note_of(LEAVES[:10]))
    words = ["--dir", str(log), "--key", KEY, "--witness", str(WITNESS.verifier_key)]

    status = main([*words, "--since", str(kept), "--json"])

    answer = json.loads(capsys.readouterr().out)
    assert (status, answer["size"], answer["root"]) == (0, 30, checked(log).root)


@pytest.mark.parametrize("words", [
    ["--dir", "nowhere", "--key", KEY],
    ["--dir", "{log}", "--key", "not a key"],
    ["--dir", "{log}", "--key", KEY[:-4] + "AAAA"],
    ["--dir", "{log}", "--key", str(WITNESS.verifier_key)],
    ["--dir", "{log}", "--key", KEY, "--witness", KEY],
    ["--dir", "{log}", "--key", KEY, "--since", "nowhere"],
    ["--dir", "{log}", "--key", KEY, "--since", "{log}/tile/0/000.p/30"],
])  # fmt: skip
def test_what_cannot_be_checked_exits_with_two(log, capsys, words):
    status = main([word.replace("{log}", str(log)) for word in words])

    answer = capsys.readouterr()
    assert (status, answer.out, answer.err[:19]) == (2, "", "cannot be checked: ")


def test_an_unusable_log_is_said_in_json(capsys):
    status = main(["--dir", "nowhere", "--key", KEY, "--json"])

    answer = json.loads(capsys.readouterr().out)
    assert (status, answer) == (2, {"ok": False, "unusable": "nowhere/checkpoint is missing"})


@pytest.mark.parametrize("limit", ["0", "-5", "x"])
def test_a_limit_below_one_is_wrong_usage(log, limit):
    with pytest.raises(SystemExit) as ended:
        main(["--dir", str(log), "--key", KEY, "--limit", limit])

    assert ended.value.code == 2


def test_findings_beyond_the_limit_are_counted(tmp_path, capsys):
    log = publish(tmp_path, [first(f"case-{n}", seq=2) for n in range(9)])

    main(["--dir", str(log), "--key", KEY, "--json", "--limit", "3"])

    answer = json.loads(capsys.readouterr().out)
    assert (len(answer["findings"]), answer["counts"]) == (3, {"seq_gap": 9})


def test_the_verifier_runs_alone_and_loads_nothing_of_the_platform(log, tmp_path):
    alone = tmp_path / "alone"
    shutil.copytree(Path(verifier.__file__).parent, alone / "verifier")
    code = (
        "import sys; from verifier.__main__ import main; status = main(sys.argv[1:]);"
        "print(sorted(m for m in sys.modules if m.split('.')[0] in {'emigrate', 'django'}));"
        "sys.exit(status)"
    )

    run = subprocess.run(
        [sys.executable, "-c", code, "--dir", str(log), "--key", KEY],
        cwd=alone,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (run.returncode, run.stdout.splitlines()[-1], run.stderr) == (0, "[]", "")
