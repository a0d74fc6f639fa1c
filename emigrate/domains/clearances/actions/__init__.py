"""The verbs of a clearance: filing, checks, scrutiny, decision, and what may follow it."""

from emigrate.domains.clearances.actions.after import (
    cancel_clearance,
    expire_clearances,
    restore_clearance,
    suspend_clearance,
    use_clearance,
)
from emigrate.domains.clearances.actions.check import (
    record_checks,
    record_waiting,
    start_checks,
)
from emigrate.domains.clearances.actions.decide import (
    Rejection,
    approve_clearance,
    reject_clearance,
)
from emigrate.domains.clearances.actions.ending import close_late_fee
from emigrate.domains.clearances.actions.file import (
    NewClearance,
    answer_query,
    draft_clearance,
    submit_clearance,
    withdraw_clearance,
)
from emigrate.domains.clearances.actions.redate import redate_clearance
from emigrate.domains.clearances.actions.scrutinise import (
    advise_clearance,
    hold_clearance,
    lapse_unanswered,
    put_back,
    query_clearance,
    refer_clearance,
    release_clearance,
    take_up,
    take_up_next,
)
from emigrate.domains.clearances.actions.tell import (
    tell_departing,
    tell_of_agent,
    tell_of_employer,
)

__all__ = [
    "NewClearance",
    "Rejection",
    "advise_clearance",
    "answer_query",
    "approve_clearance",
    "cancel_clearance",
    "close_late_fee",
    "draft_clearance",
    "expire_clearances",
    "hold_clearance",
    "lapse_unanswered",
    "put_back",
    "query_clearance",
    "record_checks",
    "record_waiting",
    "redate_clearance",
    "refer_clearance",
    "reject_clearance",
    "release_clearance",
    "restore_clearance",
    "start_checks",
    "submit_clearance",
    "suspend_clearance",
    "take_up",
    "take_up_next",
    "tell_departing",
    "tell_of_agent",
    "tell_of_employer",
    "use_clearance",
    "withdraw_clearance",
]
