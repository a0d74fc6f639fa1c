"""Thirty-two at once by HTTP: one winner, clear refusals, no broken answer.

For each of several cases: one idempotency key sent 32 times; one order confirmed 32 times; more
applications handed in than there are vacancies; approval against rejection; 32 departures. What
the database then holds is counted by its owner.
"""

import secrets
import sys
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from bench.databases import simulated
from bench.figure import Figure, Options, misses, run_figure
from bench.http import Connection, Reply
from bench.road import QUEUES, pass_a_day, settle, working
from bench.server import serving
from bench.traveller import (
    STAGES,
    Crowd,
    Stage,
    Traveller,
    give_accounts,
    lock,
    register,
    request,
    stage_for,
    submit,
)
from emigrate.ops.database import connect_as_superuser

WIDE = 32
CASES = 8
THREADS = 16
CONTESTED = 2
DATABASE = "bench_races"
OK, BROKEN = 300, 500
Ask = tuple[str, str, dict[str, Any]]  # who, path, JSON body


@dataclass
class Races:
    """The port, who asks, and what went wrong."""

    port: int
    stage: Stage
    attempts: int = 0
    faults: list[str] = field(default_factory=list)
    refusals: Counter[str] = field(default_factory=Counter)

    def at_once(self, asks: Sequence[Ask], key: str = "") -> list[Reply]:
        """Send all at the same moment, each on its own connection; one key for all, if given."""
        barrier, replies = threading.Barrier(len(asks)), [Reply(0, b"")] * len(asks)

        def run(number: int, ask: Ask) -> None:
            who, path, body = ask
            token = self.stage.tokens.get(who, who)
            connection = Connection(self.port, timeout=120)
            text = request(path, body, token, key or secrets.token_hex(12))
            barrier.wait()
            replies[number] = connection.send(text)
            connection.close()

        threads = [threading.Thread(target=run, args=each) for each in enumerate(asks)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.attempts += len(asks)
        for reply in replies:
            if reply.status >= OK:
                self.refusals[f"{reply.status} {_code(reply)}"] += 1
            if reply.status >= BROKEN or not reply.status:
                self.faults.append(f"{reply.status} {reply.body[:200]!r}")
        return replies

    def expect(self, what: str, found: object, wanted: object) -> None:
        """Note a difference."""
        if found != wanted:
            self.faults.append(f"{what}: {found}, not {wanted}")


def _code(reply: Reply) -> str:
    return str(reply.json().get("code", "")) if reply.body.startswith(b"{") else ""


def measure(options: Options) -> Figure:
    """How many races did not end with one winner."""
    cases = options.size or CASES
    with simulated(DATABASE, seed=options.seed, keep=options.keep):
        stage = stage_for(cases)
        with serving(DATABASE, threads=THREADS) as (port, _), working(DATABASE, QUEUES):
            races = Races(port, stage)
            _all(races, [Traveller(number + 1) for number in range(cases + cases // 2)], cases)
    return Figure(
        figure="races",
        value=len(races.faults),
        unit="races without exactly one winner, and broken answers",
        target="0",
        n=races.attempts,
        seed=options.seed,
        misses=misses(one_winner=not races.faults),
        details={"faults": races.faults[:5], "wide": WIDE, "refusals": dict(races.refusals)},
    )


def _all(races: Races, people: list[Traveller], vacancies: int) -> None:
    crowd = Crowd(races.stage, races.port, people)
    _registered(races, people)
    settle(DATABASE)
    give_accounts(races.stage, people)
    for step in STAGES[STAGES.index(register) + 1 : STAGES.index(submit)]:
        if step is lock:
            pass_a_day(DATABASE)
        crowd.walk(step)
        settle(DATABASE)
    for each in people:
        asks: list[Ask] = [("agency", f"/payments/{each.orders[0]}/confirm", {})] * WIDE
        races.at_once(asks)
    settle(DATABASE)
    _handed_in(races, people, vacancies)
    settle(DATABASE)
    _decided(races, vacancies)
    _departed(races, people)


def _registered(races: Races, people: list[Traveller]) -> None:
    """One key 32 times: one person; the others get its answer or are told to wait."""
    for each in people:
        wanted: list[Ask] = []
        register(races.stage, each, _noting(wanted))
        key = secrets.token_hex(12)
        replies = races.at_once(wanted * WIDE, key)
        names = {reply.json()["reference"] for reply in replies if reply.status < OK}
        races.expect("persons of one key", len(names), 1)
        each.person = names.pop() if names else ""
    with connect_as_superuser(database=DATABASE) as owner:
        rows = owner.execute("SELECT count(*) FROM emigrants_emigrant").fetchone()
        races.expect("persons", rows[0] if rows else None, len(people))


def _noting(wanted: list[Ask]) -> Callable[[str, str, Any], Any]:
    def send(who: str, path: str, body: Any) -> Any:  # JSON
        wanted.append((who, path, dict(body)))
        return {"reference": ""}

    return send


def _handed_in(races: Races, people: list[Traveller], vacancies: int) -> None:
    """More applications at once than vacancies, each sent several times."""
    asks: list[Ask] = [("agency", f"/clearances/{each.clearance}/submit", {}) for each in people]
    races.at_once(asks * 3)
    with connect_as_superuser(database=DATABASE) as owner:
        row = owner.execute(
            "SELECT max(used - quantity), sum(used) FROM demands_allotment"
        ).fetchone()
        taken = owner.execute(
            "SELECT count(*) FROM clearances_clearance WHERE vacancy_taken"
        ).fetchone()
    races.expect("vacancies overspent, taken", row, (0, vacancies))
    races.expect("clearances that hold a vacancy", taken, (vacancies,))


def _decided(races: Races, vacancies: int) -> None:
    """Approval against rejection: one decision."""
    order = {"ground": "no_repatriation_arrangement", "order": "No arrangement is named."}
    for turn in range(vacancies):
        taken: list[Ask] = [("office", "/queues/clearances/next", {})]
        case = races.at_once(taken)[0].json()["reference"]
        approve: list[Ask] = [("office", f"/clearances/{case}/approve", {})]
        reject: list[Ask] = [("office", f"/clearances/{case}/reject", order)]
        # The last cases are not contested, so that enough are left for the departures.
        contest = (
            approve * (WIDE // 2) + reject * (WIDE // 2) if turn < CONTESTED else approve * WIDE
        )
        won = [reply for reply in races.at_once(contest) if reply.status < OK]
        races.expect(f"decisions of {case}", len(won), 1)


def _departed(races: Races, people: list[Traveller]) -> None:
    """Thirty-two departures on one clearance: one."""
    for each in people:
        body = {"reference": each.clearance, "passport_number": each.passport, "airport": "DEL"}
        check: list[Ask] = [("border", "/counter/check", {"reference": each.clearance})]
        clear = races.at_once(check)[0].json()["verdict"] == "clear"
        won = races.at_once([("border", "/departures", {**body, "flight": "XX101"})] * WIDE)
        races.expect("departures", sum(one.status < OK for one in won), int(clear))
    with connect_as_superuser(database=DATABASE) as owner:
        rows = owner.execute(
            "SELECT (SELECT count(*) FROM departures_departure), "
            "(SELECT count(*) FROM clearances_clearance WHERE state = 'used'), "
            "(SELECT count(*) FROM (SELECT 1 FROM payments_receipt GROUP BY order_id "
            " HAVING count(*) > 1) AS twice)"
        ).fetchone()
    assert rows is not None
    races.expect("departures and used clearances", rows[0], rows[1])
    races.expect("orders with two receipts", rows[2], 0)


if __name__ == "__main__":
    sys.exit(run_figure(measure))
