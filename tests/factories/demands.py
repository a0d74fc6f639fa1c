"""Demands for tests: who takes part, and plain functions over the domain's own actions."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from emigrate.domains.agents.models import Agent
from emigrate.domains.demands import actions
from emigrate.domains.demands.actions import NewDemand, NewLine
from emigrate.domains.demands.models import Allotment, Demand, DemandLine
from emigrate.domains.employers.models import Employer
from emigrate.foundation.actors import Actor
from emigrate.foundation.transactions import acting
from emigrate.law.current import pack
from tests.factories.agents import an_agency_owner, an_agent
from tests.factories.employers import a_mission_officer, an_applicant, an_employer

SYSTEM = Actor.system("test")
COUNTRY = "SAU"


@dataclass(frozen=True)
class Market:
    """An employer with its Mission, and an agency with its certificate."""

    company: Actor
    employer: Employer
    mission: Actor
    owner: Actor
    agent: Agent


def a_market(country: str = COUNTRY) -> Market:
    """Everybody who takes part, new."""
    company, owner = an_applicant(country), an_agency_owner()
    employer = an_employer(company, country=country)
    return Market(company, employer, a_mission_officer(country), owner, an_agent(owner))


def with_another_agency(market: Market) -> Market:
    """The same employer and Mission with a further agency."""
    owner = an_agency_owner()
    return replace(market, owner=owner, agent=an_agent(owner))


def the_clauses() -> list[str]:
    """Every matter that a contract must settle."""
    return list(pack().figure("contract.matters", on=date(2026, 11, 22)).value)


def a_line(**changes: Any) -> NewLine:
    """Bricklayers for two years, at a wage above the floor."""
    given: dict[str, Any] = {
        "occupation": "7112",
        "title": "Mason",
        "number": 10,
        "wage_minor": 180_000,
        "currency": "SAR",
        "months": 24,
        "terms": {"clauses": the_clauses(), "hours_per_day": 8, "food": "provided"},
    }
    return NewLine(**(given | changes))


def a_draft(market: Market, *lines: NewLine) -> Demand:
    """A demand that the employer has begun."""
    new = NewDemand(market.employer.reference, "Sample site, Riyadh", lines or (a_line(),))
    return actions.draft_demand(new, actor=market.company)


def a_submitted_demand(market: Market, *lines: NewLine) -> Demand:
    """A demand on the Mission's desk."""
    return actions.submit_demand(a_draft(market, *lines).reference, actor=market.company)


def in_scrutiny(market: Market, *lines: NewLine) -> Demand:
    """A demand that the Mission has taken up."""
    case = a_submitted_demand(market, *lines)
    return actions.take_up_demand(case.reference, actor=market.mission, reason="For a test.")


def an_approved_demand(market: Market, *lines: NewLine) -> Demand:
    """A demand that the Mission has approved."""
    case = in_scrutiny(market, *lines)
    return actions.approve_demand(case.reference, actor=market.mission, fee_receipt="R-1")


def first_line(demand: Demand) -> DemandLine:
    """The demand's first line as it stands."""
    with acting(SYSTEM):
        return demand.lines.order_by("id").first()


def a_sent_allotment(
    market: Market, quantity: int = 5, *, demand: Demand | None = None
) -> Allotment:
    """A part of a demand that waits for the agent's answer."""
    demand = demand or an_approved_demand(market)
    line = first_line(demand)
    return actions.allot(line.pk, market.agent.reference, quantity, actor=market.company)


def an_accepted_allotment(
    market: Market, quantity: int = 5, *, demand: Demand | None = None
) -> Allotment:
    """A part of an open demand that the agent may fill."""
    sent = a_sent_allotment(market, quantity, demand=demand)
    return actions.acknowledge_allotment(sent.pk, actor=market.owner)


def as_stored(row: Any) -> Any:
    """The row as the platform sees it now."""
    with acting(SYSTEM):
        return type(row).objects.get(pk=row.pk)
