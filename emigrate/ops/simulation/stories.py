"""The demonstration's three stories; each returns the clearance in its last state."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from emigrate.domains.clearances import actions as clearances
from emigrate.domains.clearances.enums import Ground
from emigrate.domains.clearances.models import Clearance
from emigrate.domains.contracts.models import Contract, Terms
from emigrate.domains.demands.actions import NewLine
from emigrate.foundation.errors import Blocked
from emigrate.ops.simulation import road
from emigrate.ops.simulation.road import Job, Worker
from emigrate.ops.simulation.world import Agency, AgencyPlan, Company, World

UNDER_THE_FLOOR = datetime(2020, 10, 5, 5, 0, tzinfo=UTC)
"""The wage floors of September 2020 stand: 735 dirhams a month in the Emirates."""


def position(world: World, agency: Agency, company: Company, line: NewLine, workplace: str) -> Job:
    """A demand of one line, approved, allotted to the agency, with matching contract terms."""
    demand = world.demand(company, [line])
    row = world.lines_of(demand)[0]
    allotment = world.allot(company, row, agency, line.number)
    terms = Terms(
        occupation=line.occupation,
        title=line.title,
        workplace=workplace,
        wage_minor=line.wage_minor,
        currency=line.currency,
        months=line.months,
        clauses=tuple(sorted(line.terms["clauses"])),
        starts_on=(world.clockwork.moment.date() + timedelta(days=28)).isoformat(),
    )
    return Job(agency, company, row, allotment, terms)


def line(
    world: World, occupation: str, title: str, wage: tuple[int, str], *, number: int = 3
) -> NewLine:
    """A demand's line for two years, settling every matter."""
    settled = {"clauses": list(road.matters(world))}
    return NewLine(occupation, title, number, wage[0], wage[1], 24, settled)


def prepared(world: World, worker: Worker, job: Job) -> Clearance:
    """Everything up to the paid application."""
    return filed(world, worker, job, road.agree(world, worker, job))


def filed(world: World, worker: Worker, job: Job, contract: Contract) -> Clearance:
    """From a fixed contract to the paid application."""
    road.charge(world, worker, job, contract, 20_000_00)
    road.insure(world, job, contract)
    return road.file(world, worker, job, contract)


def wage_below_floor(world: World) -> Clearance:
    """The law stops the agent; handed in for an order, the office refuses on the Act's ground."""
    agency = world.agency(AgencyPlan(world.people.company(("Manpower",)), "10"))
    company = world.company("ARE", world.people.company(("Contracting", "LLC")))
    demanded = line(world, "7112", "Mason", (735_00, "AED"))
    job = position(world, agency, company, demanded, "Dubai")
    job = replace(job, terms=replace(job.terms, wage_minor=700_00))
    drawn = world.people.draw(sex="M", born=date(1994, 5, 2), state_code="10")
    worker = road.register(world, drawn, agency)
    case = prepared(world, worker, job)
    try:
        road.hand_in(world, case, job)
    except Blocked as refusal:
        order = f"The wage is below the floor in force ({refusal.facts['unmet']})."
    road.hand_in(world, case, job, for_an_order=True)
    officer = road.take_up(world, case)
    rejection = clearances.Rejection(Ground.EXPLOITATIVE, order)
    rejected: Clearance = world.do(
        clearances.reject_clearance, case.reference, rejection, actor=officer
    )
    world.clockwork.run_jobs()
    return rejected


def mason(world: World) -> tuple[Clearance, Worker]:
    """A mason to Saudi Arabia through an agent, up to the approval."""
    agency = world.agency(AgencyPlan(world.people.company(("Overseas",)), "9"))
    company = world.company("SAU", world.people.company(("Construction", "Co")))
    job = position(
        world, agency, company, line(world, "7112", "Mason", (1_800_00, "SAR")), "Riyadh"
    )
    drawn = world.people.draw(sex="M", born=date(1997, 2, 11), state_code="9")
    worker = road.register(world, drawn, agency)
    case = prepared(world, worker, job)
    road.hand_in(world, case, job)
    return road.approve(world, case, road.take_up(world, case)), worker


def nurse(world: World) -> Clearance:
    """A woman nurse to Saudi Arabia through a State's own agency, up to the approval."""
    plan = AgencyPlan(world.people.company(("State", "Agency")), "32", entity="state_corporation")
    agency = world.agency(plan)
    company = world.company("SAU", world.people.company(("Hospital",)))
    job = position(
        world, agency, company, line(world, "2221", "Nurse", (4_500_00, "SAR")), "Jeddah"
    )
    drawn = world.people.draw(sex="F", born=date(1998, 8, 23), state_code="32", category="ecnr")
    worker = road.register(world, drawn, agency, category="ecnr")
    case = prepared(world, worker, job)
    road.hand_in(world, case, job)
    return road.approve(world, case, road.take_up(world, case))
