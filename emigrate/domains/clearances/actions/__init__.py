"""The verbs of a clearance: filing, checks, scrutiny, decision, and what may follow it."""

from emigrate.domains.clearances.actions.after import (
    cancel_clearance,
    expire_clearances,
    restore_clearance,
    suspend_clearance,
    uphold_clearance,
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
from emigrate.domains.clearances.actions.heed import (
    cancel_in_hand,
    heed_charge,
    heed_registry,
    put_before_office,
    require_fee_to_stay,
    suspend_approved,
)
from emigrate.domains.clearances.actions.reassign import reassign_clearance
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
from emigrate.domains.clearances.actions.watch import next_watch, record_watched

__all__ = [
    "NewClearance",
    "Rejection",
    "advise_clearance",
    "answer_query",
    "approve_clearance",
    "cancel_clearance",
    "cancel_in_hand",
    "close_late_fee",
    "draft_clearance",
    "expire_clearances",
    "heed_charge",
    "heed_registry",
    "hold_clearance",
    "lapse_unanswered",
    "next_watch",
    "put_back",
    "put_before_office",
    "query_clearance",
    "reassign_clearance",
    "record_checks",
    "record_waiting",
    "record_watched",
    "redate_clearance",
    "refer_clearance",
    "reject_clearance",
    "release_clearance",
    "require_fee_to_stay",
    "restore_clearance",
    "start_checks",
    "submit_clearance",
    "suspend_approved",
    "suspend_clearance",
    "take_up",
    "take_up_next",
    "tell_departing",
    "tell_of_agent",
    "tell_of_employer",
    "uphold_clearance",
    "use_clearance",
    "withdraw_clearance",
]
