"""Passport Seva look-up by `psp-proposed-1`, our proposal (docs/partners/passport_registry.md).

The partner's own interface is not public, so the contract's version carries "proposed".
"""

import json
from collections.abc import Mapping
from enum import StrEnum
from http import HTTPStatus
from uuid import UUID

from emigrate.foundation.http import Call, Door, Reply, Unreadable
from emigrate.partners.news import News
from emigrate.partners.passport_registry.contract import (
    MatchScores,
    PassportAnswer,
    PassportQuestion,
    PassportResult,
    PassportStatus,
    StatusNews,
    Watch,
)
from emigrate.partners.wire import Fields

CONTRACT = "psp-proposed-1"
MEDIA_TYPE = "application/vnd.emigrate.passport-registry.v1+json"
READ_TIMEOUT = 10.0
TOTAL_BUDGET = 25.0


class _Status(StrEnum):
    VALID = "VALID"
    EXPIRED = "EXPIRED"
    IMPOUNDED = "IMPOUNDED"
    REVOKED = "REVOKED"
    LOST = "LOST"
    REISSUED = "REISSUED"


STATUS_CHANGED = "passport.status.changed"


class _Check(StrEnum):
    ECR = "ECR"
    ECNR = "ECNR"
    NA = "NA"


CHECK_REQUIRED = {_Check.ECR: True, _Check.ECNR: False, _Check.NA: None}


class PassportSeva:
    """Asks Passport Seva through a door that leads there."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def verify(self, question: PassportQuestion, *, request_id: UUID) -> PassportAnswer:
        """See `PassportRegistry.verify`. Raises Unavailable."""
        call = _post("verify", _question(question, request_id), request_id)
        return self._door.send(call, lambda reply: _answer(reply, request_id))

    def watch(self, watch: Watch, *, request_id: UUID) -> None:
        """See `PassportRegistry.watch`. Raises Unavailable."""
        body = {
            "requestId": str(request_id),
            "passportNos": list(watch.numbers),
            "until": watch.until.isoformat(),
        }
        call = _post("watch", body, request_id)
        self._door.send(call, lambda reply: _watched(reply, watch, request_id))


def status_news(news: News) -> StatusNews:
    """What `passport.status.changed` says; Unreadable for anything else."""
    if news.type != STATUS_CHANGED:
        raise Unreadable("type")
    status = news.data.choice("status", _Status)
    if status not in TOLD:
        raise Unreadable("status")
    return StatusNews(news.data.reference("passportNo"), PassportStatus(status.value))


TOLD = frozenset({_Status.IMPOUNDED, _Status.REVOKED, _Status.LOST, _Status.REISSUED})


def _post(operation: str, body: Mapping[str, object], request_id: UUID) -> Call:
    return Call(
        operation=operation,
        method="POST",
        path=f"/v1/passports/{operation}",
        request_id=request_id,
        body=json.dumps(body, ensure_ascii=False).encode(),
        media_type=MEDIA_TYPE,
        idempotency_key=str(request_id),
    )


def _question(question: PassportQuestion, request_id: UUID) -> dict[str, object]:
    fields: dict[str, object] = {
        "requestId": str(request_id),
        "passportNo": question.number,
        "surname": question.surname,
        "givenNames": question.given_names,
        "dob": question.birth_date.isoformat(),
        "sex": question.sex,
        "purpose": question.purpose,
        "consentRef": question.consent_ref,
    }
    if question.file_number is not None:
        fields["fileNo"] = question.file_number
    return fields


def _answer(reply: Reply, request_id: UUID) -> PassportAnswer:
    if reply.status != HTTPStatus.OK:
        raise reply.refusal()
    body = Fields(reply.json())
    body.echo("requestId", str(request_id))
    result = body.choice("result", PassportResult)
    as_of = body.moment("asOf")
    if result is PassportResult.NOT_FOUND:
        return PassportAnswer(result, as_of, raw=reply.body)
    passport = body.part("passport")
    status = passport.choice("status", _Status)
    return PassportAnswer(
        result,
        as_of,
        scores=_scores(body.part("fields")),
        passport_type=passport.text("type"),
        issued=passport.day("issueDate"),
        expires=passport.day("expiryDate"),
        status=PassportStatus("ACTIVE" if status is _Status.VALID else status.value),
        ecr=CHECK_REQUIRED[passport.choice("ecr", _Check)],
        raw=reply.body,
    )


def _watched(reply: Reply, watch: Watch, request_id: UUID) -> None:
    if reply.status != HTTPStatus.ACCEPTED:
        raise reply.refusal()
    body = Fields(reply.json())
    body.echo("requestId", str(request_id))
    if body.whole("watched", len(watch.numbers)) != len(watch.numbers):
        raise Unreadable("watched")
    if body.day("until") < watch.until:
        raise Unreadable("until")


def _scores(fields: Fields) -> MatchScores:
    return MatchScores(
        name=fields.part("name").whole("score", 100),
        birth_date=fields.flag("dob"),
        sex=fields.flag("sex"),
    )
