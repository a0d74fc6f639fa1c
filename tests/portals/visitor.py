"""Somebody at the pages: every page that is shown is checked for what every page must have."""

from typing import Any

from django.core import signing
from django.http import HttpResponse
from django.test import Client

from emigrate.domains.accounts.actions import start_session
from emigrate.domains.accounts.models import Membership
from emigrate.foundation import clock
from emigrate.foundation.actors import Actor
from emigrate.foundation.transactions import acting
from emigrate.portals.sign_in import COOKIE, SALT
from tests.factories.clearances import SYSTEM, Scene
from tests.portals.markup import Markup, read


class Visitor:
    """A browser without scripts."""

    def __init__(self, scene: Scene, language: str) -> None:
        self.scene = scene
        self.client = Client()
        self.client.cookies["django_language"] = language

    def get(self, address: str, status: int = 200) -> Markup:
        """Open a page."""
        return self._seen(self._asked("get", address), status)

    def post(self, address: str, status: int = 200, **typed: Any) -> Markup:
        """Send a form that is shown again."""
        return self._seen(self._asked("post", address, typed), status)

    def sent(self, address: str, **typed: Any) -> str:
        """Send a form that is taken: the address to which the browser goes on."""
        answer = self._asked("post", address, typed)
        assert answer.status_code == 302, answer.content.decode()
        return answer["Location"]

    def raw(self, address: str) -> HttpResponse:
        """An answer that is no page."""
        return self._asked("get", address)

    def _asked(self, method: str, address: str, typed: Any = None) -> HttpResponse:
        with clock.simulate(self.scene.now):
            return getattr(self.client, method)(address, typed)

    def _seen(self, answer: HttpResponse, status: int) -> Markup:
        assert answer.status_code == status, answer.content.decode()[:2000]
        page = read(answer.content.decode())
        assert page.faults() == []
        return page


def signed_in(actor: Actor | None, scene: Scene, language: str) -> Visitor:
    """A visitor with the session of this actor's account."""
    visitor = Visitor(scene, language)
    if actor is not None:
        with acting(SYSTEM):
            member = Membership.objects.get(user_id=actor.user_id, role=actor.role)
        secret = scene.do(start_session, member.pk, actor=SYSTEM)
        visitor.client.cookies[COOKIE] = signing.TimestampSigner(salt=SALT).sign(secret)
    return visitor
