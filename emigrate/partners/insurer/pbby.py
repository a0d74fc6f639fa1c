"""Pravasi Bharatiya Bima Yojana insurers by `pbby-proposed-1` (docs/partners/insurer.md).

No insurer's interface is public, so the contract is our proposal and its version says so.
"""

import json
from http import HTTPStatus
from uuid import UUID

from emigrate.foundation.http import Call, Door, Refused, Reply, Unreadable
from emigrate.foundation.money import decimal_text
from emigrate.partners.insurer.contract import Policy, PolicyState, Proposal
from emigrate.partners.wire import Fields, plain_reference

CONTRACT = "pbby-proposed-1"
MEDIA_TYPE = "application/vnd.emigrate.insurer.v1+json"
READ_TIMEOUT = 20.0
TOTAL_BUDGET = 45.0

REJECTIONS = {
    "PBBY-402": "payment_unknown",
    "PBBY-409": "policy_exists",
    "PBBY-422": "not_insurable",
}
NO_SUCH_POLICY = frozenset({"PBBY-404"})


class PbbyInsurer:
    """Asks one insurer of the scheme through a door that leads there."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def propose(self, proposal: Proposal, *, request_id: UUID) -> Policy:
        """See `Insurer.propose`. Raises Unavailable."""
        call = Call(
            operation="propose",
            method="POST",
            path="/v1/proposals",
            request_id=request_id,
            body=json.dumps(_proposal(proposal), ensure_ascii=False).encode(),
            media_type=MEDIA_TYPE,
            idempotency_key=plain_reference(proposal.reference),
        )
        return self._door.send(call, lambda reply: _proposed(reply, proposal))

    def proposal(self, reference: str, *, request_id: UUID) -> Policy | None:
        """See `Insurer.proposal`. Raises Unavailable."""
        return self._ask("proposal", f"/v1/proposals/{plain_reference(reference)}", request_id)

    def policy(self, number: str, *, request_id: UUID) -> Policy | None:
        """See `Insurer.policy`. Raises Unavailable."""
        return self._ask("policy", f"/v1/policies/{plain_reference(number)}", request_id)

    def cancel(self, number: str, reason: str, *, request_id: UUID) -> Policy | None:
        """See `Insurer.cancel`. Raises Unavailable."""
        call = Call(
            operation="cancel",
            method="POST",
            path=f"/v1/policies/{plain_reference(number)}/cancel",
            request_id=request_id,
            body=json.dumps({"policyNo": number, "reason": reason}).encode(),
            media_type=MEDIA_TYPE,
            idempotency_key=number,
        )
        return self._door.send(call, _policy_or_none)

    def _ask(self, operation: str, path: str, request_id: UUID) -> Policy | None:
        call = Call(operation, "GET", path, request_id, media_type=MEDIA_TYPE)
        return self._door.send(call, _policy_or_none)


def _proposal(proposal: Proposal) -> dict[str, object]:
    insured, travel, premium = proposal.insured, proposal.travel, proposal.premium
    currency = premium.total.currency
    return {
        "proposalRef": proposal.reference,
        "insured": {
            "name": insured.name,
            "dob": insured.birth_date.isoformat(),
            "sex": insured.sex,
            "passportNo": insured.passport_number,
            "mobile": insured.mobile,
        },
        "nominee": [
            {"name": one.name, "relationship": one.relationship, "share": one.share}
            for one in proposal.nominees
        ],
        "travel": {
            "country": travel.country,
            "employerRef": travel.employer_reference,
            "contractEnd": travel.contract_end.isoformat(),
        },
        "coverFrom": proposal.cover_from.isoformat(),
        "term": proposal.term_months,
        "premium": {
            "base": decimal_text(premium.base.minor, currency),
            "gst": decimal_text(premium.tax.minor, currency),
            "total": decimal_text(premium.total.minor, currency),
            "currency": currency,
        },
        "paymentRef": proposal.payment_reference,
    }


def _proposed(reply: Reply, proposal: Proposal) -> Policy:
    if reply.status >= HTTPStatus.BAD_REQUEST:
        refusal = reply.refusal()
        if refusal.code not in REJECTIONS:
            raise refusal
        reason = REJECTIONS[refusal.code]
        return Policy(PolicyState.REJECTED, proposal.reference, reason=reason, raw=reply.body)
    policy = _policy(reply)
    if policy.reference != proposal.reference:
        raise Unreadable("proposalRef")
    if policy.passport_number not in {None, proposal.insured.passport_number}:
        raise Unreadable("passportNo")
    return policy


def _policy_or_none(reply: Reply) -> Policy | None:
    if reply.status < HTTPStatus.BAD_REQUEST:
        return _policy(reply)
    refusal: Refused = reply.refusal()
    if refusal.code in NO_SUCH_POLICY:
        return None
    raise refusal


def _policy(reply: Reply) -> Policy:
    body = Fields(reply.json())
    state = body.choice("status", PolicyState)
    reference = body.reference("proposalRef")
    if state in {PolicyState.PENDING, PolicyState.REJECTED}:
        reason = body.text("reason") if state is PolicyState.REJECTED else ""
        return Policy(state, reference, reason=reason, raw=reply.body)
    return Policy(
        state,
        reference,
        number=body.reference("policyNo"),
        passport_number=body.text("passportNo"),
        cover_from=body.day("coverFrom"),
        cover_to=body.day("coverTo"),
        sum_insured=body.money("sumInsured"),
        premium=body.money("premium"),
        raw=reply.body,
    )
