"""The terms of a contract as data, and the hash that is signed and agreed to."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from emigrate.foundation.errors import InvalidInput
from emigrate.law.engine.codes import currencies, occupations
from emigrate.law.engine.dates import last_day_of


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
        return last_day_of(date.fromisoformat(self.starts_on), self.months)

    @property
    def hash(self) -> bytes:
        """SHA-256 of the terms in canonical JSON: what is signed and consented to."""
        text = json.dumps(self.as_json(), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(text.encode()).digest()

    def as_json(self) -> dict[str, Any]:
        """The terms as they are kept; clauses in order."""
        return {**asdict(self), "clauses": sorted(self.clauses)}


NAMES = tuple(Terms.__dataclass_fields__)
REQUIRED = NAMES[: NAMES.index("clauses") + 1]
CHOICES: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(
        ("food", "accommodation", "transport", "medical"),
        frozenset({"provided", "allowance", "none"}),
    ),
    **dict.fromkeys(
        ("ticket_out", "ticket_home", "recruitment_cost"),
        frozenset({"employer", "emigrant", "shared"}),
    ),
    "passport_custody": frozenset({"emigrant", "employer"}),
}
LIMITS: Mapping[str, tuple[int, int]] = {
    "wage_minor": (1, 10**12),
    "months": (1, 600),
    "hours_per_day": (1, 24),
    "days_per_week": (1, 7),
    "overtime_percent": (0, 1000),
    "leave_days_per_year": (0, 366),
    "notice_days": (0, 366),
    "probation_months": (0, 600),
    "deductions_minor": (0, 10**12),
}
LONGEST_TEXT = 200
FAULTS = {
    "unknown_term": _("There is no such term; leave it out."),
    "term_missing": _("This term must be named."),
    "term_malformed": _("This value does not fit the term."),
}


def terms_from(data: Mapping[str, Any], pointer: str = "/terms") -> Terms:
    """Terms of a JSON object; InvalidInput names every unknown, missing or wrong member."""
    faults = [(name, "unknown_term") for name in data if name not in NAMES]
    faults += [(name, "term_missing") for name in REQUIRED if name not in data]
    faults += [
        (name, "term_malformed") for name in NAMES if name in data and not _fits(name, data[name])
    ]
    if faults:
        raise InvalidInput(
            [
                {"pointer": f"{pointer}/{name}", "code": code, "message": str(FAULTS[code])}
                for name, code in faults
            ]
        )
    return Terms(**{**data, "clauses": tuple(sorted(data["clauses"]))})


def _fits(name: str, value: object) -> bool:
    if name in LIMITS:
        least, most = LIMITS[name]
        return type(value) is int and least <= value <= most
    if name in CHOICES:
        return isinstance(value, str) and value in CHOICES[name]
    if name == "clauses":
        return isinstance(value, list | tuple) and all(isinstance(each, str) for each in value)
    if name == "starts_on":
        return value is None or (isinstance(value, str) and _is_day(value))
    known = {"currency": currencies, "occupation": occupations}.get(name)
    if known is not None:
        return isinstance(value, str) and value in known()
    return isinstance(value, str) and 0 < len(value.strip()) <= LONGEST_TEXT


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
