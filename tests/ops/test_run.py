"""`emigrate run`: when it goes on with what is there, what it says, and what is left of it."""

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from argparse import Namespace
from contextlib import nullcontext
from pathlib import Path

import psycopg
import pytest

from emigrate.ops import run
from emigrate.ops.cli import main
from emigrate.ops.database import Home, Role, dsn
from emigrate.ops.database import environment as database_environment
from emigrate.ops.database.addresses import SUPERUSER
from emigrate.ops.run import DATABASE, HALF_FILLED, begins_anew
from tests.ops.test_demonstration import CHECKOUT, emigrate, environment, installation

__all__ = ["installation"]


def test_a_site_with_its_keys_goes_on(tmp_path, monkeypatch):
    monkeypatch.delenv("EMIGRATE_KEYS", raising=False)
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "fields.json").write_text("{}")

    assert not begins_anew(tmp_path, [DATABASE])
    assert begins_anew(tmp_path, ["another"])


def test_a_site_without_its_keys_begins_anew(tmp_path, monkeypatch):
    """The database stands outside the checkout: deleted and cloned again, nothing opens it."""
    monkeypatch.delenv("EMIGRATE_KEYS", raising=False)

    assert begins_anew(tmp_path, [DATABASE])


def test_a_site_that_was_never_filled_to_its_end_begins_anew(tmp_path, monkeypatch):
    monkeypatch.delenv("EMIGRATE_KEYS", raising=False)
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "fields.json").write_text("{}")
    (tmp_path / HALF_FILLED).touch()

    assert begins_anew(tmp_path, [DATABASE])


def test_a_demonstration_does_not_run_in_production(monkeypatch, capsys):
    monkeypatch.setenv("EMIGRATE_MODE", "production")

    code = main(["run", "--json"])

    assert (code, json.loads(capsys.readouterr().out)["errors"][0]["code"]) == (2, "production")


def test_a_mode_that_does_not_exist_is_refused():
    """A slip ("prod") must not start a demonstration, with its keys, in earnest."""
    variables = {**os.environ, "EMIGRATE_MODE": "prod"}
    words = [sys.executable, "-c", "import emigrate.config.settings"]

    done = subprocess.run(
        words, cwd=CHECKOUT, env=variables, capture_output=True, text=True, check=False
    )

    assert done.returncode == 1
    assert "EMIGRATE_MODE is demo or production, not 'prod'." in done.stderr


def a_free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_what_never_answers_is_said_and_ended(monkeypatch, capsys, tmp_path):
    monkeypatch.setattr("emigrate.ops.run.ANSWERS_WITHIN_SECONDS", 1)
    sleeper = [sys.executable, "-c", "import time; time.sleep(60)"]

    silent = served(monkeypatch, tmp_path, [sleeper])
    gone = served(monkeypatch, tmp_path, [[sys.executable, "-c", ""]])

    said = capsys.readouterr()
    assert (silent, gone, said.out) == (1, 1, "")
    first, second = said.err.splitlines()
    assert first.startswith("emigrate: the site did not answer on http://127.0.0.1:")
    assert second == "emigrate: a process of the site ended by itself."


def served(monkeypatch, folder, commands):
    """The exit code of a site made of these processes; nothing of ours is in it."""
    monkeypatch.setattr(run, "sandboxes", lambda *_words, **_more: nullcontext({}))
    monkeypatch.setattr(run, "setup_django", lambda *_words: None)
    monkeypatch.setattr(run, "introduce", lambda _greeting: None)
    monkeypatch.setattr(run, "_processes", lambda _port: commands)
    arguments = Namespace(port=a_free_port(), json=True)
    return run._serve(folder, arguments, new=False)


