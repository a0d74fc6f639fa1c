"""Officers, agents, employers and demands of a simulation, made by the platform's own actions."""

from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any

from emigrate.domains.accounts import actions as accounts
from emigrate.domains.accounts.enums import OrganisationKind
from emigrate.domains.agents import actions as agents
from emigrate.domains.agents.models import Agent, AgentApplication
from emigrate.domains.agents.queries import Officer
from emigrate.domains.demands import actions as demands
from emigrate.domains.demands.models import Allotment, Demand, DemandLine
from emigrate.domains.employers import actions as employers
from emigrate.domains.employers.models import Employer
from emigrate.domains.employers.queries import Contact
from emigrate.domains.notifications.models import Message
from emigrate.domains.payments import actions as payments
from emigrate.domains.payments.models import Order
from emigrate.domains.reference.enums import Role
from emigrate.domains.reference.models import Mission
from emigrate.domains.reference.queries import office_for_state
from emigrate.foundation.actors import Actor
from emigrate.foundation.errors import OutOfTurn
from emigrate.foundation.transactions import acting
from emigrate.law.current import pack
from emigrate.ops.simulation.clockwork import Clockwork
from emigrate.ops.simulation.people import People, pan

SYSTEM = Actor.system("simulation")
BANK = "Example Bank"
IFSC = "EXMP0000001"
NOT_IN_TURN = "The simulation goes on with this one; the earlier ones are to stay open."


@dataclass(frozen=True, slots=True)
class Agency:
    """An agent with its certificate, and who acts for it."""

    case: Agent
    actor: Actor
    office: str


@dataclass(frozen=True, slots=True)
class Company:
    """A registered employer, and who acts for it."""

    case: Employer
    actor: Actor


@dataclass(frozen=True, slots=True)
class AgencyPlan:
    """What an agency is to be."""

    name: str
    state_code: str
    category: str = "normal"
    entity: str = "company"


