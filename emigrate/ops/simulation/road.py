"""One worker's road: registration, contract, consent, payments, insurance, clearance, departure."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from emigrate.domains.clearances import actions as clearances
from emigrate.domains.clearances.models import Clearance
from emigrate.domains.contracts import actions as contracts
from emigrate.domains.contracts.models import Contract, Terms
from emigrate.domains.contracts.queries import key_facts
from emigrate.domains.demands.models import Allotment, DemandLine
from emigrate.domains.departures import actions as departures
from emigrate.domains.departures.models import Departure
from emigrate.domains.emigrants import actions as emigrants
from emigrate.domains.emigrants.models import Emigrant
from emigrate.domains.emigrants.queries import Relative
from emigrate.domains.insurance import actions as insurance
from emigrate.domains.payments import actions as payments
from emigrate.domains.payments.models import Charge
from emigrate.domains.reference.enums import Role
from emigrate.foundation.actors import Actor
from emigrate.law.current import pack
from emigrate.ops.simulation.people import Drawn
from emigrate.ops.simulation.world import Agency, Company, World

FLIGHT = "XX101"
NOON = time(12, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Worker:
    """A registered person, who acts for oneself, and the passport in hand."""

    case: Emigrant
    actor: Actor
    drawn: Drawn


@dataclass(frozen=True, slots=True)
class Job:
    """Where the worker goes: an agency's vacancies of a company's demand, on these terms."""

    agency: Agency
    company: Company
    line: DemandLine
    allotment: Allotment
    terms: Terms


def matters(world: World) -> tuple[str, ...]:
    """Every matter that a contract must settle, and the employer's undertakings."""
    law, today = pack(), world.clockwork.moment.date()
    keys = ("contract.matters", "fe.undertakings")
    return tuple(code for key in keys for code in law.figure(key, on=today).value)


def register(world: World, drawn: Drawn, agency: Agency, *, category: str = "ecr") -> Worker:
    """The agency registers the worker with the passport; the worker gets an account."""
    today = world.clockwork.moment.date()
    new = emigrants.NewEmigrant(
        given_names=drawn.given_names,
        surname=drawn.surname,
        local_name=drawn.local_name,
        birth_date=drawn.birth_date,
        sex=drawn.sex,
        state_code=drawn.state_code,
        district_code=drawn.district_code,
        father_name="EXAMPLE FATHER",
        phone=drawn.phone,
        family_phone=drawn.family_phone,
        address="House 1, Example Village",
        nominee=Relative("EXAMPLE NOMINEE", "spouse", drawn.family_phone),
        emergency=Relative("EXAMPLE RELATIVE", "brother", drawn.family_phone),
        passport=emigrants.NewPassport(
            number=drawn.passport_number,
            category=category,
            issued_on=today - timedelta(days=400),
            expires_on=today + timedelta(days=8 * 365),
        ),
    )
    case = world.do(emigrants.register_emigrant, new, actor=agency.actor)
    actor = world.member(Role.EMIGRANT, "Example worker", person_id=case.pk)
    return Worker(case, actor, drawn)


def agree(world: World, worker: Worker, job: Job) -> Contract:
    """Contract: agreed to, thought over for a day, fixed."""
    case = agreed(world, worker, job)
    world.clockwork.pass_time(hours=25)
    return fix(world, worker, case)


def agreed(world: World, worker: Worker, job: Job) -> Contract:
    """Contract: drafted, signed, offered, read back, agreed to."""
    new = contracts.NewContract(worker.case.reference, job.allotment.pk, job.terms)
    case: Contract = world.do(contracts.draft_contract, new, actor=job.agency.actor)
    reference = case.reference
    world.do(contracts.sign_for_employer, reference, job.terms.hash, actor=job.company.actor)
    world.do(contracts.offer_contract, reference, actor=job.agency.actor)
    answers = key_facts(job.terms, job.company.case.name)
    world.do(contracts.read_back, reference, answers, actor=worker.actor, language="hi")
    world.do(contracts.consent, reference, job.terms.hash, actor=worker.actor, language="hi")
    return case


def fix(world: World, worker: Worker, case: Contract) -> Contract:
    """Fix the contract after the time to think it over."""
    locked: Contract = world.do(contracts.lock_contract, case.reference, actor=worker.actor)
    return locked


def charge(world: World, worker: Worker, job: Job, contract: Contract, amount_minor: int) -> None:
    """The agency writes down its charge, and the worker says what was paid: the same."""
    new = payments.NewCharge("service", amount_minor, "INR", f"S{contract.pk}")
    row: Charge = world.do(contracts.record_charge, contract.reference, new, actor=job.agency.actor)
    world.do(payments.answer_charge, row.pk, amount_minor, actor=worker.actor)


def insure(world: World, job: Job, contract: Contract) -> None:
    """The insurance: quoted, paid, issued by the insurer."""
    policy = world.do(insurance.quote_policy, contract.reference, actor=job.agency.actor)
    world.pay(policy.order_reference, job.agency.actor)
    world.clockwork.run_jobs()


def file(world: World, worker: Worker, job: Job, contract: Contract) -> Clearance:
    """Draft the application and pay its fee."""
    departs = date.fromisoformat(job.terms.starts_on or "")
    new = clearances.NewClearance(
        contract_reference=contract.reference,
        visa_number=f"V{world.random.randrange(10**9):09d}",
        visa_expires_on=departs + timedelta(days=90),
        departs_on=departs,
    )
    case: Clearance = world.do(clearances.draft_clearance, new, actor=job.agency.actor)
    fee = payments.NewOrder(
        head="ec_fee",
        amount_minor=pack().figure("ec.fee", on=world.clockwork.moment.date()).value,
        currency="INR",
        subject_kind="clearance",
        subject_reference=case.reference,
        person_id=worker.case.pk,
        payer_organisation_id=job.agency.actor.organisation_id,
    )
    order = world.do(payments.open_order, fee, actor=job.agency.actor)
    world.pay(order.reference, job.agency.actor)
    return case


def hand_in(world: World, case: Clearance, job: Job, *, for_an_order: bool = False) -> Clearance:
    """Submit; the automatic checks run; the case waits in the office's queue."""
    submitted: Clearance = world.do(
        clearances.submit_clearance,
        case.reference,
        actor=job.agency.actor,
        for_an_order=for_an_order,
    )
    world.clockwork.run_jobs()
    return submitted


def take_up(world: World, case: Clearance) -> Actor:
    """The officer of the case's office takes the next one in the queue, which is this one."""
    officer = world.officer(Role.POE, case.office)
    world.do(clearances.take_up_next, actor=officer)
    return officer


def approve(world: World, case: Clearance, officer: Actor) -> Clearance:
    """The decision; the certificate is signed with it and its paper made by a job."""
    approved: Clearance = world.do(clearances.approve_clearance, case.reference, actor=officer)
    world.clockwork.run_jobs()
    return approved


def depart(world: World, case: Clearance, worker: Worker, airport: str) -> Departure:
    """At the counter, on the planned day or later: no insurance covers an earlier one.

    Told ahead where that day has not come; the world's time stays what it was.
    """
    border, told_at = world.officer(Role.BOI, None), world.clockwork.moment
    boarding = departures.Boarding(
        reference=case.reference,
        passport_number=worker.drawn.passport_number,
        airport=airport,
        flight=FLIGHT,
        destination=case.country,
    )
    world.clockwork.moment = max(told_at, datetime.combine(case.departs_on, NOON))
    try:
        gone: Departure = world.do(departures.record_departure, boarding, actor=border)
    finally:
        world.clockwork.moment = told_at
    return gone
