"""The insurer's side of `pbby-proposed-1`."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import cast

from sandbox import schema
from sandbox.answers import Answer, Problem
from sandbox.office import Office, Request, Route

YOUNGEST, OLDEST = 18, 60
SUM_INSURED = "1000000.00"
"""Terms of the scheme of 2017 as its insurers publish them: entry age and sum in rupees."""

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

CANCEL: schema.Schema = {"policyNo": schema.REFERENCE, "reason": schema.NAME}

REFUSALS = {
    "not_insurable": (422, "PBBY-422"),
    "policy_exists": (409, "PBBY-409"),
    "payment_unknown": (402, "PBBY-402"),
}


@dataclass(slots=True)
class _Policy:
    reference: str
    number: str
    passport: str
    cover_from: date
    cover_to: date
    premium: str
    currency: str
    status: str = "ISSUED"
    questions_left: int = 0
    becomes: str = "ISSUED"

    def body(self) -> dict[str, object]:
        if self.status == "PENDING":
            return {"proposalRef": self.reference, "status": "PENDING"}
        if self.status == "REJECTED":
            reason = "underwriting_declined"
            return {"proposalRef": self.reference, "status": "REJECTED", "reason": reason}
        return {
            "proposalRef": self.reference,
            "policyNo": self.number,
            "status": self.status,
            "passportNo": self.passport,
            "coverFrom": self.cover_from.isoformat(),
            "coverTo": self.cover_to.isoformat(),
            "sumInsured": SUM_INSURED,
            "premium": self.premium,
            "currency": self.currency,
        }

    def holds(self, passport: str, start: date, end: date) -> bool:
        open_ = self.status in {"ISSUED", "PENDING"}
        return (
            open_
            and self.passport == passport
            and self.cover_from <= end
            and start <= self.cover_to
        )


class Insurer(Office):
    """Issues at once unless told otherwise; one policy a passport and time."""

    code = "PBBY"
    routes = (
        Route("POST", r"/v1/proposals", "propose", PROPOSAL, "proposalRef"),
        Route("GET", r"/v1/proposals/([A-Za-z0-9._-]{1,64})", "proposal"),
        Route("GET", r"/v1/policies/([A-Za-z0-9._-]{1,64})", "policy"),
        Route("POST", r"/v1/policies/([A-Za-z0-9._-]{1,64})/cancel", "cancel", CANCEL, "policyNo"),
    )
    reused = (422, "idempotency_key_reused")

    def __init__(self, seed: int, now: Callable[[], datetime]) -> None:
        super().__init__(seed, now)
        self._by_reference: dict[str, _Policy] = {}
        self._by_number: dict[str, _Policy] = {}
        self._by_passport: dict[str, list[_Policy]] = {}

    def act(self, request: Request) -> Answer:
        """Propose, tell, or cancel."""
        if request.operation == "propose":
            return self._propose(request)
        if request.operation == "proposal":
            return self._tell(self._by_reference.get(request.parameters[0]))
        policy = self._by_number.get(request.parameters[0])
        return (
            self._cancel(policy, request) if request.operation == "cancel" else self._tell(policy)
        )

    def counts(self) -> dict[str, int]:
        """How many proposals there are, and in which state."""
        counts: dict[str, int] = {"proposals": len(self._by_reference)}
        for policy in self._by_reference.values():
            counts[policy.status] = counts.get(policy.status, 0) + 1
        return counts

    def _propose(self, request: Request) -> Answer:
        if request.scenario in REFUSALS:
            raise Problem(*REFUSALS[request.scenario], request.scenario)
        policy = self._policy(request)
        self._check_risk(request, policy)
        if request.scenario.startswith("pending_then_"):
            policy.status = "PENDING"
            policy.becomes = request.scenario.removeprefix("pending_then_").upper()
            policy.questions_left = int(request.value)
        self._by_reference[policy.reference] = policy
        self._by_number[policy.number] = policy
        self._by_passport.setdefault(policy.passport, []).append(policy)
        shown = policy.body()
        if request.scenario == "wrong_passport":
            shown["passportNo"] = "X9000001"
        return Answer(202 if policy.status == "PENDING" else 201, shown)

    def _policy(self, request: Request) -> _Policy:
        body = request.body
        insured = cast("dict[str, str]", body["insured"])
        premium = cast("dict[str, str]", body["premium"])
        term = cast("int", body["term"])
        reference = str(body["proposalRef"])
        digest = hashlib.sha256(f"{self.seed}|policy|{reference}".encode()).hexdigest()
        start = date.fromisoformat(str(body["coverFrom"]))
        return _Policy(
            reference=reference,
            number=f"PBBY-SBX-{int(digest[:12], 16) % 10**12:012d}",
            passport=insured["passportNo"],
            cover_from=start,
            cover_to=_months_on(start, term) - timedelta(days=1),
            premium="1.00" if request.scenario == "premium_differs" else premium["total"],
            currency=premium["currency"],
        )

    def _check_risk(self, request: Request, policy: _Policy) -> None:
        insured = cast("dict[str, str]", request.body["insured"])
        born = date.fromisoformat(insured["dob"])
        start = policy.cover_from
        age = start.year - born.year - ((start.month, start.day) < (born.month, born.day))
        if not YOUNGEST <= age <= OLDEST:
            raise Problem(422, "PBBY-422", "age_not_insurable")
        for other in self._by_passport.get(policy.passport, []):
            if other.holds(policy.passport, policy.cover_from, policy.cover_to):
                raise Problem(409, "PBBY-409", "policy_exists", check="order")

    def _tell(self, policy: _Policy | None) -> Answer:
        if policy is None:
            raise Problem(404, "PBBY-404", "no_such_policy")
        if policy.status == "PENDING":
            if policy.questions_left <= 0:
                policy.status = policy.becomes
            policy.questions_left -= 1
        return Answer(200, policy.body())

    def _cancel(self, policy: _Policy | None, request: Request) -> Answer:
        if policy is None or request.body["policyNo"] != policy.number:
            raise Problem(404, "PBBY-404", "no_such_policy")
        if policy.status not in {"ISSUED", "CANCELLED"}:
            raise Problem(409, "PBBY-410", "not_in_force", check="order")
        policy.status = "CANCELLED"
        return Answer(200, policy.body())


def _months_on(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    leap = (month + 1, day.day) == (2, 29) and (year % 4 != 0 or year % 100 == 0)
    return date(year, month + 1, 28 if leap else day.day)
