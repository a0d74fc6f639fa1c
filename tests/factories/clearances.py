"""Clearances for tests: the simulation's own road, with the partners' answers given directly.

A `Scene` is everybody whom a clearance needs. Each clearance is led to a state by the platform's
own actions at the scene's moment; nothing is written past them.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

from django.db import connection

from emigrate.domains.agents.models import Agent
from emigrate.domains.clearances import actions
from emigrate.domains.clearances.enums import Ground
from emigrate.domains.clearances.models import Check, Clearance
from emigrate.domains.clearances.workflow import CLEARANCE
from emigrate.domains.contracts.models import Contract
from emigrate.domains.credentials.models import Credential
from emigrate.domains.demands.models import Allotment
from emigrate.domains.employers.models import RecruitmentYear
from emigrate.domains.insurance import actions as insurance
from emigrate.domains.insurance.models import Policy
from emigrate.domains.notifications.models import Message
from emigrate.domains.payments.actions import settle_from_gateway
from emigrate.domains.payments.models import Order
from emigrate.domains.reference.enums import Role
from emigrate.foundation import clock
from emigrate.foundation.actors import Actor
from emigrate.foundation.models import AuditLeaf, Proposal
from emigrate.foundation.money import Money
from emigrate.foundation.transactions import acting, action
from emigrate.ops.simulation import road, stories
from emigrate.ops.simulation.clockwork import Clockwork
from emigrate.ops.simulation.road import Job, Worker
from emigrate.ops.simulation.world import Agency, AgencyPlan, Company, World
from emigrate.partners.insurer.contract import Policy as InsurerAnswer
from emigrate.partners.insurer.contract import PolicyState as InsurerState
from emigrate.partners.passport_registry.contract import (
    MatchScores,
    PassportAnswer,
    PassportResult,
    PassportStatus,
)
from tests.factories.payments import an_answer

SYSTEM = Actor.system("test")
MOMENT = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
"""A Monday morning at the offices."""

STATE = "9"


class PaidWorld(World):
    """The simulation's world, in which the gateway's word is given without a gateway."""

    def pay(self, reference: str, actor: Actor) -> None:
        """The gateway says that an order is paid."""
        del actor
        with acting(SYSTEM):
            order = Order.objects.get(reference=reference)
        self.do(settle_from_gateway, reference, an_answer(order), actor=SYSTEM)


@dataclass
class Filed:
    """A worker's clearance on the way, and what it rests on."""

    reference: str
    worker: Worker
    job: Job
    contract: Contract
    policy: Policy


