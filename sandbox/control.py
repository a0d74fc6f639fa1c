"""The control interface under `/__control__`: loopback only, with a token."""

import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import cast
from urllib.parse import parse_qs, urlsplit

from sandbox import schema
from sandbox.answers import Answer, Problem
from sandbox.news import FAULTS, Event, compose
from sandbox.passport_registry import PERSON
from sandbox.scenarios import ANY_OPERATION, Scenario
from sandbox.world import World

PREFIX = "/__control__"

CLOCK: schema.Schema = {"now": schema.Field(r"[0-9T:.+Z-]{10,40}", required=False)}
DECISION: schema.Schema = {"status": schema.Field(r"ISSUED|REJECTED|CANCELLED")}
CLAIM: schema.Schema = {
    "claimNo": schema.REFERENCE,
    "on": schema.DAY,
    "outcome": schema.Field(r"PAID|REFUSED", required=False),
    "amount": replace(schema.AMOUNT, required=False),
    "currency": replace(schema.CURRENCY, required=False),
}
CALLBACKS: schema.Schema = {"url": schema.Field(r"[!-~]{0,300}")}
NEWS: schema.Schema = {
    "partner": schema.REFERENCE,
    "type": schema.Field(r"[!-~]{1,100}"),
    "data": schema.Field(free=True),
    "eventId": schema.Field(r"[!-~]{1,64}", required=False),
    "times": schema.Field(whole=range(1, 101), required=False),
    "fault": schema.Field("|".join(sorted(FAULTS)), required=False),
}
"""Names and forms of an event are free, so that a tester may send what no partner would."""


@dataclass(frozen=True, slots=True)
class Order:
    """One request to the control interface."""

    method: str
    target: str
    token: str
    body: bytes


def obey(world: World, order: Order) -> Answer:
    """Do what the tester asks; Problem for a wrong token, path or body."""
    address = urlsplit(order.target)
    words = address.path.removeprefix(PREFIX).strip("/").split("/")
    if words == ["health"] and order.method == "GET":
        return Answer(200, {"status": "ok", "keys": len(world.verifier.key_ids())})
    if not hmac.compare_digest(order.token.encode(), world.settings.token.encode()):
        raise Problem(401, "control-401", "token")
    verb = VERBS.get((order.method, words[0]))
    if verb is None:
        raise Problem(404, "control-404", "no_such_control")
    query = {name: values[-1] for name, values in parse_qs(address.query).items()}
    try:
        return Answer(200, verb(world, words[1:], query, order.body))
    except (ValueError, TypeError, IndexError) as error:
        raise Problem(400, "control-400", str(error)[:200]) from error


Verb = Callable[[World, list[str], dict[str, str], bytes], dict[str, object]]


def _order_scenario(
    world: World, _words: list[str], _query: dict[str, str], body: bytes
) -> dict[str, object]:
    asked = json.loads(body)
    scenario = Scenario(
        partner=asked.get("partner", ""),
        operation=asked.get("operation", ANY_OPERATION),
        name=asked.get("scenario", ""),
        calls=int(asked.get("calls", 1)),
        value=float(asked.get("value", 1)),
    )
    world.scenarios.add(scenario)
    return {"ordered": scenario.name, "calls": scenario.calls}


def _clear_scenarios(
    world: World, _words: list[str], _query: dict[str, str], _body: bytes
) -> dict[str, object]:
    world.scenarios.clear()
    return {}


def _journal(
    world: World, _words: list[str], query: dict[str, str], _body: bytes
) -> dict[str, object]:
    return {"entries": world.journal.since(int(query.get("after", "0")))}


def _report(
    world: World, _words: list[str], _query: dict[str, str], _body: bytes
) -> dict[str, object]:
    return {"verdicts": world.journal.report()}


def _state(
    world: World, _words: list[str], _query: dict[str, str], _body: bytes
) -> dict[str, object]:
    return world.counts()


def _key(world: World, words: list[str], _query: dict[str, str], body: bytes) -> dict[str, object]:
    world.verifier.add_key(words[0], body)
    return {"keys": world.verifier.key_ids()}


def _clock(
    world: World, _words: list[str], _query: dict[str, str], body: bytes
) -> dict[str, object]:
    now = schema.parse(body, CLOCK, "control-400").get("now")
    world.set_clock(datetime.fromisoformat(str(now)) if now is not None else None)
    return {"now": world.now().isoformat()}


def _passport(
    world: World, words: list[str], _query: dict[str, str], body: bytes
) -> dict[str, object]:
    world.passports.register(words[0], schema.parse(body, PERSON, "control-400"))
    return {"registered": words[0]}


def _decide(
    world: World, words: list[str], _query: dict[str, str], body: bytes
) -> dict[str, object]:
    status = schema.parse(body, DECISION, "control-400")["status"]
    return world.insurer.decide(words[0], str(status))


def _claim(
    world: World, words: list[str], _query: dict[str, str], body: bytes
) -> dict[str, object]:
    claim = schema.parse(body, CLAIM, "control-400")
    return {"eventId": world.insurer.claim(words[0], claim)}


def _callbacks(
    world: World, _words: list[str], _query: dict[str, str], body: bytes
) -> dict[str, object]:
    url = str(schema.parse(body, CALLBACKS, "control-400")["url"])
    world.courier.send_to(url)
    return {"url": url}


def _send_news(
    world: World, _words: list[str], _query: dict[str, str], body: bytes
) -> dict[str, object]:
    asked = schema.parse(body, NEWS, "control-400")
    told = cast("dict[str, object]", asked["data"])
    event = Event(str(asked["type"]), told, world.now(), str(asked.get("eventId", "")))
    news = compose(str(asked["partner"]), event, str(asked.get("fault", "")))
    world.courier.post(news, cast("int", asked.get("times", 1)))
    return {"eventId": news.event_id}


def _list_news(
    world: World, _words: list[str], _query: dict[str, str], _body: bytes
) -> dict[str, object]:
    return {"news": world.courier.lines()}


VERBS: dict[tuple[str, str], Verb] = {
    ("POST", "scenarios"): _order_scenario,
    ("DELETE", "scenarios"): _clear_scenarios,
    ("GET", "journal"): _journal,
    ("GET", "report"): _report,
    ("GET", "state"): _state,
    ("PUT", "keys"): _key,
    ("PUT", "clock"): _clock,
    ("PUT", "passports"): _passport,
    ("POST", "policies"): _decide,
    ("POST", "claims"): _claim,
    ("PUT", "callbacks"): _callbacks,
    ("POST", "news"): _send_news,
    ("GET", "news"): _list_news,
}
