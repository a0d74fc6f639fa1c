"""The terms of a contract as data, and the hash that is signed and agreed to."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from dateutil.relativedelta import relativedelta

from emigrate.foundation.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class Terms:
    """What a contract promises. Money in minor units; hours a day; days a week or year.

    `clauses` are the law's codes of the matters that the text settles (Emigration Rules, 1983,
    r.15(2)).
    """

    occupation: str
    title: str
    workplace: str
    wage_minor: int
    currency: str
    months: int
    clauses: tuple[str, ...]
    starts_on: str | None = None
    hours_per_day: int = 8
    days_per_week: int = 6
    overtime_percent: int = 125
    leave_days_per_year: int = 21
    notice_days: int = 30
    probation_months: int = 3
    deductions_minor: int = 0
    food: str = "provided"
    accommodation: str = "provided"
    transport: str = "provided"
    medical: str = "provided"
    ticket_out: str = "employer"
    ticket_home: str = "employer"
    recruitment_cost: str = "employer"
    passport_custody: str = "emigrant"

    @property
    def ends_on(self) -> date | None:
        """The last day of the contract, when its start is named."""
        if self.starts_on is None:
            return None
        return date.fromisoformat(self.starts_on) + relativedelta(months=self.months, days=-1)

    @property
    def hash(self) -> bytes:
        """SHA-256 of the terms in canonical JSON: what is signed and consented to."""
        text = json.dumps(self.as_json(), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(text.encode()).digest()

    def as_json(self) -> dict[str, Any]:
        """The terms as they are kept; clauses in order."""
        return {**asdict(self), "clauses": sorted(self.clauses)}


NAMES = tuple(Terms.__dataclass_fields__)
WORDS = frozenset({"food", "accommodation", "transport", "medical"})
PAYERS = frozenset({"ticket_out", "ticket_home", "recruitment_cost"})


def terms_from(data: Mapping[str, Any], pointer: str = "/terms") -> Terms:
    """Terms of a JSON object; InvalidInput names every unknown, missing or wrong member."""
    errors = [_error(f"{pointer}/{name}", "unknown_term") for name in data if name not in NAMES]
    required = NAMES[: NAMES.index("clauses") + 1]
    errors += [_error(f"{pointer}/{name}", "term_missing") for name in required if name not in data]
    if not errors:
        errors = [
            _error(f"{pointer}/{name}", "term_malformed")
            for name in data
            if not _fits(name, data[name])
        ]
    if errors:
        raise InvalidInput(errors)
    return Terms(**{**data, "clauses": tuple(sorted(data["clauses"]))})


def _fits(name: str, value: object) -> bool:
    if name == "clauses":
        return isinstance(value, list | tuple) and all(isinstance(each, str) for each in value)
    if name in WORDS:
        return value in {"provided", "allowance", "none"}
    if name in PAYERS:
        return value in {"employer", "emigrant", "shared"}
    if name == "passport_custody":
        return value in {"emigrant", "employer"}
    if name == "starts_on":
        return value is None or _is_day(value)
    if name in {"occupation", "title", "workplace", "currency"}:
        return isinstance(value, str) and 0 < len(value) <= 200
    return type(value) is int and 0 <= value <= 10**12


def _is_day(value: object) -> bool:
    try:
        date.fromisoformat(str(value))
    except ValueError:
        return False
    return isinstance(value, str)


def _error(pointer: str, code: str) -> dict[str, str]:
    words = {
        "unknown_term": "There is no such term; leave it out.",
        "term_missing": "This term must be named.",
        "term_malformed": "This value does not fit the term.",
    }
    return {"pointer": pointer, "code": code, "message": words[code]}
