"""Simulated time, and a measured record of every step taken in it."""

import time
from collections import defaultdict
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import ParamSpec, TypeVar

from emigrate.foundation import clock, jobs

P = ParamSpec("P")
R = TypeVar("R")


class Clockwork:
    """The moment that the simulation believes in; steps are taken at it, and timed."""

    def __init__(self, begins: datetime) -> None:
        self.moment = begins
        self.milliseconds: dict[str, list[float]] = defaultdict(list)

    def pass_time(self, **parts: float) -> None:
        """Let time go by: `pass_time(hours=3)`."""
        self.moment += timedelta(**parts)

    def do(self, action: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Take one step at the simulated moment; its duration is kept under its name."""
        began = time.perf_counter()
        with clock.simulate(self.moment):
            result = action(*args, **kwargs)
        self.milliseconds[action.__name__].append((time.perf_counter() - began) * 1000)
        return result

    def run_jobs(self, *queues: str) -> int:
        """Run what waits for a worker, at the simulated moment."""
        began = time.perf_counter()
        with clock.simulate(self.moment):
            ran = jobs.run_waiting(queues or jobs.QUEUES)
        if ran:
            each = (time.perf_counter() - began) * 1000 / ran
            self.milliseconds["job"].extend([each] * ran)
        return ran
