"""A year replayed through the platform's own actions, week by week, in simulated time."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import groupby

from emigrate.domains.agents import actions as agents
from emigrate.domains.clearances import actions as clearances
from emigrate.domains.clearances.enums import ClearanceState, Ground
from emigrate.domains.clearances.models import Clearance
from emigrate.domains.contracts.models import Contract, Terms
from emigrate.domains.demands.actions import NewLine
from emigrate.domains.demands.models import Allotment, DemandLine
from emigrate.domains.reference import queries as reference
from emigrate.domains.reference.enums import Role
from emigrate.domains.reference.models import Occupation
from emigrate.foundation.actors import Actor
from emigrate.foundation.transactions import acting
from emigrate.ops.simulation import road
from emigrate.ops.simulation.road import Job, Worker
from emigrate.ops.simulation.world import SYSTEM, Agency, AgencyPlan, Company, World
from emigrate.ops.simulation.year import (
    HOUSEWORK,
    NURSE,
    REFUSED,
    WITHDRAWN,
    Plan,
    Planned,
    moment_of,
)

AGENCIES = 4
STATE_AGENCY_STATE = "32"
LINE_SIZE = 60
AIRPORTS = ("DEL", "BOM", "COK", "MAA", "HYD", "LKO")
WAGES = {"AED": 1_400_00, "SAR": 1_700_00, "QAR": 1_500_00, "KWD": 130_000, "OMR": 150_000,
         "BHD": 150_000, "MYR": 1_900_00, "JOD": 320_000, "IQD": 800_000_000}  # fmt: skip
OTHER_WAGE = 500_00
NURSE_PAY = 3
SUSPENSION_AFTER = 9
"""The month after which one agent is suspended."""

QUESTION = "Please confirm the place of work and send the visa's second page."
ANSWER = "The place of work is confirmed; the page is in the file."


@dataclass
class OnTheRoad:
    """One planned application with what it became."""

    planned: Planned
    worker: Worker
    job: Job
    contract: Contract | None = None
    case: Clearance | None = None


@dataclass
class Replay:
    """Plays a plan; counts outcomes, and keeps the world's agencies, companies and vacancies."""

    plan: Plan
    world: World
    advance: Callable[[int], None]
    outcomes: Counter[str] = field(default_factory=Counter)
    _agencies: list[Agency] = field(default_factory=list)
    _state_agency: Agency | None = None
    _companies: dict[str, Company] = field(default_factory=dict)
    _vacancies: dict[tuple[str, str, int], tuple[DemandLine, Allotment, int]] = field(
        default_factory=dict
    )
    _abroad: list[OnTheRoad] = field(default_factory=list)
    _suspended: set[int] = field(default_factory=set)

    def play(self) -> None:
        """The whole year, then what is left over: departures, a suspension, expiry."""
        for _, week in groupby(self.plan.applications, key=lambda each: each.day.isocalendar()[1]):
            batch = list(week)
            self._depart(by=batch[0].day)
            self._move_to(batch[0])
            self._week(batch)
        self.world.clockwork.pass_time(days=30)
        self._depart(by=self.world.clockwork.moment.date())

    def suspend_an_agency(self) -> None:
        """The Protector General suspends an agent; its next application is stopped by the law."""
        agency = self._agencies[-1]
        officer = self.world.officer(Role.PGE)
        reason = "Complaints about charges; show cause within 15 days."
        self.world.do(agents.suspend_agent, agency.case.reference, reason=reason, actor=officer)
        self._suspended.add(agency.case.pk)
        self.outcomes["agents_suspended"] += 1

    def _move_to(self, first: Planned) -> None:
        clockwork = self.world.clockwork
        clockwork.moment = max(clockwork.moment, moment_of(first.day))
        if not self._agencies:
            self._open_agencies()
        elif first.day.month > SUSPENSION_AFTER and not self._suspended:
            self.suspend_an_agency()

    def _open_agencies(self) -> None:
        for number in range(AGENCIES):
            state = ("9", "10", "32", "33")[number % AGENCIES]
            name = self.world.people.company(("Overseas",))
            self._agencies.append(self.world.agency(AgencyPlan(name, state)))
        plan = AgencyPlan("Example State Agency", STATE_AGENCY_STATE, entity="state_corporation")
        self._state_agency = self.world.agency(plan)

    def _week(self, batch: list[Planned]) -> None:
        walkers = [self._begin(planned) for planned in batch]
        for walker in walkers:
            self._agree(walker)
        self.world.clockwork.pass_time(hours=25)
        for walker in walkers:
            self._file(walker)
        self.world.clockwork.run_jobs()
        self._decide(walkers)
        self.world.clockwork.run_jobs()
        self.advance(len(batch))

    def _begin(self, planned: Planned) -> OnTheRoad:
        today = self.world.clockwork.moment.date()
        born = self.world.people.birthday(on=today, youngest=planned.age, oldest=planned.age + 1)
        category = "ecnr" if planned.trade == NURSE else "ecr"
        drawn = self.world.people.draw(
            sex=planned.sex, born=born, state_code=planned.state_code, category=category
        )
        agency = self._agency_for(planned)
        worker = road.register(self.world, drawn, agency, category=category)
        return OnTheRoad(planned, worker, self._job(planned, agency))

    def _agency_for(self, planned: Planned) -> Agency:
        if planned.trade in {NURSE, HOUSEWORK} and planned.sex == "F" and self._state_agency:
            return self._state_agency
        free = [each for each in self._agencies if each.case.pk not in self._suspended]
        return self.world.random.choice(free)

    def _job(self, planned: Planned, agency: Agency) -> Job:
        company = self._company(planned.country)
        line, allotment = self._vacancy(planned, company, agency)
        starts = self.world.clockwork.moment.date() + timedelta(days=28)
        wage = line.wage_minor
        terms = Terms(
            occupation=line.occupation,
            title=line.title,
            workplace="Example City",
            wage_minor=wage * 9 // 10 if planned.outcome == REFUSED else wage,
            currency=line.currency,
            months=line.months,
            clauses=tuple(sorted(line.terms["clauses"])),
            starts_on=starts.isoformat(),
        )
        return Job(agency, company, line, allotment, terms)

    def _company(self, country: str) -> Company:
        if country not in self._companies:
            name = self.world.people.company(("Trading", "Co"))
            self._companies[country] = self.world.company(country, name)
        return self._companies[country]

    def _vacancy(
        self, planned: Planned, company: Company, agency: Agency
    ) -> tuple[DemandLine, Allotment]:
        key = (planned.country, planned.trade, agency.case.pk)
        line, allotment, left = self._vacancies.get(key, (None, None, 0))
        standing = line is not None and self._stands(line)
        if line is None or allotment is None or left == 0 or not standing:
            line, allotment = self._demanded(planned, company, agency)
            left = LINE_SIZE
        self._vacancies[key] = (line, allotment, left - 1)
        return line, allotment

    def _stands(self, line: DemandLine) -> bool:
        last = line.demand.valid_until
        soon = self.world.clockwork.moment.date() + timedelta(days=10)
        return last is not None and last > soon

    def _demanded(
        self, planned: Planned, company: Company, agency: Agency
    ) -> tuple[DemandLine, Allotment]:
        currency = reference.country(planned.country).currency or "USD"
        wage = WAGES.get(currency, OTHER_WAGE) * (NURSE_PAY if planned.trade == NURSE else 1)
        title = Occupation.objects.get(pk=planned.trade).title[:120]
        settled = {"clauses": list(road.matters(self.world))}
        new = NewLine(planned.trade, title, LINE_SIZE, wage, currency, 24, settled)
        demand = self.world.demand(company, [new])
        line = self.world.lines_of(demand)[0]
        line.demand = demand
        return line, self.world.allot(company, line, agency, LINE_SIZE)

    def _agree(self, walker: OnTheRoad) -> None:
        walker.contract = road.agreed(self.world, walker.worker, walker.job)

    def _file(self, walker: OnTheRoad) -> None:
        contract = walker.contract
        assert contract is not None  # noqa: S101 - agreed a day ago
        road.fix(self.world, walker.worker, contract)
        road.charge(self.world, walker.worker, walker.job, contract, 25_000_00)
        road.insure(self.world, walker.job, contract)
        walker.case = road.file(self.world, walker.worker, walker.job, contract)
        self.world.do(
            clearances.submit_clearance, walker.case.reference, actor=walker.job.agency.actor
        )

    def _decide(self, walkers: Iterable[OnTheRoad]) -> None:
        by_reference = {w.case.reference: w for w in walkers if w.case is not None}
        for office in sorted({w.case.office for w in by_reference.values() if w.case is not None}):
            officer = self.world.officer(Role.POE, office)
            for number in self._queue(officer, office):
                self._decided(by_reference[number], officer)

    def _queue(self, officer: Actor, office: str) -> Iterator[str]:
        while self._waits(office):
            taken: Clearance = self.world.do(clearances.take_up_next, actor=officer)
            yield taken.reference

    def _waits(self, office: str) -> bool:
        with acting(SYSTEM):
            rows = Clearance.objects.filter(office=office, state=ClearanceState.QUEUED)
            return rows.exists()

    def _decided(self, walker: OnTheRoad, officer: Actor) -> None:
        case, planned = walker.case, walker.planned
        assert case is not None  # noqa: S101 - it stood in the queue
        agency = walker.job.agency.actor
        if planned.queried:
            self.world.do(clearances.query_clearance, case.reference, QUESTION, actor=officer)
            self.world.do(clearances.answer_query, case.reference, ANSWER, actor=agency)
            self.outcomes["queried"] += 1
        if planned.outcome == REFUSED:
            order = "The wage is less than the approved demand promises."
            rejection = clearances.Rejection(Ground.EXPLOITATIVE, order)
            self.world.do(clearances.reject_clearance, case.reference, rejection, actor=officer)
        elif planned.outcome == WITHDRAWN:
            reason = "The worker does not go."
            self.world.do(clearances.withdraw_clearance, case.reference, reason, actor=agency)
        else:
            self.world.do(clearances.approve_clearance, case.reference, actor=officer)
            self._abroad.append(walker)
        self.outcomes[planned.outcome] += 1

    def _depart(self, *, by: date) -> None:
        """Everybody leaves on the planned day, however long it is until the next application."""
        waiting, self._abroad = self._abroad, []
        for walker in waiting:
            assert walker.case is not None  # noqa: S101 - it was approved
            if by < walker.case.departs_on:
                self._abroad.append(walker)
            elif walker.planned.unused:
                self.outcomes["unused"] += 1
            else:
                airport = self.world.random.choice(AIRPORTS)
                road.depart(self.world, walker.case, walker.worker, airport)
                self.outcomes["departed"] += 1
