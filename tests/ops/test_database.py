"""The embedded server: starts once, serves our roles, keeps out of its neighbours' way."""

import contextlib
import os
import pwd
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from emigrate.ops.database import (
    DatabaseUnavailable,
    Home,
    Role,
    connect_as_superuser,
    create_from_template,
    drop_database,
    dsn,
    ensure_database,
    ensure_roles,
    is_simulation,
    start,
    status,
    stop,
)
from emigrate.ops.database.home import CHECKOUT, LONGEST_SOCKET_PATH, default_home, prepare
from emigrate.ops.database.home import server_account as account_of_server
from emigrate.ops.database.processes import postmaster

DEBIAN_15 = Path("/usr/lib/postgresql/15/bin")


@pytest.fixture
def debian_15():
    """The programs of the oldest version that serves us; in CI their absence is a failure."""
    if (DEBIAN_15 / "postgres").exists():
        return str(DEBIAN_15)
    reason = "PostgreSQL 15 is absent: apt-get install postgresql-15, as tools/setup.sh test does"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


def one(database: str, role: Role, home: Home, query: str) -> object:
    with psycopg.connect(dsn(database, role, home), autocommit=True) as connection:
        row = connection.execute(query).fetchone()
    assert row is not None
    return row[0]


def test_start_twice_is_one_server(home):
    first = start(home)
    server = postmaster(home)

    second = start(home)

    assert (first.running, first.external, first.databases) == (True, False, [])
    assert (second, postmaster(home)) == (first, server)


def test_eight_starts_at_once_are_one_server(home):
    with ThreadPoolExecutor(8) as pool:
        instances = list(pool.map(lambda _n: start(home), range(8)))

    processes = subprocess.run(
        ["ps", "-eww", "-o", "args"], capture_output=True, text=True, check=True
    )
    servers = [line for line in processes.stdout.splitlines() if f" -D {home.data} " in line]
    assert (len(servers), {instance.running for instance in instances}) == (1, {True})


def test_stop_and_start_keep_the_data(home):
    start(home)
    ensure_database("kept", home=home)

    stop(home)
    stopped = status(home)
    started = start(home)

    assert (stopped.running, stopped.databases) == (False, [])
    assert (started.running, started.databases) == (True, ["kept"])


def test_stop_without_a_server_is_no_error(home):
    stop(home)

    assert status(home).running is False


def test_roles_own_nothing_and_bypass_nothing(home):
    start(home)
    ensure_roles(home)

    with connect_as_superuser(home) as connection:
        roles = connection.execute(
            "SELECT rolname, rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls,"
            " rolcanlogin FROM pg_roles WHERE rolname LIKE 'emigrate%' ORDER BY rolname"
        ).fetchall()

    assert roles == [
        ("emigrate_app", False, False, False, False, False, True),
        ("emigrate_owner", False, True, False, False, False, True),
        ("emigrate_reader", False, False, False, False, False, True),
        ("emigrate_worker", False, False, False, False, False, True),
    ]


def test_a_new_database_belongs_to_the_owner_alone(home):
    start(home)

    made = [ensure_database("emigrate", home=home), ensure_database("emigrate", home=home)]

    extensions = one(
        "emigrate",
        Role.READER,
        home,
        "SELECT array_agg(extname::text ORDER BY extname) FROM pg_extension",
    )
    owner = one(
        "emigrate",
        Role.APP,
        home,
        "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = current_database()",
    )
    assert (made, owner) == ([True, False], "emigrate_owner")
    assert extensions == ["btree_gist", "pg_trgm", "plpgsql"]


@pytest.fixture(scope="module")
def shared_home(lasting_home):
    start(lasting_home, fast=True)
    ensure_database("emigrate", home=lasting_home)
    return lasting_home


