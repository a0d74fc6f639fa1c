"""The console script: its table of commands, its exit codes, and how little it loads."""

import json
import socket
import subprocess
import sys

import pytest

from emigrate.ops.cli import COMMANDS, Command, CommandRefused, add_json, main
from emigrate.ops.progress import progress


def run(*words, environment=None):
    return subprocess.run(
        [sys.executable, "-W", "error", "-m", "emigrate", *words],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
    )


def test_help_names_every_command(capsys):
    code = main(["--help"])

    out = capsys.readouterr().out
    assert (code, [name for name in COMMANDS if f"    {name}" not in out]) == (0, [])


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(name, capsys):
    assert main([name, "--help"]) == 0
    assert capsys.readouterr().out.startswith(f"usage: emigrate {name}")


@pytest.mark.parametrize(
    "words", [[], ["nonsense"], ["db"], ["db", "nonsense"], ["db", "status", "--jso"], ["--jso"]]
)
def test_bad_usage_is_code_2_with_the_usage(words, capsys):
    code = main(words)

    captured = capsys.readouterr()
    assert (code, captured.out, captured.err.startswith("usage: ")) == (2, "", True)


def test_asking_one_command_loads_no_other_and_no_framework():
    script = (
        "import sys; from emigrate.ops.cli import main; main(['--help']);"
        "print([m for m in ('django', 'psycopg', 'emigrate.ops.db') if m in sys.modules])"
    )

    told = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )

    assert told.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize(
    ("raised", "code"),
    [(CommandRefused("too_old", "Renew it."), 2), (KeyboardInterrupt(), 130), (SystemExit(1), 1)],
)
def test_an_end_by_exception_has_its_code(raised, code, sample):
    assert sample(raised) == code


@pytest.fixture
def sample(monkeypatch):
    """Runs a command that only raises; its exit code."""
    module = type(sys)("sample_command")
    monkeypatch.setitem(sys.modules, "sample_command", module)

    def ran(raised, *words):
        def fail(_arguments):
            raise raised

        def add_parser(subparsers):
            parser = subparsers.add_parser("sample")
            add_json(parser)
            parser.set_defaults(run=fail)

        module.add_parser = add_parser
        return main(["sample", *words], {"sample": Command("sample_command", "a sample")})

    return ran


def test_a_refusal_is_json_for_machines(monkeypatch, capsys):
    monkeypatch.setenv("DATABASE_URL", "postgresql://boss@/emigrate?host=/nonexistent")

    code = main(["db", "migrate", "--json"])

    errors = json.loads(capsys.readouterr().out)["errors"]
    assert (code, [error["code"] for error in errors]) == (2, ["database_unreachable"])


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["worker", "--database", "nosuch"], "database_unreachable"),
        (["db", "name-keys", "--database", "nosuch"], "database_unreachable"),
        (["credentials", "export", "--to", "x", "--database", "nosuch"], "database_unreachable"),
        (["assurance", "verify-log", "--database", "nosuch"], "database_unreachable"),
        (["worker", "--database", "template1"], "database_not_migrated"),
        (["db", "migrate", "--database", "x" * 64], "database_unavailable"),
    ],
)
def test_a_database_that_is_not_there_is_bad_input(words, code, capsys):
    ended = main([*words, "--json"])

    assert (ended, json.loads(capsys.readouterr().out)["errors"][0]["code"]) == (2, code)


@pytest.mark.parametrize(
    "words", [["worker", "--jobs", "0"], ["run", "--port", "0"], ["run", "--port", "65536"]]
)
def test_a_number_out_of_range_is_bad_usage(words, capsys):
    assert main(words) == 2
    assert "error: argument --" in capsys.readouterr().err


def test_a_port_in_use_is_named(capsys):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        code = main(["run", "--port", str(other.getsockname()[1]), "--json"])

    assert (code, json.loads(capsys.readouterr().out)["errors"][0]["code"]) == (2, "port_taken")


def test_db_start_status_stop(home, monkeypatch, capsys):
    monkeypatch.setenv("EMIGRATE_HOME", str(home.folder))

    codes = [main(["db", verb, "--json"]) for verb in ("status", "start", "status", "stop")]

    told = [json.loads(line)["running"] for line in capsys.readouterr().out.splitlines()]
    assert (codes, told) == ([0, 0, 0, 0], [False, True, True, False])


