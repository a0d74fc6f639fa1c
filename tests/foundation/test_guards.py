"""The database's own guards: row security, leaves, grants, and time."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, ProgrammingError, connection, transaction

from emigrate.domains.employers.models import EmailCode, Employer
from emigrate.foundation import clock
from emigrate.foundation.actors import Actor
from emigrate.foundation.audit.leaves import canonical, entry_hash, parse
from emigrate.foundation.audit.sequencer import place_waiting
from emigrate.foundation.clock import read_platform_now
from emigrate.foundation.database.guards import (
    APPLICATION_ROLES,
    READER_ROLE,
    apply_guards,
    guard_statements,
    unguarded_tables,
)
from emigrate.foundation.database.rows import OPEN_TABLES, OPEN_VERBS, ROWS, RowSecurity
from emigrate.foundation.models import AuditLeaf, Proposal, WrappedKey
from emigrate.foundation.transactions import acting
from emigrate.foundation.workflow import WORKFLOWS
from emigrate.ops.database import Role
from tests.conftest import connect_as
from tests.factories.employers import SYSTEM, a_draft, a_mission_officer, an_applicant, an_employer
from tests.snapshot import as_nobody

LEAVES = "foundation_auditleaf"


def rows(sql, *values):
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


def count(table):
    return rows(f'SELECT count(*) FROM "{table}"')[0][0]


def write_and_check(case, **columns):
    Employer.objects.filter(pk=case.pk).update(**columns)
    connection.check_constraints()


def leaves_of(case):
    return AuditLeaf.objects.filter(stream="employer", case_id=case.pk)


@pytest.mark.django_db
def test_every_table_is_guarded_or_has_its_reason():
    named = {table for (table,) in rows(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
    )}  # fmt: skip

    assert unguarded_tables() == []
    assert named - set(ROWS) - set(OPEN_TABLES) - {LEAVES} == set()
    assert set(ROWS) & set(OPEN_TABLES) == set()
    assert all(len(reason) > 10 for reason in OPEN_TABLES.values())


@pytest.mark.django_db
def test_row_security_is_forced_on_every_guarded_table():
    forced = {table for (table,) in rows(
        "SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity"
    )}  # fmt: skip
    policies = dict(rows(
        "SELECT tablename, count(*) FROM pg_policies WHERE schemaname = 'public' GROUP BY 1"
    ))  # fmt: skip

    assert forced == set(ROWS) | {LEAVES}
    more = {t: bool(s.guard) + bool(s.searched_as) for t, s in ROWS.items()}
    assert policies == {**{t: 4 + count for t, count in more.items()}, LEAVES: 4}


@pytest.mark.django_db
def test_no_role_of_the_application_owns_a_table_or_passes_row_security():
    owners = {owner for (owner,) in rows(
        "SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'"
    )}  # fmt: skip
    strong = rows("SELECT rolname FROM pg_roles WHERE rolbypassrls OR rolsuper")

    assert owners & {*APPLICATION_ROLES, READER_ROLE} == set()
    assert {name for (name,) in strong} & {*APPLICATION_ROLES, READER_ROLE, owners.pop()} == set()
    assert rows("SELECT current_user") == [("emigrate_app",)]


def test_with_no_actor_nothing_is_seen_and_nothing_written(committed_database):
    case = an_employer()

    seen = {table: count(table) for table in [*ROWS, LEAVES]}

    assert {table: number for table, number in seen.items() if number} == {}
    assert Employer.objects.filter(pk=case.pk).update(small=True) == 0
    with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        EmailCode.objects.create(
            employer=case, code_hash=b"x", sent_at=datetime.now(UTC), expires_at=datetime.now(UTC)
        )


@pytest.mark.django_db
def test_row_security_alone_keeps_tenants_apart():
    mine, theirs = an_applicant(), an_applicant()
    case = a_draft(mine)

    with acting(theirs):
        stranger = (Employer.objects.count(), AuditLeaf.objects.count())
        changed = Employer.objects.filter(pk=case.pk).update(small=True)
    with acting(mine):
        own = (Employer.objects.count(), leaves_of(case).count())
    with acting(a_mission_officer("ARE")):
        abroad = Employer.objects.count()

    assert (stranger, changed, own, abroad) == ((0, 0), 0, (1, 1), 0)


@pytest.mark.django_db
def test_a_state_without_a_leaf_does_not_commit():
    case = an_employer()

    with pytest.raises(IntegrityError, match="has no leaf"), transaction.atomic(), acting(SYSTEM):
        write_and_check(case, state="blacklisted")

    with acting(SYSTEM):
        assert Employer.objects.get(pk=case.pk).state == "active"


@pytest.mark.django_db
@pytest.mark.parametrize("column", [{"audit_seq": 99}, {"audit_head": b"\x00" * 32}])
def test_a_case_whose_head_is_not_its_leaf_does_not_commit(column):
    case = an_employer()

    with pytest.raises(IntegrityError, match="has no leaf"), transaction.atomic(), acting(SYSTEM):
        write_and_check(case, **column)


def test_the_commit_itself_refuses(committed_database):
    case = an_employer()

    with pytest.raises(IntegrityError, match="has no leaf"), acting(SYSTEM):
        Employer.objects.filter(pk=case.pk).update(state="expired")

    with acting(SYSTEM):
        assert Employer.objects.get(pk=case.pk).state == "active"


@pytest.mark.django_db
@pytest.mark.parametrize("state", ["draft", "otp_verified"])
def test_a_state_that_no_step_leads_to_does_not_commit_with_a_leaf_either(state):
    case = an_employer()
    with acting(SYSTEM):
        last = leaves_of(case).latest("seq")
        forged = following(last, before_state="active", after_state=state)
        forged.after_state = state
        forged.save(force_insert=True)

    with pytest.raises(IntegrityError, match="has no leaf"), transaction.atomic(), acting(SYSTEM):
        write_and_check(case, state=state, audit_seq=forged.seq, audit_head=forged.hash)


@pytest.mark.django_db
def test_a_case_does_not_go_back_to_a_leaf_that_it_had_before():
    case = an_employer()
    with acting(SYSTEM):
        former = leaves_of(case).get(seq=2)
    earlier = {"state": former.after_state, "audit_seq": 2, "audit_head": bytes(former.hash)}

    with pytest.raises(IntegrityError, match="has no leaf"), transaction.atomic(), acting(SYSTEM):
        write_and_check(case, **earlier)


@pytest.mark.django_db
def test_a_case_does_not_take_anothers_reference():
    case = an_employer()

    with pytest.raises(IntegrityError, match="has no leaf"), transaction.atomic(), acting(SYSTEM):
        write_and_check(case, reference=f"{case.reference}X")


@pytest.mark.django_db
def test_no_setting_of_a_session_opens_leaves_or_ledger():
    an_employer()

    with connection.cursor() as cursor:
        for setting in ("app.guard", "app.now"):
            cursor.execute("SELECT set_config(%s, 'on', true)", [setting])
        cursor.execute("SELECT set_config('app.role', '', true)")

    assert {t: count(t) for t in (LEAVES, "payments_posting", "payments_ledgerentry")} == {
        LEAVES: 0, "payments_posting": 0, "payments_ledgerentry": 0
    }  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize(
    "other",
    [
        {"entry": b"{}"},
        {"entry": b"not JSON"},
        {"hash": b"\x00" * 32},
        {"after_state": "blacklisted"},
        {"event": "employer.other"},
        {"case_reference": "FE-2026-SAU-0000000-0"},
        {"stream": "agent"},
        {"seq": 1_000},
    ],
    ids=lambda other: f"{next(iter(other))}-{next(iter(other.values()))!s:.8}",
)
def test_a_leaf_that_is_not_its_entry_is_refused(other):
    case = an_employer()
    with acting(SYSTEM):
        last = leaves_of(case).latest("seq")
        honest = following(last)
        with transaction.atomic():
            honest.save(force_insert=True)
            transaction.set_rollback(True)
    honest.pk = None
    for name, value in other.items():
        setattr(honest, name, value)

    with pytest.raises(DatabaseError), transaction.atomic(), acting(SYSTEM):
        honest.save(force_insert=True)


@pytest.mark.django_db
@pytest.mark.parametrize("field", ["prev", "actor"])
def test_a_leaf_of_another_chain_or_hand_is_refused(field):
    case = an_employer()
    with acting(SYSTEM):
        leaf = following(leaves_of(case).latest("seq"), **{field: "f" * 64})

    with pytest.raises(IntegrityError, match="stands for"), transaction.atomic(), acting(SYSTEM):
        leaf.save(force_insert=True)


def following(last, **other):
    """The leaf that could come after this one."""
    entry = replace(
        parse(bytes(last.entry)),
        **{
            "seq": last.seq + 1,
            "prev": bytes(last.hash).hex(),
            "actor_role": SYSTEM.role,
            "actor": SYSTEM.pseudonym,
            **other,
        },
    )
    content = canonical(entry)
    last.pk, last.seq, last.actor_role = None, last.seq + 1, SYSTEM.role
    last.entry, last.hash = content, entry_hash(content)
    return last


@pytest.mark.django_db
@pytest.mark.parametrize("table", ["foundation_logentry", "foundation_logcheckpoint"])
def test_the_application_only_adds_to_the_log(table):
    an_employer()
    place_waiting(actor=SYSTEM)

    column = "leaf_id" if table == "foundation_logentry" else "note"
    for change in ("DELETE FROM {}", f"UPDATE {{}} SET {column} = {column}", "TRUNCATE {}"):
        with (
            pytest.raises(ProgrammingError, match="permission denied"),
            transaction.atomic(),
            acting(SYSTEM),
        ):
            rows(change.format(table))


@pytest.mark.django_db
def test_without_an_actor_no_key_is_read_or_destroyed():
    with acting(SYSTEM):
        WrappedKey.objects.create(subject="person:1", wrapped=b"x")
    as_nobody()

    nobody = (WrappedKey.objects.count(), WrappedKey.objects.all().delete()[0])
    with acting(SYSTEM):
        still = WrappedKey.objects.count()

    assert (nobody, still) == ((0, 0), 1)


@pytest.mark.django_db
def test_nobody_proposes_in_anothers_name():
    first, other = a_mission_officer(), a_mission_officer()
    proposal = Proposal(
        stream="employer", case_id=1, audit_seq=1, verb="reject",
        proposed_by=other.user_id, at=datetime.now(UTC),
    )  # fmt: skip

    with (
        pytest.raises(ProgrammingError, match="row-level security"),
        transaction.atomic(),
        acting(first),
    ):
        proposal.save(force_insert=True)


@pytest.mark.django_db
def test_the_application_neither_changes_nor_deletes_leaves():
    case = an_employer()

    for change in (
        lambda: leaves_of(case).update(reason="other"),
        lambda: leaves_of(case).delete(),
        lambda: rows(f"TRUNCATE {LEAVES}"),
    ):
        with (
            pytest.raises(ProgrammingError, match="permission denied"),
            transaction.atomic(),
            acting(SYSTEM),
        ):
            change()


@pytest.mark.django_db
def test_nobody_writes_a_leaf_in_anothers_role():
    case = an_employer()
    with acting(SYSTEM):
        leaf = leaves_of(case).latest("seq")
    leaf.pk, leaf.seq, leaf.actor_role = None, leaf.seq + 1, "pge"

    with (
        pytest.raises(DatabaseError, match=r"row-level security|stands for"),
        transaction.atomic(),
        acting(a_mission_officer()),
    ):
        leaf.save(force_insert=True)


def test_even_the_owner_only_erases_what_stands_beside_a_leaf(committed_database):
    case = an_employer()
    connect_as(committed_database, Role.OWNER)
    refusal = pytest.raises(IntegrityError, match="append-only")

    for change in (
        {"entry": b"other"},
        {"hash": b"\x00" * 32},
        {"seq": 77},
        {"reason": "other", "salt": None, "findings": None},
    ):
        with refusal, acting(SYSTEM):
            leaves_of(case).update(**change)
    with acting(SYSTEM):
        erased = leaves_of(case).update(reason="", salt=None, findings=None)
    with refusal, acting(SYSTEM):
        rows(f"TRUNCATE {LEAVES} CASCADE")

    with acting(SYSTEM):
        assert erased == leaves_of(case).count() == 6


@pytest.mark.django_db
def test_grants_are_what_is_declared():
    granted = {}
    for table, verb in rows(
        "SELECT table_name, privilege_type FROM information_schema.role_table_grants "
        "WHERE grantee = 'emigrate_app' AND table_schema = 'public'"
    ):
        granted.setdefault(table, set()).add(verb)

    for name, security in ROWS.items():
        wanted = {"SELECT", "INSERT"}
        wanted |= set() if security.append_only else {"UPDATE"}
        wanted |= {"DELETE"} if security.erasable else set()
        assert (name, granted[name]) == (name, wanted)
    for name, verbs in OPEN_VERBS.items():
        wanted = {"SELECT", *filter(None, verbs.split(", "))} - {"UPDATE (closed)"}
        assert (name, granted[name]) == (name, wanted)
    assert rows(
        "SELECT table_name, column_name FROM information_schema.role_column_grants "
        "WHERE grantee = 'emigrate_app' AND privilege_type = 'UPDATE' "
        "AND table_name = 'credentials_statusshard'"
    ) == [("credentials_statusshard", "closed")]
    assert granted[LEAVES] == {"SELECT", "INSERT"}
    assert granted["platform_simulation"] == {"SELECT"}


@pytest.mark.django_db
def test_every_machine_has_its_trigger():
    triggers = rows(
        "SELECT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
        "WHERE t.tgname = 'state_has_leaf' AND t.tgdeferrable AND t.tginitdeferred"
    )

    assert sorted(name for (name,) in triggers) == sorted(w.table for w in WORKFLOWS.values())


def test_applying_the_guards_again_changes_nothing(committed_database):
    connect_as(committed_database, Role.OWNER)
    look = "SELECT tablename, policyname, qual, with_check FROM pg_policies ORDER BY 1, 2"
    before = rows(look)

    apply_guards()
    apply_guards()

    assert (rows(look), len(list(guard_statements())) > len(ROWS)) == (before, True)


def test_time_can_be_set_in_a_simulation_only(committed_database):
    past = datetime(2001, 2, 3, tzinfo=UTC)
    with clock.simulate(past), acting(SYSTEM) as simulated:
        pass
    connect_as(committed_database, Role.OWNER)
    rows("DELETE FROM platform_simulation RETURNING id")
    connect_as(committed_database, Role.APP)

    with clock.simulate(past), acting(SYSTEM) as real:
        read = read_platform_now()

    assert simulated.now == past
    assert abs(real.now - datetime.now(UTC)) < timedelta(minutes=1)
    assert abs(read - real.now) < timedelta(minutes=1)


def test_the_application_does_not_make_a_simulation(committed_database):
    with pytest.raises(DatabaseError, match="permission denied"), acting(SYSTEM):
        rows("INSERT INTO platform_simulation VALUES (true, 'x') RETURNING id")


@pytest.mark.django_db
def test_an_actor_of_no_known_role_sees_nothing():
    an_employer()

    with acting(Actor("stranger", 1, 1, "DEL", "SAU", 1)):
        assert count("employers_emailcode") == 0


def test_a_table_is_declared_once():
    with pytest.raises(ValueError, match="two row securities for employers_employer"):
        RowSecurity("employers_employer", read={})


def test_a_rule_for_nobody_is_false():
    security = RowSecurity.__new__(RowSecurity)
    object.__setattr__(security, "read", {})
    object.__setattr__(security, "write", None)

    assert security.condition(writing=False) == "false"


def test_the_reader_reads_and_writes_nothing(committed_database):
    an_employer()
    connect_as(committed_database, Role.READER)

    with acting(Actor("auditor", 1)):
        seen = Employer.objects.count()
    with pytest.raises(DatabaseError, match="permission denied"), acting(SYSTEM):
        Employer.objects.update(small=True)

    assert seen == 1
