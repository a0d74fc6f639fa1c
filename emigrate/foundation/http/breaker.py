"""A circuit breaker for one operation of one partner: stop asking who is down, probe, resume."""

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class BreakerState(StrEnum):
    """Closed lets every call through, open none, half-open one probe at a time."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


@dataclass(frozen=True, slots=True)
class BreakerLimits:
    """When to open and for how long; seconds, and shares of 1.

    The share is judged from `least_calls` calls in the window, so that one failure in one call
    does not open the breaker.
    """

    consecutive: int = 5
    share: float = 0.5
    window: float = 60.0
    least_calls: int = 10
    rest: float = 30.0


@dataclass(frozen=True, slots=True)
class BreakerHealth:
    """What a health page shows. `open_for` is seconds since it opened, None while closed."""

    state: BreakerState
    consecutive_failures: int
    calls: int
    failures: int
    open_for: float | None


class Breaker:
    """Opens after too many failures, rests, then lets one probe decide. Safe between threads."""

    def __init__(
        self, limits: BreakerLimits | None = None, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.limits = limits or BreakerLimits()
        self._clock = clock
        self._lock = threading.Lock()
        self._era = 0
        self._opened_at: float | None = None
        self._probe_at: float | None = None
        self._consecutive = 0
        self._recent: deque[tuple[float, bool]] = deque()

    def admit(self) -> int | None:
        """A ticket for one call, or None when the call must not be made."""
        with self._lock:
            if self._opened_at is None:
                return self._era
            now = self._clock()
            last = self._opened_at if self._probe_at is None else self._probe_at
            if now - last < self.limits.rest:
                return None
            # A probe that never reported back (its thread died) gives way to the next one.
            self._probe_at = now
            self._era += 1
            return self._era

    def succeeded(self, ticket: int) -> None:
        """The partner answered. A call from before the last change of state says nothing."""
        with self._lock:
            if ticket != self._era:
                return
            self._consecutive = 0
            if self._opened_at is not None:
                self._opened_at = self._probe_at = None
                self._era += 1
            self._remember(failed=False)

    def failed(self, ticket: int) -> None:
        """The partner gave no usable answer."""
        with self._lock:
            if ticket != self._era:
                return
            self._consecutive += 1
            self._remember(failed=True)
            if self._opened_at is not None or self._too_many():
                self._open()

    def health(self) -> BreakerHealth:
        """The state now, for logs and health pages; asking changes nothing."""
        with self._lock:
            self._forget_old()
            open_for = None if self._opened_at is None else self._clock() - self._opened_at
            failures = sum(failed for _, failed in self._recent)
            return BreakerHealth(
                self._state(), self._consecutive, len(self._recent), failures, open_for
            )

    def _state(self) -> BreakerState:
        if self._opened_at is None:
            return BreakerState.CLOSED
        rested = self._clock() - self._opened_at >= self.limits.rest
        return BreakerState.HALF_OPEN if rested else BreakerState.OPEN

    def _open(self) -> None:
        self._opened_at = self._clock()
        self._probe_at = None
        self._era += 1
        self._recent.clear()

    def _too_many(self) -> bool:
        if self._consecutive >= self.limits.consecutive:
            return True
        failures = sum(failed for _, failed in self._recent)
        calls = len(self._recent)
        return calls >= self.limits.least_calls and failures > self.limits.share * calls

    def _remember(self, *, failed: bool) -> None:
        self._recent.append((self._clock(), failed))
        self._forget_old()

    def _forget_old(self) -> None:
        oldest = self._clock() - self.limits.window
        while self._recent and self._recent[0][0] < oldest:
            self._recent.popleft()
