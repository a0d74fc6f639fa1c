"""An officer who has opened as many persons as an account may reads why, and when to come again."""

from datetime import timedelta

from django.db import connection

from emigrate.domains.emigrants.models import ReadRecord
from emigrate.foundation.transactions import acting
from tests.factories.clearances import SYSTEM, lead
from tests.factories.emigrants import STRANGERS, strangers_read
from tests.portals.visitor import signed_in


def test_a_spent_budget_is_a_page_that_says_when_to_come_again(committed_scene):
    scene, officer = committed_scene, committed_scene.officer()
    reference = scene.drafts[0].reference
    lead(scene, reference, "queued")
    database = str(connection.settings_dict["NAME"])
    many = range(STRANGERS, STRANGERS + 1000)
    strangers_read(database, officer, many, scene.now - timedelta(minutes=10))

    answer = signed_in(officer, scene, "en").raw(f"/officer/cases/{reference}")

    assert (answer.status_code, answer["Retry-After"]) == (429, "3000")
    assert "Code: reading_budget_spent" in answer.content.decode()
    with acting(SYSTEM):
        assert not ReadRecord.objects.filter(purpose="scrutiny").exists()
