"""Every write of the API on its happy path, in the order in which one makes the next possible."""

from tests.api.journeys import agents, papers, parties, work
from tests.api.walk import Walk


def walk_all(walk: Walk) -> None:
    """From the first account to the last agent."""
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
