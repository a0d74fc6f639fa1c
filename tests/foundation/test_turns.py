"""Work is taken in the order of the queue, shown on the employer's registration."""

from datetime import UTC, datetime, timedelta

import pytest

from emigrate.domains.employers.models import Employer
from emigrate.foundation import clock
from emigrate.foundation.errors import OutOfTurn
from emigrate.foundation.transactions import acting
from emigrate.foundation.turns import require_turn
from tests.factories.employers import SYSTEM, a_draft, a_submitted

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)


@pytest.fixture
def queue():
    """Three registrations; the one with the lowest number came last, two at one moment."""
    with clock.simulate(NOW):
        cases = [a_submitted() for _ in range(3)]
    with clock.simulate(NOW + timedelta(hours=1)), acting(SYSTEM):
        Employer.objects.filter(pk=cases[0].pk).update(state_since=NOW + timedelta(hours=1))
        return [Employer.objects.get(pk=case.pk) for case in cases]


def turn(case, reason="", **others):
    with acting(SYSTEM):
        waiting = Employer.objects.filter(state="submitted")
        return require_turn(case, waiting, reason, **others)


def test_the_first_comes_by_the_moment_then_by_the_number(queue):
    last, first, second = queue

    assert turn(first) is None
    for later in (second, last):
        with pytest.raises(OutOfTurn) as caught:
            turn(later)
        assert (caught.value.facts, caught.value.reason_code) == (
            {"reference": later.reference},
            "out_of_turn",
        )


def test_another_column_may_give_the_order(queue):
    lowest = queue[0]

    assert turn(lowest, by="created_at") is None
    with pytest.raises(OutOfTurn):
        turn(queue[1], by="created_at")


def test_a_reason_takes_any_case_and_a_blank_is_none(queue):
    last = queue[0]

    assert turn(last, "The licence ends tomorrow.") is None
    with pytest.raises(OutOfTurn):
        turn(last, " \n")


def test_what_does_not_wait_in_the_queue_hinders_nobody(queue):
    with clock.simulate(NOW - timedelta(days=1)):
        a_draft()

    assert turn(queue[1]) is None
