"""What the verifier found wrong, and where."""

from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Any


class UnusableError(Exception):
    """Nothing can be said about the log: an input is missing or is not what it claims to be."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One broken promise. `entry` counts the log's entries from 0; `file` is below its root."""

    code: str
    detail: str
    file: str | None = None
    entry: int | None = None
    stream: str | None = None
    case: str | None = None

    def __str__(self) -> str:
        """One line for a person."""
        where = [
            f"entry {self.entry}" if self.entry is not None else "",
            f"case {self.stream}/{self.case}" if self.case is not None else "",
            self.file or "",
        ]
        return f"{self.code}: {', '.join(filter(None, where)) or 'log'}: {self.detail}"


@dataclass(slots=True)
class Report:
    """All findings counted, the first `limit` of them kept."""

    limit: int = 1000
    size: int = 0
    root: str = ""
    cases: int = 0
    findings: list[Finding] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def add(self, finding: Finding) -> None:
        """Count the finding and keep it while there is room."""
        self.counts[finding.code] += 1
        if len(self.findings) < self.limit:
            self.findings.append(finding)

    def as_json(self) -> dict[str, Any]:
        """The report for machines; keys are stable. Any: JSON."""
        findings = [
            {name: value for name, value in asdict(finding).items() if value is not None}
            for finding in self.findings
        ]
        return {
            "ok": not self.counts,
            "size": self.size,
            "root": self.root,
            "cases": self.cases,
            "counts": dict(self.counts),
            "findings": findings,
        }
