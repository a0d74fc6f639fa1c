"""Every operation of the API has a happy path, walked with real tokens by whose work it is."""

from emigrate.api.permissions import PERMISSIONS
from tests.api import journeys
from tests.api.walk import Walk


def test_every_operation_is_walked(scene):
    walk = Walk(scene)

    journeys.public(walk)
    journeys.accounts(walk)
    journeys.documents(walk)
    allotment = journeys.demands(walk)
    worker = journeys.emigrants(walk)
    contract = journeys.contracts(walk, worker, allotment)
    journeys.insurance(walk, contract)
    journeys.payments(walk, worker, contract)
    reference = journeys.clearances(walk, contract)
    journeys.departures(walk, worker, reference)
    journeys.bulk(walk)
    journeys.after_demands(walk, allotment)
    journeys.employers(walk)
    journeys.agents(walk)

    assert set(PERMISSIONS) - walk.walked == set()
