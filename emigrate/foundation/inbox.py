"""One effect an event: what a partner tells us twice, or years later again, happens once.

The id is kept for ever and in the transaction of the effect itself.
"""

import hashlib
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext_lazy as _

from emigrate.foundation.errors import DomainError
from emigrate.foundation.transactions import now

_TAKE = """
INSERT INTO foundation_receivedevent (sender, event_id, digest, at) VALUES (%s, %s, %s, %s)
ON CONFLICT (sender, event_id) DO NOTHING
"""
_KNOWN = "SELECT digest FROM foundation_receivedevent WHERE sender = %s AND event_id = %s"


class EventReused(DomainError):
    """An event's id that stood for another event."""

    code = "event_id_reused"
    status = 409
    text = _("This id stood for another event. Give every event an id of its own.")


def taken_first(sender: str, event_id: UUID, content: bytes) -> bool:
    """Whether this event comes for the first time, in the running transaction; EventReused.

    A second transaction with the same event waits here until the first has ended.
    """
    digest = hashlib.sha256(content).digest()
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [sender, event_id, digest, now()])
        if cursor.rowcount == 1:
            return True
        cursor.execute(_KNOWN, [sender, event_id])
        row = cursor.fetchone()
    if bytes(row[0]) != digest:
        raise EventReused
    return False
