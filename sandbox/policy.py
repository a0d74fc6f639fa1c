"""One policy of the insurer, and which of them were issued or cancelled on which day."""

import json
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

DAYS = ("cover_from", "cover_to", "issued_on", "cancelled_on")
SUM_INSURED = "1000000.00"
"""Rupees, by the scheme of 2017 as its insurers publish it."""


@dataclass(slots=True)
class Policy:
    """A proposal and what became of it; `becomes` is decided after `questions_left` questions."""

    reference: str
    number: str
    passport: str
    cover_from: date
    cover_to: date
    premium: str
    currency: str
    status: str = "PENDING"
    questions_left: int = 0
    becomes: str = "ISSUED"
    issued_on: date | None = None
    cancelled_on: date | None = None

    def body(self) -> dict[str, object]:
        """What the insurer tells about it."""
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
        """Whether it covers, or may come to cover, this passport at some time of the span."""
        open_ = self.status in {"ISSUED", "PENDING"}
        return (
            open_
            and self.passport == passport
            and self.cover_from <= end
            and start <= self.cover_to
        )

    def entry(self, day: date) -> dict[str, object]:
        """Its line in the reconciliation of a day, as it stood when that day ended."""
        cancelled = self.cancelled_on is not None and self.cancelled_on <= day
        return {
            "proposalRef": self.reference,
            "policyNo": self.number,
            "status": "CANCELLED" if cancelled else "ISSUED",
            "premium": self.premium,
            "currency": self.currency,
        }


class PolicyFile:
    """Policies on disk, one line for each change, so that a restart knows them; or nowhere."""

    def __init__(self, path: Path | None) -> None:
        self._path = path

    def policies(self) -> list[Policy]:
        """Every policy as it was last written, in the order of the proposals."""
        if self._path is None or not self._path.exists():
            return []
        lines = self._path.read_text(encoding="utf-8").splitlines()
        last = {kept["reference"]: kept for kept in map(json.loads, lines)}
        return [_policy_of(kept) for kept in last.values()]

    def write(self, policy: Policy) -> None:
        """Keep a policy as it stands now."""
        if self._path is not None:
            with self._path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(asdict(policy), default=str) + "\n")


def _policy_of(kept: dict[str, Any]) -> Policy:  # our own JSON
    days = {name: kept[name] for name in DAYS if kept[name] is not None}
    return Policy(**{**kept, **{name: date.fromisoformat(day) for name, day in days.items()}})


class DayBook:
    """The policies that were issued or cancelled, by day."""

    def __init__(self) -> None:
        self._days: dict[date, dict[str, Policy]] = {}

    def enter(self, day: date, policy: Policy) -> None:
        """This policy was issued or cancelled on that day."""
        self._days.setdefault(day, {})[policy.number] = policy

    def page(self, day: date, after: str, longest: int) -> tuple[list[dict[str, object]], str]:
        """Entries behind the number `after`, sorted; and the last number if more follow, or ""."""
        policies = self._days.get(day, {})
        numbers = sorted(number for number in policies if number > after)
        shown = numbers[:longest]
        more = shown[-1] if len(numbers) > len(shown) else ""
        return [policies[number].entry(day) for number in shown], more


def cover_end(start: date, months: int) -> date:
    """The last day of a cover of so many months."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    leap = (month + 1, start.day) == (2, 29) and (year % 4 != 0 or year % 100 == 0)
    return date(year, month + 1, 28 if leap else start.day) - timedelta(days=1)
