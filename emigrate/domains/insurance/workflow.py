"""A policy's machine on one screen: paid by the gateway's word, issued by the insurer's."""

from typing import TYPE_CHECKING

from emigrate.domains.insurance.enums import AT_INSURER, IN_FORCE, LIVE
from emigrate.domains.insurance.enums import PolicyState as S
from emigrate.domains.insurance.policies import POLICY_POLICY
from emigrate.domains.payments.queries import paid
from emigrate.domains.reference.enums import Role
from emigrate.foundation.transactions import today
from emigrate.foundation.workflow import Desk, Step, Workflow
from emigrate.law.current import pack

if TYPE_CHECKING:  # type checking
    from emigrate.domains.insurance.models import Policy

SUBJECT = "policy"
service_days = pack().service_days
HEAD = "pbby_premium"


def premium_paid(case: "Policy") -> str | None:
    """The premium has arrived, by the gateway's own word."""
    return None if paid(SUBJECT, case.reference, HEAD) else "premium_unpaid"


def begun(case: "Policy") -> str | None:
    """The first day of the cover has come."""
    return None if case.from_date <= today() else "cover_not_begun"


def ended(case: "Policy") -> str | None:
    """The last day of the cover has passed."""
    return None if case.to_date < today() else "cover_not_ended"


# fmt: off
POLICY: Workflow["Policy"] = Workflow(
    "policy", table="insurance_policy", states=S, initial=S.QUOTED, policy=POLICY_POLICY,
    content=("person_id", "contract_reference", "number", "from_date", "to_date", "sum_minor",
             "premium_minor", "life_cover_minor"),
    desks={
        S.PAID:    Desk(Role.SYSTEM, service_days("policy.issue"), escalates_to=Role.PGE),
        S.PENDING: Desk(Role.SYSTEM, service_days("policy.issue"), escalates_to=Role.PGE, runs_on=True),
    },
    steps=[
        #    verb       from           to           who may   event
        Step("pay",      S.QUOTED,     S.PAID,      "quote",  "policy.paid", needs=(premium_paid,)),
        Step("wait",     S.PAID,       S.PENDING,   "ask",    "policy.pending"),
        Step("issue",    AT_INSURER,   S.ISSUED,    "ask",    "policy.issued"),
        Step("refuse",   AT_INSURER,   S.CANCELLED, "ask",    "policy.refused", reason=True),
        Step("activate", S.ISSUED,     S.ACTIVE,    "ask",    "policy.activated", needs=(begun,)),
        Step("expire",   IN_FORCE,     S.EXPIRED,   "ask",    "policy.expired", needs=(ended,)),
        Step("drop",     S.QUOTED,     S.CANCELLED, "quote",  "policy.dropped"),
        Step("cancel",   LIVE,         S.CANCELLED, "cancel", "policy.cancelled", reason=True),
    ],
)
# fmt: on