@dataclass
class World:
    """Everybody but the emigrants. Officers are made when they are first asked for."""

    seed: int
    clockwork: Clockwork
    random: Random = field(init=False)
    people: People = field(init=False)
    _officers: dict[tuple[str, str | None, int], Actor] = field(default_factory=dict)
    _logins: int = 0

    def __post_init__(self) -> None:
        self.random = Random(self.seed)  # noqa: S311 - repeatable on purpose
        self.people = People(self.random)

    def do(self, action: Any, *args: Any, **kwargs: Any) -> Any:  # any action
        """Take one step at the simulated moment."""
        return self.clockwork.do(action, *args, **kwargs)

    def take_up(self, action: Any, reference: str, *, actor: Actor) -> None:  # any take-up
        """Take a case up in its turn, or with a recorded reason before those that came earlier."""
        try:
            self.do(action, reference, actor=actor)
        except OutOfTurn:
            self.do(action, reference, actor=actor, reason=NOT_IN_TURN)

    def officer(self, role: Role, place: str | None = None, *, number: int = 1) -> Actor:
        """The officer of a role in an office or a Mission's country; `number` tells two apart."""
        key = (role.value, place, number)
        if key not in self._officers:
            at = (
                {"country": place}
                if role in {Role.MISSION_LW, Role.MISSION_HOM}
                else {"office": place}
            )
            self._officers[key] = self.member(role, f"{role.label} {place or ''} {number}", **at)
        return self._officers[key]

    def member(self, role: Role, name: str, **place: Any) -> Actor:  # organisation, office, person
        """A new account in a role, as the actor that it signs in as."""
        self._logins += 1
        login = f"{role.value.replace('_', '-')}-{self._logins}"
        user = self.do(accounts.create_user, accounts.NewUser(login, name[:120]), actor=SYSTEM)
        new = accounts.NewMembership(user.pk, role, **place)
        self.do(accounts.grant_membership, new, actor=SYSTEM)
        return Actor(
            role.value,
            user_id=user.pk,
            organisation_id=place.get("organisation_id"),
            office=place.get("office"),
            country=place.get("country"),
            person_id=place.get("person_id"),
            channel="simulation",
        )

    def pay(self, reference: str, actor: Actor) -> None:
        """Pay an order at the gateway: its page, the payer's confirmation, the gateway's word."""
        self.clockwork.run_jobs()
        self.do(payments.confirm_order, reference, actor=actor)
        self.clockwork.run_jobs()

    def order_of(self, subject: str) -> str:
        """The number of the order that stands for a case."""
        with acting(SYSTEM):
            rows = Order.objects.filter(subject_reference=subject).order_by("-id")
            return str(rows.values_list("reference", flat=True)[0])

    def agency(self, plan: AgencyPlan) -> Agency:
        """Take an agency from its application to its certificate (Act, 1983, s.10 and s.11)."""
        kind = OrganisationKind.AGENT
        new = accounts.NewOrganisation(kind, plan.name, "IND")
        organisation = self.do(accounts.create_organisation, new, actor=SYSTEM)
        applicant = self.member(Role.RA_ADMIN, plan.name, organisation_id=organisation.pk)
        district = self.random.choice(self.people.districts[plan.state_code])
        application = self.do(
            agents.apply_for_certificate, self._application(plan, district), actor=applicant
        )
        reference = application.reference
        self.do(agents.submit_application, reference, actor=applicant)
        self.pay(self.order_of(reference), applicant)
        office = office_for_state(plan.state_code, district)
        certificate = self._examined(reference, applicant, office)
        return Agency(certificate, applicant, office)

    def _application(self, plan: AgencyPlan, district: str) -> Any:
        born = self.clockwork.moment.date() - timedelta(days=45 * 365)
        return agents.NewApplication(
            legal_name=plan.name,
            category=plan.category,
            entity=plan.entity,
            state_code=plan.state_code,
            district_code=district,
            address="1 Example Road",
            office_area=80,
            pan=pan(self.random),
            officers=(Officer(name=f"Director of {plan.name}", born=born, designation="Director"),),
        )

    def _examined(self, reference: str, applicant: Actor, office: str) -> Agent:
        poe, pge = self.officer(Role.POE, office), self.officer(Role.PGE)
        self.take_up(agents.take_up_application, reference, actor=poe)
        self.do(agents.order_inspection, reference, actor=poe)
        self.do(
            agents.report_inspection, reference, area=80, report="Premises as stated.", actor=poe
        )
        self.do(agents.report_police, reference, report="Nothing adverse.", actor=poe)
        self.take_up(agents.examine_application, reference, actor=pge)
        self.do(agents.call_security, reference, actor=pge)
        with acting(SYSTEM):
            case = AgentApplication.objects.get(reference=reference)
        self.do(
            agents.give_guarantee, reference, self.guarantee(case.security_minor), actor=applicant
        )
        self.do(agents.confirm_guarantee, reference, bank_reference="BG-CONFIRMED", actor=pge)
        certificate: Agent = self.do(agents.issue_certificate, reference, actor=pge)
        return certificate

    def guarantee(self, amount_minor: int | None) -> Any:
        """A bank guarantee long enough for a certificate."""
        today = self.clockwork.moment.date()
        months = pack().figure("ra.bg.validity_months", on=today).value
        return agents.NewGuarantee(
            bank=BANK,
            ifsc=IFSC,
            number=f"BG{self.random.randrange(10**10):010d}",
            amount_minor=amount_minor or 0,
            issued_on=today,
            expires_on=today + timedelta(days=31 * months),
        )

    def company(self, country: str, name: str, *, small: bool = False) -> Company:
        """Take an employer from its registration to the Mission's approval."""
        new = accounts.NewOrganisation(OrganisationKind.EMPLOYER, name, country)
        organisation = self.do(accounts.create_organisation, new, actor=SYSTEM)
        actor = self.member(Role.FE_ADMIN, name, organisation_id=organisation.pk, country=country)
        case = self.do(
            employers.register_employer, self._employer(country, name, small=small), actor=actor
        )
        self.do(employers.verify_email, case.reference, self._code(case.reference), actor=actor)
        self.do(employers.submit_registration, case.reference, actor=actor)
        mission = self.officer(Role.MISSION_LW, country)
        self.take_up(employers.take_up_registration, case.reference, actor=mission)
        approved = self.do(employers.approve_employer, case.reference, actor=mission)
        return Company(approved, actor)

    def _employer(self, country: str, name: str, *, small: bool) -> Any:
        today = self.clockwork.moment.date()
        with acting(SYSTEM):
            mission = Mission.objects.filter(country=country).order_by("pk").first()
        return employers.NewEmployer(
            name=name,
            country=country,
            mission_code=mission.pk if mission else "",
            registration_number=f"{self.random.randrange(10**10):010d}",
            kind="company",
            contact=Contact(
                email=f"office{self.random.randrange(10**6)}@example.invalid",
                phone=f"+9665000{self.random.randrange(10**5):05d}",
                address="1 Example Street",
                city="Example City",
                signatory="Example Signatory",
                designation="Manager",
                nationality=country,
            ),
            small=small,
            registered_on=today - timedelta(days=900),
            valid_until=today + timedelta(days=3 * 365),
            business="construction and services",
            workforce=500,
            indian_workers=100,
        )

    def _code(self, reference: str) -> str:
        """The one-time code, read where the employer reads it: in its message."""
        with acting(SYSTEM):
            rows = Message.objects.filter(event="employer.code", reference=reference)
            return str(rows.order_by("-id")[0].facts["code"])

    def demand(self, company: Company, lines: list[demands.NewLine]) -> Demand:
        """Take a demand from the employer's draft to the Mission's approval."""
        new = demands.NewDemand(company.case.reference, "Example City, site 1", lines)
        case = self.do(demands.draft_demand, new, actor=company.actor)
        self.do(demands.submit_demand, case.reference, actor=company.actor)
        mission = self.officer(Role.MISSION_LW, company.case.country)
        self.take_up(demands.take_up_demand, case.reference, actor=mission)
        receipt = f"R{self.random.randrange(10**6):06d}"
        approved: Demand = self.do(
            demands.approve_demand, case.reference, actor=mission, fee_receipt=receipt
        )
        return approved

    def allot(self, company: Company, line: DemandLine, agency: Agency, quantity: int) -> Allotment:
        """Give an agent vacancies; it accepts them with the power of attorney."""
        allotment = self.do(
            demands.allot, line.pk, agency.case.reference, quantity, actor=company.actor
        )
        accepted: Allotment = self.do(
            demands.acknowledge_allotment, allotment.pk, actor=agency.actor
        )
        return accepted

    def lines_of(self, demand: Demand) -> list[DemandLine]:
        """The lines of a demand in their order."""
        with acting(SYSTEM):
            return list(DemandLine.objects.filter(demand=demand).order_by("id"))
