"""A database with cases in it is brought up to this code: back to the release before, and on."""

import pytest
from django.core.management import call_command
from django.db import connection

from emigrate.domains.clearances.models import Clearance
from emigrate.domains.departures import actions as departures
from emigrate.domains.departures.actions import NotBoarded
from emigrate.domains.departures.models import OffLoad
from emigrate.foundation.database.guards import apply_guards
from emigrate.foundation.transactions import acting
from emigrate.ops.database import Role
from tests.conftest import connect_as
from tests.factories.clearances import SYSTEM, lead, taken
from tests.factories.scene import committed_scene, scene_made

__all__ = ["committed_scene", "scene_made"]

BEFORE = {"departures": "0002", "insurance": "0002", "payments": "0004", "clearances": "0003"}
"""The last migrations of the release before, in an order in which they can be gone back to."""


@pytest.mark.slow
def test_rows_of_the_release_before_are_taken_along(committed_scene):
    scene = committed_scene
    approved, queued = (each.reference for each in scene.drafts[:2])
    lead(scene, approved, "approved")
    lead(scene, queued, "queued")
    number = scene.drafts[0].worker.drawn.passport_number
    off = NotBoarded(number, "DEL", "visa_mismatch", "Another visa.", approved)
    scene.do(departures.record_off_load, off, actor=scene.border())
    before = facts()

    gone_back_and_on(connection.settings_dict["NAME"])

    assert facts() == before
    assert taken(scene, "take_up", queued).state == "under_scrutiny"


def gone_back_and_on(database):
    connect_as(database, Role.OWNER)
    for app, name in BEFORE.items():
        call_command("migrate", app, name, verbosity=0, interactive=False)
    call_command("migrate", verbosity=0, interactive=False)
    apply_guards()
    connect_as(database, Role.APP)


def facts():
    """What the migrations fill in from the rows that are there."""
    with acting(SYSTEM):
        repeated = ("reference", "passport_blind", "insured_from")
        rows = Clearance.objects.order_by("pk").values_list(*repeated)
        seen = OffLoad.objects.values_list(
            "clearance_reference", "person_id", "office", "agency_id"
        )
        repeats = [(reference, bytes(blind), first) for reference, blind, first in rows]
        return repeats, list(seen)