@pytest.mark.parametrize("role", [Role.APP, Role.WORKER, Role.READER])
@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE taken (id int)",
        "CREATE TEMPORARY TABLE taken (id int)",
        "CREATE DATABASE taken",
        "CREATE ROLE taken",
        "SET ROLE emigrate_owner",
        "COMMENT ON DATABASE emigrate IS 'emigrate: simulation'",
    ],
)
def test_the_application_may_not_rule(shared_home, role, statement):
    with (
        psycopg.connect(dsn("emigrate", role, shared_home), autocommit=True) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute(statement)


def test_a_copy_of_a_template_has_its_rows_and_our_rights(shared_home):
    ensure_database("model", home=shared_home)
    with psycopg.connect(dsn("model", Role.OWNER, shared_home)) as connection:
        connection.execute("CREATE TABLE rows AS SELECT 7 AS number")

    create_from_template("copy", "model", home=shared_home)
    create_from_template("copy", "model", simulation=True, home=shared_home)

    assert one("copy", Role.OWNER, shared_home, "SELECT number FROM rows") == 7
    assert is_simulation("copy", home=shared_home)
    assert not is_simulation("model", home=shared_home)
    drop_database("copy", home=shared_home)
    drop_database("copy", home=shared_home)
    assert "copy" not in status(shared_home).databases


@pytest.mark.parametrize("simulation", [True, False])
def test_a_simulation_never_passes_for_a_real_database(shared_home, simulation):
    name = f"kind_{simulation}".lower()
    ensure_database(name, simulation=simulation, home=shared_home)

    with pytest.raises(DatabaseUnavailable):
        ensure_database(name, simulation=not simulation, home=shared_home)


def test_no_port_is_open(shared_home):
    listening = one("emigrate", Role.APP, shared_home, "SHOW listen_addresses")

    assert listening == ""


def test_the_sockets_folder_is_private(shared_home):
    found = shared_home.sockets.stat()

    assert (found.st_mode & 0o777, found.st_uid) == (0o700, account_of_server().uid)


def test_another_account_is_not_let_in(shared_home):
    if os.geteuid() != 0:
        pytest.skip("needs root to become another account")
    psql = shutil.which("psql")
    if psql is None:
        pytest.skip("needs a psql that every account can run")

    tried = subprocess.run(
        [psql, dsn("emigrate", Role.OWNER, shared_home), "-c", "SELECT 1"],
        user=1,
        group=1,
        extra_groups=[],
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )

    assert (tried.returncode, "Permission denied" in tried.stderr) == (2, True)


def test_two_homes_do_not_disturb_each_other(make_home):
    homes = [make_home(), make_home()]
    for number, home in enumerate(homes):
        start(home, fast=True)
        ensure_database("same", home=home)
        with psycopg.connect(dsn("same", Role.OWNER, home)) as connection:
            connection.execute(f"CREATE TABLE mark AS SELECT {number} AS number")

    stop(homes[0])

    assert status(homes[0]).running is False
    assert one("same", Role.OWNER, homes[1], "SELECT number FROM mark") == 1


def test_a_long_path_gets_a_short_private_socket(make_home):
    home = make_home("a" * 60, "b" * 60)

    instance = start(home, fast=True)

    assert instance.running
    assert not home.sockets.is_relative_to(home.folder)
    assert len(os.fsencode(home.sockets)) < LONGEST_SOCKET_PATH
    assert home.sockets.stat().st_mode & 0o777 == 0o700


def test_a_socket_folder_made_by_somebody_else_is_refused(make_home):
    if os.geteuid() != 0:
        pytest.skip("needs root to make a folder of another account")
    home = make_home("a" * 60, "b" * 60)
    home.sockets.mkdir()
    os.chown(home.sockets, 1, 1)

    with pytest.raises(DatabaseUnavailable):
        start(home)


def test_root_refuses_a_home_that_the_server_cannot_enter(make_home):
    if os.geteuid() != 0:
        pytest.skip("only root runs the server as another account")
    home = make_home("inner")
    home.folder.parent.chmod(0o700)

    with pytest.raises(DatabaseUnavailable):
        prepare(home, account_of_server())


def test_a_home_that_cannot_be_made_is_named():
    with pytest.raises(DatabaseUnavailable, match="/proc/version/home"):
        start(Home(Path("/proc/version/home")))


def test_each_checkout_has_a_home_and_the_environment_may_name_one(tmp_path):
    assert default_home({"EMIGRATE_HOME": str(tmp_path)}) == Home(tmp_path)
    assert default_home({}) == default_home({})


def test_an_installed_postgresql_15_serves_too(home, debian_15, monkeypatch):
    monkeypatch.setenv("EMIGRATE_PG_BIN", debian_15)

    instance = start(home)
    ensure_database("emigrate", home=home)

    order = one("emigrate", Role.APP, home, "SELECT array_agg(w ORDER BY w) FROM"
                " (VALUES ('b'), ('B'), ('a'), ('A')) AS t(w)")  # fmt: skip
    assert (str(instance.version).partition(".")[0], order) == ("15", ["A", "B", "a", "b"])


def test_data_of_another_version_is_named_and_left_alone(home, debian_15, monkeypatch):
    start(home)
    stop(home)
    monkeypatch.setenv("EMIGRATE_PG_BIN", debian_15)

    with pytest.raises(DatabaseUnavailable, match=r"version 18, which made the data"):
        start(home)


def test_an_ordinary_account_can_do_all_of_it():
    """As root, run the road of a newcomer without rights: start, use, kill, start, stop."""
    if os.geteuid() != 0:
        pytest.skip("the other tests run as an ordinary account already")
    account = pwd.getpwnam("daemon")
    python = _python_for(account)
    folder = Path(f"/tmp/emigrate-test-ordinary-{os.getpid()}")
    folder.mkdir(mode=0o700)
    os.chown(folder, account.pw_uid, account.pw_gid)

    try:
        told = _as(account, [python, "-c", ORDINARY_ROAD], folder)
    finally:
        shutil.rmtree(folder)

    expected = "True emigrate_app daemon\nTrue True\nFalse\n"
    assert (told.stdout, told.stderr, told.returncode) == (expected, "", 0)


ORDINARY_ROAD = """
import os, pwd, signal
import psycopg
from emigrate.ops.database import *
from emigrate.ops.database.processes import postmaster
first = start()
ensure_database("emigrate")
with psycopg.connect(dsn("emigrate", Role.APP)) as connection:
    name = connection.execute("SELECT current_user").fetchone()[0]
pid = postmaster(default_home())
print(first.running, name, pwd.getpwuid(os.stat(f"/proc/{pid}").st_uid).pw_name)
os.kill(pid, signal.SIGKILL)
print(start().running, postmaster(default_home()) != pid)
stop()
print(status().running)
"""


def _as(account, command, home):
    packages = next(path for path in sys.path if path.endswith("site-packages"))
    environment = {
        "EMIGRATE_HOME": str(home),
        "PATH": os.defpath,
        "PYTHONPATH": f"{CHECKOUT}:{packages}",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    return subprocess.run(
        command,
        user=account.pw_uid,
        group=account.pw_gid,
        extra_groups=[],
        env=environment,
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def _python_for(account):
    """Find a Python of this version that the account may run; skip when there is none."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    for python in (sys.executable, f"/usr/bin/python{version}"):
        with contextlib.suppress(OSError):
            if _as(account, [python, "-c", "import emigrate.ops.db"], Path("/tmp")).returncode == 0:
                return python
    pytest.skip(f"no Python {version} that {account.pw_name} may run")
