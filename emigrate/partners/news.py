"""What partners tell us without being asked: one envelope for every kind of news.

Whether it is theirs is checked before (`foundation/http/incoming.py`). What it is about is read by
the partner's own module.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from emigrate.foundation.http import Unreadable
from emigrate.foundation.http.messages import json_object
from emigrate.partners.wire import Fields

ENVELOPE = frozenset({"eventId", "type", "at", "data"})


@dataclass(frozen=True, slots=True)
class News:
    """One event: its id for ever, its type, the partner's own time of it, and its data."""

    event_id: UUID
    type: str
    at: datetime
    data: Fields = field(repr=False)


def news_of(body: bytes) -> News:
    """Read the envelope; Unreadable with the name of the field, also for an unknown one."""
    value: Mapping[str, object] = json_object(body)
    if unknown := value.keys() - ENVELOPE:
        raise Unreadable(min(unknown)[:40])
    fields = Fields(dict(value))
    return News(
        event_id=_uuid(fields.text("eventId")),
        type=fields.reference("type"),
        at=fields.moment("at"),
        data=fields.part("data"),
    )


def _uuid(text: str) -> UUID:
    try:
        value = UUID(text)
    except ValueError as error:
        raise Unreadable("eventId") from error
    if str(value) != text:
        raise Unreadable("eventId")
    return value
