import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emigrate.foundation.http.breaker import Breaker, BreakerHealth, BreakerLimits, BreakerState


class Clock:
    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


def breaker_with(clock, **limits):
    return Breaker(BreakerLimits(**limits), clock=clock)


def fail(breaker, times):
    for _ in range(times):
        breaker.failed(breaker.admit())


def test_five_failures_in_a_row_open_it():
    breaker = breaker_with(Clock())

    fail(breaker, 4)
    before = breaker.health()
    fail(breaker, 1)

    assert before == BreakerHealth(BreakerState.CLOSED, 4, 4, 4, None)
    assert breaker.health() == BreakerHealth(BreakerState.OPEN, 5, 0, 0, 0.0)
    assert breaker.admit() is None


def test_a_success_breaks_the_row():
    breaker = breaker_with(Clock())

    fail(breaker, 4)
    breaker.succeeded(breaker.admit())
    fail(breaker, 4)

    assert breaker.health().state is BreakerState.CLOSED


def test_more_than_half_in_the_window_opens_it():
    breaker = breaker_with(Clock())

    for _ in range(5):
        breaker.succeeded(breaker.admit())
        fail(breaker, 1)
    half = breaker.health().state
    fail(breaker, 1)

    assert (half, breaker.health().state) == (BreakerState.CLOSED, BreakerState.OPEN)


def test_failures_older_than_the_window_are_forgotten():
    clock = Clock()
    breaker = breaker_with(clock)

    for _ in range(5):
        breaker.succeeded(breaker.admit())
        fail(breaker, 1)
    clock.now += 60.1
    fail(breaker, 1)

    assert breaker.health() == BreakerHealth(BreakerState.CLOSED, 2, 1, 1, None)


def test_after_the_rest_one_probe_closes_it():
    clock = Clock()
    breaker = breaker_with(clock)
    fail(breaker, 5)

    clock.now += 29.9
    early = breaker.admit()
    clock.now += 0.1
    half_open = breaker.health().state
    probe, second = breaker.admit(), breaker.admit()
    breaker.succeeded(probe)

    assert (early, half_open, second) == (None, BreakerState.HALF_OPEN, None)
    assert breaker.health() == BreakerHealth(BreakerState.CLOSED, 0, 1, 0, None)
    assert breaker.admit() is not None


def test_a_failed_probe_begins_the_rest_anew():
    clock = Clock()
    breaker = breaker_with(clock)
    fail(breaker, 5)

    clock.now += 30
    breaker.failed(breaker.admit())
    clock.now += 29.9

    assert (breaker.admit(), breaker.health().state) == (None, BreakerState.OPEN)


def test_a_probe_that_never_reports_gives_way_to_another():
    clock = Clock()
    breaker = breaker_with(clock)
    fail(breaker, 5)

    clock.now += 30
    lost = breaker.admit()
    clock.now += 30
    next_probe = breaker.admit()
    breaker.failed(lost)
    breaker.succeeded(next_probe)

    assert breaker.health().state is BreakerState.CLOSED


def test_a_late_answer_from_before_the_opening_changes_nothing():
    breaker = breaker_with(Clock())
    late = breaker.admit()

    fail(breaker, 5)
    breaker.succeeded(late)

    assert breaker.health().state is BreakerState.OPEN


def test_only_one_of_many_threads_gets_the_probe():
    clock = Clock()
    breaker = breaker_with(clock)
    fail(breaker, 5)
    clock.now += 30
    tickets = []
    gate = threading.Barrier(32)

    def ask():
        gate.wait()
        tickets.append(breaker.admit())

    threads = [threading.Thread(target=ask) for _ in range(32)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(ticket is not None for ticket in tickets) == 1


@pytest.mark.parametrize("rest", [1.0, 30.0])
@settings(deadline=None)
@given(outcomes=st.lists(st.booleans(), max_size=60))
def test_whatever_happened_it_recovers_after_the_rest(rest, outcomes):
    clock = Clock()
    breaker = breaker_with(clock, rest=rest)

    for good in outcomes:
        ticket = breaker.admit()
        if ticket is not None:
            (breaker.succeeded if good else breaker.failed)(ticket)
        clock.now += 0.1
    clock.now += rest
    probe = breaker.admit()
    breaker.succeeded(probe)

    assert breaker.health().state is BreakerState.CLOSED
