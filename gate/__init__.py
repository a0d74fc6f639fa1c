"""Stand-alone check of an emigration clearance: no network, no database, no clock but its own."""

from gate.reasons import Reason, Refused, Unusable, Verdict
from gate.verdict import Result, Verifier

__all__ = ["Reason", "Refused", "Result", "Unusable", "Verdict", "Verifier"]
