"""Many rows in one request: up to 50 answered at once, up to 500 by a job.

The request is kept first, under its key; then every row is its own transaction with its own
answer, so a request that is sent again, or a job that died, goes on where it stopped.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Self
from uuid import UUID

from django.db import OperationalError
from pydantic import Field, ValidationError

from emigrate.api.fields import In, Out, iso
from emigrate.api.permissions import lifelong
from emigrate.api.problems import errors_of, schema_refusal
from emigrate.api.routes import PREFIX, Call, Routes, Sent
from emigrate.api.v1.clearances import ClearanceIn
from emigrate.api.v1.persons import EmigrantIn
from emigrate.domains.accounts import actions
from emigrate.domains.accounts.actions import BulkAnswer
from emigrate.domains.accounts.models import BulkRequest
from emigrate.domains.accounts.queries import bulk_requests_for, bulk_rows, memberships_for
from emigrate.domains.clearances.actions import draft_clearance
from emigrate.domains.emigrants.actions import register_emigrant
from emigrate.foundation import jobs
from emigrate.foundation.actors import Actor
from emigrate.foundation.errors import Busy, DomainError, NotFound, NotPermitted
from emigrate.foundation.idempotency import Answer, Keyed, answered_once
from emigrate.foundation.transactions import acting

routes = Routes("Bulk")

AT_ONCE, MOST = 50, 500
JOB = "api.bulk"


@dataclass(frozen=True, slots=True)
class Kind:
    """What one row is, and the action that takes it; the answer is the new case's reference."""

    body: type[In]
    act: Callable[[Any, Actor], str]


def _register(body: EmigrantIn, actor: Actor) -> str:
    return register_emigrant(body.new(), actor=actor).reference


def _draft(body: ClearanceIn, actor: Actor) -> str:
    return draft_clearance(body.new(), actor=actor).reference


KINDS = {"emigrants": Kind(EmigrantIn, _register), "clearances": Kind(ClearanceIn, _draft)}


Rows = Annotated[list[dict[str, Any]], Field(min_length=1, max_length=MOST)]  # read row by row


class EmigrantsIn(In):
    """Workers to register; every row is judged by itself."""

    rows: Rows


class ClearancesIn(In):
    """Applications to begin; every row is judged by itself."""

    rows: Rows


class RowError(Out):
    """Why a row was refused; nothing of it was done."""

    code: str
    detail: str
    facts: dict[str, Any]  # JSON
    errors: list[dict[str, str]]


class RowOut(Out):
    """What became of one row, counted from 0."""

    row: int
    status: str
    reference: str | None
    error: RowError | None


class BulkOut(Out):
    """A large request: how far it is, and the answers so far."""

    id: str
    kind: str
    rows: int
    finished_at: str | None
    results: list[RowOut]

    @classmethod
    def of(cls, request: BulkRequest) -> Self:
        """The request as it is shown."""
        return cls(
            id=str(request.pk),
            kind=request.kind,
            rows=request.size,
            finished_at=iso(request.finished_at),
            results=[
                RowOut(
                    row=each.row,
                    status="refused" if each.error else "done",
                    reference=each.reference or None,
                    error=each.error,
                )
                for each in request.answers.order_by("row")
            ],
        )


@routes.post("/emigrants/bulk", BulkOut, transaction=False)
def register_many(call: Call, body: EmigrantsIn) -> Sent:
    """Register an agency's workers: 200 with every answer up to 50 rows, else 202 and a job."""
    return _taken("emigrants", body.rows, call)


@routes.post("/clearances/bulk", BulkOut, transaction=False)
def draft_many(call: Call, body: ClearancesIn) -> Sent:
    """Begin many applications: 200 with every answer up to 50 rows, else 202 and a job."""
    return _taken("clearances", body.rows, call)


@routes.get("/bulk/{bulk}", BulkOut)
def look_up(call: Call, bulk: UUID) -> BulkOut:
    """How far a large request of mine is."""
    return BulkOut.of(_request(bulk, call.actor))


