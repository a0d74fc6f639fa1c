"""Walks through the API: every call must be answered with success, and its route is noted."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from emigrate.foundation import clock
from emigrate.foundation.actors import Actor
from emigrate.foundation.transactions import acting
from tests.api.caller import Caller, caller
from tests.factories.clearances import Scene

SYSTEM = Actor.system("test-walk")
PLACEHOLDER = re.compile(r"<(?:\w+:)?(\w+)>")


@dataclass
class Walk:
    """Everybody of a scene as callers, and the routes that were walked with success."""

    scene: Scene
    walked: set[tuple[str, str]] = field(default_factory=set)
    _callers: dict[int, Caller] = field(default_factory=dict)

    def get(self, who: Actor | None, path: str) -> Any:
        """A read; its JSON, or its bytes."""
        return self._noted("GET", self._caller(who).get(path))

    def post(self, who: Actor, path: str, body: Any = None) -> Any:
        """A write; its JSON, or its bytes."""
        return self._noted("POST", self._caller(who).post(path, body))

    def later(self, moment: datetime) -> None:
        """Go on at this moment, everybody signed in anew: tokens do not last for ever."""
        self.scene.at(moment)
        self._callers.clear()

    def do(self, act: Any, *args: Any, **kwargs: Any) -> Any:
        """What is no call: a partner's word, a clock."""
        with clock.simulate(self.scene.now):
            return act(*args, **kwargs)

    def row(self, model: Any, **key: Any) -> Any:
        """A row as it stands, seen by the platform."""
        with acting(SYSTEM):
            return model.objects.filter(**key).order_by("-pk").first()

    def _caller(self, who: Actor | None) -> Caller:
        known = 0 if who is None else who.user_id or 0
        if known not in self._callers:
            self._callers[known] = caller(who, moment=self.scene.now)
        self._callers[known].moment = self.scene.now
        return self._callers[known]

    def _noted(self, method: str, response: Any) -> Any:
        route = response.wsgi_request.resolver_match.route
        path = PLACEHOLDER.sub(r"{\1}", route).removeprefix("v1")
        assert response.status_code < 300, (method, path, response.content.decode()[:2000])
        self.walked.add((method, path))
        if response.headers["Content-Type"].startswith("application/json"):
            return response.json()
        return response.content
