"""One answer a key: a request that is sent again gets the answer of the first time.

The answer is kept in the transaction of the action itself, so there is never an effect without
its answer nor an answer without its effect. Only what was done is kept: a refusal changed nothing
and may be asked again. A kept answer can hold personal data or a secret that is shown once, so it
is sealed under a key that is not in the database.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from django.db import connection

from emigrate.foundation.actors import Actor
from emigrate.foundation.crypto.blind import derive
from emigrate.foundation.crypto.envelope import DataKey, open_, place, seal
from emigrate.foundation.errors import InFlight, KeyReused
from emigrate.foundation.sealing import vault
from emigrate.foundation.transactions import action, now

KEPT = timedelta(hours=48)
BATCH = 5000

_FIND = """
SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0)),
       k.route, k.body_hash, k.status, k.headers, k.body
FROM (SELECT 1) AS one
LEFT JOIN foundation_idempotencykey k
  ON k.owner = %s AND k.key = %s AND (k.expires_at IS NULL OR k.expires_at > platform_now())
"""
_KEEP = """
INSERT INTO foundation_idempotencykey AS k
  (owner, key, route, body_hash, status, headers, body, created_at, expires_at)
VALUES (%s, %s, %s, %s, %s, %s::jsonb, %s, %s, %s)
ON CONFLICT (owner, key) DO UPDATE SET
  route = excluded.route, body_hash = excluded.body_hash, status = excluded.status,
  headers = excluded.headers, body = excluded.body, created_at = excluded.created_at,
  expires_at = excluded.expires_at
WHERE k.expires_at <= excluded.created_at
"""
_PURGE = """
DELETE FROM foundation_idempotencykey WHERE id IN (
  SELECT id FROM foundation_idempotencykey WHERE expires_at <= platform_now()
  ORDER BY expires_at LIMIT %s)
"""


@dataclass(frozen=True, slots=True)
class Keyed:
    """A request and its key. `route` and `body` must be the same when the key comes again.

    `lifelong`: the answer is kept as long as the object (money, clearances), else 48 hours.
    """

    key: str
    route: str
    body: bytes = field(repr=False)
    lifelong: bool = False

    def fingerprint(self, actor: Actor) -> bytes:
        """SHA-256 of the body and of the actor's place: one account in two agencies is two."""
        where = (actor.organisation_id, actor.office, actor.country, actor.person_id)
        return hashlib.sha256(json.dumps(where).encode() + b"\n" + self.body).digest()


@dataclass(frozen=True, slots=True)
class Answer:
    """What is sent back: status, body and the headers that belong to it."""

    status: int
    body: bytes = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict)
    replayed: bool = False


@action
def answered_once(request: Keyed, work: Callable[[], Answer], *, actor: Actor) -> Answer:
    """The kept answer of this key; else do the work and keep its answer, in one transaction.

    Raises InFlight while the same key is being worked on, KeyReused for another request.
    """
    kept = _kept(request, actor)
    if kept is not None:
        return replace(kept, replayed=True)
    answer = work()
    _keep(request, answer, actor)
    return answer


@action
def purge_expired(*, actor: Actor) -> int:
    """Delete answers past their time (for the platform, periodically); how many, at most 5,000."""
    del actor
    with connection.cursor() as cursor:
        cursor.execute(_PURGE, [BATCH])
        return int(cursor.rowcount)


def _kept(request: Keyed, actor: Actor) -> Answer | None:
    owner = actor.pseudonym
    with connection.cursor() as cursor:
        cursor.execute(_FIND, [f"{owner}\n{request.key}", owner, request.key])
        row: Any = cursor.fetchone()  # one row always; columns of many types
    free, route, body_hash, status, headers, body = row
    if route is None:
        if not free:
            raise InFlight
        return None
    if route != request.route or bytes(body_hash) != request.fingerprint(actor):
        raise KeyReused
    text = open_(bytes(body), data_key=_answers_key(), aad=_place(owner, request.key))
    kept_headers = json.loads(headers) if isinstance(headers, str) else headers
    return Answer(status, text, kept_headers)


def _keep(request: Keyed, answer: Answer, actor: Actor) -> None:
    owner, moment = actor.pseudonym, now()
    sealed = seal(answer.body, data_key=_answers_key(), aad=_place(owner, request.key))
    values = (
        owner,
        request.key,
        request.route,
        request.fingerprint(actor),
        answer.status,
        json.dumps(dict(answer.headers)),
        sealed,
        moment,
        None if request.lifelong else moment + KEPT,
    )
    with connection.cursor() as cursor:
        cursor.execute(_KEEP, values)
        if cursor.rowcount != 1:  # kept by another request since this one looked
            raise InFlight


def _answers_key() -> DataKey:
    return DataKey(derive(vault().blind_root, "idempotency/answers"))


def _place(owner: str, key: str) -> bytes:
    return place("foundation_idempotencykey", "body", f"{owner}\n{key}")
