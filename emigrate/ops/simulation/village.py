"""A small population for `emigrate run` and auditors: every role twice, cases in many states."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta

from emigrate.domains.accounts import actions as accounts
from emigrate.domains.accounts.enums import OrganisationKind
from emigrate.domains.accounts.models import Membership
from emigrate.domains.clearances import actions as clearances
from emigrate.domains.clearances.enums import Ground
from emigrate.domains.clearances.models import Clearance
from emigrate.domains.reference.enums import Role
from emigrate.foundation.actors import Actor
from emigrate.foundation.transactions import acting
from emigrate.ops.simulation import road, stories
from emigrate.ops.simulation.road import Job, Worker
from emigrate.ops.simulation.world import SYSTEM, Agency, AgencyPlan, Company, World

COUNTRIES = ("SAU", "ARE")
HOME_STATES = ("9", "32")
TOKEN_DAYS = 30
NATIONAL = (Role.PGE_DA, Role.PGE, Role.BOI, Role.AUDITOR, Role.HELPDESK)
ORGANISED = {Role.INSURER: OrganisationKind.INSURER, Role.CSC_VLE: OrganisationKind.CSC}


@dataclass
class Tenant:
    """One side of a two-tenant test: agency, company, and a job between them."""

    agency: Agency
    company: Company
    job: Job


@dataclass
class Village:
    """Two tenants and their cases; `references` names a clearance in each state that was made."""

    world: World
    tenants: list[Tenant] = field(default_factory=list)
    references: dict[str, list[str]] = field(default_factory=dict)

    def settle(self) -> None:
        """Found both tenants, and officers of every kind twice."""
        for country, state in zip(COUNTRIES, HOME_STATES, strict=True):
            agency = self.world.agency(AgencyPlan(self.world.people.company(("Overseas",)), state))
            company = self.world.company(country, self.world.people.company(("Trading",)))
            wage = (1_800_00, "SAR") if country == "SAU" else (1_500_00, "AED")
            line = stories.line(self.world, "7112", "Mason", wage, number=200)
            job = stories.position(self.world, agency, company, line, "Example City")
            self.tenants.append(Tenant(agency, company, job))
            self.world.officer(Role.MISSION_HOM, country)
            self.world.officer(Role.POE_DA, agency.office)
            self.world.officer(Role.POE, agency.office, number=2)
            self.world.member(
                Role.RA_STAFF, "Agency's clerk", organisation_id=agency.actor.organisation_id
            )
        for number in (1, 2):
            for role in NATIONAL:
                self.world.officer(role, None, number=number)
            for role, kind in ORGANISED.items():
                self._found(role, kind, number)

    def _found(self, role: Role, kind: OrganisationKind, number: int) -> None:
        new = accounts.NewOrganisation(kind, f"Example {kind.label} {number}", "IND")
        organisation = self.world.do(accounts.create_organisation, new, actor=SYSTEM)
        self.world.member(role, str(role.label), organisation_id=organisation.pk)

    def fill(self, rounds: int = 1) -> None:
        """A case in every state, for both tenants, `rounds` times."""
        for _ in range(rounds):
            for tenant in self.tenants:
                for state, make in MAKERS.items():
                    case = make(self, tenant)
                    self.references.setdefault(state, []).append(case.reference)

    def worker(self, tenant: Tenant) -> Worker:
        """A newly registered emigrant of the tenant's agency."""
        born = date(1990, 1, 1) + timedelta(days=self.world.random.randrange(4000))
        state = self.world.random.choice(HOME_STATES)
        drawn = self.world.people.draw(sex="M", born=born, state_code=state)
        return road.register(self.world, drawn, tenant.agency)

    def tokens(self) -> list[dict[str, object]]:
        """An access token for every account: role, place and the secret, shown once."""
        with acting(SYSTEM):
            rows = list(Membership.objects.select_related("user").order_by("pk"))
        return [
            {
                "login": row.user.login,
                "role": row.role,
                "organisation": row.organisation_id,
                "office": row.office,
                "country": row.country,
                "token": self.world.do(
                    accounts.issue_token, row.pk, "assurance", TOKEN_DAYS, actor=SYSTEM
                ),
            }
            for row in rows
        ]


