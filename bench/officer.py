"""What a clean case costs an officer, and how soon its automatic checks are there.

Workers walk the road by HTTP up to the hand-in, all at once; jobs run in the platform's worker.
Then an officer works the queue in a real browser with real keys: every page that loads from the
queue to the decision counts, and every key, one that is held with another too. One half of the
cases is decided by the access key, the other by Tab and Enter alone.
"""

import sys
import tempfile
from pathlib import Path

from bench.browser import CHROMIUM, Page, chromium
from bench.databases import simulated
from bench.figure import Figure, Options, misses, run_figure
from bench.road import QUEUES, pass_a_day, settle, working
from bench.server import serving
from bench.traveller import (
    STAGES,
    Crowd,
    Stage,
    Traveller,
    decide,
    draft_contract,
    give_accounts,
    lock,
    stage_for,
)
from emigrate.ops.database import connect_as_superuser

NAME = "bench_officer"
CASES = 10
WAGE = (600_00, "USD")
"""In the floor's own currency: one in another is for an officer to compare, so no clean case."""
MOST_LOADS, MOST_KEYS, MOST_SECONDS = 2, 6, 60.0


def measure(options: Options) -> Figure:
    """The largest counts of pages, keys and seconds over the cases."""
    if CHROMIUM is None:
        message = "this figure needs Debian's chromium (apt-get install chromium)"
        raise SystemExit(message)
    size = options.size or CASES
    with simulated(NAME, seed=options.seed, keep=options.keep):
        stage = stage_for(size, WAGE)
        with serving(NAME) as (port, _), working(NAME, QUEUES):
            _hand_in(stage, port, size)
            seconds = _seconds_to_checks()
            work = _decided(port, size)
    loads, keys = (max(column) for column in zip(*work, strict=True))
    return Figure(
        figure="officer",
        value=keys,
        unit="keys for a clean case, most",
        target=f"<= {MOST_LOADS} pages, <= {MOST_KEYS} keys, checks <= {MOST_SECONDS:.0f} s",
        n=size,
        seed=options.seed,
        misses=misses(
            loads=loads <= MOST_LOADS,
            keys=keys <= MOST_KEYS,
            checks=len(seconds) == size and max(seconds) <= MOST_SECONDS,
        ),
        details={
            "page_loads": loads,
            "keys_least": min(each for _, each in work),
            "checks_s": round(max(seconds), 1),
        },
    )


def _hand_in(stage: Stage, port: int, size: int) -> None:
    travellers = [Traveller(number + 1) for number in range(size)]
    crowd = Crowd(stage, port, travellers)
    for step in STAGES[: STAGES.index(decide)]:
        if step is draft_contract:
            give_accounts(stage, travellers)
        if step is lock:
            pass_a_day(NAME)
        crowd.walk(step)
        settle(NAME)


def _seconds_to_checks() -> list[float]:
    """For every application: from its hand-in to its last automatic check."""
    with connect_as_superuser(database=NAME) as session:
        rows = session.execute(
            "SELECT extract(epoch FROM max(k.at) - c.submitted_at) "
            "FROM clearances_clearance c JOIN clearances_check k ON k.clearance_id = c.id "
            "WHERE c.state = 'queued' GROUP BY c.id"
        ).fetchall()
    return [float(each) for (each,) in rows]


def _decided(port: int, size: int) -> list[tuple[int, int]]:
    """Pages and keys of every case of the queue."""
    site = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory() as folder, chromium(Path(folder)) as page:
        _sign_in(page, site)
        return [(_by_tab if turn % 2 else _by_access_key)(page, site) for turn in range(size)]


def _sign_in(page: Page, site: str) -> None:
    page.open(f"{site}/sign-in")
    chosen = page.run(
        "(() => { const label = [...document.querySelectorAll('label')]"
        ".find(each => each.innerText.startsWith('poe-'));"
        "document.getElementById(label.htmlFor).checked = true;"
        "document.querySelector('main form').submit(); return label.innerText })()"
    )
    assert chosen, "no officer to sign in as"
    page.wait_for_load()


def _by_access_key(page: Page, site: str) -> tuple[int, int]:
    _at_the_queue(page, site)
    page.press("Enter", loads=True)
    page.press("a", alt=True, loads=True)
    return _counted(page)


def _by_tab(page: Page, site: str) -> tuple[int, int]:
    _at_the_queue(page, site)
    page.press("Enter", loads=True)
    page.press("Tab")
    page.press("Enter")
    page.press("Tab")
    page.press("Enter", loads=True)
    return _counted(page)


def _at_the_queue(page: Page, site: str) -> None:
    page.open(f"{site}/officer/")
    page.count()


def _counted(page: Page) -> tuple[int, int]:
    said = page.run("(document.querySelector('.done-note') || {}).textContent")
    assert (said or "").startswith("EC-"), "the decision was not taken"
    return page.loads, page.keys


if __name__ == "__main__":
    sys.exit(run_figure(measure))
