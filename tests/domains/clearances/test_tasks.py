"""The job that asks the registry: three times, then an officer looks; again changes nothing."""

import pytest
from django.conf import settings
from django.db import connection

from emigrate.domains.clearances import actions, tasks
from emigrate.domains.clearances.models import Check
from emigrate.foundation import jobs
from emigrate.foundation.errors import Busy
from emigrate.foundation.transactions import acting
from tests.factories.clearances import SYSTEM, everything, lead, row, taken


@pytest.fixture(autouse=True)
def no_registry(monkeypatch):
    """The installation names no registry: it cannot be reached."""
    monkeypatch.setitem(settings.PARTNERS, "passport_registry", "")


def checks(reference):
    with acting(SYSTEM):
        rows = Check.objects.filter(clearance__reference=reference)
        return dict(rows.values_list("code", "outcome"))


def test_handing_in_asks_for_the_job(scene):
    filed = scene.drafts[0]

    lead(scene, filed.reference, "submitted")

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT queue_name FROM procrastinate_jobs WHERE task_name = 'clearances.check' "
            "AND args = %s",
            [f'{{"reference": "{filed.reference}"}}'],
        )
        assert cursor.fetchall() == [(jobs.PARTNERS,)]


def test_an_unreachable_registry_stops_nobody(scene):
    filed = scene.drafts[0]
    lead(scene, filed.reference, "submitted")

    states = []
    for _ in range(tasks.TRIES - 1):
        with pytest.raises(Busy):
            scene.do(tasks.check, filed.reference)
        states.append((row(filed.reference).state, row(filed.reference).check_tries))
    scene.do(tasks.check, filed.reference)

    assert states == [("in_checks", 1), ("in_checks", 2)]
    assert row(filed.reference).state == "queued"
    assert checks(filed.reference)["passport_registry"] == "unavailable"
    taken(scene, "take_up", filed.reference)
    assert taken(scene, "approve", filed.reference).state == "approved"


def test_the_job_again_changes_nothing(scene):
    filed = scene.drafts[0]
    lead(scene, filed.reference, "queued")
    before = everything(filed)

    scene.do(tasks.check, filed.reference)

    assert everything(filed) == before


def test_a_withdrawn_application_is_not_checked(scene):
    filed = scene.drafts[0]
    lead(scene, filed.reference, "submitted")
    taken(scene, "withdraw", filed.reference)
    before = everything(filed)

    scene.do(tasks.check, filed.reference)

    assert everything(filed) == before


def test_a_withdrawal_while_the_registry_is_asked(scene):
    filed = scene.drafts[0]
    lead(scene, filed.reference, "submitted")

    asked = scene.do(actions.start_checks, filed.reference, actor=SYSTEM)
    taken(scene, "withdraw", filed.reference)
    before = everything(filed)
    scene.do(tasks.check, filed.reference)

    assert asked.question.consent_ref == filed.contract.reference
    assert everything(filed) == before


def test_every_check_has_its_evidence(scene):
    filed = scene.drafts[0]

    lead(scene, filed.reference, "queued")

    kept = checks(filed.reference)
    assert {"passport_registry", "law", "contract_comparison", "person_known_twice"} <= set(kept)
    assert (kept["passport_registry"], kept["law"]) == ("pass", "pass")


def test_the_clocks_run_by_themselves(scene):
    filed = scene.drafts[0]
    case = lead(scene, filed.reference, "queried")
    scene.world.clockwork.moment = case.due_at.replace(year=case.due_at.year + 1)

    scene.do(tasks.clocks)

    assert row(filed.reference).state == "lapsed"
