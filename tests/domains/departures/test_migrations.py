"""Off-loadings from before they said whose they are: filled by the owner, under row security."""

from importlib import import_module

import pytest
from django.db import connection, transaction
from django.db.migrations import RunSQL

from emigrate.domains.departures import actions
from emigrate.domains.departures.actions import NotBoarded
from emigrate.domains.departures.models import OffLoad
from emigrate.foundation.transactions import acting
from emigrate.ops.database import Role, connect_as_superuser
from tests.conftest import connect_as
from tests.factories.clearances import SYSTEM, lead

SEEN_BY = import_module("emigrate.domains.departures.migrations.0003_seen_by")
AS_BEFORE = """
UPDATE departures_offload
   SET clearance_reference = '', person_id = NULL, agency_id = NULL, office = ''
"""


@pytest.mark.parametrize("named", [True, False])
def test_an_old_off_loading_is_filled_from_its_clearance(committed_scene, named):
    scene, filed = committed_scene, committed_scene.drafts[0]
    lead(scene, filed.reference, "approved")
    off = NotBoarded(
        "Z9999999", "DEL", "visa_mismatch", "Seen.", filed.reference if named else None
    )
    kept = scene.do(actions.record_off_load, off, actor=scene.border())
    name = connection.settings_dict["NAME"]
    with connect_as_superuser(database=name) as owner:
        owner.execute(AS_BEFORE)

    connect_as(name, Role.OWNER)
    with transaction.atomic(), connection.cursor() as cursor:
        for step in SEEN_BY.Migration.operations:
            if isinstance(step, RunSQL):
                cursor.execute(step.sql)
    connect_as(name, Role.APP)

    with acting(SYSTEM):
        row = OffLoad.objects.get(pk=kept.pk)
    columns = (row.clearance_reference, row.person_id, row.agency_id, row.office)
    whose = (filed.reference, filed.worker.case.pk, scene.agent.organisation_id, scene.office)
    assert columns == (whose if named else ("", None, None, ""))
