"""What an administrator changes with the triggers off, `disagreements` names."""

import psycopg
import pytest

from emigrate.foundation.audit.agreement import disagreements
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
    (leaf(f"entry = {OTHER_HAND}"),                           {"leaf_altered"}),
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
