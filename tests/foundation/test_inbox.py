"""One effect an event: again, years later, at the same moment, or with other content."""

from uuid import uuid4

import pytest

from emigrate.foundation.actors import Actor
from emigrate.foundation.inbox import EventReused, taken_first
from emigrate.foundation.models import ReceivedEvent
from emigrate.foundation.transactions import acting
from tests.races import race

SYSTEM = Actor.system("test")


def taken(sender, event_id, content=b"{}"):
    with acting(SYSTEM):
        return taken_first(sender, event_id, content)


@pytest.mark.django_db
def test_an_event_comes_first_once():
    event = uuid4()

    assert [taken("insurer", event) for _ in range(3)] == [True, False, False]
    assert taken("insurer", uuid4())
    assert taken("passport_registry", event)


@pytest.mark.django_db
def test_an_id_stands_for_one_event():
    event = uuid4()
    taken("insurer", event, b'{"a": 1}')

    with pytest.raises(EventReused):
        taken("insurer", event, b'{"a": 2}')


def test_at_the_same_moment_one_is_the_first(committed_database):
    del committed_database
    event = uuid4()

    came = race(32, lambda _: taken("insurer", event))

    assert sorted(came) == [False] * 31 + [True]


def test_what_was_refused_may_come_again(committed_database):
    del committed_database
    event = uuid4()

    def refused():
        with acting(SYSTEM):
            assert taken_first("insurer", event, b"{}")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        refused()

    assert taken("insurer", event)
    with acting(SYSTEM):
        assert ReceivedEvent.objects.filter(event_id=event).count() == 1
