"""`python -m bench.profile`: what each action of one worker's road costs, and which statements.

Not a figure: a table for whoever looks for the next improvement. Statements are counted and timed
in the application (round trip included); "again" are those that an action sends more than once
with the same text and values.
"""

import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from statistics import median
from typing import Any

from bench.statements import one_line
from emigrate.ops.simulation.installation import simulation

WORKERS = 6
BEGINS = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)


@dataclass
class Cost:
    """One action's runs: milliseconds in all, in Python's processor time, and by statement."""

    wall: list[float] = field(default_factory=list)
    python: list[float] = field(default_factory=list)
    counts: list[int] = field(default_factory=list)
    database: list[float] = field(default_factory=list)
    again: Counter[str] = field(default_factory=Counter)
    statements: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))


def main() -> int:
    """Walk a few workers through the road and print the costs, dearest action first."""
    costs: dict[str, Cost] = defaultdict(Cost)
    with simulation("bench_profile", seed=7) as installation:
        _walk(installation, costs)
    for name, cost in sorted(costs.items(), key=lambda each: -sum(each[1].wall)):
        _print(name, cost)
    return 0


def _walk(installation: Any, costs: dict[str, Cost]) -> None:
    from emigrate.foundation.identifiers.numbering import numbered_by  # app ready
    from emigrate.ops.simulation import road, stories  # app ready
    from emigrate.ops.simulation.clockwork import Clockwork  # app ready
    from emigrate.ops.simulation.sandboxes import set_clock  # app ready
    from emigrate.ops.simulation.world import AgencyPlan, World  # app ready

    with numbered_by(7):
        world = World(7, Clockwork(BEGINS))
        set_clock(installation.sandbox, world.clockwork.moment)
        agency = world.agency(AgencyPlan("Example Overseas", "9"))
        company = world.company("SAU", "Example Construction")
        line = stories.line(world, "7112", "Mason", (1_800_00, "SAR"), number=WORKERS + 1)
        job = stories.position(world, agency, company, line, "Riyadh")
        for turn in range(WORKERS):
            if turn == 1:
                _measure(world.clockwork, costs)
            drawn = world.people.draw(sex="M", born=date(1997, 2, 11), state_code="9")
            worker = road.register(world, drawn, agency)
            case = stories.prepared(world, worker, job)
            road.hand_in(world, case, job)
            road.approve(world, case, road.take_up(world, case))
            road.depart(world, case, worker, "DEL")


def _measure(clockwork: Any, costs: dict[str, Cost]) -> None:
    plain, plain_jobs = clockwork.do, clockwork.run_jobs

    def do(action: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        return _timed(costs[action.__name__], lambda: plain(action, *args, **kwargs))

    clockwork.do = do
    clockwork.run_jobs = lambda *queues: _timed(costs["(jobs)"], lambda: plain_jobs(*queues))


def _timed(cost: Cost, work: Callable[[], Any]) -> Any:
    from django.db import connection  # app ready

    sent: list[tuple[str, float]] = []

    def wrapper(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        began = time.perf_counter()
        try:
            return execute(sql, *rest)
        finally:
            sent.append((f"{one_line(sql)} {rest[0]!r}", (time.perf_counter() - began) * 1000))
            cost.statements[one_line(sql)].append(sent[-1][1])

    wall, processor = time.perf_counter(), time.process_time()
    with connection.execute_wrapper(wrapper):
        result = work()
    cost.wall.append((time.perf_counter() - wall) * 1000)
    cost.python.append((time.process_time() - processor) * 1000)
    cost.counts.append(len(sent))
    cost.database.append(sum(each for _, each in sent))
    for text, times in Counter(text for text, _ in sent).items():
        if times > 1:
            cost.again[text] += times - 1
    return result


def _print(name: str, cost: Cost) -> None:
    runs = len(cost.wall)
    print(
        f"\n{name}: {median(cost.wall):.1f} ms, Python {median(cost.python):.1f} ms, "
        f"{median(cost.counts):.0f} statements {median(cost.database):.1f} ms, "
        f"{sum(cost.again.values()) / runs:.1f} again ({runs} runs)"
    )
    dearest = sorted(cost.statements.items(), key=lambda each: -sum(each[1]))[:6]
    for text, times in dearest:
        print(f"  {sum(times) / runs:6.2f} ms  x{len(times) / runs:4.1f}  {text[:150]}")
    for text, more in cost.again.most_common(4):
        print(f"  again x{more / runs:.1f}  {text[:150]}")


if __name__ == "__main__":
    sys.exit(main())
