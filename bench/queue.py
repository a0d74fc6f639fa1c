"""An officer's queue at 10,000 and at 1,000,000 cases: the first page, and the one after it.

The officer sees one office of twelve. Both registers are asked in turns, as the application's
role with row security on; what is timed is the whole transaction.
"""

import sys
import time
from itertools import count

from bench.clearances import fill_clearances
from bench.databases import connect_as, figure_database
from bench.figure import ROUNDS, Figure, Options, misses, percentile, run_figure
from emigrate.ops.database import Role
from emigrate.ops.django_setup import setup_django

SMALL, LARGE = 10_000, 1_000_000
CALLS = 200
WARM = 10
TARGET = 1.5


def measure(options: Options) -> Figure:
    """The ratio of the two 95th percentiles."""
    large = options.size or LARGE
    with (
        figure_database("bench_queue_small", keep=options.keep) as small_name,
        figure_database("bench_clearances", keep=options.keep) as large_name,
    ):
        setup_django(large_name, Role.APP)
        fill_clearances(small_name, SMALL)
        fill_clearances(large_name, large)
        times: dict[str, list[float]] = {small_name: [], large_name: []}
        for _ in range(ROUNDS):
            for name in times:
                connect_as(name, Role.APP)
                times[name] += [_page() for _ in range(WARM + CALLS)][WARM:]
        at_small, at_large = (percentile(each, 0.95) for each in times.values())
        medians = [percentile(each, 0.5) for each in times.values()]
    ratio = at_large / at_small
    return Figure(
        figure="queue",
        value=round(at_large, 2),
        unit="ms, 95th percentile at the larger",
        limit=round(at_small, 2),
        ratio=round(ratio, 2),
        target=f"ratio <= {TARGET}",
        n=2 * ROUNDS * CALLS,
        seed=options.seed,
        misses=misses(ratio=ratio <= TARGET),
        details={"cases": [SMALL, large], "median_ms": [round(each, 2) for each in medians]},
    )


def _page() -> float:
    """Milliseconds of one look at the queue; the first page and the one after it in turns."""
    from emigrate.domains.clearances.queries import scrutiny_queue  # app ready
    from emigrate.domains.reference.enums import Role as Office  # app ready
    from emigrate.foundation.actors import Actor  # app ready
    from emigrate.foundation.transactions import acting  # app ready

    officer = Actor(Office.POE, user_id=1, office="BOM")
    began = time.perf_counter()
    with acting(officer):
        first = scrutiny_queue(officer)
        if next(_turn) % 2:
            last = first[-1]
            assert last.priority_at is not None, "what waits has its place"
            scrutiny_queue(officer, after=(last.priority_at, last.pk))
    assert len(first) == PAGE, "the queue must have a full page"
    return (time.perf_counter() - began) * 1000


_turn = count()
PAGE = 30


if __name__ == "__main__":
    sys.exit(run_figure(measure))
