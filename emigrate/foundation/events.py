"""Upward news: a higher domain subscribes to what happened below it, in the same transaction."""

from collections import defaultdict
from collections.abc import Callable
from typing import Any, TypeAlias

from emigrate.foundation.actors import Actor

Subscriber: TypeAlias = Callable[..., None]

_subscribers: dict[str, list[Subscriber]] = defaultdict(list)


def on(event: str) -> Callable[[Subscriber], Subscriber]:
    """Call the decorated function with (case, actor=...) whenever `event` is published."""

    def register(subscriber: Subscriber) -> Subscriber:
        if subscriber not in _subscribers[event]:
            _subscribers[event].append(subscriber)
        return subscriber

    return register


def publish(event: str, case: Any, *, actor: Actor) -> None:  # any domain's case
    """Tell every subscriber; a subscriber's refusal refuses the step."""
    for subscriber in _subscribers.get(event, ()):
        subscriber(case, actor=actor)


def subscribed() -> dict[str, list[str]]:
    """Which function hears which event, for the documents."""
    return {
        event: [f"{function.__module__}.{function.__qualname__}" for function in functions]
        for event, functions in sorted(_subscribers.items())
    }
