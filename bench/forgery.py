"""One million altered QR texts, in two processes: the gate must accept none of them.

An honest text is checked in between and must pass, so that a gate that refuses everything misses.
"""

import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from bench.figure import Figure, Options, misses, run_figure
from gate import Verdict
from tests.gate.forgery import accepted, alterations
from tests.gate.specimen import NOW, issue, world

ALTERED = 1_000_000
PROCESSES = 2
PART = 5000


def altered(job: tuple[int, int]) -> tuple[int, int]:
    """(accepted alterations, honest texts refused) of one part, on a fresh clearance."""
    seed, count = job
    text, verifier = issue(c7=seed.to_bytes(16, "big")), world().verifier()
    wrong = accepted(verifier, alterations(text, count, seed))
    honest = verifier.check(text, NOW).verdict is Verdict.VALID
    return len(wrong), 0 if honest else 1


def measure(options: Options) -> Figure:
    """How many alterations passed; every part has a clearance of its own."""
    count = options.size or ALTERED
    parts = [(options.seed * 10**6 + part, PART) for part in range(-(-count // PART))]
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("fork")) as pool:
        answers = list(pool.map(altered, parts))
    passed, refused = (sum(column) for column in zip(*answers, strict=True))
    return Figure(
        figure="forgery",
        value=passed,
        unit="altered texts accepted",
        target="0",
        n=len(parts) * PART,
        seed=options.seed,
        misses=misses(no_forgery_accepted=passed == 0, honest_texts_accepted=refused == 0),
        details={"honest": len(parts), "honest_refused": refused, "processes": PROCESSES},
    )


if __name__ == "__main__":
    sys.exit(run_figure(measure))
