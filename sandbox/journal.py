"""Evidence: every request with the verdict whether the real partner would have accepted it."""

import json
import threading
from collections import Counter, deque
from dataclasses import asdict, dataclass, field
from pathlib import Path

KEPT = 20_000


@dataclass(slots=True)
class Entry:
    """One request; never its body, only the digest. A check is "ok", a reason, or "not_reached"."""

    number: int
    at: str
    partner: str
    operation: str
    method: str
    request_id: str
    body_sha256: str
    key_id: str = ""
    signature: str = "not_reached"
    schema: str = "not_reached"
    order: str = "not_reached"
    scenario: str = ""
    replayed: bool = False
    status: int = 0
    accepted: bool = field(default=False)

    def close(self, status: int) -> None:
        """Fix the verdict."""
        self.status = status
        self.accepted = (self.signature, self.schema, self.order) == ("ok", "ok", "ok")


class Journal:
    """The last 20,000 entries, and all of them as JSON lines when a folder is given."""

    def __init__(self, folder: Path | None) -> None:
        self._entries: deque[Entry] = deque(maxlen=KEPT)
        self._verdicts: Counter[tuple[str, str]] = Counter()
        self._lock = threading.Lock()
        self._numbers = 0
        self._file = (folder / "journal.jsonl").open("a", encoding="utf-8") if folder else None

    def next_number(self) -> int:
        """Numbers start at 1 and never repeat."""
        with self._lock:
            self._numbers += 1
            return self._numbers

    def add(self, entry: Entry) -> None:
        """Keep one closed entry."""
        with self._lock:
            self._entries.append(entry)
            self._verdicts[(entry.partner, _verdict(entry))] += 1
            if self._file is not None:
                self._file.write(json.dumps(asdict(entry)) + "\n")
                self._file.flush()

    def since(self, number: int) -> list[dict[str, object]]:
        """The entries after this number, oldest first."""
        with self._lock:
            return [asdict(entry) for entry in self._entries if entry.number > number]

    def report(self) -> dict[str, dict[str, int]]:
        """For each partner how many requests had which verdict."""
        with self._lock:
            verdicts = dict(self._verdicts)
        report: dict[str, dict[str, int]] = {}
        for (partner, verdict), count in sorted(verdicts.items()):
            report.setdefault(partner, {})[verdict] = count
        return report


def _verdict(entry: Entry) -> str:
    for check in ("signature", "schema", "order"):
        result = getattr(entry, check)
        if result != "ok":
            return f"{check}:{result}"
    return "accepted"
