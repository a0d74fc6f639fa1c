"""Addresses of the embedded database and of an outside one."""

import json

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from emigrate.ops.cli import main
from emigrate.ops.database import (
    DatabaseUnavailable,
    Home,
    Role,
    default_database,
    django_settings,
    drop_database,
    dsn,
    ensure_database,
    ensure_roles,
    environment,
    start,
    status,
    stop,
)

OWNER = "postgresql://boss:secret@db.example:6432/emigrate?sslmode=require"
APP = "postgresql://web:word@pool.example/emigrate"


def test_an_embedded_address_names_the_sockets_folder(tmp_path):
    home = Home(tmp_path)

    address = dsn("emigrate", Role.APP, home, environ={})

    assert conninfo_to_dict(address) == {
        "user": "emigrate_app",
        "dbname": "emigrate",
        "host": str(home.sockets),
    }


@pytest.mark.parametrize(
    ("role", "variables", "expected"),
    [
        (Role.OWNER, {}, "postgresql://boss:secret@db.example:6432/other?sslmode=require"),
        (Role.APP, {}, "postgresql://emigrate_app:secret@db.example:6432/other?sslmode=require"),
        (
            Role.READER,
            {},
            "postgresql://emigrate_reader:secret@db.example:6432/other?sslmode=require",
        ),
        (Role.APP, {"DATABASE_APP_URL": APP}, "postgresql://web:word@pool.example/other"),
        (
            Role.WORKER,
            {"DATABASE_APP_URL": APP},
            "postgresql://emigrate_worker:word@pool.example/other",
        ),
        (
            Role.WORKER,
            {"DATABASE_APP_URL": APP, "DATABASE_WORKER_URL": "postgresql:///x?host=/run/pg"},
            "postgresql:///other?host=/run/pg",
        ),
        (
            Role.READER,
            {"DATABASE_READER_URL": "postgresql://r@replica/x"},
            "postgresql://r@replica/other",
        ),
    ],
)
def test_an_outside_address_follows_the_variables(role, variables, expected):
    assert dsn("other", role, environ={"DATABASE_URL": OWNER, **variables}) == expected


@pytest.mark.parametrize(
    ("variables", "expected"),
    [({}, "emigrate"), ({"DATABASE_URL": "postgresql://boss@db.example/platform"}, "platform")],
)
def test_the_main_database_is_that_of_the_owners_address(variables, expected):
    assert default_database(variables) == expected


@pytest.mark.parametrize(
    "address",
    ["nonsense", "postgresql://u:p@[bad/x", "dbname=x", "mysql://u:p@h/x"],
)
def test_what_is_no_address_is_bad_input_and_not_repeated(address, monkeypatch, capsys):
    monkeypatch.setenv("DATABASE_URL", address)

    code = main(["db", "status", "--json"])

    (said,) = json.loads(capsys.readouterr().out)["errors"]
    assert (code, said["code"], address in said["message"]) == (2, "database_url_unusable", False)


def test_settings_and_environment_hold_the_same_address(tmp_path, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", OWNER)

    assert environment("emigrate", Role.OWNER) == {"EMIGRATE_DATABASE_DSN": OWNER}
    assert django_settings("emigrate", Role.OWNER) == {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "emigrate",
        "USER": "boss",
        "PASSWORD": "secret",
        "HOST": "db.example",
        "PORT": "6432",
        "OPTIONS": {"sslmode": "require"},
    }


def test_an_outside_database_is_used_and_left_running(home, monkeypatch):
    start(home)
    ensure_database("emigrate", home=home)
    monkeypatch.setenv("DATABASE_URL", dsn("emigrate", Role.OWNER, home))

    instance = start()
    ensure_roles()
    made = [ensure_database("second"), ensure_database("second")]
    with psycopg.connect(dsn("second", Role.WORKER)) as connection:
        who = connection.execute("SELECT current_user, current_database()").fetchone()
    drop_database("second")
    stop()

    assert (instance.external, instance.data, instance.databases) == (True, None, ["emigrate"])
    assert (made, who, status().running) == ([True, False], ("emigrate_worker", "second"), True)


def test_an_outside_database_without_our_roles_is_refused(home, monkeypatch):
    start(home)
    with psycopg.connect(dsn("postgres", "postgres", home), autocommit=True) as connection:
        connection.execute("DROP ROLE emigrate_reader")
    monkeypatch.setenv("DATABASE_URL", dsn("postgres", Role.OWNER, home))

    with pytest.raises(DatabaseUnavailable, match="emigrate_reader"):
        ensure_roles()


def test_an_outside_database_that_does_not_answer_is_not_running(tmp_path, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", f"postgresql://boss@/emigrate?host={tmp_path}")

    assert (status().running, status().external) == (False, True)
