"""Who hears what, in the transaction in which it happened."""

import pytest

from emigrate.foundation import events
from emigrate.foundation.actors import Actor

SYSTEM = Actor.system("test")


@pytest.fixture(autouse=True)
def no_subscribers(monkeypatch):
    monkeypatch.setattr(events, "_subscribers", events.defaultdict(list))


def test_every_subscriber_hears_in_order():
    heard = []
    for name in ("first", "second"):

        @events.on("case.moved")
        def hear(case, *, actor, name=name):
            heard.append((name, case, actor))

    events.publish("case.moved", "case", actor=SYSTEM)
    events.publish("case.other", "case", actor=SYSTEM)

    assert heard == [("first", "case", SYSTEM), ("second", "case", SYSTEM)]


def test_the_same_function_hears_once():
    heard = []

    def hear(case, *, actor):
        heard.append(case)

    for _ in range(2):
        events.on("case.moved")(hear)
    events.publish("case.moved", 1, actor=SYSTEM)

    assert heard == [1]


def test_a_subscribers_refusal_refuses_the_step():
    @events.on("case.moved")
    def refuse(case, *, actor):
        raise LookupError

    with pytest.raises(LookupError):
        events.publish("case.moved", 1, actor=SYSTEM)


def test_what_is_subscribed_can_be_printed():
    @events.on("b.moved")
    @events.on("a.moved")
    def hear(case, *, actor):
        pass

    name = f"{__name__}.test_what_is_subscribed_can_be_printed.<locals>.hear"
    assert events.subscribed() == {"a.moved": [name], "b.moved": [name]}
    assert events.subscribed() is not events.subscribed()
