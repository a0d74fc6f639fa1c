"""What every partner's side has in common: routes, repeated requests, one request at a time."""

import hashlib
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from typing import ClassVar

from sandbox.answers import Answer, Problem
from sandbox.schema import Schema

INDIA = timezone(timedelta(hours=5, minutes=30))
"""Asia/Kolkata, the calendar of every office; the same all year."""

Announce = Callable[[str, dict[str, object]], str]
"""Sends news of a type with its data, and gives the event's id."""


@dataclass(frozen=True, slots=True)
class Route:
    """One operation: `key` names the field of the body that must equal the Idempotency-Key.

    `query` names what may stand behind the question mark.
    """

    method: str
    path: str
    operation: str
    schema: Schema | None = None
    key: str = ""
    query: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Request:
    """A request whose signature and schema hold. `origin` is our own address."""

    operation: str
    parameters: tuple[str, ...]
    body: dict[str, object]
    scenario: str
    value: float
    origin: str
    query: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outcome:
    """An answer and whether it was kept from an earlier request with the same key."""

    answer: Answer
    replayed: bool = False


class Office:
    """One partner. A subclass gives `code`, `routes` and `act`."""

    code: ClassVar[str]
    routes: ClassVar[tuple[Route, ...]]
    reused: ClassVar[tuple[int, str]]

    def __init__(self, seed: int, now: Callable[[], datetime]) -> None:
        self.seed = seed
        self.now = now
        self._lock = threading.Lock()
        self._kept: dict[tuple[str, str], tuple[str, Answer]] = {}
        self._ids: dict[tuple[str, str], str] = {}

    def today(self) -> date:
        """The day that the office's calendar shows."""
        return self.now().astimezone(INDIA).date()

    def act(self, request: Request) -> Answer:
        """Do it. Called with the office's lock held, once for each Idempotency-Key."""
        raise NotImplementedError

    def find(self, method: str, path: str) -> tuple[Route, tuple[str, ...]]:
        """The route of a path, with its parameters; Problem 404 or 405."""
        found = False
        for route in self.routes:
            match = re.fullmatch(route.path, path)
            if match and route.method == method:
                return route, match.groups()
            found = found or match is not None
        status = 405 if found else 404
        raise Problem(status, f"{self.code}-{status}", "no_such_operation", check="schema")

    def check_id(self, key_id: str, request_id: str, method: str, target: str, body: bytes) -> None:
        """A request id belongs to one request; Problem 409 for another under the same id."""
        fingerprint = hashlib.sha256(f"{method} {target}\n".encode() + body).hexdigest()
        with self._lock:
            if self._ids.setdefault((key_id, request_id), fingerprint) != fingerprint:
                raise Problem(409, f"{self.code}-409", "request_id_reused", check="order")

    def once(self, request: Request, key: str, body: bytes) -> Outcome:
        """Act, or repeat the answer kept under this key; refusals of the request are not kept."""
        if not key:
            with self._lock:
                return Outcome(self.act(request))
        place = (request.operation, key)
        fingerprint = hashlib.sha256(body).hexdigest()
        with self._lock:
            kept = self._kept.get(place)
            if kept is None:
                answer = self.act(request)
                self._kept[place] = (fingerprint, answer)
                return Outcome(answer)
            if kept[0] != fingerprint:
                status, code = self.reused
                raise Problem(status, code, "idempotency_key_reused", check="order")
            return Outcome(kept[1], replayed=True)
