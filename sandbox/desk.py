"""The way of one partner request: who signed, is it whole, is it in order, then act."""

import hashlib
import re
import time
from dataclasses import dataclass
from urllib.parse import parse_qsl

from sandbox import schema
from sandbox.answers import Answer, Problem
from sandbox.journal import Entry
from sandbox.office import Office, Request, Route
from sandbox.scenarios import TRANSPORT, Scenario
from sandbox.signatures import Received, Rejected
from sandbox.world import World

UUID = re.compile(schema.UUID.pattern)
MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class Arrival:
    """A request for one partner; `path` is the rest behind the partner's name."""

    partner: str
    path: str
    query: str
    origin: str
    received: Received


@dataclass(frozen=True, slots=True)
class Delivery:
    """An answer and how it is to be spoilt on its way."""

    answer: Answer
    fault: str = ""


def receive(world: World, arrival: Arrival) -> Delivery:
    """The answer to one request, with its entry in the journal."""
    received = arrival.received
    entry = Entry(
        number=world.journal.next_number(),
        at=world.now().isoformat(),
        partner=arrival.partner,
        operation="",
        method=received.method,
        request_id=received.headers.get("x-request-id", "")[:64],
        body_sha256=hashlib.sha256(received.body).hexdigest(),
    )
    try:
        delivery = _serve(world, arrival, entry)
    except Problem as problem:
        if problem.check:
            setattr(entry, problem.check, problem.detail)
        delivery = Delivery(problem.answer(entry.request_id))
    entry.close(delivery.answer.status)
    world.journal.add(entry)
    return delivery


def _serve(world: World, arrival: Arrival, entry: Entry) -> Delivery:
    office, received = world.offices[arrival.partner], arrival.received
    _check_signature(world, office, received, entry)
    route, parameters = office.find(received.method, arrival.path)
    entry.operation = route.operation
    query = _check_query(office, route, arrival.query)
    body = _check_schema(office, route, received, entry)
    office.check_id(entry.key_id, entry.request_id, received.method, received.target, received.body)
    _check_key(office, route, received, body)
    entry.order = "ok"
    scenario = _scenario(world, entry)
    fault = scenario.name if scenario and scenario.name in TRANSPORT else ""
    early = _before(scenario) if fault else None
    if early is not None:
        return early
    business = scenario.name if scenario and not fault else ""
    value = scenario.value if scenario else 1.0
    request = Request(route.operation, parameters, body, business, value, arrival.origin, query)
    outcome = office.once(request, received.headers.get("idempotency-key", ""), received.body)
    entry.replayed = outcome.replayed
    answer = outcome.answer
    if outcome.replayed:
        answer = Answer(answer.status, answer.body, headers={"Idempotency-Replayed": "true"})
    return Delivery(_spoilt(answer, fault, value), fault)


def _check_signature(world: World, office: Office, received: Received, entry: Entry) -> None:
    try:
        entry.key_id = world.verifier.check(received, time.time())
    except Rejected as rejected:
        raise Problem(401, f"{office.code}-401", str(rejected), check="signature") from rejected
    entry.signature = "ok"


def _check_query(office: Office, route: Route, query: str) -> dict[str, str]:
    pairs = parse_qsl(query, keep_blank_values=True)
    values = dict(pairs)
    if len(values) != len(pairs) or not values.keys() <= route.query:
        raise Problem(400, f"{office.code}-400", "unknown_parameter", check="schema")
    return values


def _check_schema(
    office: Office, route: Route, received: Received, entry: Entry
) -> dict[str, object]:
    code = f"{office.code}-400"
    if not UUID.fullmatch(entry.request_id):
        raise Problem(400, code, "request_id_not_uuid", check="schema")
    if route.schema is None:
        if received.body:
            raise Problem(400, code, "body_not_expected", check="schema")
        entry.schema = "ok"
        return {}
    kind = received.headers.get("content-type", "")
    if not re.fullmatch(r"application/vnd\.emigrate\.[a-z-]+\.v1\+json", kind):
        raise Problem(415, code, "media_type", check="schema")
    body = schema.parse(received.body, route.schema, code)
    entry.schema = "ok"
    return body


def _check_key(office: Office, route: Route, received: Received, body: dict[str, object]) -> None:
    """The key is not under the signature, so it must repeat a field of the body, which is."""
    if route.key and received.headers.get("idempotency-key") != body[route.key]:
        raise Problem(400, f"{office.code}-400", "idempotency_key_differs", check="order")


def _scenario(world: World, entry: Entry) -> Scenario | None:
    wait, fault = world.weather.forecast(entry.partner, entry.request_id)
    time.sleep(wait)
    scenario = world.scenarios.take(entry.partner, entry.operation)
    if scenario is None and fault:
        scenario = Scenario(entry.partner, entry.operation, fault, value=503)
    entry.scenario = scenario.name if scenario else ""
    return scenario


def _before(scenario: Scenario | None) -> Delivery | None:
    if scenario is None:
        return None
    if scenario.name == "latency":
        time.sleep(scenario.value)
    elif scenario.name == "status":
        status = int(scenario.value)
        return Delivery(Problem(status, f"sandbox-{status}", "ordered_status").answer())
    elif scenario.name == "redirect":
        return Delivery(Answer(307, {}, headers={"Location": "http://127.0.0.1:9/elsewhere"}))
    elif scenario.name == "drop_before":
        return Delivery(Answer(503, {}), "drop")
    return None


def _spoilt(answer: Answer, fault: str, value: float) -> Answer:
    if fault == "garbage":
        return Answer(200, b"<html><body>Site under maintenance</body></html>")
    if fault == "huge":
        return Answer(200, b" " * int(value * MEGABYTE))
    return answer
