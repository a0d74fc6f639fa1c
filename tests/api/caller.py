"""A caller of the API: a real token, real headers, and the scene's moment."""

import json
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.http import HttpResponse
from django.test import Client

from emigrate.domains.accounts.actions import issue_token
from emigrate.domains.accounts.models import Membership
from emigrate.foundation import clock
from emigrate.foundation.actors import Actor
from emigrate.foundation.transactions import acting

SYSTEM = Actor.system("test-caller")


def token_of(actor: Actor, *, moment: datetime | None = None) -> str:
    """An access token for the membership behind an actor."""
    with _time(moment), acting(SYSTEM):
        rows = Membership.objects.filter(user_id=actor.user_id, role=actor.role)
        return issue_token(rows.get().pk, "tests", 30, actor=SYSTEM)


@dataclass
class Caller:
    """Calls as one actor; answers are the client's own responses."""

    token: str = ""
    moment: datetime | None = None
    client: Client = field(default_factory=lambda: Client(raise_request_exception=False))

    def get(self, path: str, **headers: str) -> HttpResponse:
        """GET /v1<path>."""
        with _time(self.moment):
            return self.client.get(f"/v1{path}", headers=self._headers(headers))

    def head(self, path: str, **headers: str) -> HttpResponse:
        """HEAD /v1<path>."""
        with _time(self.moment):
            return self.client.head(f"/v1{path}", headers=self._headers(headers))

    def post(self, path: str, body: Any = None, **headers: str) -> HttpResponse:
        """POST /v1<path> with a fresh key unless one is named; a body of bytes goes as it is."""
        named = self._headers({"Idempotency_Key": str(uuid4()), **headers})
        data = body if isinstance(body, bytes) else json.dumps({} if body is None else body)
        with _time(self.moment):
            return self.client.post(
                f"/v1{path}", data, content_type="application/json", headers=named
            )

    def _headers(self, named: dict[str, str]) -> dict[str, str]:
        fixed = {name.replace("_", "-"): value for name, value in named.items() if value}
        return {"Authorization": f"Bearer {self.token}", **fixed} if self.token else fixed


def caller(actor: Actor | None = None, *, moment: datetime | None = None) -> Caller:
    """Somebody who calls with a token of this actor; nobody without one."""
    return Caller("" if actor is None else token_of(actor, moment=moment), moment)


def code_of(response: HttpResponse) -> tuple[int, str]:
    """Status and stable code of a problem."""
    return response.status_code, response.json()["code"]


@contextmanager
def _time(moment: datetime | None) -> Any:
    if moment is None:
        yield
        return
    with clock.simulate(moment):
        yield
