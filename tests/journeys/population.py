"""Two tenants and their cases: the simulation's village, and a row of every kind besides.

Everything is made by the platform's own actions. A tenant is an agency, a company abroad, their
office and Mission, and their workers; offices without a place are national and stand in both.
"""

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from emigrate.domains.accounts import actions as accounts
from emigrate.domains.accounts.enums import OrganisationKind
from emigrate.domains.accounts.models import Membership
from emigrate.domains.agents import actions as agents
from emigrate.domains.clearances.models import Clearance
from emigrate.domains.contracts import actions as contracts
from emigrate.domains.demands import actions as demands
from emigrate.domains.departures import actions as departures
from emigrate.domains.documents.actions import NewDocument, receive
from emigrate.domains.employers import actions as employers
from emigrate.domains.insurance import actions as insurance
from emigrate.domains.insurance.models import Policy
from emigrate.domains.reference.enums import Role
from emigrate.foundation import clock, jobs
from emigrate.foundation.actors import Actor
from emigrate.foundation.clock import office_date
from emigrate.foundation.transactions import acting
from emigrate.ops.simulation import road, stories
from emigrate.ops.simulation.clockwork import Clockwork
from emigrate.ops.simulation.village import MAKERS, Tenant, Village
from emigrate.ops.simulation.world import SYSTEM, AgencyPlan, World
from emigrate.partners.insurer.contract import ClaimNews
from tests.factories.documents import a_picture

FEWER = ("draft", "under_scrutiny", "approved", "used")
"""The second tenant's cases: enough to be somebody else's; the first has one in every state."""

PAPERS_MADE = 12


@dataclass(frozen=True, slots=True)
class Resident:
    """Somebody who signs in: the actor, the tenant (0 or 1), and an access token."""

    actor: Actor
    tenant: int
    token: str = field(repr=False)

    def __str__(self) -> str:
        return f"{self.actor.role}/{self.tenant + 1}"


@dataclass
class Population:
    """Who lives in the village, and its moment."""

    village: Village
    residents: list[Resident]
    moment: datetime


class Quick(Clockwork):
    """Partners answer and messages go out at once; papers are made when they are asked for."""

    def run_jobs(self, *queues: str) -> int:
        """Run what waits, papers left out."""
        return super().run_jobs(*(queues or (jobs.PARTNERS, jobs.CLOCKS, jobs.MESSAGES)))


def populate(seed: int, begins: datetime) -> Population:
    """Make everybody; about a minute on a busy machine, so once for a process."""
    village = Village(World(seed, Quick(begins)))
    village.settle()
    for number, tenant in enumerate(village.tenants):
        for state in FEWER if number else MAKERS:
            case = MAKERS[state](village, tenant)
            village.references.setdefault(state, []).append(case.reference)
        _more(village, tenant)
    day = office_date(village.world.clockwork.moment) - timedelta(days=1)
    village.world.do(insurance.record_reconciliation, day, [], actor=SYSTEM)
    with clock.simulate(village.world.clockwork.moment):
        jobs.run_waiting((jobs.PAPERS,), at_most=PAPERS_MADE)
    return Population(village, _residents(village), village.world.clockwork.moment)


def _more(village: Village, tenant: Tenant) -> None:
    """One open row of every kind that the road leaves closed behind it."""
    _an_application(village, tenant)
    _a_registration(village, tenant)
    _open_demands(village, tenant)
    _an_offer(village, tenant)
    _doubtful_twins(village, tenant)
    village.world.do(
        accounts.open_bulk, "emigrants", [{"given_names": "EXAMPLE"}], actor=tenant.agency.actor
    )
    _a_tranche(village, tenant)
    _claims(village, tenant)
    cleared = village.references["approved"][-1]  # the tenant's own
    off = departures.NotBoarded("Z0000001", "DEL", "passport_mismatch", "Another face.", cleared)
    for number in (1, 2):
        village.world.do(
            departures.record_off_load,
            off,
            actor=village.world.officer(Role.BOI, None, number=number),
        )
    paper = NewDocument(kind="licence", filename="licence.jpg", content=a_picture())
    for actor in (tenant.agency.actor, tenant.company.actor):
        village.world.do(receive, paper, actor=actor)


def _an_application(village: Village, tenant: Tenant) -> None:
    """A further agency's paid application before the tenant's office."""
    world = village.world
    state = "9" if tenant is village.tenants[0] else "32"
    plan = AgencyPlan(world.people.company(("Placement",)), state)
    new = accounts.NewOrganisation(OrganisationKind.AGENT, plan.name, "IND")
    organisation = world.do(accounts.create_organisation, new, actor=SYSTEM)
    applicant = world.member(Role.RA_ADMIN, plan.name, organisation_id=organisation.pk)
    district = world.people.districts[state][0]
    form = world._application(plan, district)
    case = world.do(agents.apply_for_certificate, form, actor=applicant)
    world.do(agents.submit_application, case.reference, actor=applicant)
    world.pay(world.order_of(case.reference), applicant)


