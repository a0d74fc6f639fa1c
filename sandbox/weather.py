"""Slowness and faults as they come by themselves, repeatable by seed and request id."""

import hashlib
import math
import random
import threading
from collections import Counter

MEDIAN_AND_P99 = {
    "passport-registry": (0.4, 6.0),
    "insurer": (1.0, 12.0),
    "payment-gateway": (0.8, 10.0),
}
"""Seconds; assumptions, no partner publishes such figures."""

P99_SIGMAS = 2.326
FAULTS = ("status", "drop_before", "drop_after_commit", "garbage")


class Weather:
    """Off unless asked for. The n-th try of one request id always meets the same weather."""

    def __init__(self, seed: int, fault_rate: float, *, latency: bool) -> None:
        self._seed = seed
        self._rate = fault_rate
        self._latency = latency
        self._tries: Counter[str] = Counter()
        self._lock = threading.Lock()

    def forecast(self, partner: str, request_id: str) -> tuple[float, str]:
        """Seconds to wait, and the name of a fault or nothing."""
        if not self._latency and not self._rate:
            return 0.0, ""
        with self._lock:
            self._tries[request_id] += 1
            tries = self._tries[request_id]
        digest = hashlib.sha256(f"{self._seed}|{partner}|{request_id}|{tries}".encode()).digest()
        dice = random.Random(digest)  # noqa: S311 - repeatable weather, no secret
        wait = 0.0
        if self._latency:
            median, p99 = MEDIAN_AND_P99[partner]
            wait = median * math.exp(dice.gauss(0, math.log(p99 / median) / P99_SIGMAS))
        fault = dice.choice(FAULTS) if dice.random() < self._rate else ""
        return wait, fault
