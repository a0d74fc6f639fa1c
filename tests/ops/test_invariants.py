"""What a replay promises is really looked for: each promise is broken once, past the platform."""

from datetime import timedelta

import pytest
from django.db import connection, transaction

from emigrate.domains.emigrants.models import Emigrant
from emigrate.foundation.transactions import acting
from emigrate.ops.simulation.invariants import violations
from emigrate.ops.simulation.year import GRANTED, Plan, Planned
from tests.factories.clearances import SYSTEM, lead, row
from tests.factories.scene import scene, scene_database, scene_made

__all__ = ["scene", "scene_database", "scene_made"]

STATES = ("approved", "suspended", "cancelled", "queued")
# Deferred guards speak at the commit; these changes are taken back before it.
BROKEN = {
    "vacancies_overspent": "UPDATE demands_allotment SET used = used + 1 WHERE used > 0",
    "lines_overallotted": "UPDATE demands_demandline SET allotted = 0 WHERE allotted > 0",
    "ledger_not_zero": (
        "INSERT INTO payments_ledgerentry (posting_id, account, amount_minor, currency) "
        "SELECT min(id), 'bank', 1, 'INR' FROM payments_posting"
    ),
    "states_without_leaf": "UPDATE clearances_clearance SET state = 'held' WHERE state = 'queued'",
    "certificates_refused_by_the_gate": (
        "UPDATE credentials_credential SET expires_at = not_before + interval '1 second'"
    ),
}


@pytest.fixture
def led(scene):
    """A clearance in each of four states, and the plan that they are the outcome of."""
    cases = [
        lead(scene, filed.reference, state)
        for filed, state in zip(scene.drafts, STATES, strict=True)
    ]
    with acting(SYSTEM):
        origin = dict(Emigrant.objects.values_list("pk", "state_code"))
    granted = [
        Planned(case.departs_on, case.country, origin[case.emigrant_id], "M", 29, "mason",
                GRANTED, queried=False, unused=False)
        for case in (row(case.reference) for case in cases)
        if case.decided_at is not None
    ]  # fmt: skip
    return Plan(2026, 1.0, tuple(granted), {})


def found(scene, plan, folder):
    counts = violations(plan, folder, scene.now + timedelta(minutes=1))
    return {name for name, count in counts.items() if count}


def test_nothing_is_broken_and_eight_promises_are_looked_at(scene, led, tmp_path):
    counts = violations(led, tmp_path, scene.now + timedelta(minutes=1))

    assert (set(counts.values()), len(counts)) == ({0}, 8)


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_promise_is_found(scene, led, tmp_path, name):
    with transaction.atomic():
        with acting(SYSTEM), connection.cursor() as cursor:
            cursor.execute(BROKEN[name])
            assert cursor.rowcount > 0
        broken = found(scene, led, tmp_path)
        transaction.set_rollback(True)

    assert name in broken


def test_totals_other_than_drawn_are_found(scene, led, tmp_path):
    short = Plan(led.year, led.share, led.applications[1:], {})

    assert found(scene, short, tmp_path) == {"totals_not_as_drawn"}