def _a_registration(village: Village, tenant: Tenant) -> None:
    """A further employer's registration before the tenant's Mission."""
    world, country = village.world, tenant.company.case.country
    name = world.people.company(("Services",))
    new = accounts.NewOrganisation(OrganisationKind.EMPLOYER, name, country)
    organisation = world.do(accounts.create_organisation, new, actor=SYSTEM)
    owner = world.member(Role.FE_ADMIN, name, organisation_id=organisation.pk, country=country)
    form = world._employer(country, name, small=False)
    case = world.do(employers.register_employer, form, actor=owner)
    code = world._code(case.reference)
    world.do(employers.verify_email, case.reference, code, actor=owner)
    world.do(employers.submit_registration, case.reference, actor=owner)


def _open_demands(village: Village, tenant: Tenant) -> None:
    """A demand before the Mission, a draft, and an allotment that nobody answered yet."""
    world, owner = village.world, tenant.company.actor
    line = stories.line(world, "7112", "Mason", _wage(tenant), number=2)
    new = demands.NewDemand(tenant.company.case.reference, "Example City", [line])
    for submitted in (True, False):
        case = world.do(demands.draft_demand, new, actor=owner)
        if submitted:
            world.do(demands.submit_demand, case.reference, actor=owner)
    approved = world.demand(tenant.company, [line])
    row = world.lines_of(approved)[0]
    world.do(demands.allot, row.pk, tenant.agency.case.reference, 1, actor=owner)


def _an_offer(village: Village, tenant: Tenant) -> None:
    """A contract that waits for the worker's answer."""
    world, job = village.world, tenant.job
    worker = village.worker(tenant)
    new = contracts.NewContract(worker.case.reference, job.allotment.pk, job.terms)
    case = world.do(contracts.draft_contract, new, actor=job.agency.actor)
    world.do(contracts.sign_for_employer, case.reference, job.terms.hash, actor=job.company.actor)
    world.do(contracts.offer_contract, case.reference, actor=job.agency.actor)


def _doubtful_twins(village: Village, tenant: Tenant) -> None:
    """Two registrations of one name and day, which an officer must look at."""
    world = village.world
    born = date(1991, 3, 4 + village.tenants.index(tenant))
    drawn = world.people.draw(sex="M", born=born, state_code="9")
    other = world.people.draw(sex="M", born=born, state_code="9")
    twin = replace(drawn, passport_number=other.passport_number)
    for each in (drawn, twin):
        road.register(world, each, tenant.agency)


def _a_tranche(village: Village, tenant: Tenant) -> None:
    """A small agency's wish for more capacity; its office is the tenant's."""
    world = village.world
    state = "9" if tenant is village.tenants[0] else "32"
    plan = AgencyPlan(world.people.company(("Small",)), state, category="small")
    small = world.agency(plan)
    guarantee = world.guarantee(8_00_000_00)
    world.do(agents.request_tranche, small.case.reference, guarantee, actor=small.actor)


def _claims(village: Village, tenant: Tenant) -> None:
    """A claim on every policy of the tenant's workers."""
    with acting(SYSTEM):
        agency = tenant.agency.actor.organisation_id
        numbers = Policy.objects.filter(agency_id=agency).exclude(number="")
        numbers = list(numbers.values_list("number", flat=True))
    for number in numbers:
        news = ClaimNews(number, f"CL-{number}", office_date(village.world.clockwork.moment))
        village.world.do(insurance.take_claim_news, news, actor=SYSTEM)


def _wage(tenant: Tenant) -> tuple[int, str]:
    return tenant.job.terms.wage_minor, tenant.job.terms.currency


def _residents(village: Village) -> list[Resident]:
    """Two of every role that signs in: one of each tenant, or two of a national office."""
    with acting(SYSTEM):
        rows = list(Membership.objects.order_by("pk"))
        workers = [_worker_of(village, number) for number in (0, 1)]
    found: list[Resident] = []
    for role in (role for role in Role if role not in {Role.PUBLIC, Role.SYSTEM}):
        mine = [row for row in rows if row.role == role]
        for number, tenant in enumerate(village.tenants):
            row = _of_tenant(mine, role, tenant, workers[number], number)
            token = village.world.do(accounts.issue_token, row.pk, "journey", 30, actor=SYSTEM)
            found.append(Resident(_actor(row), number, token))
    return found


def _worker_of(village: Village, number: int) -> int:
    """The person of the tenant's approved clearance."""
    reference = village.references["approved"][number]
    return Clearance.objects.values_list("emigrant_id", flat=True).get(reference=reference)


def _of_tenant(
    rows: list[Membership], role: Role, tenant: Tenant, worker: int, number: int
) -> Membership:
    agency, company = tenant.agency, tenant.company
    place: dict[str, Any] = {
        Role.EMIGRANT: {"person_id": worker},
        Role.RA_ADMIN: {"organisation_id": agency.actor.organisation_id},
        Role.RA_STAFF: {"organisation_id": agency.actor.organisation_id},
        Role.FE_ADMIN: {"organisation_id": company.actor.organisation_id},
        Role.POE: {"office": agency.office},
        Role.POE_DA: {"office": agency.office},
        Role.MISSION_LW: {"country": company.case.country},
        Role.MISSION_HOM: {"country": company.case.country},
    }.get(role, {})
    if not place:
        return rows[number]
    return next(
        row for row in rows if all(getattr(row, name) == value for name, value in place.items())
    )


def _actor(row: Membership) -> Actor:
    return Actor(
        row.role,
        user_id=row.user_id,
        organisation_id=row.organisation_id,
        office=row.office,
        country=row.country,
        person_id=row.person_id,
        channel="api",
    )
