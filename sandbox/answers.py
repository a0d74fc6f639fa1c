"""What the sandbox sends back: answers, and problems in the form of RFC 9457."""

import json
from dataclasses import dataclass, field

PROBLEM_TYPE = "application/problem+json"


@dataclass(frozen=True, slots=True)
class Answer:
    """A status with a JSON object, or with bytes as they are."""

    status: int
    body: dict[str, object] | bytes
    media_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)

    def encoded(self) -> bytes:
        """The body as sent."""
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


class Problem(Exception):
    """A refusal. `check` names what failed: signature, schema, order, or nothing in particular."""

    def __init__(self, status: int, code: str, detail: str, *, check: str = "") -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.check = check

    def answer(self, instance: str = "") -> Answer:
        """The problem document."""
        body: dict[str, object] = {
            "type": "about:blank",
            "title": self.detail,
            "status": self.status,
            "code": self.code,
        }
        if instance:
            body["instance"] = f"urn:uuid:{instance}"
        return Answer(self.status, body, PROBLEM_TYPE)