def test_db_speaks_to_people_too(home, monkeypatch, capsys):
    monkeypatch.setenv("EMIGRATE_HOME", str(home.folder))

    main(["db", "status"])
    main(["db", "start"])

    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "The database is not running."
    assert lines[1].startswith("The database runs, PostgreSQL ")
    assert lines[2:] == [
        f"  socket: {home.sockets}",
        f"  data: {home.data}",
        "  databases: none",
    ]


def in_bash(line):
    """A line of the shell, `emigrate` being this one; the exit code of the pipe's first part."""
    script = f'emigrate() {{ {sys.executable} -W error -m emigrate "$@"; }}\n{line}\n'
    script += "exit ${PIPESTATUS[0]}"
    return subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=False)


BAD_QUESTION = "<<< '{\"on\": 1}'"


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("emigrate --help | true", 0),
        ("emigrate law figures | head -1 >/dev/null", 0),
        (f"emigrate law ask {BAD_QUESTION} | true", 2),
        (f"PYTHONUNBUFFERED=1 emigrate law ask {BAD_QUESTION} | true", 2),
        ("emigrate replay --share 2 --json | true", 2),
        ("emigrate nonsense | true", 2),
        ("emigrate nonsense 2>&1 | true", 2),
        ("emigrate replay --share 2 2>/dev/full", 2),
    ],
)
def test_a_reader_that_goes_away_changes_no_exit_code(line, code):
    told = in_bash(line)

    usage = told.stderr.startswith("usage: ")
    assert (told.returncode, told.stderr == "" or usage) == (code, True)


@pytest.mark.parametrize("line", ["emigrate law figures", "emigrate --help", "emigrate db --help"])
def test_a_full_disk_is_one_line(line):
    told = in_bash(f"{line} >/dev/full")

    full = "emigrate: Standard output cannot be written to: No space left on device.\n"
    assert (told.returncode, told.stderr) == (2, full)


def test_a_closed_input_is_an_empty_question():
    told = in_bash("emigrate law ask <&-")

    code = json.loads(told.stdout)["errors"][0]["code"]
    assert (told.returncode, code, told.stderr) == (2, "not_json", "")


@pytest.mark.parametrize("closed", [">&-", ">&- 2>&-", ">&- <&-"])
def test_a_closed_output_is_refused_before_anything_is_done(closed):
    told = in_bash(f"emigrate law figures {closed}")

    said = [] if "2>&-" in closed else ["emigrate: Standard output is closed, so nothing can be"]
    assert (told.returncode, told.stdout) == (2, "")
    assert [line[: len(said[0])] for line in told.stderr.splitlines()] == said


class KeyUnfit(ValueError):
    """As the engine raises it: a code that says which key, and no words."""

    code = "partner_key_missing"


@pytest.mark.parametrize(
    ("raised", "code", "message"),
    [
        (
            NotADirectoryError(20, "Not a directory", "/etc/passwd/x"),
            "refused_by_the_system",
            "/etc/passwd/x: Not a directory.",
        ),
        (OSError("no more"), "refused_by_the_system", "no more."),
        (
            KeyUnfit(),
            "partner_key_missing",
            "A key of this installation (EMIGRATE_KEYS) cannot be used: partner_key_missing.",
        ),
    ],
)
def test_what_the_system_or_a_key_refuses_is_one_line(raised, code, message, sample, capsys):
    plain, machine = sample(raised), sample(raised, "--json")

    captured = capsys.readouterr()
    assert (plain, machine, captured.err) == (2, 2, f"emigrate: {message}\n")
    assert json.loads(captured.out) == {"errors": [{"code": code, "message": message}]}


def test_a_slip_of_our_own_is_not_hidden(sample):
    with pytest.raises(ValueError, match="our own"):
        sample(ValueError("our own"))


def test_a_folder_that_cannot_be_made_is_bad_input(committed_database, capsys):
    words = ["credentials", "export", "--to", "/etc/passwd/x", "--database", committed_database]

    code = main([*words, "--json"])

    (error,) = json.loads(capsys.readouterr().out)["errors"]
    assert (code, error["code"]) == (2, "refused_by_the_system")
    assert error["message"] == "/etc/passwd/x/status: Not a directory."


def test_progress_prints_plain_lines_where_there_is_no_terminal(capsys):
    with progress(3, "Clearances") as advance:
        advance(1)
        advance(2)

    captured = capsys.readouterr()
    first, last = captured.err.splitlines()
    assert (captured.out, first) == ("", "Clearances: 0 of 3")
    assert last.startswith("Clearances: 3 of 3 in ")


def test_progress_is_silent_for_machines(capsys):
    with progress(3, "Clearances", silent=True) as advance:
        advance(3)

    assert capsys.readouterr() == ("", "")
