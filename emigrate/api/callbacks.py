"""Where partners tell us something: /callbacks/<partner>, signed, each event once.

Nothing here is believed but who sent it. What is told says where to look; the domain's job asks the
partner and acts on that answer. The wire: docs/partners/README.md.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias
from uuid import UUID

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt

from emigrate.api.bodies import WrongMediaType
from emigrate.api.problems import MethodNotAllowed, answer_to
from emigrate.domains.emigrants import actions as emigrants
from emigrate.domains.insurance import actions as insurance
from emigrate.foundation.actors import Actor
from emigrate.foundation.errors import DomainError, InvalidInput, TooLarge
from emigrate.foundation.http import Forged, Incoming, Unreadable, signed_by
from emigrate.foundation.inbox import taken_first
from emigrate.foundation.transactions import acting
from emigrate.foundation.web.middleware import request_id_of
from emigrate.partners import directory
from emigrate.partners.insurer.contract import ClaimNews
from emigrate.partners.news import News, news_of

LOG = structlog.get_logger("emigrate.partners")

MOST_BYTES = 64 * 1024
SIGNED_HEADERS = ("Signature-Input", "Signature", "Content-Digest", "X-Request-Id")

Effect: TypeAlias = Callable[[Actor], None]


class SignatureRefused(DomainError):
    """What came is not signed by the partner as it stands here."""

    code = "signature_refused"
    status = 401
    text = _("The signature does not hold. Sign method, address, body and request id again.")


@dataclass(frozen=True, slots=True)
class Sender:
    """A partner that tells us things: its name in our addresses, and what its news lets happen.

    `read` turns news into an effect and raises Unreadable for what the contract does not have.
    """

    partner: str
    slug: str
    read: Callable[[News], Effect]

    @property
    def media_type(self) -> str:
        """What the body comes as."""
        return f"application/vnd.emigrate.{self.slug}.v1+json"


def _of_registry(news: News) -> Effect:
    told = directory.passport_news(news)
    return lambda actor: emigrants.take_status_news(told.number, actor=actor)


def _of_insurer(news: News) -> Effect:
    told = directory.insurer_news(news)
    if isinstance(told, ClaimNews):
        return lambda actor: insurance.take_claim_news(told, actor=actor)
    return lambda actor: insurance.take_policy_news(told.reference, actor=actor)


SENDERS = (
    Sender("passport_registry", "passport-registry", _of_registry),
    Sender("insurer", "insurer", _of_insurer),
)


def _callback(sender: Sender) -> Callable[[HttpRequest], HttpResponse]:
    @csrf_exempt
    def received(request: HttpRequest) -> HttpResponse:
        try:
            return _received(sender, request)
        except Exception as error:  # noqa: BLE001 - every fault becomes a problem, as in the API
            return answer_to(error, request)

    return received


def _received(sender: Sender, request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        raise MethodNotAllowed
    body = _body(request)
    _require_signed(sender, request, body)
    if request.content_type != sender.media_type:
        raise WrongMediaType
    news, effect = _read(sender, body)
    actor = Actor.system(request_id_of(request))
    with acting(actor):
        first = taken_first(sender.partner, news.event_id, body)
        if first:
            effect(actor)
    LOG.info("partner.news", partner=sender.partner, type=news.type, first=first)
    return _taken(news.event_id, first=first)


def _body(request: HttpRequest) -> bytes:
    length = request.META.get("CONTENT_LENGTH", "")
    if not length.isdecimal() or int(length) > MOST_BYTES:
        raise TooLarge(most=MOST_BYTES)
    return request.body


def _require_signed(sender: Sender, request: HttpRequest, body: bytes) -> None:
    headers = {name.lower(): request.headers.get(name, "") for name in SIGNED_HEADERS}
    scheme = "https" if settings.PRODUCTION else request.scheme
    target = f"{scheme}://{request.get_host()}{request.get_full_path()}"
    incoming = Incoming("POST", target, headers, body)
    try:
        # Real time, as the door's own signatures, also where the platform simulates another day.
        signed_by(incoming, directory.sender_keys(sender.partner), now=time.time())
    except Forged as forged:
        LOG.warning("partner.news_refused", partner=sender.partner, reason=str(forged))
        raise SignatureRefused(reason=str(forged)) from forged


def _read(sender: Sender, body: bytes) -> tuple[News, Effect]:
    try:
        news = news_of(body)
        return news, sender.read(news)
    except Unreadable as fault:
        text = _("This is not what the contract has in this place.")
        raise InvalidInput.at(f"/{fault.field}", "outside_contract", text) from fault


def _taken(event_id: UUID, *, first: bool) -> HttpResponse:
    shown: Mapping[str, str] = {
        "eventId": str(event_id),
        "result": "accepted" if first else "duplicate",
    }
    response = JsonResponse(dict(shown), status=202 if first else 200)
    response["Cache-Control"] = "no-store"
    return response


urlpatterns = [
    path(sender.slug, _callback(sender), name=f"callback-{sender.slug}") for sender in SENDERS
]
