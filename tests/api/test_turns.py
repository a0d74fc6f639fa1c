"""Take-ups over the API: in order, or with a reason that stands in the leaf."""

import pytest

from emigrate.foundation.actors import Actor
from emigrate.foundation.models import AuditLeaf
from emigrate.foundation.transactions import acting
from tests.api.caller import Caller, token_of
from tests.factories import agents, demands, employers

pytestmark = pytest.mark.django_db

SYSTEM = Actor.system("test")


def registrations():
    cases = [employers.a_submitted() for _ in range(2)]
    return employers.a_mission_officer(), "/employers/{}/take-up", cases


def demanded():
    market = demands.a_market()
    return market.mission, "/demands/{}/take-up", [
        demands.a_submitted_demand(market) for _ in range(2)
    ]  # fmt: skip


def applications():
    cases = [agents.a_submitted_application() for _ in range(2)]
    for case in cases:
        agents.pay_fee(case.reference)
    return agents.a_protector(), "/agent-applications/{}/take-up", cases


def forwarded():
    cases = [agents.a_forwarded_application() for _ in range(2)]
    return agents.an_examiner(), "/agent-applications/{}/examine", cases


@pytest.mark.parametrize("queue", [registrations, demanded, applications, forwarded])
def test_a_case_is_taken_up_in_its_turn_or_with_a_reason(queue):
    officer, path, (first, second) = queue()
    caller = Caller(token_of(officer))

    refused = caller.post(path.format(second.reference))
    unsaid = caller.post(path.format(second.reference), {"reason": "  "})
    taken = caller.post(path.format(second.reference), {"reason": "Urgent."})
    in_turn = caller.post(path.format(first.reference))

    assert [each.status_code for each in (refused, unsaid, taken, in_turn)] == [409, 409, 200, 200]
    assert {each.json()["code"] for each in (refused, unsaid)} == {"out_of_turn"}
    with acting(SYSTEM):
        leaves = AuditLeaf.objects.filter(case_reference=second.reference).order_by("-seq")
        assert leaves[0].reason == "Urgent."
