"""The verbs of insurance: note what is needed, quote, pay, record the insurer's word, cancel."""

from emigrate.domains.insurance.actions.answers import (
    ask_again,
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
from emigrate.domains.insurance.actions.disputes import look_again, record_standing
from emigrate.domains.insurance.actions.move import move_cover
from emigrate.domains.insurance.actions.news import take_claim_news, take_policy_news
from emigrate.domains.insurance.actions.papers import (
    ask_for_papers,
    record_paper,
    record_paper_refused,
)
from emigrate.domains.insurance.actions.quote import (
    NewCover,
    mark_paid,
    note_cover,
    quote_policy,
    record_life_cover,
)
from emigrate.domains.insurance.actions.reconcile import (
    ask_for_reconciliations,
    record_reconciliation,
)

__all__ = [
    "NewCover",
    "ask_again",
    "ask_for_papers",
    "ask_for_reconciliations",
    "cancel_policy",
    "cancel_refunded",
    "close_unused",
    "drop_quote",
    "end_cover",
    "look_again",
    "mark_paid",
    "move_cover",
    "note_cover",
    "prepare_proposal",
    "quote_policy",
    "record_life_cover",
    "record_paper",
    "record_paper_refused",
    "record_policy",
    "record_reconciliation",
    "record_standing",
    "record_told",
    "return_premium",
    "run_clocks",
    "take_claim_news",
    "take_policy_news",
    "tell_expiring",
]
