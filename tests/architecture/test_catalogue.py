"""What the database itself holds, asked of its catalogue."""

import re

import pytest
from django.db import connection

from emigrate.foundation.database.rows import OPEN_TABLES, ROWS
from emigrate.foundation.workflow import WORKFLOWS
from emigrate.ops.database import Role

pytestmark = pytest.mark.django_db

GUARDED_BY_HAND = {"foundation_auditleaf"}
"""The audit leaves: their policies are written in `guards.py` itself."""
OTHERS = [role.value for role in Role if role is not Role.OWNER]


def rows(sql, *parameters):
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()


def tables():
    """Every table: name, row security on, forced, and its owner."""
    return rows(
        "SELECT relname, relrowsecurity, relforcerowsecurity, pg_get_userbyid(relowner) "
        "FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace"
    )


def test_every_table_has_forced_row_security_or_a_reason():
    bare = [name for name, on, forced, _ in tables() if not (on and forced)]
    guarded = {name for name, on, forced, _ in tables() if on and forced}

    assert sorted(set(bare) - set(OPEN_TABLES)) == []
    assert guarded == set(ROWS) | GUARDED_BY_HAND
    assert [table for table, reason in OPEN_TABLES.items() if len(reason) < 10] == []


def test_no_table_is_open_that_holds_whose_it_is():
    """A column of a tenant or person in an open table would be a leak that no policy sees."""
    telling = ("person_id", "emigrant_id", "organisation_id", "agency_id", "user_id")
    found = rows(
        "SELECT table_name, column_name FROM information_schema.columns "
        "WHERE table_schema = 'public' AND column_name = ANY(%s)",
        list(telling),
    )

    open_ones = {(table, column) for table, column in found if table in OPEN_TABLES}
    assert open_ones - EXPLAINED == set()


EXPLAINED = {
    ("auth_user_groups", "user_id"),  # the framework's, unused and without rows
    ("auth_user_user_permissions", "user_id"),
    ("accounts_user_groups", "user_id"),
    ("accounts_user_user_permissions", "user_id"),
}


def test_one_table_is_searched_with_the_owners_eyes_and_by_whoever_acts():
    """A view reads below row security: this one holds keyed hashes of words, and no word."""
    found = rows("SELECT viewname, viewowner, definition FROM pg_views WHERE schemaname = 'public'")

    assert [(name, owner) for name, owner, _ in found] == [
        ("emigrants_searchedname", tables()[0][3])
    ]
    assert found[0][2].split("WHERE")[1].strip(" ();\n") == "actor_role() IS NOT NULL"
    assert {table for table, security in ROWS.items() if security.searched_as} == {
        "emigrants_nameindex"
    }


def test_every_policy_is_for_everybody_and_restricts():
    """Policies are for PUBLIC (every role of the database) and permissive ones are ours alone."""
    ours = {"actor_reads", "actor_inserts", "actor_updates", "actor_deletes", "owner_erases"}
    guards = {"guard_reads", "view_reads"}  # for the owner's trigger functions and view alone

    found = rows("SELECT policyname, roles::text FROM pg_policies WHERE schemaname = 'public'")

    assert {name for name, _ in found} == ours | guards
    assert {roles for name, roles in found if name in ours} == {"{public}"}
    assert {roles for name, roles in found if name in guards} == {f"{{{tables()[0][3]}}}"}


def test_functions_with_the_owners_eyes_are_triggers_with_a_fixed_path():
    """A caller could put other tables before ours, or call one for what it sees."""
    found = rows(
        "SELECT proname, prorettype::regtype::text, proconfig FROM pg_proc "
        "WHERE pronamespace = 'public'::regnamespace AND prosecdef"
    )

    assert {name for name, *_ in found} == {
        "require_leaf",
        "leaf_is_its_entry",
        "payments_posting_balances",
    }
    assert [name for name, *rest in found
            if rest != ["trigger", ["search_path=public, pg_temp"]]] == []  # fmt: skip


def test_the_application_makes_no_object_of_its_own():
    """Neither tables that shadow ours, nor functions, nor schemas."""
    database = rows("SELECT current_database()")[0][0]
    able = [
        (role, kind)
        for role in OTHERS
        for kind, asked in (
            ("TEMPORARY", "has_database_privilege(%s, %s, 'TEMPORARY')"),
            ("CREATE", "has_database_privilege(%s, %s, 'CREATE')"),
        )
        if rows(f"SELECT {asked}", role, database)[0][0]
    ]
    able += [
        r for r in OTHERS if rows("SELECT has_schema_privilege(%s, 'public', 'CREATE')", r)[0][0]
    ]

    assert able == []


def test_only_the_owner_owns():
    owners = {owner for *_, owner in tables()}

    assert owners & set(OTHERS) == set()
    assert len(owners) == 1


def test_no_role_of_the_application_stands_above_row_security():
    found = rows(
        "SELECT rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication "
        "FROM pg_roles WHERE rolname = ANY(%s)",
        OTHERS,
    )

    assert len(found) == len(OTHERS)
    assert [name for name, *powers in found if any(powers)] == []


def test_no_role_of_the_application_is_a_member_of_the_owner():
    owner = tables()[0][3]

    above = [
        role for role in OTHERS if rows("SELECT pg_has_role(%s, %s, 'MEMBER')", role, owner)[0][0]
    ]

    assert above == []


@pytest.mark.parametrize("privilege", ["TRUNCATE", "TRIGGER", "REFERENCES"])
def test_nobody_but_the_owner_may_empty_or_rig_a_table(privilege):
    holding = [
        (role, name)
        for role in OTHERS
        for name, *_ in tables()
        if rows("SELECT has_table_privilege(%s, quote_ident(%s), %s)", role, name, privilege)[0][0]
    ]

    assert holding == []


def test_leaves_are_only_added():
    for role in OTHERS:
        for privilege in ("UPDATE", "DELETE"):
            asked = rows(
                "SELECT has_table_privilege(%s, 'foundation_auditleaf', %s)", role, privilege
            )
            assert asked == [(False,)], (role, privilege)


def test_nobody_switches_triggers_off():
    settable = [
        role
        for role in OTHERS
        if rows("SELECT has_parameter_privilege(%s, 'session_replication_role', 'SET')", role)[0][0]
    ]

    assert settable == []


@pytest.mark.parametrize("name", sorted(WORKFLOWS))
def test_the_database_knows_every_state_and_no_other(name):
    workflow = WORKFLOWS[name]
    checks = rows(
        "SELECT pg_get_constraintdef(oid) FROM pg_constraint "
        "WHERE contype = 'c' AND conrelid = %s::regclass AND conname LIKE '%%state_known'",
        workflow.table,
    )

    assert len(checks) == 1
    assert set(re.findall(r"'([a-z_]+)'::", checks[0][0])) == {
        state.value for state in workflow.states
    }


@pytest.mark.parametrize("name", sorted(WORKFLOWS))
def test_no_state_without_a_leaf(name):
    found = rows(
        "SELECT tgdeferrable, tginitdeferred, tgenabled::text FROM pg_trigger "
        "WHERE tgrelid = %s::regclass AND tgname = 'state_has_leaf'",
        WORKFLOWS[name].table,
    )

    assert found == [(True, True, "O")]
