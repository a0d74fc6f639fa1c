"""What an administrator changes with the triggers off, `disagreements` names."""

from dataclasses import replace

import psycopg
import pytest

from emigrate.foundation.audit.agreement import disagreements
from emigrate.foundation.audit.leaves import canonical, entry_hash, parse
from emigrate.foundation.audit.sequencer import place_waiting
from emigrate.ops.database import dsn
from emigrate.ops.database.addresses import SUPERUSER
from tests.factories.employers import SYSTEM, a_submitted, an_employer

LEAVES = "foundation_auditleaf"
CASE = "(SELECT max(id) FROM employers_employer)"
OF_CASE = f"stream = 'employer' AND case_id = {CASE}"
LAST = f"(SELECT max(id) FROM {LEAVES} WHERE {OF_CASE})"
OTHER_HAND = "replace(convert_from(entry, 'UTF8'), 'system', 'nobody')::bytea"
GO_BACK = (
    "UPDATE employers_employer e SET state = l.after_state, audit_seq = l.seq, audit_head = l.hash "
    f"FROM {LEAVES} l WHERE {OF_CASE} AND l.seq = 2 AND e.id = {CASE}"
)


def leaf(columns):
    return f"UPDATE {LEAVES} SET {columns} WHERE id = {LAST}"


def case(columns):
    return f"UPDATE employers_employer SET {columns} WHERE id = {CASE}"


# fmt: off
ATTACKS = [
    # as the administrator                                    codes
    (leaf("entry = 'x'"),                                     {"leaf_malformed", "leaf_missing"}),
    (leaf("hash = sha256('x')"),                              {"leaf_altered", "case_set_back"}),
    (leaf("event = 'employer.x'"),                            {"leaf_altered"}),
    (leaf("reason = 'other'"),                                {"leaf_altered"}),
    (leaf("findings = '[{}]'"),                               {"leaf_altered"}),
    (leaf(f"entry = {OTHER_HAND}"),                           {"leaf_altered", "step_unknown"}),
    (f"DELETE FROM {LEAVES} WHERE id = {LAST}",               {"leaf_missing"}),
    (f"DELETE FROM {LEAVES} WHERE {OF_CASE} AND seq = 2",     {"leaf_missing"}),
    (f"DELETE FROM {LEAVES} WHERE {OF_CASE}",                 {"leaf_missing"}),
    (f"TRUNCATE {LEAVES} CASCADE",                            {"leaf_missing", "log_cut"}),
    (case("state = 'blacklisted'"),                           {"state_without_leaf"}),
    (case("reference = 'FE-X'"),                              {"state_without_leaf"}),
    (GO_BACK,                                                 {"case_set_back"}),
    (case("audit_seq = audit_seq + 1"),                       {"leaf_missing"}),
    (case("registration_number = 'X9'"),                      {"content_altered"}),
    (f"DELETE FROM employers_employer WHERE id = {CASE}",     {"case_missing"}),
    ("DELETE FROM foundation_logentry WHERE index = 1",       {"place_missing"}),
    ("DELETE FROM foundation_logentry WHERE index > 2",       {"log_cut"}),
    ("DELETE FROM foundation_logcheckpoint",                  {"log_cut"}),
]
# fmt: on


@pytest.mark.parametrize(("statement", "codes"), ATTACKS)
def test_what_an_administrator_changes_is_named(committed_database, statement, codes):
    a_submitted()
    an_employer()
    place_waiting(actor=SYSTEM)
    before = disagreements(actor=SYSTEM)

    with psycopg.connect(dsn(committed_database, SUPERUSER), autocommit=True) as administrator:
        administrator.execute("SET session_replication_role = replica")
        changed = administrator.execute(statement).rowcount

    found = disagreements(actor=SYSTEM)
    assert (before, changed != 0) == ([], True)
    assert {each.code for each in found} == codes
    assert [each for each in found if not str(each).startswith(f"{each.code}: ")] == []


# fmt: off
FORGED = [
    {"after_state": "draft"},                                          # no step leads there
    {"event": "employer.approved", "after_state": "blacklisted"},      # another step's event
    {"event": "employer.blacklisted", "after_state": "blacklisted"},   # not the system's to take
]
# fmt: on


@pytest.mark.parametrize("other", FORGED)
def test_a_step_that_the_machine_does_not_have_is_named(committed_database, other):
    case = an_employer()
    with psycopg.connect(dsn(committed_database, SUPERUSER), autocommit=True) as administrator:
        administrator.execute("SET session_replication_role = replica")
        own = f"FROM {LEAVES} WHERE id = {LAST}"
        last = parse(administrator.execute(f"SELECT entry {own}").fetchone()[0])

        leaf = replace(
            last, seq=last.seq + 1, prev=entry_hash(canonical(last)).hex(), actor_role="system",
            actor="system", before_state=last.after_state, before_hash=last.after_hash, **other,
        )  # fmt: skip
        entry = canonical(leaf)
        administrator.execute(
            f"INSERT INTO {LEAVES} (stream, case_id, case_reference, seq, event, after_state, "
            "actor_role, at, entry, hash, salt, reason, findings) SELECT stream, case_id, "
            f"case_reference, seq + 1, %s, %s, 'system', at, %s, %s, NULL, '', NULL {own}",
            [leaf.event, leaf.after_state, entry, entry_hash(entry)],
        )
        administrator.execute(
            "UPDATE employers_employer SET state = %s, audit_seq = %s, audit_head = %s "
            "WHERE id = %s",
            [leaf.after_state, leaf.seq, entry_hash(entry), case.pk],
        )

    assert {each.code for each in disagreements(actor=SYSTEM)} == {"step_unknown"}
