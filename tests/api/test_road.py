"""Every operation of the API has a happy path, walked with real tokens by whose work it is."""

from emigrate.api.permissions import PERMISSIONS
from tests.api.journeys import agents, papers, parties, work
from tests.api.walk import Walk


def test_every_operation_is_walked(scene):
    walk = Walk(scene)

    parties.public(walk)
    parties.accounts(walk)
    parties.documents(walk)
    allotment = work.demands(walk)
    worker = work.emigrants(walk)
    contract = work.contracts(walk, worker, allotment)
    papers.insurance(walk, contract)
    papers.payments(walk, worker, contract)
    reference = papers.clearances(walk, contract)
    papers.departures(walk, worker, reference)
    papers.bulk(walk)
    work.after_demands(walk, allotment)
    parties.employers(walk)
    agents.agents(walk)

    assert set(PERMISSIONS) - walk.walked == set()
