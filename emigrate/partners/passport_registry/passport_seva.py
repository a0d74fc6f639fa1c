"""Passport Seva look-up by `psp-proposed-1`, our proposal (docs/partners/passport_registry.md).

The partner's own interface is not public, so the contract's version carries "proposed".
"""

import json
from enum import StrEnum
from http import HTTPStatus
from uuid import UUID

from emigrate.foundation.http import Call, Door, Reply
from emigrate.partners.passport_registry.contract import (
    MatchScores,
    PassportAnswer,
    PassportQuestion,
    PassportResult,
    PassportStatus,
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
        call = Call(
            operation="verify",
            method="POST",
            path="/v1/passports/verify",
            request_id=request_id,
            body=json.dumps(_question(question, request_id), ensure_ascii=False).encode(),
            media_type=MEDIA_TYPE,
            idempotency_key=str(request_id),
        )
        return self._door.send(call, lambda reply: _answer(reply, request_id))


def _question(question: PassportQuestion, request_id: UUID) -> dict[str, str]:
    fields = {
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


def _scores(fields: Fields) -> MatchScores:
    return MatchScores(
        name=fields.part("name").whole("score", 100),
        birth_date=fields.flag("dob"),
        sex=fields.flag("sex"),
    )
