"""The verbs of insurance: note what is needed, quote, pay, record the insurer's answer, cancel."""

from emigrate.domains.insurance.actions.answers import (
    ask_again,
    look_again,
    prepare_proposal,
    record_policy,
    record_told,
)
from emigrate.domains.insurance.actions.cancel import (
    cancel_policy,
    cancel_refunded,
    close_unused,
    drop_quote,
    end_cover,
    return_premium,
    run_clocks,
    tell_expiring,
)
from emigrate.domains.insurance.actions.quote import (
    NewCover,
    mark_paid,
    note_cover,
    quote_policy,
    record_life_cover,
)

__all__ = [
    "NewCover",
    "ask_again",
    "cancel_policy",
    "cancel_refunded",
    "close_unused",
    "drop_quote",
    "end_cover",
    "look_again",
    "mark_paid",
    "note_cover",
    "prepare_proposal",
    "quote_policy",
    "record_life_cover",
    "record_policy",
    "record_told",
    "return_premium",
    "run_clocks",
    "tell_expiring",
]
