"""Tell somebody: a row in the same transaction, sent by a job in batches."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings

from emigrate.domains.notifications.enums import MessageState
from emigrate.domains.notifications.models import Message
from emigrate.domains.notifications.queries import languages, notifications_for, sent_words
from emigrate.foundation import jobs
from emigrate.foundation.actors import Actor
from emigrate.foundation.errors import NotFound
from emigrate.foundation.transactions import action, now

BATCH = 500


@dataclass(frozen=True, slots=True)
class Notice:
    """One event for one receiver (a person, an organisation, an account, a role or an office).

    `facts` fill the words and hold no personal data. With `once` the same words about the same
    thing are not told to the same receiver again: a clock may ask as often as it likes.
    """

    event: str
    reference: str = ""
    person_id: int | None = None
    organisation_id: int | None = None
    user_id: int | None = None
    role: str = ""
    office: str | None = None
    country: str | None = None
    facts: Mapping[str, str] = field(default_factory=dict)
    once: bool = False


@action
def notify(notice: Notice, *, actor: Actor) -> None:
    """Put a notice in the outbox; it exists if and only if this transaction commits."""
    del actor
    told = {
        "event": notice.event,
        "reference": notice.reference,
        "person_id": notice.person_id,
        "organisation_id": notice.organisation_id,
        "user_id": notice.user_id,
        "role": notice.role,
        "office": notice.office,
        "country": notice.country,
        "facts": dict(notice.facts),
    }
    if notice.once and Message.objects.filter(**told).exists():
        return
    Message(**told, created_at=now()).save(force_insert=True)
    jobs.later("notifications.drain", queue=jobs.MESSAGES, once="notifications.drain")


@action
def drain_outbox(*, actor: Actor) -> int:
    """Send what waits, in order, once each; how many. In a demonstration: to a file."""
    del actor
    waiting = Message.objects.filter(state=MessageState.WAITING).order_by("id")
    batch = list(waiting.select_for_update(skip_locked=True)[:BATCH])
    if not batch:
        return 0
    _write(batch)
    ids = [message.pk for message in batch]
    Message.objects.filter(pk__in=ids).update(state=MessageState.SENT, sent_at=now())
    return len(batch)


def _write(batch: list[Message]) -> None:
    """The demonstration's channel; the live ones (SMS, e-mail) come with their partners."""
    folder = Path(settings.HOME) / "messages"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    tongues = languages({message.person_id for message in batch if message.person_id})
    lines = [
        json.dumps(
            {
                "id": message.pk,
                "event": message.event,
                "text": sent_words(message, tongues.get(message.person_id or 0)),
            }
        )
        for message in batch
    ]
    with (folder / f"{now():%Y-%m-%d}.jsonl").open("a") as channel:
        channel.write("\n".join(lines) + "\n")


@action
def mark_seen(message_id: int, *, actor: Actor) -> None:
    """The receiver has read a notice; NotFound for everybody else."""
    if not notifications_for(actor).filter(pk=message_id).exists():
        raise NotFound(subject="notification")
    _seen(message_id, actor=Actor.system(actor.request_id))


@action
def _seen(message_id: int, *, actor: Actor) -> None:
    del actor
    Message.objects.filter(pk=message_id, seen_at=None).update(seen_at=now())
