"""Leaves get their places: in order of each case, once, under a signed head that verifies."""

import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from structlog.testing import capture_logs

from emigrate.foundation import clock
from emigrate.foundation.actors import Actor
from emigrate.foundation.audit import sequencer
from emigrate.foundation.audit.merkle import CompactRange
from emigrate.foundation.audit.sequencer import (
    LATE,
    LOCK,
    export_log,
    late_leaves,
    log_origin,
    log_signer,
    place_waiting,
)
from emigrate.foundation.models import AuditLeaf, LogCheckpoint, LogEntry
from emigrate.foundation.tasks import escalate
from emigrate.foundation.transactions import acting
from emigrate.ops.database import connect_as_superuser
from tests.factories.employers import SYSTEM, a_draft, a_submitted
from tests.races import race

CHECKOUT = Path(__file__).resolve().parents[3]


def leaves():
    with acting(SYSTEM):
        return AuditLeaf.objects.count()


def placed():
    with acting(SYSTEM):
        return list(LogEntry.objects.order_by("index").values_list("index", "leaf_id"))


def verified(folder):
    """What the stand-alone verifier answers, as a process of its own."""
    command = [sys.executable, "-m", "verifier", "--dir", str(folder), "--json"]
    command += ["--key", (folder / "log.key").read_text().strip()]
    done = subprocess.run(command, capture_output=True, text=True, cwd=CHECKOUT, check=False)
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def log(db):
    """Some cases with their leaves, not placed yet."""
    for _ in range(3):
        a_submitted()


def test_every_leaf_gets_one_place(log):
    waiting = leaves()

    first = place_waiting(actor=SYSTEM)
    second = place_waiting(actor=SYSTEM)

    assert (first, second) == (waiting, 0)
    assert [index for index, _ in placed()] == list(range(waiting))
    assert len({leaf for _, leaf in placed()}) == waiting


def test_batches_make_the_same_tree(log):
    waiting = leaves()

    sizes = []
    while place_waiting(actor=SYSTEM, at_most=4):
        sizes.append(LogCheckpoint.objects.order_by("-size").first().size)

    with acting(SYSTEM):
        hashes = LogEntry.objects.order_by("index").values_list("leaf__hash", flat=True)
        tree = CompactRange()
        tree.extend(bytes(each) for each in hashes)
        last = LogCheckpoint.objects.order_by("-size").first()
    assert sizes == [*range(4, waiting, 4), waiting]
    assert (bytes(last.root), last.size) == (tree.root(), waiting)
    assert last.note.splitlines()[:2] == [log_origin(), str(waiting)]


def test_the_leaves_of_a_case_keep_their_order(log):
    place_waiting(actor=SYSTEM)

    with acting(SYSTEM):
        rows = LogEntry.objects.order_by("index").values_list("leaf__case_reference", "leaf__seq")
        seen = {}
        for case, seq in rows:
            assert seq == seen.get(case, 0) + 1
            seen[case] = seq


