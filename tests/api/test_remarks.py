"""Officers' remarks to each other stay with the officers; what was written for a person is told."""

import pytest

from emigrate.domains.clearances import actions
from tests.api.caller import caller
from tests.factories.clearances import lead

pytestmark = pytest.mark.django_db


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
