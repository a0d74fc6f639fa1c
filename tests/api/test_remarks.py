"""Officers' remarks to each other stay with the officers; what was written for a person is told."""

import pytest

from emigrate.domains.clearances import actions
from emigrate.domains.reference.enums import Role
from tests.api.caller import caller
from tests.factories.clearances import lead

pytestmark = pytest.mark.django_db


OFFICIALS = (Role.POE, Role.POE_DA, Role.PGE, Role.PGE_DA, Role.MISSION_LW, Role.MISSION_HOM,
             Role.AUDITOR)  # fmt: skip


@pytest.mark.parametrize("role", OFFICIALS)
def test_whoever_looks_at_the_case_reads_every_reason(scene, role):
    filed = scene.drafts[0]
    lead(scene, filed.reference, "referred")
    abroad = role in {Role.MISSION_LW, Role.MISSION_HOM}
    place = scene.company.case.country if abroad else scene.office
    reader = scene.world.officer(role, None if role in EVERYWHERE else place, number=3)

    history = caller(reader, moment=scene.now).get(f"/clearances/{filed.reference}/history")

    assert history.json()["items"][-1]["reason"] == "Does the site exist?"


EVERYWHERE = {Role.PGE, Role.PGE_DA, Role.AUDITOR}


def test_the_reason_of_a_referral_is_read_by_officers_alone(scene):
    filed, poe = scene.drafts[0], scene.officer()
    lead(scene, filed.reference, "under_scrutiny")
    scene.do(actions.query_clearance, filed.reference, "Send the visa.", actor=poe)
    scene.do(actions.answer_query, filed.reference, "It is attached.", actor=scene.agent)
    scene.do(actions.refer_clearance, filed.reference, "Is the agent honest?", actor=poe)

    read = {
        who.role: [
            each["reason"]
            for each in caller(who, moment=scene.now)
            .get(f"/clearances/{filed.reference}/history")
            .json()["items"][-3:]
        ]
        for who in (scene.agent, filed.worker.actor, scene.company.actor, poe)
    }

    told = ["Send the visa.", "It is attached."]
    assert read == {
        "ra_admin": [*told, ""],
        "emigrant": [*told, ""],
        "fe_admin": [*told, ""],
        "poe": [*told, "Is the agent honest?"],
    }
