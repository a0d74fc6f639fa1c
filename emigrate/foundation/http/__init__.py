"""The one door for HTTP out: time-outs, retries, circuit breaker, signature, size limit.

And the check of who signed what partners send in.
"""

from emigrate.foundation.http.breaker import Breaker, BreakerHealth, BreakerLimits, BreakerState
from emigrate.foundation.http.door import Door, DoorSettings
from emigrate.foundation.http.errors import Reason, Refused, Unavailable, Unreadable
from emigrate.foundation.http.incoming import Forged, Incoming, signed_by
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
    "Forged",
    "Incoming",
    "Reason",
    "Refused",
    "Reply",
    "Signer",
    "Unavailable",
    "Unreadable",
    "signed_by",
]
