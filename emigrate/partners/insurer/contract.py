"""What the platform asks an insurer of emigrant workers, whichever company it is.

Three outcomes: an answer (which may be a refusal with its reason), None for "no such policy",
or Unavailable.
"""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from emigrate.foundation.http import Unavailable
from emigrate.foundation.money import Money

__all__ = [
    "ClaimNews",
    "ClaimOutcome",
    "DayPage",
    "Insured",
    "Insurer",
    "Nominee",
    "Policy",
    "PolicyDay",
    "PolicyNews",
    "PolicyState",
    "Premium",
    "Proposal",
    "Travel",
    "Unavailable",
]


class PolicyState(StrEnum):
    """Where a proposal or policy stands at the insurer."""

    PENDING = "PENDING"
    ISSUED = "ISSUED"
    REJECTED = "REJECTED"
    CANCELLED = "CANCELLED"


@dataclass(frozen=True, slots=True)
class Insured:
    """The worker, as in the passport."""

    name: str = field(repr=False)
    birth_date: date = field(repr=False)
    sex: str = field(repr=False)
    passport_number: str = field(repr=False)
    mobile: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Nominee:
    """Who receives the benefit, and in what part of a hundred."""

    name: str = field(repr=False)
    relationship: str = field(repr=False)
    share: int = 100


@dataclass(frozen=True, slots=True)
class Travel:
    """Where the work is and until when; country as ISO 3166-1 alpha-3."""

    country: str
    employer_reference: str
    contract_end: date


@dataclass(frozen=True, slots=True)
class Premium:
    """What was paid: base, tax on it, and their sum, in one currency."""

    base: Money
    tax: Money

    @property
    def total(self) -> Money:
        """Base and tax together; ValueError when their currencies differ."""
        if self.base.currency != self.tax.currency:
            raise ValueError("premium_in_two_currencies")
        return Money(self.base.currency, self.base.minor + self.tax.minor)


@dataclass(frozen=True, slots=True)
class Proposal:
    """One proposal for one policy. `reference` is ours and makes repetition harmless."""

    reference: str
    insured: Insured
    nominees: tuple[Nominee, ...]
    travel: Travel
    cover_from: date
    term_months: int
    premium: Premium
    payment_reference: str


@dataclass(frozen=True, slots=True)
class Policy:
    """A proposal or policy as the insurer sees it.

    `number`, the dates and the money are None until it is issued. `reason` is the insurer's code
    when it was rejected. The caller compares `passport_number` and `premium` with its own.
    """

    state: PolicyState
    reference: str
    number: str | None = None
    passport_number: str | None = field(default=None, repr=False)
    cover_from: date | None = None
    cover_to: date | None = None
    sum_insured: Money | None = None
    premium: Money | None = None
    reason: str = ""
    raw: bytes = field(default=b"", repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class PolicyDay:
    """A policy that was issued or cancelled on a day, as it stood at the end of that day."""

    reference: str
    number: str
    state: PolicyState
    premium: Money


@dataclass(frozen=True, slots=True)
class DayPage:
    """A part of a day's policies, sorted by number; `next` is where the next part begins after."""

    policies: tuple[PolicyDay, ...]
    next: str | None = None


@dataclass(frozen=True, slots=True)
class PolicyNews:
    """Something became of a proposal or policy; where to look, not a fact."""

    reference: str


class ClaimOutcome(StrEnum):
    """How a claim was settled."""

    PAID = "PAID"
    REFUSED = "REFUSED"


@dataclass(frozen=True, slots=True)
class ClaimNews:
    """A claim on a policy was registered, or settled (then with its outcome) on a day."""

    policy_number: str
    claim_number: str
    on: date
    outcome: ClaimOutcome | None = None
    amount: Money | None = None


class Insurer(Protocol):
    """Anything that insures emigrant workers. `request_id` belongs to one question."""

    def propose(self, proposal: Proposal, *, request_id: UUID) -> Policy:
        """ISSUED, PENDING (ask `proposal` later) or REJECTED with a reason; or Unavailable.

        After Unavailable with `may_have_happened`, repeating the same proposal is safe.
        """
        ...

    def proposal(self, reference: str, *, request_id: UUID) -> Policy | None:
        """Where a proposal stands; None when the insurer never received it."""
        ...

    def policy(self, number: str, *, request_id: UUID) -> Policy | None:
        """A policy by the insurer's number; None when there is no such policy."""
        ...

    def cancel(self, number: str, reason: str, *, request_id: UUID) -> Policy | None:
        """The policy after cancelling (again); None when there is no such policy."""
        ...

    def document(self, number: str, *, request_id: UUID) -> bytes | None:
        """The policy's paper as a PDF; None when there is no such policy."""
        ...

    def reconciliation(
        self, day: date, *, after: str | None = None, request_id: UUID
    ) -> DayPage | None:
        """What was issued and cancelled on a day, page by page; None while it is not over."""
        ...
