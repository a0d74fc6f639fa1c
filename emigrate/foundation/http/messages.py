"""One call and one reply, as the door passes them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from emigrate.foundation.http.errors import Refused, Unreadable

REPEATABLE_METHODS = frozenset({"GET", "HEAD"})
CODE_LENGTH = 40


@dataclass(frozen=True, slots=True)
class Call:
    """One request to a partner.

    `operation` is our word for it (breaker, log); `path` starts with a slash and is added to the
    base URL; `request_id` belongs to this one question and stays when the question is repeated.
    A POST is repeated only when it carries an `idempotency_key`.
    """

    operation: str
    method: str
    path: str = field(repr=False)
    request_id: UUID
    body: bytes = field(default=b"", repr=False)
    media_type: str = "application/json"
    idempotency_key: str | None = field(default=None, repr=False)

    @property
    def may_repeat(self) -> bool:
        """Whether sending this twice has the effect of sending it once."""
        return self.method in REPEATABLE_METHODS or self.idempotency_key is not None


@dataclass(frozen=True, slots=True)
class Reply:
    """One reply, read whole and within the size limit; header names in lower case."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)

    def json(self) -> dict[str, object]:
        """The body as one JSON object; Unreadable for another type, form or a repeated name."""
        kind = self.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind != "application/json" and not kind.endswith("+json"):
            raise Unreadable("content-type")
        return json_object(self.body)

    def refusal(self) -> Refused:
        """The refusal in an RFC 9457 body; the status stands in when there is no usable code."""
        fallback = Refused(f"http_{self.status}")
        try:
            code = self.json().get("code")
        except Unreadable:
            return fallback
        plain = isinstance(code, str) and code.isascii() and 0 < len(code) <= CODE_LENGTH
        return Refused(str(code)) if plain else fallback


def json_object(body: bytes) -> dict[str, object]:
    """One JSON object in UTF-8; Unreadable for another form, a repeated name or NaN."""
    try:
        value: object = json.loads(
            body.decode("utf-8"), object_pairs_hook=_each_name_once, parse_constant=_no_constant
        )
    except (ValueError, RecursionError) as error:
        raise Unreadable("body") from error
    if not isinstance(value, dict):
        raise Unreadable("body")
    return value


def _each_name_once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise ValueError("repeated_name")
    return value


def _no_constant(name: str) -> object:
    raise ValueError(name)
