"""The one door for HTTP out: time-outs, retries, circuit breaker, signature, size limit."""

from emigrate.foundation.http.breaker import Breaker, BreakerHealth, BreakerLimits, BreakerState
from emigrate.foundation.http.door import Door, DoorSettings
from emigrate.foundation.http.errors import Reason, Refused, Unavailable, Unreadable
from emigrate.foundation.http.messages import Call, Reply
from emigrate.foundation.http.signature import Signer

__all__ = [
    "Breaker",
    "BreakerHealth",
    "BreakerLimits",
    "BreakerState",
    "Call",
    "Door",
    "DoorSettings",
    "Reason",
    "Refused",
    "Reply",
    "Signer",
    "Unavailable",
    "Unreadable",
]
