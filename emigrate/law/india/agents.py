"""The recruiting agent's standing and capacity (Emigration Act, 1983, ss.10 to 14; r.8)."""

from collections.abc import Iterator

from emigrate.law.engine.figures import figure, known
from emigrate.law.engine.findings import Finding, figure_unknown, finding
from emigrate.law.india.question import Question


def agent_standing(question: Question) -> Iterator[Finding]:
    """Only an agent with a live certificate of registration may recruit."""
    agent, day = question.agent, question.departs
    if agent is None:
        return
    if agent.status not in (None, "active"):
        standing = figure("ra.standing", on=day, status=str(agent.status))
        yield finding(f"agent_{agent.status}", standing.value, standing)
    if agent.valid_until is not None and agent.valid_until < day:
        standing = figure("ra.standing", on=day, status="expired")
        facts = {"ended": agent.valid_until, "day": day}
        yield finding("agent_validity_ended", standing.value, standing, **facts)


def agent_capacity(question: Question) -> Iterator[Finding]:
    """A small agent sends no more workers than its security covers; others have no number."""
    agent, day = question.agent, question.departs
    if agent is None or agent.workers_used is None or agent.category == "normal":
        return
    if agent.category is None and agent.capacity is None:
        return
    tranche = known("ra.small.tranche", on=day)
    if tranche is None:
        yield figure_unknown("ra.small.tranche", day)
        return
    capacity = tranche.value if agent.capacity is None else agent.capacity
    if agent.workers_used >= capacity:
        facts = {"used": agent.workers_used, "capacity": capacity, "tranche": tranche.value}
        yield finding("agent_capacity_used", "block", tranche, **facts)
