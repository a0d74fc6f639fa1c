"""A small population for `emigrate run` and auditors: every role twice, cases in every state."""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TypeAlias

from django.db import connection

from emigrate.domains.accounts import actions as accounts
from emigrate.domains.accounts.enums import OrganisationKind
from emigrate.domains.accounts.models import Membership
from emigrate.domains.clearances import actions as clearances
from emigrate.domains.clearances.enums import ClearanceState, Ground
from emigrate.domains.clearances.models import Clearance
from emigrate.domains.contracts.models import Contract
from emigrate.domains.reference.enums import Role
from emigrate.foundation.actors import Actor
from emigrate.foundation.transactions import acting
from emigrate.foundation.workflow import WORKFLOWS
from emigrate.ops.simulation import road, stories
from emigrate.ops.simulation.road import Job, Worker
from emigrate.ops.simulation.world import SYSTEM, Agency, AgencyPlan, Company, World

COUNTRIES = ("SAU", "ARE")
HOME_STATES = ("9", "32")
TOKEN_DAYS = 30
NATIONAL = (Role.PGE_DA, Role.PGE, Role.BOI, Role.AUDITOR, Role.HELPDESK)
LONG = timedelta(days=125)
"""After this a certificate has expired with its visa, and nobody waits for an answer any more."""

LIVED = LONG + timedelta(days=4)
"""How long before today a village begins whose newest cases are of yesterday."""

SPARE = 200
"""Vacancies that are left for whoever plays with the demonstration."""

ORGANISED = {Role.INSURER: OrganisationKind.INSURER, Role.CSC_VLE: OrganisationKind.CSC}


@dataclass
class Tenant:
    """One side of a two-tenant test: agency, company, and a job between them."""

    agency: Agency
    company: Company
    job: Job


@dataclass
class Village:
    """Two tenants and their cases; `references` names a clearance in each state that was made.

    `tell_time` lets the partners follow when much time passes at once.
    """

    world: World
    tenants: list[Tenant] = field(default_factory=list)
    references: dict[str, list[str]] = field(default_factory=dict)
    tell_time: Callable[[datetime], None] | None = None
    _agreed: dict[int, deque[tuple[Worker, Contract]]] = field(default_factory=dict)

    def settle(self) -> None:
        """Found both tenants, and officers of every kind twice."""
        for country, state in zip(COUNTRIES, HOME_STATES, strict=True):
            agency = self.world.agency(AgencyPlan(self.world.people.company(("Overseas",)), state))
            company = self.world.company(country, self.world.people.company(("Trading",)))
            self.tenants.append(Tenant(agency, company, self._job(agency, company)))
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

    def _job(self, agency: Agency, company: Company, *, number: int = SPARE) -> Job:
        wage = (1_800_00, "SAR") if company.case.country == "SAU" else (1_500_00, "AED")
        line = stories.line(self.world, "7112", "Mason", wage, number=number)
        return stories.position(self.world, agency, company, line, "Example City")

    def fill(self, rounds: int = 1) -> None:
        """A case in every state, for both tenants, `rounds` times: first what time has ended."""
        self._make(LONG_AGO, rounds)
        self.world.clockwork.pass_time(days=LONG.days)
        if self.tell_time is not None:
            self.tell_time(self.world.clockwork.moment)
        self.world.do(clearances.expire_clearances, actor=SYSTEM)
        self.world.do(clearances.lapse_unanswered, actor=SYSTEM)
        vacancies = SPARE + len(MAKERS) * rounds
        for tenant in self.tenants:  # the day of departure of the old job has passed
            tenant.job = self._job(tenant.agency, tenant.company, number=vacancies)
        self._make({name: make for name, make in MAKERS.items() if name not in LONG_AGO}, rounds)
        self.references = {state: self.references[state] for state in ClearanceState.values}

    def _make(self, makers: "Makers", rounds: int) -> None:
        self._agree(len(makers) * rounds)
        for _ in range(rounds):
            for tenant in self.tenants:
                for state, make in makers.items():
                    case = make(self, tenant)
                    self.references.setdefault(state, []).append(case.reference)

    def _agree(self, workers: int) -> None:
        """Let so many workers of each tenant agree to a contract, and all think it over at once."""
        for number, tenant in enumerate(self.tenants):
            new = [self.worker(tenant) for _ in range(workers)]
            agreed = [(each, road.agreed(self.world, each, tenant.job)) for each in new]
            self._agreed[number] = deque(agreed)
        self.world.clockwork.pass_time(hours=25)

    def applicant(self, tenant: Tenant) -> tuple[Worker, Clearance]:
        """A worker with a paid draft: the next one that has agreed, or a new one a day later."""
        waiting = self._agreed.get(self.tenants.index(tenant))
        if not waiting:
            worker = self.worker(tenant)
            return worker, stories.prepared(self.world, worker, tenant.job)
        worker, contract = waiting.popleft()
        fixed = road.fix(self.world, worker, contract)
        return worker, stories.filed(self.world, worker, tenant.job, fixed)

    def cases(self) -> dict[str, dict[str, list[str]]]:
        """The references of every machine's cases by their state."""
        with acting(SYSTEM):
            return {name: _by_state(workflow.table) for name, workflow in sorted(WORKFLOWS.items())}

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
    return village.applicant(tenant)[1]


def submitted(village: Village, tenant: Tenant) -> Clearance:
    """Handed in; its checks are put off until tomorrow, so that it can be seen so."""
    case = draft(village, tenant)
    village.world.do(clearances.submit_clearance, case.reference, actor=tenant.agency.actor)
    with connection.cursor() as cursor:
        cursor.execute(_PUT_OFF, [case.reference])
    return case


def in_checks(village: Village, tenant: Tenant) -> Clearance:
    """In its automatic checks: the registry of passports answers tomorrow."""
    case = submitted(village, tenant)
    village.world.do(clearances.start_checks, case.reference, actor=SYSTEM)
    return case


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
    worker, case = village.applicant(tenant)
    road.hand_in(village.world, case, tenant.job)
    officer = _officer(village, tenant)
    village.world.do(clearances.take_up, case.reference, actor=officer, reason="Urgent flight.")
    road.approve(village.world, case, officer)
    road.depart(village.world, case, worker, "DEL")
    return case


def _officer(village: Village, tenant: Tenant) -> Actor:
    return village.world.officer(Role.POE, tenant.agency.office)


def _by_state(table: str) -> dict[str, list[str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT state, array_agg(reference::text ORDER BY id) "  # noqa: S608 - names of the code's own
            f'FROM "{table}" GROUP BY state ORDER BY state'
        )
        return dict(cursor.fetchall())


_PUT_OFF = """
UPDATE procrastinate_jobs SET scheduled_at = now() + interval '1 day'
WHERE task_name = 'clearances.check' AND status = 'todo' AND args ->> 'reference' = %s
"""

Makers: TypeAlias = Mapping[str, Callable[[Village, Tenant], Clearance]]

LONG_AGO: Makers = {"used": used, "lapsed": queried, "expired": approved}
"""What becomes of a case that is made so, once `LONG` has passed."""

MAKERS: Makers = {
    "draft": draft,
    "submitted": submitted,
    "in_checks": in_checks,
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