def _taken(kind: str, rows: list[dict[str, Any]], call: Call) -> Sent:
    """Keep the request under its key; do it now, or leave it to the job."""

    def kept() -> Answer:
        request = actions.open_bulk(kind, rows, actor=call.actor)
        if request.size > AT_ONCE:
            jobs.later(JOB, queue=jobs.PAPERS, request=str(request.pk))
        return Answer(202, str(request.pk).encode())

    path = f"/{kind}/bulk"
    keyed = Keyed(call.key or "", f"POST {path}", call.body, lifelong=lifelong(path))
    answer = answered_once(keyed, kept, actor=call.actor)
    request_id = UUID(answer.body.decode())
    if len(rows) <= AT_ONCE:
        _do(request_id, call.actor)
    with acting(call.actor):
        shown = BulkOut.of(_request(request_id, call.actor))
    headers = {"Idempotency-Replayed": "true"} if answer.replayed else {}
    if len(rows) <= AT_ONCE:
        return Sent(shown, 200, headers)
    return Sent(shown, 202, {**headers, "Location": f"{PREFIX}/bulk/{request_id}"})


@jobs.job(JOB, queue=jobs.PAPERS)
def work_off(request: str) -> None:
    """Answer what is not answered yet, as the member who asked, if that one may still sign in."""
    system = Actor.system(f"job-bulk-{request}")
    with acting(system):
        asked = _request(UUID(request), system)
        actor = _actor_of(asked)
        members = memberships_for(system).filter(user_id=asked.user_id, role=asked.role)
        standing = members.filter(active=True, user__is_active=True)
        stands = asked.organisation_id in standing.values_list("organisation_id", flat=True)
    try:
        _do(asked.pk, actor, stands=stands)
    except OperationalError as error:
        raise Busy(part="database") from error


def _do(request_id: UUID, actor: Actor, *, stands: bool = True) -> None:
    with acting(actor):
        request = _request(request_id, actor)
        if request.finished_at is not None:
            return
        rows, kind = bulk_rows(request), KINDS[request.kind]
        answered = set(request.answers.values_list("row", flat=True))
    for number, row in enumerate(rows):
        if number not in answered:
            _answer_row(request_id, number, _work(kind, row, actor, stands=stands), actor)
    actions.finish_bulk(request_id, actor=actor)


def _answer_row(
    request_id: UUID, number: int, work: Callable[[], BulkAnswer], actor: Actor
) -> None:
    try:
        actions.answer_bulk_row(request_id, number, work, actor=actor)
    except Busy:
        raise  # nothing is known about the row yet; it stays open
    except DomainError as refusal:
        refused = BulkAnswer(error=_error(refusal))
        actions.answer_bulk_row(request_id, number, lambda: refused, actor=actor)


def _work(
    kind: Kind, row: Mapping[str, Any], actor: Actor, *, stands: bool
) -> Callable[[], BulkAnswer]:
    def work() -> BulkAnswer:
        if not stands:
            raise NotPermitted(role=actor.role)
        try:
            body = kind.body.model_validate(row)
        except ValidationError as error:
            raise schema_refusal(error) from error
        return BulkAnswer(kind.act(body, actor))

    return work


def _error(refusal: DomainError) -> dict[str, Any]:
    error = {
        "code": refusal.reason_code,
        "detail": refusal.message,
        "facts": dict(refusal.facts),
        "errors": errors_of(refusal),
    }
    plain: dict[str, Any] = json.loads(json.dumps(error, default=str))
    return plain


def _request(request_id: UUID, actor: Actor) -> BulkRequest:
    found = bulk_requests_for(actor).filter(pk=request_id).first()
    if found is None:
        raise NotFound(subject="bulk")
    return found


def _actor_of(request: BulkRequest) -> Actor:
    return Actor(
        role=request.role,
        user_id=request.user_id,
        organisation_id=request.organisation_id,
        office=request.office,
        country=request.country,
        person_id=request.person_id,
        channel="api",
        request_id=request.request_id,
    )
