"""The insurer's side of `pbby-proposed-1`."""

import hashlib
import re
from collections.abc import Callable
from datetime import date, datetime
from typing import cast

from sandbox import schema
from sandbox.answers import Answer, Problem
from sandbox.office import Announce, Office, Request, Route
from sandbox.policy import DayBook, Policy, PolicyFile, cover_end
from sandbox.policy_document import policy_document

YOUNGEST, OLDEST = 18, 60
"""Age at entry, by the scheme of 2017 as its insurers publish it."""

LONGEST_PAGE = 2000
PDF = "application/pdf"
NOT_A_PDF = b"<!doctype html><title>Sign in</title><p>Your session has ended."

PROPOSAL: schema.Schema = {
    "proposalRef": schema.REFERENCE,
    "insured": schema.Field(
        part={
            "name": schema.NAME,
            "dob": schema.DAY,
            "sex": schema.SEX,
            "passportNo": schema.PASSPORT,
            "mobile": schema.Field(r"\+?[0-9]{10,15}"),
        }
    ),
    "nominee": schema.Field(
        many={
            "name": schema.NAME,
            "relationship": schema.NAME,
            "share": schema.Field(whole=range(1, 101)),
        }
    ),
    "travel": schema.Field(
        part={
            "country": schema.COUNTRY,
            "employerRef": schema.REFERENCE,
            "contractEnd": schema.DAY,
        }
    ),
    "coverFrom": schema.DAY,
    "term": schema.Field(whole=range(24, 37, 12)),
    "premium": schema.Field(
        part={
            "base": schema.AMOUNT,
            "gst": schema.AMOUNT,
            "total": schema.AMOUNT,
            "currency": schema.CURRENCY,
        }
    ),
    "paymentRef": schema.REFERENCE,
}

ISSUED, REJECTED, CANCELLED, PENDING = "ISSUED", "REJECTED", "CANCELLED", "PENDING"
DECISIONS = frozenset({(PENDING, ISSUED), (PENDING, REJECTED), (ISSUED, CANCELLED)})
"""What the insurer may decide by itself: from which state to which."""

CANCEL: schema.Schema = {"policyNo": schema.REFERENCE, "reason": schema.NAME}

REFUSALS = {
    "not_insurable": (422, "PBBY-422"),
    "policy_exists": (409, "PBBY-409"),
    "payment_unknown": (402, "PBBY-402"),
}


