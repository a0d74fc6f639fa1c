"""What a partner tells the platform without being asked: composed, sealed, and spoilt on order."""

import json
import time
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from sandbox.signatures import Received, SenderKey

STALE_SECONDS = 600
FAULTS = frozenset(
    {
        "tampered",  # one octet more than was signed; the JSON stays the same
        "unsigned",
        "stale",  # signed ten minutes ago
        "foreign_key",  # signed by a key that nobody knows, under its own id
    }
)


@dataclass(frozen=True, slots=True)
class News:
    """One event, as it is sent however often; with a `fault` every sending of it is bad."""

    event_id: str
    partner: str
    type: str
    body: bytes
    fault: str = ""

    def __post_init__(self) -> None:
        if self.fault and self.fault not in FAULTS:
            raise ValueError("unknown_fault")


@dataclass(frozen=True, slots=True)
class Event:
    """What happened, and when in the partner's own time; `event_id` is made up when left out."""

    type: str
    data: dict[str, object]
    at: datetime
    event_id: str = ""


def compose(partner: str, event: Event, fault: str = "") -> News:
    """The news of an event; ValueError for an unknown fault."""
    event_id = event.event_id or str(uuid4())
    told = {
        "eventId": event_id,
        "type": event.type,
        "at": event.at.isoformat(),
        "data": event.data,
    }
    body = json.dumps(told, ensure_ascii=False).encode()
    return News(event_id, partner, event.type, body, fault)


def sealed(news: News, target: str, key: SenderKey) -> Received:
    """The request that brings the news to an address, signed now."""
    plain = {
        "Content-Type": f"application/vnd.emigrate.{news.partner}.v1+json",
        "X-Request-Id": news.event_id,
    }
    covered = Received("POST", target, {"x-request-id": news.event_id}, news.body)
    signer = SenderKey(news.partner) if news.fault == "foreign_key" else key
    age = STALE_SECONDS if news.fault == "stale" else 0
    signature = signer.headers(covered, int(time.time()) - age)
    headers = plain if news.fault == "unsigned" else plain | signature
    body = news.body + b" " if news.fault == "tampered" else news.body
    return Received("POST", target, headers, body)