def draft(village: Village, tenant: Tenant) -> Clearance:
    """A paid draft."""
    return stories.prepared(village.world, village.worker(tenant), tenant.job)


def queued(village: Village, tenant: Tenant) -> Clearance:
    """Waiting for an officer, after its checks."""
    case = draft(village, tenant)
    road.hand_in(village.world, case, tenant.job)
    return case


def under_scrutiny(village: Village, tenant: Tenant) -> Clearance:
    """On an officer's desk."""
    case = queued(village, tenant)
    reason = "For the demonstration."
    officer = _officer(village, tenant)
    village.world.do(clearances.take_up, case.reference, actor=officer, reason=reason)
    return case


def queried(village: Village, tenant: Tenant) -> Clearance:
    """With a question to the applicant."""
    case = under_scrutiny(village, tenant)
    question = "Please send the visa's second page."
    village.world.do(
        clearances.query_clearance, case.reference, question, actor=_officer(village, tenant)
    )
    return case


def referred(village: Village, tenant: Tenant) -> Clearance:
    """With the Mission for advice."""
    case = under_scrutiny(village, tenant)
    question = "Is the employer known?"
    village.world.do(
        clearances.refer_clearance, case.reference, question, actor=_officer(village, tenant)
    )
    return case


def held(village: Village, tenant: Tenant) -> Clearance:
    """Held while an advisory stands."""
    case = under_scrutiny(village, tenant)
    village.world.do(
        clearances.hold_clearance, case.reference, "Advisory.", actor=_officer(village, tenant)
    )
    return case


def approved(village: Village, tenant: Tenant) -> Clearance:
    """Approved, with its certificate."""
    case = under_scrutiny(village, tenant)
    return road.approve(village.world, case, _officer(village, tenant))


def rejected(village: Village, tenant: Tenant) -> Clearance:
    """Rejected on a ground of the Act."""
    case = under_scrutiny(village, tenant)
    rejection = clearances.Rejection(Ground.DEFICIENCY, "The deficiency was not made good.")
    village.world.do(
        clearances.reject_clearance, case.reference, rejection, actor=_officer(village, tenant)
    )
    return case


def withdrawn(village: Village, tenant: Tenant) -> Clearance:
    """Withdrawn by the agent."""
    case = queued(village, tenant)
    village.world.do(
        clearances.withdraw_clearance,
        case.reference,
        "The worker does not go.",
        actor=tenant.agency.actor,
    )
    return case


def suspended(village: Village, tenant: Tenant) -> Clearance:
    """Suspended after its approval."""
    case = approved(village, tenant)
    village.world.do(
        clearances.suspend_clearance, case.reference, "Inquiry.", actor=_officer(village, tenant)
    )
    return case


def cancelled(village: Village, tenant: Tenant) -> Clearance:
    """Cancelled after its approval."""
    case = approved(village, tenant)
    village.world.do(
        clearances.cancel_clearance, case.reference, "Post gone.", actor=_officer(village, tenant)
    )
    return case


def used(village: Village, tenant: Tenant) -> Clearance:
    """Used: the emigrant has departed."""
    worker = village.worker(tenant)
    case = stories.prepared(village.world, worker, tenant.job)
    road.hand_in(village.world, case, tenant.job)
    officer = _officer(village, tenant)
    village.world.do(clearances.take_up, case.reference, actor=officer, reason="Urgent flight.")
    road.approve(village.world, case, officer)
    road.depart(village.world, case, worker, "DEL")
    return case


def _officer(village: Village, tenant: Tenant) -> Actor:
    return village.world.officer(Role.POE, tenant.agency.office)


MAKERS: dict[str, Callable[[Village, Tenant], Clearance]] = {
    "draft": draft,
    "queued": queued,
    "under_scrutiny": under_scrutiny,
    "queried": queried,
    "referred": referred,
    "held": held,
    "approved": approved,
    "rejected": rejected,
    "withdrawn": withdrawn,
    "suspended": suspended,
    "cancelled": cancelled,
    "used": used,
}
