"""Pravasi Bharatiya Bima Yojana insurers by `pbby-proposed-1` (docs/partners/insurer.md).

No insurer's interface is public, so the contract is our proposal and its version says so.
"""

import json
from datetime import date
from http import HTTPStatus
from itertools import pairwise
from uuid import UUID

from emigrate.foundation.http import Call, Door, Reply, Unreadable
from emigrate.foundation.money import decimal_text
from emigrate.partners.insurer.contract import (
    ClaimNews,
    ClaimOutcome,
    DayPage,
    Policy,
    PolicyDay,
    PolicyNews,
    PolicyState,
    Proposal,
)
from emigrate.partners.news import News
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
PDF = "application/pdf"
PDF_BEGINS = b"%PDF-"
LONGEST_PAGE = 2000
SETTLED_OF_A_DAY = frozenset({PolicyState.ISSUED, PolicyState.CANCELLED})
POLICY_NEWS = frozenset({"policy.issued", "policy.rejected", "policy.cancelled"})
CLAIM_REGISTERED, CLAIM_SETTLED = "claim.registered", "claim.settled"


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

    def document(self, number: str, *, request_id: UUID) -> bytes | None:
        """See `Insurer.document`. Raises Unavailable."""
        path = f"/v1/policies/{plain_reference(number)}/document"
        call = Call("document", "GET", path, request_id, media_type=PDF)
        return self._door.send(call, _document)

    def reconciliation(
        self, day: date, *, after: str | None = None, request_id: UUID
    ) -> DayPage | None:
        """See `Insurer.reconciliation`. Raises Unavailable."""
        path = f"/v1/reconciliation/{day.isoformat()}"
        if after is not None:
            path += f"?after={plain_reference(after)}"
        call = Call("reconciliation", "GET", path, request_id, media_type=MEDIA_TYPE)
        return self._door.send(call, lambda reply: _page(reply, day, after or ""))

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
    if reply.status >= HTTPStatus.BAD_REQUEST:
        _require_nothing_there(reply)
        return None
    return _policy(reply)


def _document(reply: Reply) -> bytes | None:
    if reply.status >= HTTPStatus.BAD_REQUEST:
        _require_nothing_there(reply)
        return None
    kind = reply.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != PDF or not reply.body.startswith(PDF_BEGINS):
        raise Unreadable("content-type")
    return reply.body


def _page(reply: Reply, day: date, after: str) -> DayPage | None:
    if reply.status >= HTTPStatus.BAD_REQUEST:
        _require_nothing_there(reply)
        return None
    body = Fields(reply.json())
    body.echo("date", day.isoformat())
    policies = tuple(_of_day(each) for each in body.parts("policies", LONGEST_PAGE))
    numbers = [after, *(each.number for each in policies)]
    # A page that does not go on would be asked for without end.
    if any(first >= second for first, second in pairwise(numbers)):
        raise Unreadable("policies")
    if not body.has("next"):
        return DayPage(policies)
    if not policies:
        raise Unreadable("next")
    body.echo("next", numbers[-1])
    return DayPage(policies, numbers[-1])


def _of_day(entry: Fields) -> PolicyDay:
    state = entry.choice("status", PolicyState)
    if state not in SETTLED_OF_A_DAY:
        raise Unreadable("status")
    number = entry.reference("policyNo")
    return PolicyDay(entry.reference("proposalRef"), number, state, entry.money("premium"))


def told(news: News) -> PolicyNews | ClaimNews:
    """What the insurer's news is about; Unreadable for a type that the contract does not have."""
    if news.type in POLICY_NEWS:
        return PolicyNews(news.data.reference("proposalRef"))
    if news.type not in {CLAIM_REGISTERED, CLAIM_SETTLED}:
        raise Unreadable("type")
    data = news.data
    policy, claim, on = data.reference("policyNo"), data.reference("claimNo"), data.day("on")
    if news.type == CLAIM_REGISTERED:
        return ClaimNews(policy, claim, on)
    outcome = data.choice("outcome", ClaimOutcome)
    amount = data.money() if outcome is ClaimOutcome.PAID else None
    return ClaimNews(policy, claim, on, outcome, amount)


def _require_nothing_there(reply: Reply) -> None:
    refusal = reply.refusal()
    if refusal.code not in NO_SUCH_POLICY:
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