def test_the_export_verifies_and_a_change_is_found(log, tmp_path):
    place_waiting(actor=SYSTEM)
    size = export_log(tmp_path, actor=SYSTEM)
    a_draft()
    place_waiting(actor=SYSTEM)

    code, said = verified(tmp_path)
    bundle = next(path for path in sorted(tmp_path.rglob("entries/**/*")) if path.is_file())
    content = bytearray(bundle.read_bytes())
    content[len(content) // 2] ^= 1
    bundle.write_bytes(content)

    assert (size > 5, code, said.count("error")) == (True, 0, 0), said
    assert verified(tmp_path)[0] == 1


def test_an_empty_log_exports_nothing(db, tmp_path):
    assert (export_log(tmp_path, actor=SYSTEM), list(tmp_path.iterdir())) == (0, [])


def test_leaves_that_wait_too_long_are_counted(db):
    then = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
    with clock.simulate(then):
        a_draft()
    counts = []

    for wait in (LATE, LATE + timedelta(seconds=1)):
        with clock.simulate(then + wait), acting(SYSTEM):
            counts.append(late_leaves())
    place_waiting(actor=SYSTEM)
    with clock.simulate(then + 2 * LATE), acting(SYSTEM):
        counts.append(late_leaves())

    assert counts == [0, leaves(), 0]


def test_a_leaf_that_commits_late_gets_its_place(committed_database):
    """Its transaction began before others that have their places: the mark must not pass it."""
    began, go_on = threading.Event(), threading.Event()

    def slow():
        try:
            with acting(SYSTEM):
                with connection.cursor() as cursor:
                    cursor.execute("SELECT pg_current_xact_id()")
                began.set()
                go_on.wait(20)
                a_draft()
        finally:
            connection.close()

    late = threading.Thread(target=slow)
    late.start()
    began.wait(20)
    a_submitted()
    first = place_waiting(actor=SYSTEM)
    again = place_waiting(actor=SYSTEM)
    go_on.set()
    late.join(20)

    last = place_waiting(actor=SYSTEM)

    assert (first > 1, again, last) == (True, 0, 1)
    assert len(placed()) == leaves()


def test_only_what_is_new_is_looked_through_but_at_the_start(committed_database):
    """Transactions of other databases of the server may hold the mark back; here it passed all."""
    a_submitted()
    total = place_waiting(actor=SYSTEM)
    as_superuser(
        "UPDATE foundation_logcheckpoint SET seen_below = "
        "(SELECT max(xid) + 1 FROM foundation_auditleaf)"
    )
    as_superuser("DELETE FROM foundation_logentry WHERE index = 0")
    a_draft()

    new, none = place_waiting(actor=SYSTEM), place_waiting(actor=SYSTEM)

    assert (total > 1, new, none) == (True, 1, 0)
    assert place_waiting(actor=SYSTEM, whole=True) == 1


def test_a_round_that_saw_everything_sets_the_mark(committed_database):
    marks = []
    for at_most in (5000, 1):
        a_draft()
        place_waiting(actor=SYSTEM, at_most=at_most)
        with acting(SYSTEM):
            marks.append(LogCheckpoint.objects.latest("size").seen_below)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint")
        now = cursor.fetchone()[0]

    assert 0 < marks[0] <= now
    assert marks[1] == marks[0]  # it took as many as it may: there could be more


def test_a_mark_of_another_server_holds_for_nothing(committed_database):
    a_draft()
    place_waiting(actor=SYSTEM)
    as_superuser("UPDATE foundation_logcheckpoint SET seen_below = 9000000000000000000")
    a_draft()

    assert place_waiting(actor=SYSTEM) == 1


def as_superuser(statement):
    with connect_as_superuser(database=connection.settings_dict["NAME"]) as superuser:
        superuser.execute("SET session_replication_role = replica")
        superuser.execute(statement)


def test_many_sequencers_place_each_leaf_once(committed_database):
    for _ in range(4):
        a_submitted()

    counts = race(16, lambda _: place_waiting(actor=SYSTEM, at_most=3))
    while place_waiting(actor=SYSTEM):
        pass

    assert all(isinstance(count, int) for count in counts)
    assert [index for index, _ in placed()] == list(range(leaves()))


def test_while_another_one_places_nothing_is_placed(committed_database):
    a_draft()
    held = connection.copy()
    with held.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        meanwhile = place_waiting(actor=SYSTEM)
        cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
    held.close()

    assert (meanwhile, place_waiting(actor=SYSTEM) > 0) == (0, True)


def test_sequencing_while_cases_move(committed_database, tmp_path):
    def turn(number):
        return place_waiting(actor=SYSTEM) if number % 2 else a_draft().reference

    outcomes = race(16, turn)
    while place_waiting(actor=SYSTEM):
        pass
    export_log(tmp_path, actor=SYSTEM)

    assert [each for each in outcomes if isinstance(each, Exception)] == []
    assert verified(tmp_path)[0] == 0


@pytest.mark.parametrize("change", [
    "UPDATE foundation_auditleaf SET entry = 'x'", "UPDATE foundation_auditleaf SET seq = seq + 1",
    "UPDATE foundation_auditleaf SET hash = 'x'", "DELETE FROM foundation_auditleaf",
])  # fmt: skip
def test_a_leaf_is_never_changed(log, change):
    with (
        pytest.raises(DatabaseError),
        transaction.atomic(),
        acting(SYSTEM),
        connection.cursor() as cursor,
    ):
        cursor.execute(change)


def test_the_logs_key_is_made_once_and_never_in_production(tmp_path, monkeypatch):
    monkeypatch.setattr(settings, "KEYS", tmp_path)
    sequencer.log_signer.cache_clear()
    first = log_signer().verifier_key
    sequencer.log_signer.cache_clear()
    again = log_signer().verifier_key
    (tmp_path / "log.pem").unlink()
    sequencer.log_signer.cache_clear()
    monkeypatch.setattr(settings, "PRODUCTION", True)

    with pytest.raises(FileNotFoundError):
        log_signer()

    sequencer.log_signer.cache_clear()
    assert (first, log_origin()) == (again, f"{settings.ISSUER.lower()}/log")


def test_anybody_may_read_positions_but_not_entries(log):
    place_waiting(actor=SYSTEM)

    with acting(Actor.public()):
        assert (LogEntry.objects.count() > 0, AuditLeaf.objects.count()) == (True, 0)


def test_leaves_that_wait_too_long_are_an_alarm(db):
    then = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
    with clock.simulate(then):
        a_draft()

    with clock.simulate(then + LATE + timedelta(seconds=1)), capture_logs() as raised:
        escalate()
    place_waiting(actor=SYSTEM)
    with clock.simulate(then + 2 * LATE), capture_logs() as quiet:
        escalate()

    assert [(each["event"], each["count"]) for each in raised] == [("audit.leaves_late", leaves())]
    assert quiet == []