class Site:
    """`emigrate run` as a terminal starts it: the leader of a group of its own."""

    def __init__(self, folder, *words):
        self.folder, self.port = folder, a_free_port()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "emigrate", "run", "--port", str(self.port), "--json", *words],
            cwd=CHECKOUT,
            env=environment(folder),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
        )

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        self.ended_by(signal.SIGTERM)
        self.process.stdout.close()
        for pid in self.living():
            os.kill(pid, signal.SIGKILL)

    def ended_by(self, number):
        """Tell the whole group, as a terminal does; the exit code."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, number)
        return self.process.wait(timeout=60)

    def greeting(self):
        return json.loads(self.process.stdout.readline())

    def answer(self, path, token=""):
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        asked = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", headers=headers)
        with urllib.request.urlopen(asked, timeout=10) as answer:
            return answer.status

    def living(self):
        """Every process that was started in this installation; the database's supervisor is not."""
        mark = f"EMIGRATE_HOME={self.folder}/home".encode()
        return [int(each.name) for each in Path("/proc").iterdir() if carries(each, mark)]


def carries(entry, mark):
    try:
        return entry.name.isdecimal() and mark in (entry / "environ").read_bytes().split(b"\0")
    except OSError:
        return False


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP])
def test_nothing_lives_on_when_the_terminal_ends_the_site(number, installation):
    """The first fills the site, the second goes on with it."""
    with Site(installation) as site:
        greeting = site.greeting()
        answered = site.answer("/v1/health/live")  # at once: it greets when it can be asked
        signed_in = [site.answer("/v1/me", token) for token in greeting["tokens"].values()]
        during = len(site.living())
        ended = site.ended_by(number)
        left = site.living()

    with socket.socket() as again:
        again.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        again.bind(("127.0.0.1", site.port))
    assert (greeting["address"], answered) == (f"http://127.0.0.1:{site.port}/", 200)
    assert (set(greeting["tokens"]), set(signed_in)) == (set(greeting["accounts"]), {200})
    assert during >= 5  # itself, the sandbox, the jobs, granian and its processes
    assert (ended, left) == (0, [])


def as_owner(folder, statement, database=DATABASE):
    with psycopg.connect(dsn(database, SUPERUSER, Home(folder / "home")), autocommit=True) as one:
        found = one.execute(statement)
        return found.fetchall() if found.description else None


UP_TO_DATE = """
SELECT relrowsecurity, EXISTS (SELECT 1 FROM django_migrations
                               WHERE app = 'credentials' AND name = '0002_clock_units')
FROM pg_class WHERE relname = 'credentials_credential'
"""


@pytest.mark.slow
def test_a_site_of_an_older_checkout_is_brought_up_to_the_code(installation):
    with Site(installation) as site:
        site.greeting()
    older(installation)
    before = as_owner(installation, UP_TO_DATE)

    with Site(installation) as site:
        site.greeting()
        after = as_owner(installation, UP_TO_DATE)
        accounts = as_owner(installation, "SELECT count(*) > 50 FROM accounts_user")

    assert (before, after, accounts) == ([(False, False)], [(True, True)], [(True,)])


def older(folder):
    """Make the site what an older checkout had left: a migration back, a guard missing."""
    told = {
        **environment(folder),
        **database_environment(DATABASE, Role.OWNER, Home(folder / "home")),
        "DJANGO_SETTINGS_MODULE": "emigrate.config.settings",
    }
    command = [sys.executable, "-m", "django", "migrate", "credentials", "0001"]
    subprocess.run(command, cwd=CHECKOUT, env=told, check=True, capture_output=True)
    as_owner(folder, "ALTER TABLE credentials_credential DISABLE ROW LEVEL SECURITY")
    as_owner(folder, "UPDATE platform_simulation SET purpose = 'an older checkout'")


@pytest.mark.slow
def test_a_site_of_a_newer_checkout_is_refused_with_what_to_do(installation):
    emigrate(installation, "db", "migrate", "--simulation", "--database", DATABASE)
    keys = installation / "state" / DATABASE / "keys"
    keys.mkdir(parents=True, exist_ok=True)
    (keys / "fields.json").touch()
    as_owner(installation, NEWER)
    as_owner(installation, "UPDATE platform_simulation SET purpose = 'a newer checkout'")

    done = emigrate(installation, "run", "--port", str(a_free_port()), "--json")

    (error,) = json.loads(done.stdout)["errors"]
    assert (done.returncode, error["code"]) == (2, "database_newer")
    assert error["message"].endswith("emigrate run --fresh")


NEWER = "INSERT INTO django_migrations VALUES (DEFAULT, 'credentials', '9999_later', now())"
