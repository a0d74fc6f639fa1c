"""Clearances through the whole road by HTTP on this machine, against pgbench with the same SQL.

Workers are registered, agree to contracts, are insured, pay, are checked, decided upon and depart;
every step is a request to the site (granian) and every job runs in the platform's workers, a
process a core each, all on the same cores as the database. Papers (PDF) are queue work and left
waiting. The limit is one road's statements, recorded in this run and replayed by pgbench
(`bench/replay.py`).
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from statistics import median
from typing import Any

from bench.databases import simulated
from bench.figure import ROUNDS, Figure, Options, misses, run_figure
from bench.processor import Spent, spent_during
from bench.replay import limit_of
from bench.server import end, serving
from bench.traveller import STAGES, Crowd, Traveller, give_accounts, lock, register, stage_for
from emigrate.ops.database import Role, connect_as_superuser, environment

WORKERS = 60
TARGET = 0.20
QUEUES = "partners,clocks,messages"
PATIENCE = 120.0


def measure(options: Options) -> Figure:
    """Roads a second and the ratio to pgbench's."""
    size = options.size or WORKERS
    with simulated("bench_road", seed=options.seed, keep=options.keep):
        stage = stage_for((ROUNDS + 2) * size)
        limit, statements = limit_of("bench_road", stage)
        rates, spent, stages = _rounds(stage, size)
    ratio = median(rates) / limit
    seconds = sum(spent.seconds.values()) / (size * ROUNDS)
    return Figure(
        figure="road",
        value=round(median(rates), 2),
        unit="clearances/s by HTTP",
        limit=round(limit, 2),
        ratio=round(ratio, 3),
        target=f"ratio >= {TARGET}",
        n=size * ROUNDS,
        seed=options.seed,
        misses=misses(ratio=ratio >= TARGET),
        details={
            "processor": spent.shares(),
            "processor_ms_each": round(seconds * 1000, 1),
            "statements_each": statements,
            "stage_seconds_each": stages,
            "rates": [round(each, 2) for each in rates],
        },
    )


def _rounds(stage: Any, size: int) -> tuple[list[float], Spent, dict[str, float]]:
    rates, spent, seconds = [], Spent(), {step.__name__: 0.0 for step in STAGES}
    with (  # one process a core, for requests and for jobs
        serving("bench_road") as (port, _),
        working("bench_road", QUEUES),
        working("bench_road", QUEUES),
    ):
        for turn in range(ROUNDS + 1):
            travellers = [Traveller(turn * size + number + 1) for number in range(size)]
            crowd, taken = Crowd(stage, port, travellers), 0.0
            for step in STAGES:
                _between(stage, travellers, step)
                with spent_during(spent if turn else Spent()):
                    began = time.perf_counter()
                    crowd.walk(step)
                    settle("bench_road")
                    passed = time.perf_counter() - began
                taken += passed
                seconds[step.__name__] += passed / (size * ROUNDS) if turn else 0.0
            if turn:
                rates.append(size / taken)
    return rates, spent, {name: round(each, 4) for name, each in seconds.items()}


def _between(stage: Any, travellers: list[Traveller], step: Callable[..., None]) -> None:
    """What is not measured: accounts after the registration, a day before the contract is fixed."""
    if step is STAGES[STAGES.index(register) + 1]:
        give_accounts(stage, travellers)
    if step is lock:
        pass_a_day("bench_road")


def pass_a_day(database: str) -> None:
    """The time to think over is over for every contract."""
    with connect_as_superuser(database=database) as owner:
        owner.execute("SET session_replication_role = replica")
        owner.execute("UPDATE contracts_contract SET think_until = now() WHERE think_until > now()")


@contextmanager
def working(database: str, queues: str) -> Iterator[int]:
    """The platform's worker while the block runs; its process id."""
    command = [sys.executable, "-W", "ignore", "-m", "bench.jobs_worker", database, queues]
    variables = {**os.environ, **environment(database, Role.WORKER)}
    worker = subprocess.Popen(command, env=variables, start_new_session=True)
    try:
        yield worker.pid
    finally:
        end(worker)


def settle(database: str) -> None:
    """Wait until no job of the measured queues waits or runs."""
    until = time.monotonic() + PATIENCE
    with connect_as_superuser(database=database) as session:
        while time.monotonic() < until:
            waiting = session.execute(
                "SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing') "
                "AND queue_name = ANY(%s) AND (scheduled_at IS NULL OR scheduled_at <= now())",
                [QUEUES.split(",")],
            ).fetchone()
            if waiting and not waiting[0]:
                return
            time.sleep(0.02)
    message = "jobs are still waiting"
    raise RuntimeError(message)


if __name__ == "__main__":
    sys.exit(run_figure(measure))
