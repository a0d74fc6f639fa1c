"""Workers who walk the road by HTTP, stage by stage, each request as the one whose work it is.

The office, the agency, the employer and the approved demand are made beforehand by the platform's
actions. The day to think a contract over is the one thing that a clock would have to bring: it is
put behind the workers by the database's owner between two stages.
"""

import secrets
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from bench.http import Connection, Reply, post
from emigrate.foundation.clock import office_date

OK = 300
BIRTH = date(1994, 5, 6)
Send = Callable[[str, str, Mapping[str, Any]], Any]


@dataclass
class Stage:
    """Who acts at the stage, and the job that all of them go to."""

    world: Any  # emigrate.ops.simulation.world.World, importable only when Django is ready
    job: Any
    tokens: dict[str, str] = field(default_factory=dict)

    def token(self, role: str) -> str:
        """The access token of the agency, the company, the office or the border."""
        return self.tokens[role]


@dataclass
class Traveller:
    """One worker and what the answers said so far."""

    number: int
    person: str = ""
    token: str = ""
    contract: str = ""
    terms_hash: str = ""
    orders: list[str] = field(default_factory=list)
    clearance: str = ""

    @property
    def passport(self) -> str:
        """A passport number of a series that is not given out."""
        return f"Z{self.number:07d}"


def stage_for(workers: int, wage: tuple[int, str] = (1_800_00, "SAR")) -> Stage:
    """Everybody but the workers, made by the platform's own actions at the real time."""
    from emigrate.domains.reference.enums import Role  # app ready
    from emigrate.ops.simulation import stories  # app ready
    from emigrate.ops.simulation.clockwork import Clockwork  # app ready
    from emigrate.ops.simulation.world import AgencyPlan, World  # app ready

    world = World(7, Clockwork(datetime.now(UTC)))
    agency = world.agency(AgencyPlan("Example Overseas", "9"))
    company = world.company("SAU", "Example Construction Co")
    line = stories.line(world, "7112", "Mason", wage, number=workers)
    stage = Stage(world, stories.position(world, agency, company, line, "Riyadh"))
    border, office = world.officer(Role.BOI), world.officer(Role.POE, agency.office)
    who = {"agency": agency.actor, "company": company.actor, "office": office, "border": border}
    stage.tokens = {name: token_of(actor) for name, actor in who.items()}
    return stage


def token_of(actor: Any) -> str:
    """An access token for the membership behind an actor."""
    from emigrate.domains.accounts.actions import issue_token  # app ready
    from emigrate.domains.accounts.models import Membership  # app ready
    from emigrate.foundation.actors import Actor  # app ready
    from emigrate.foundation.transactions import acting  # app ready

    system = Actor.system("bench-setup")
    with acting(system):
        membership = Membership.objects.get(user_id=actor.user_id, role=actor.role)
        return issue_token(membership.pk, "bench", 1, actor=system)


def give_accounts(stage: Stage, travellers: list[Traveller]) -> None:
    """Each registered worker gets an account and a token (not part of what is measured)."""
    from emigrate.domains.emigrants.models import Emigrant  # app ready
    from emigrate.domains.reference.enums import Role  # app ready
    from emigrate.foundation.actors import Actor  # app ready
    from emigrate.foundation.transactions import acting  # app ready

    with acting(Actor.system("bench-setup")):
        rows = dict(Emigrant.objects.values_list("reference", "pk"))
    for each in travellers:
        actor = stage.world.member(Role.EMIGRANT, "Example worker", person_id=rows[each.person])
        each.token = token_of(actor)


def _day(days: int) -> str:
    return (datetime.now(UTC).date() + timedelta(days)).isoformat()


def register(stage: Stage, each: Traveller, send: Send) -> None:
    """The agency registers the worker with the passport."""
    district = stage.world.people.districts["9"][each.number % 50]
    phone = f"60000{each.number % 100_000:05d}"
    body = {
        "given_names": f"WORKER {_word(each.number)}", "surname": "EXAMPLE", "sex": "M",
        "birth_date": (BIRTH + timedelta(each.number % 3000)).isoformat(),
        "state_code": "9", "district_code": district, "phone": phone,
        "family_phone": f"60001{each.number % 100_000:05d}", "address": "House 1, Example Village",
        "nominee": {"name": "EXAMPLE NOMINEE", "relation": "spouse", "phone": phone},
        "emergency": {"name": "EXAMPLE RELATIVE", "relation": "brother", "phone": phone},
        "passport": {"number": each.passport, "category": "ecr", "issued_on": _day(-400),
                     "expires_on": _day(3000)},
    }  # fmt: skip
    each.person = send("agency", "/emigrants", body)["reference"]


def _word(number: int) -> str:
    letters = ""
    while number:
        number, digit = divmod(number, 26)
        letters += chr(ord("A") + digit)
    return letters or "A"


def draft_contract(stage: Stage, each: Traveller, send: Send) -> None:
    """The agency drafts the contract."""
    terms = stage.job.terms
    body = {
        "occupation": terms.occupation, "title": terms.title, "workplace": terms.workplace,
        "wage": {"amount": f"{terms.wage_minor / 100:.2f}", "currency": terms.currency},
        "months": terms.months, "clauses": list(terms.clauses), "starts_on": terms.starts_on,
    }  # fmt: skip
    new = {"emigrant": each.person, "allotment": stage.job.allotment.pk, "terms": body}
    answer = send("agency", "/contracts", new)
    each.contract, each.terms_hash = answer["reference"], answer["terms_hash"]


def sign(stage: Stage, each: Traveller, send: Send) -> None:
    """The employer signs."""
    del stage
    send("company", f"/contracts/{each.contract}/sign", {"terms_hash": each.terms_hash})