@dataclass
class Scene:
    """Two agencies, one employer, and room for as many workers as a test needs."""

    world: World
    agency: Agency
    other_agency: Agency
    company: Company
    job: Job
    drafts: list[Filed]

    def do(self, act: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Take an action at the scene's moment."""
        return self.world.do(act, *args, **kwargs)

    def at(self, moment: datetime) -> "Scene":
        """Let the scene's time be this."""
        self.world.clockwork.moment = moment
        return self

    @property
    def now(self) -> datetime:
        """The scene's moment."""
        return self.world.clockwork.moment

    @property
    def agent(self) -> Actor:
        """Who files for the agency."""
        return self.agency.actor

    @property
    def office(self) -> str:
        """The office of the agency."""
        return self.agency.office

    def officer(self, role: Role = Role.POE, *, number: int = 1, office: str = "") -> Actor:
        """An officer of the scene's office, or the Protector General."""
        place = (office or self.office) if role in {Role.POE, Role.POE_DA} else None
        return self.world.officer(role, place, number=number)

    def mission(self) -> Actor:
        """The labour wing at the employer's country."""
        return self.world.officer(Role.MISSION_LW, self.company.case.country)

    def border(self) -> Actor:
        """The officer at the counter."""
        return self.world.officer(Role.BOI, None)


Wage = tuple[int, str]


def a_job(
    world: World,
    agency: Agency,
    company: Company,
    *,
    wage: Wage = (1_800_00, "SAR"),
    vacancies: int = 40,
    months: int = 23,
) -> Job:
    """Vacancies for masons at a company, allotted to an agency.

    The insurance runs for 24 months: another month for a later departure.
    """
    line = stories.line(world, "7112", "Mason", wage)
    line = replace(line, number=vacancies, months=months)
    return stories.position(world, agency, company, line, "Riyadh")


def a_scene(
    drafts: int = 4,
    *,
    begins: datetime = MOMENT - timedelta(days=3),
    country: str = "SAU",
    wage: Wage = (1_800_00, "SAR"),
    seed: int = 1,
) -> Scene:
    """Everybody, and this many paid and insured drafts; its moment is three days after `begins`.

    Two scenes of one database have two seeds.
    """
    world = PaidWorld(seed, Clockwork(begins))
    world._logins = 1000 * seed
    agency = world.agency(AgencyPlan("Scene Overseas Private Limited", STATE))
    other = world.agency(AgencyPlan("Kerala Wave Recruiters Private Limited", "32"))
    company = world.company(country, "Scene Construction LLC")
    job = a_job(world, agency, company, wage=wage)
    scene = Scene(world, agency, other, company, job, [])
    scene.drafts = [a_draft(scene) for _ in range(drafts)]
    return scene.at(begins + timedelta(days=3))


def a_draft(
    scene: Scene,
    job: Job | None = None,
    *,
    fee: bool = True,
    insured: bool = True,
    born: date = date(1997, 2, 11),
) -> Filed:
    """A worker with a fixed contract, insurance, and a drafted application whose fee is paid."""
    job = job or scene.job
    world = scene.world
    drawn = world.people.draw(sex="M", born=born, state_code=STATE)
    worker = road.register(world, drawn, job.agency)
    before = world.clockwork.moment
    contract = road.agree(world, worker, job)
    world.clockwork.moment = before + timedelta(hours=26)
    road.charge(world, worker, job, contract, 20_000_00)
    policy = an_insurance(scene, worker, job, contract, issued=insured)
    world.pay = (lambda *_: None) if not fee else type(world).pay.__get__(world)
    case = road.file(world, worker, job, contract)
    world.pay = type(world).pay.__get__(world)
    world.clockwork.moment = before
    return Filed(case.reference, worker, job, contract, policy)


def an_insurance(
    scene: Scene, worker: Worker, job: Job, contract: Contract, *, issued: bool
) -> Policy:
    """A quotation for a contract; with `issued` paid and issued by the insurer."""
    world = scene.world
    policy: Policy = world.do(insurance.quote_policy, contract.reference, actor=job.agency.actor)
    if issued:
        world.pay(policy.order_reference, job.agency.actor)
        word = the_insurers_word(policy, worker.drawn.passport_number)
        world.do(insurance.record_policy, policy.reference, word, actor=SYSTEM)
    return policy


def the_insurers_word(policy: Policy, passport_number: str) -> InsurerAnswer:
    """What the insurer says when it issues a policy as it was asked for."""
    return InsurerAnswer(
        InsurerState.ISSUED,
        policy.reference,
        number=f"PBBY-{policy.pk:06d}",
        passport_number=passport_number,
        cover_from=policy.from_date,
        cover_to=policy.to_date,
        sum_insured=Money("INR", policy.sum_minor),
        premium=Money("INR", policy.premium_minor),
    )


def the_registrys_word(
    result: PassportResult = PassportResult.MATCH,
    status: PassportStatus | None = PassportStatus.ACTIVE,
) -> PassportAnswer:
    """What the passport registry says; by default that all is as told."""
    scores = MatchScores(name=100, birth_date=True, sex=True)
    return PassportAnswer(result, MOMENT, scores=scores, status=status, ecr=True, raw=b"{}")


def row(reference: str) -> Clearance:
    """The clearance as it stands."""
    with acting(SYSTEM):
        return Clearance.objects.select_related("agent", "allotment").get(reference=reference)


def leaves() -> int:
    """How many leaves there are of all cases."""
    with acting(SYSTEM):
        return AuditLeaf.objects.count()


# How a draft gets to each state. fmt: off
TO_STATE: dict[str, tuple[str, ...]] = {
    "draft": (),
    "submitted": ("submit",),
    "in_checks": ("submit", "start_checks"),
    "queued": ("submit", "start_checks", "queue"),
    "under_scrutiny": ("submit", "start_checks", "queue", "take_up"),
    "queried": ("submit", "start_checks", "queue", "take_up", "query"),
    "referred": ("submit", "start_checks", "queue", "take_up", "refer"),
    "held": ("submit", "start_checks", "queue", "hold"),
    "approved": ("submit", "start_checks", "queue", "take_up", "approve"),
    "rejected": ("submit", "start_checks", "queue", "take_up", "reject"),
    "withdrawn": ("withdraw",),
    "lapsed": ("submit", "start_checks", "queue", "take_up", "query", "lapse"),
    "suspended": ("submit", "start_checks", "queue", "take_up", "approve", "suspend"),
    "cancelled": ("submit", "start_checks", "queue", "take_up", "approve", "cancel"),
    "used": ("submit", "start_checks", "queue", "take_up", "approve", "use"),
    "expired": ("submit", "start_checks", "queue", "take_up", "approve", "expire"),
}
# fmt: on


def taken(
    scene: Scene,
    verb: str,
    reference: str,
    *,
    actor: Actor | None = None,
    reason: str | None = None,
) -> Any:
    """Take one step of the table by its own action, as the right actor unless another is named."""
    poe, agent = scene.officer(), scene.agent
    acts: dict[str, tuple[Callable[..., Any], tuple[Any, ...], Actor]] = {
        "submit": (actions.submit_clearance, (), agent),
        "start_checks": (actions.start_checks, (), SYSTEM),
        "queue": (actions.record_checks, (the_registrys_word(),), SYSTEM),
        "take_up": (actions.take_up, (), poe),
        "put_back": (actions.put_back, ("Ill today.",), poe),
        "query": (actions.query_clearance, ("Send the visa again.",), poe),
        "answer": (actions.answer_query, ("It is attached.",), agent),
        "refer": (actions.refer_clearance, ("Does the site exist?",), poe),
        "advise": (actions.advise_clearance, ("It does.",), scene.mission()),
        "hold": (actions.hold_clearance, ("An advisory stands.",), poe),
        "reassign": (
            actions.reassign_clearance,
            ("COK", "Officers are ill."),
            scene.officer(Role.PGE),
        ),
        "release": (actions.release_clearance, ("It was lifted.",), poe),
        "approve": (actions.approve_clearance, (), poe),
        "reject": (actions.reject_clearance, (a_rejection(),), poe),
        "redate": (actions.redate_clearance, (another_day(reference),), agent),
        "withdraw": (actions.withdraw_clearance, ("He stays at home.",), agent),
        "suspend": (actions.suspend_clearance, ("A complaint came.",), poe),
        "restore": (actions.restore_clearance, ("It was settled.",), poe),
        "uphold": (actions.uphold_clearance, ("The work goes on.",), poe),
        "cancel": (actions.cancel_clearance, ("The post is gone.",), poe),
        "use": (actions.use_clearance, (), SYSTEM),
        "lapse": (_by_hand, ("lapse",), SYSTEM),
        "expire": (_by_hand, ("expire",), SYSTEM),
    }
    act, more, right = acts[verb]
    if reason is not None and verb == "take_up":
        act = partial(actions.take_up, reason=reason)
        act.__name__ = "take_up"  # type: ignore[attr-defined]  # the clockwork's record names it
    elif reason is not None:
        more = (*more[:-1], a_rejection(reason) if verb == "reject" else reason)
    return scene.do(act, reference, *more, actor=actor or right)


def another_day(reference: str, days: int = 7) -> date:
    """A day of departure so many days after the planned one."""
    return row(reference).departs_on + timedelta(days=days)


def a_rejection(order: str = "The terms exploit.") -> actions.Rejection:
    """An order on a ground of the Act."""
    return actions.Rejection(Ground.EXPLOITATIVE, order)


def lead(scene: Scene, reference: str, state: str) -> Clearance:
    """Lead a draft to a state by the platform's own actions."""
    for verb in TO_STATE[state]:
        if verb == "lapse":
            _after(scene, timedelta(days=90), actions.lapse_unanswered)
        elif verb == "expire":
            _after(scene, timedelta(days=400), actions.expire_clearances)
        else:
            taken(scene, verb, reference)
    return row(reference)


def _after(scene: Scene, wait: timedelta, sweep: Callable[..., Any]) -> None:
    with clock.simulate(scene.now + wait):
        sweep(actor=SYSTEM)


@action
def _by_hand(reference: str, verb: str, *, actor: Actor) -> Clearance:
    """A clock's step on one named case."""
    case = CLEARANCE.hold(Clearance.objects.all(), actor=actor, verb=verb, reference=reference)
    return CLEARANCE.take(verb, case, actor=actor)


def everything(filed: Filed) -> dict[str, Any]:
    """What a refused step must leave as it was: state, leaves, jobs, counters, certificates."""
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs")
        jobs = cursor.fetchone()[0]
        case = Clearance.objects.filter(reference=filed.reference).values().get()
        return {
            "case": case,
            "checks": Check.objects.count(),
            "leaves": AuditLeaf.objects.count(),
            "jobs": jobs,
            "messages": Message.objects.count(),
            "proposals": Proposal.objects.count(),
            "certificates": list(Credential.objects.order_by("id").values_list("id", "state")),
            "orders": list(Order.objects.order_by("id").values_list("id", "state")),
            **counters(filed.job),
        }


def counters(job: Job) -> dict[str, int]:
    """What applications take: vacancies, the agent's capacity, the employer's workers."""
    with acting(SYSTEM):
        workers = RecruitmentYear.objects.filter(employer_id=job.company.case.pk)
        return {
            "vacancies": Allotment.objects.get(pk=job.allotment.pk).used,
            "capacity": Agent.objects.get(pk=job.agency.case.pk).workers_used,
            "workers": sum(workers.values_list("workers", flat=True)),
        }
