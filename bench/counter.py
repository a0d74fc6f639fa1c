"""The counter's check by reference at 1,000,000 clearances, by HTTP, against pgbench.

pgbench sends the statements that the endpoint sends (captured in this run, so that they cannot
part from it), prepared, as the same role, with BEGIN and the settings. Rounds of both take turns.
"""

import random
import re
import sys
from collections.abc import Iterator
from statistics import median

from bench.clearances import QUEUED_IN, fill_clearances, pgbench_reference, reference, reference_sql
from bench.databases import figure_database
from bench.figure import ROUNDS, Figure, Options, misses, percentile, run_figure
from bench.http import Connection, Loaded, load, post
from bench.pgbench import Load, transactions_a_second
from bench.processor import Spent, spent_during
from bench.server import serving
from bench.statements import captured
from emigrate.ops.database import Role
from emigrate.ops.django_setup import setup_django

ROWS = 1_000_000
CONNECTIONS = 8
SECONDS = 5.0
TARGET, SLOWEST_MS = 0.15, 20.0
PATH = "/v1/counter/check"


def measure(options: Options) -> Figure:
    """The ratio of the rates, and the 99th percentile at half the peak."""
    rows = options.size or ROWS
    with figure_database("bench_clearances", keep=options.keep) as database:
        setup_django(database, Role.APP)
        fill_clearances(database, rows)
        token = counter_token()
        script = limit_script(rows)
        with serving(database) as (port, _):
            require_answer(port, token, rows)
            limits, peaks, spent = _rounds(database, port, token, script, rows)
            peak = median(peaks)
            calm = _loaded(port, token, rows, rate=peak / 2)
    ratio = median(one / other for one, other in zip(peaks, limits, strict=True))
    slowest = percentile(calm.latencies, 0.99) * 1000
    return Figure(
        figure="counter",
        value=round(peak),
        unit="checks/s by HTTP",
        limit=round(median(limits)),
        ratio=round(ratio, 3),
        target=f"ratio >= {TARGET}, p99 <= {SLOWEST_MS} ms at half the peak",
        n=int(sum(peaks) * SECONDS),
        seed=options.seed,
        misses=misses(ratio=ratio >= TARGET, p99=slowest <= SLOWEST_MS),
        details={
            "clearances": rows,
            "p99_ms_at_half_peak": round(slowest, 2),
            "p50_ms_at_half_peak": round(percentile(calm.latencies, 0.5) * 1000, 2),
            "processor": spent.shares(),
            "statements": len(script),
        },
    )


def _rounds(
    database: str, port: int, token: str, script: list[str], rows: int
) -> tuple[list[float], list[float], Spent]:
    limits, peaks, spent = [], [], Spent()
    _loaded(port, token, rows)
    for _ in range(ROUNDS):
        limits.append(transactions_a_second(script, database, load=Load(CONNECTIONS, int(SECONDS))))
        with spent_during(spent):
            peaks.append(_loaded(port, token, rows).rate)
    return limits, peaks, spent


def _loaded(port: int, token: str, rows: int, rate: float | None = None) -> Loaded:
    def asked(number: int) -> Iterator[bytes]:
        chance = random.Random(number)
        while True:
            yield post(PATH, {"reference": reference(chance.randrange(1, rows + 1))}, token)

    loaded = load(port, asked, connections=CONNECTIONS, seconds=SECONDS, rate=rate)
    if loaded.wrong:
        message = f"the counter answered {loaded.wrong[0]}"
        raise RuntimeError(message)
    return loaded


def require_answer(port: int, token: str, rows: int) -> None:
    """The endpoint must find what is there and say what is not clear."""
    connection = Connection(port)
    for serial in (1, QUEUED_IN, rows - 1):
        found = connection.send(post(PATH, {"reference": reference(serial)}, token)).json()
        expected = "not_clear" if serial % QUEUED_IN == 0 else "clear"
        assert found["verdict"] == expected, found
    connection.close()


def counter_token() -> str:
    """An access token of an immigration officer, made by the platform's own actions."""
    from emigrate.domains.accounts import actions as accounts  # app ready
    from emigrate.domains.accounts.actions import NewMembership, NewUser  # app ready
    from emigrate.domains.reference.enums import Role as Office  # app ready
    from emigrate.foundation.actors import Actor  # app ready

    system = Actor.system("bench-setup")
    login = f"counter-{random.SystemRandom().randrange(10**9)}"
    user = accounts.create_user(NewUser(login, "Example officer"), actor=system)
    member = accounts.grant_membership(NewMembership(user.pk, Office.BOI), actor=system)
    officer = Actor(Office.BOI, user_id=user.pk, request_id="bench-setup")
    return accounts.issue_token(member.pk, "bench", 1, actor=officer)


def limit_script(rows: int) -> list[str]:
    """What pgbench runs: the endpoint's own statements, with the reference drawn each time."""
    from django.test import Client  # app ready

    token, asked = counter_token(), reference(1)
    with captured() as statements:
        answer = Client().post(
            PATH,
            {"reference": asked},
            content_type="application/json",
            headers={"Authorization": f"Bearer {token}", "X-Request-Id": "bench-request"},
        )
    assert answer.status_code == 200, answer.content
    drawn = re.escape(f"'{asked}'")
    found = [re.sub(drawn, reference_sql().replace("\\", r"\\"), text) for text in statements]
    assert found != statements, "no statement names the reference"
    return [*pgbench_reference(rows), *(f"{text};" for text in found)]


if __name__ == "__main__":
    sys.exit(run_figure(measure))