def offer(stage: Stage, each: Traveller, send: Send) -> None:
    """The agency offers."""
    del stage
    send("agency", f"/contracts/{each.contract}/offer", {})


def read_back(stage: Stage, each: Traveller, send: Send) -> None:
    """The worker reads the key facts back."""
    from emigrate.domains.contracts.queries import key_facts  # app ready
    from emigrate.foundation.money import decimal_text  # app ready

    terms = stage.job.terms
    wage, taken = (
        decimal_text(minor, terms.currency) for minor in (terms.wage_minor, terms.deductions_minor)
    )
    money = {"wage": f"{wage} {terms.currency}", "deductions": taken}
    facts = {**key_facts(terms, stage.job.company.case.name), **money}
    body = {"answers": facts, "language": "hi"}
    send(each.token, f"/contracts/{each.contract}/read-back", body)


def consent(stage: Stage, each: Traveller, send: Send) -> None:
    """The worker agrees."""
    del stage
    body = {"terms_hash": each.terms_hash, "language": "hi"}
    send(each.token, f"/contracts/{each.contract}/consent", body)


def lock(stage: Stage, each: Traveller, send: Send) -> None:
    """The worker fixes the contract after thinking it over."""
    del stage
    send(each.token, f"/contracts/{each.contract}/lock", {})


def charge(stage: Stage, each: Traveller, send: Send) -> None:
    """The agency's charge, and the worker's answer."""
    del stage
    said = {"amount": "20000.00", "currency": "INR"}
    body = {"emigrant": each.person, "subject": each.contract, "head": "service",
            "receipt_number": f"bench-receipt-{each.number}", **said}  # fmt: skip
    number = send("agency", "/charges", body)["id"]
    send(each.token, f"/charges/{number}/answer", said)


def quote(stage: Stage, each: Traveller, send: Send) -> None:
    """The insurance is quoted."""
    del stage
    today = office_date(datetime.now(UTC)).isoformat()  # the day on which they leave
    asked = {"contract": each.contract, "cover_from": today}
    each.orders.append(send("agency", "/policies", asked)["order"])


def apply(stage: Stage, each: Traveller, send: Send) -> None:
    """The application is drafted and its fee ordered."""
    body = {"contract": each.contract, "visa_number": f"V{each.number:09d}",
            "visa_expires_on": _day(120), "departs_on": stage.job.terms.starts_on}  # fmt: skip
    each.clearance = send("agency", "/clearances", body)["reference"]
    each.orders.append(send("agency", f"/clearances/{each.clearance}/fee", {})["reference"])


def pay(stage: Stage, each: Traveller, send: Send) -> None:
    """The agency says that both orders are paid; the gateway is asked by a job."""
    del stage
    for order in each.orders:
        send("agency", f"/payments/{order}/confirm", {})


def submit(stage: Stage, each: Traveller, send: Send) -> None:
    """The application is handed in; the automatic checks are jobs."""
    del stage
    send("agency", f"/clearances/{each.clearance}/submit", {})


def decide(stage: Stage, each: Traveller, send: Send) -> None:
    """The officer takes the next case of the queue and approves it."""
    del stage, each
    case = send("office", "/queues/clearances/next", {})["reference"]
    send("office", f"/clearances/{case}/approve", {})


def depart(stage: Stage, each: Traveller, send: Send) -> None:
    """The counter's check and the departure."""
    del stage
    hand = {"reference": each.clearance, "passport_number": each.passport}
    asked = send("border", "/counter/check", hand)
    assert asked["verdict"] == "clear", asked
    send("border", "/departures", {**hand, "airport": "DEL", "flight": "XX101"})


STAGES: tuple[Callable[[Stage, Traveller, Send], None], ...] = (
    register, draft_contract, sign, offer, read_back, consent, lock, charge, quote, apply, pay,
    submit, decide, depart,
)  # fmt: skip


class Unexpected(Exception):
    """An answer that is not a success."""


@dataclass
class Crowd:
    """Travellers and the connections that they share."""

    stage: Stage
    port: int
    travellers: list[Traveller]
    connections: int = 6
    requests: Counter[str] = field(default_factory=Counter)

    def walk(self, step: Callable[[Stage, Traveller, Send], None]) -> None:
        """Everybody takes one step, a few at once; the first wrong answer is raised."""
        waiting, lock = iter(self.travellers), threading.Lock()
        wrong: list[BaseException] = []

        def run() -> None:
            connection = Connection(self.port)
            send = self._sender(connection)
            for each in self._taken(waiting, lock):
                try:
                    step(self.stage, each, send)
                except (Unexpected, OSError, AssertionError, KeyError) as error:
                    wrong.append(error)
                    break
            connection.close()

        threads = [threading.Thread(target=run) for _ in range(self.connections)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if wrong:
            raise wrong[0]

    def _taken(self, waiting: Iterator[Traveller], lock: threading.Lock) -> Iterator[Traveller]:
        while True:
            with lock:
                each = next(waiting, None)
            if each is None:
                return
            yield each

    def _sender(self, connection: Connection) -> Send:
        def send(who: str, path: str, body: Mapping[str, Any]) -> Any:
            token = self.stage.tokens.get(who, who)
            reply: Reply = connection.send(request(path, body, token))
            self.requests[path.split("/")[1]] += 1
            if reply.status >= OK:
                message = f"{path}: {reply.status} {reply.body[:400]!r}"
                raise Unexpected(message)
            return reply.json()

        return send


def request(path: str, body: Mapping[str, Any], token: str, key: str = "") -> bytes:
    """A request of version 1 of the API with a fresh idempotency key, or a given one."""
    return post(f"/v1{path}", body, token, key or secrets.token_hex(12))
