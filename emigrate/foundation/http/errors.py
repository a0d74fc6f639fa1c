"""What can go wrong between us and a partner. No message here ever quotes a body or a URL."""

from enum import StrEnum


class Reason(StrEnum):
    """Why nothing was learnt from a partner; stable codes for logs, pages and tests."""

    CIRCUIT_OPEN = "circuit_open"
    NO_CONNECTION = "no_connection"
    TIMED_OUT = "timed_out"
    BROKEN_OFF = "broken_off"
    SERVER_ERROR = "server_error"
    BUSY = "busy"
    REDIRECTED = "redirected"
    TOO_LARGE = "too_large"
    UNREADABLE = "unreadable"
    REFUSED = "refused"


NOTHING_DONE = frozenset({Reason.CIRCUIT_OPEN, Reason.NO_CONNECTION, Reason.REFUSED})
LASTING = frozenset({Reason.REFUSED, Reason.REDIRECTED})


class Unavailable(Exception):
    """Nothing was learnt: neither an answer nor "no such thing". The case waits for the partner.

    `code` is the partner's own error code or the name of the field at fault, `status` the HTTP
    status if one came, `retry_after` the partner's wish in seconds. `may_have_happened` tells
    whether the partner may have acted on this try or an earlier one of the same call: ask for the
    state before repeating.
    """

    def __init__(
        self,
        reason: Reason,
        *,
        partner: str,
        operation: str,
        request_id: str,
        code: str = "",
        status: int | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(f"{partner}.{operation}: {reason.value} {code}".rstrip())
        self.reason = reason
        self.partner = partner
        self.operation = operation
        self.request_id = request_id
        self.code = code
        self.status = status
        self.retry_after = retry_after
        self.may_have_happened = reason not in NOTHING_DONE

    @property
    def lasting(self) -> bool:
        """Whether waiting cannot help: a person must look at our side or at the contract."""
        return self.reason in LASTING


class Unreadable(Exception):
    """An answer came that the contract does not allow. `field` names the place, never a value."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


class Refused(Exception):
    """The partner understood and declined our request as wrong. `code` is the partner's own."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