class Insurer(Office):
    """Issues at once unless told otherwise; one policy a passport and time.

    Tells through `announce` what it decides by itself and what is claimed.
    """

    code = "PBBY"
    routes = (
        Route("POST", r"/v1/proposals", "propose", PROPOSAL, "proposalRef"),
        Route("GET", r"/v1/proposals/([A-Za-z0-9._-]{1,64})", "proposal"),
        Route("GET", r"/v1/policies/([A-Za-z0-9._-]{1,64})", "policy"),
        Route("POST", r"/v1/policies/([A-Za-z0-9._-]{1,64})/cancel", "cancel", CANCEL, "policyNo"),
        Route("GET", r"/v1/policies/([A-Za-z0-9._-]{1,64})/document", "document"),
        Route("GET", r"/v1/reconciliation/([^/]+)", "reconciliation", query=frozenset({"after"})),
    )
    reused = (422, "idempotency_key_reused")

    def __init__(
        self,
        seed: int,
        now: Callable[[], datetime],
        announce: Announce,
        kept: PolicyFile | None = None,
    ) -> None:
        super().__init__(seed, now)
        self._announce = announce
        self._kept_policies = kept or PolicyFile(None)
        self._by_reference: dict[str, Policy] = {}
        self._by_number: dict[str, Policy] = {}
        self._by_passport: dict[str, list[Policy]] = {}
        self._days = DayBook()
        for policy in self._kept_policies.policies():
            self._know(policy)

    def act(self, request: Request) -> Answer:
        """Propose, tell, cancel, hand out the paper, or reconcile a day."""
        if request.operation == "propose":
            return self._propose(request)
        if request.operation == "reconciliation":
            return self._reconciliation(request)
        known = self._by_reference if request.operation == "proposal" else self._by_number
        policy = _found(known.get(request.parameters[0]))
        if request.operation == "cancel":
            return self._cancel(policy, request)
        if request.operation == "document":
            return self._document(policy, request)
        return self._tell(policy)

    def counts(self) -> dict[str, int]:
        """How many proposals there are, and in which state."""
        counts: dict[str, int] = {"proposals": len(self._by_reference)}
        for policy in self._by_reference.values():
            counts[policy.status] = counts.get(policy.status, 0) + 1
        return counts

    def decide(self, reference: str, status: str) -> dict[str, object]:
        """Issue or reject what is pending, or cancel a policy, by itself; sends the news of it.

        Problem 404 for an unknown proposal, ValueError for a change that is none of these.
        """
        with self._lock:
            policy = _found(self._by_reference.get(reference))
            if (policy.status, status) not in DECISIONS:
                raise ValueError(f"no_way_from_{policy.status}")
            self._move(policy, status)
            told: dict[str, object] = {"proposalRef": reference}
            if status != REJECTED:
                told["policyNo"] = policy.number
            event_id = self._announce(f"policy.{status.lower()}", told)
            return {**told, "status": status, "eventId": event_id}

    def claim(self, number: str, claim: dict[str, object]) -> str:
        """Send the news of a claim: registered, or settled when it has an outcome. The event's id.

        Problem 404 for a policy that was never issued, ValueError for an amount without its
        currency or without an outcome.
        """
        with self._lock:
            if _found(self._by_number.get(number)).issued_on is None:
                raise Problem(404, "PBBY-404", "no_such_policy")
        settled = "outcome" in claim
        if ("amount" in claim) != ("currency" in claim) or ("amount" in claim and not settled):
            raise ValueError("amount_currency_outcome_do_not_fit")
        kind = "claim.settled" if settled else "claim.registered"
        return self._announce(kind, {"policyNo": number, **claim})

    def _propose(self, request: Request) -> Answer:
        if request.scenario in REFUSALS:
            raise Problem(*REFUSALS[request.scenario], request.scenario)
        policy = self._policy(request)
        self._check_risk(request, policy)
        self._know(policy)
        if request.scenario.startswith("pending_then_"):
            policy.becomes = request.scenario.removeprefix("pending_then_").upper()
            policy.questions_left = int(request.value)
            self._kept_policies.write(policy)
        else:
            self._move(policy, ISSUED)
        shown = policy.body()
        if request.scenario == "wrong_passport":
            shown["passportNo"] = "X9000001"
        return Answer(202 if policy.status == PENDING else 201, shown)

    def _know(self, policy: Policy) -> None:
        self._by_reference[policy.reference] = policy
        self._by_number[policy.number] = policy
        self._by_passport.setdefault(policy.passport, []).append(policy)
        for day in (policy.issued_on, policy.cancelled_on):
            if day is not None:
                self._days.enter(day, policy)

    def _policy(self, request: Request) -> Policy:
        body = request.body
        insured = cast("dict[str, str]", body["insured"])
        premium = cast("dict[str, str]", body["premium"])
        term = cast("int", body["term"])
        reference = str(body["proposalRef"])
        digest = hashlib.sha256(f"{self.seed}|policy|{reference}".encode()).hexdigest()
        start = date.fromisoformat(str(body["coverFrom"]))
        return Policy(
            reference=reference,
            number=f"PBBY-SBX-{int(digest[:12], 16) % 10**12:012d}",
            passport=insured["passportNo"],
            cover_from=start,
            cover_to=cover_end(start, term),
            premium="1.00" if request.scenario == "premium_differs" else premium["total"],
            currency=premium["currency"],
        )

    def _check_risk(self, request: Request, policy: Policy) -> None:
        insured = cast("dict[str, str]", request.body["insured"])
        born = date.fromisoformat(insured["dob"])
        start = policy.cover_from
        age = start.year - born.year - ((start.month, start.day) < (born.month, born.day))
        if not YOUNGEST <= age <= OLDEST:
            raise Problem(422, "PBBY-422", "age_not_insurable")
        for other in self._by_passport.get(policy.passport, []):
            if other.holds(policy.passport, policy.cover_from, policy.cover_to):
                raise Problem(409, "PBBY-409", "policy_exists", check="order")

    def _move(self, policy: Policy, status: str) -> None:
        """Let it be so from today; issues and cancellations stand in the day's reconciliation."""
        policy.status, today = status, self.today()
        if status == ISSUED:
            policy.issued_on = today
        elif status == CANCELLED:
            policy.cancelled_on = today
        if status != REJECTED:
            self._days.enter(today, policy)
        self._kept_policies.write(policy)

    def _tell(self, policy: Policy) -> Answer:
        if policy.status == PENDING:
            if policy.questions_left <= 0:
                self._move(policy, policy.becomes)
            policy.questions_left -= 1
        return Answer(200, policy.body())

    def _cancel(self, policy: Policy, request: Request) -> Answer:
        if request.body["policyNo"] != policy.number:
            raise Problem(404, "PBBY-404", "no_such_policy")
        if policy.status not in {ISSUED, CANCELLED}:
            raise Problem(409, "PBBY-410", "not_in_force", check="order")
        if policy.status == ISSUED:
            self._move(policy, CANCELLED)
        return Answer(200, policy.body())

    def _document(self, policy: Policy, request: Request) -> Answer:
        if request.scenario == "document_missing":
            raise Problem(404, "PBBY-404", "no_document")
        if policy.status != ISSUED:
            raise Problem(409, "PBBY-410", "not_in_force", check="order")
        if request.scenario == "document_not_a_pdf":
            return Answer(200, NOT_A_PDF, PDF)
        return Answer(200, policy_document(policy), PDF)

    def _reconciliation(self, request: Request) -> Answer:
        (asked,) = request.parameters
        after = request.query.get("after", "")
        if not schema.is_day(asked):
            raise Problem(400, "PBBY-400", "malformed /date", check="schema")
        if "after" in request.query and not re.fullmatch(schema.REFERENCE.pattern, after):
            raise Problem(400, "PBBY-400", "malformed /after", check="schema")
        day = date.fromisoformat(asked)
        if day >= self.today():
            raise Problem(404, "PBBY-404", "day_not_closed")
        entries, more = self._days.page(day, after, LONGEST_PAGE)
        if request.scenario == "reconciliation_lacks_one":
            del entries[:1]
        if request.scenario == "reconciliation_premium_differs" and entries:
            entries[0]["premium"] = "1.00"
        body: dict[str, object] = {"date": asked, "policies": entries}
        return Answer(200, body | {"next": more} if more else body)


def _found(policy: Policy | None) -> Policy:
    if policy is None:
        raise Problem(404, "PBBY-404", "no_such_policy")
    return policy
