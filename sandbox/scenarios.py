"""Faults on order: the next N calls of an operation behave in a given way."""

import threading
from dataclasses import dataclass, replace

TRANSPORT = frozenset(
    {
        "status",  # answer with the status `value` and do nothing
        "latency",  # wait `value` seconds, then go on
        "drop_before",  # close the connection, nothing done
        "drop_after_commit",  # do it, then close the connection without an answer
        "truncated",  # do it, promise more octets than come
        "trickle",  # do it, then one octet every 50 ms
        "garbage",  # do it, answer with something that is not JSON
        "huge",  # do it, answer with `value` megabytes
        "redirect",  # point elsewhere
        "wrong_echo",  # do it, answer under another request id
    }
)

BUSINESS = {
    "passport-registry": frozenset(
        {
            "not_found",
            "no_match",
            "partial",
            "expired",
            "impounded",
            "revoked",
            "lost",
            "reissued",
            "ecnr",
        }
    ),
    "insurer": frozenset(
        {
            "pending_then_issued",  # `value` questions answer PENDING, then ISSUED
            "pending_then_rejected",
            "not_insurable",
            "policy_exists",
            "payment_unknown",
            "wrong_passport",
            "premium_differs",
            "document_missing",
            "document_not_a_pdf",
            "reconciliation_lacks_one",  # the first entry of the page
            "reconciliation_premium_differs",  # that of the first entry
        }
    ),
    "payment-gateway": frozenset(
        {
            "failed",
            "pending",
            "pending_then_success",  # `value` questions answer PENDING, then SUCCESS
            "amount_differs",
            "other_order",
            "no_record",
            "refund_pending",
            "refund_refused",
        }
    ),
}

ANY_OPERATION = "*"


@dataclass(frozen=True, slots=True)
class Scenario:
    """One ordered fault; `value` means seconds, a status, megabytes or a count, by its name."""

    partner: str
    operation: str
    name: str
    calls: int = 1
    value: float = 1.0

    def __post_init__(self) -> None:
        if self.partner not in BUSINESS:
            raise ValueError("unknown_partner")
        if self.name not in TRANSPORT and self.name not in BUSINESS[self.partner]:
            raise ValueError("unknown_scenario")
        if self.calls < 1:
            raise ValueError("calls_below_one")

    def fits(self, partner: str, operation: str) -> bool:
        """Whether it is meant for this call."""
        return self.partner == partner and self.operation in {ANY_OPERATION, operation}


class Scenarios:
    """The queue of ordered faults; the first that fits a call is used up by one."""

    def __init__(self) -> None:
        self._queue: list[Scenario] = []
        self._lock = threading.Lock()

    def add(self, scenario: Scenario) -> None:
        """Order one more."""
        with self._lock:
            self._queue.append(scenario)

    def clear(self) -> None:
        """Cancel all orders."""
        with self._lock:
            self._queue.clear()

    def take(self, partner: str, operation: str) -> Scenario | None:
        """The fault for this call, if one is due."""
        with self._lock:
            for index, scenario in enumerate(self._queue):
                if not scenario.fits(partner, operation):
                    continue
                if scenario.calls == 1:
                    return self._queue.pop(index)
                self._queue[index] = replace(scenario, calls=scenario.calls - 1)
                return scenario
        return None
