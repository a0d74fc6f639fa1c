"""The verbs of a contract: draft, sign, offer, read back, consent, think over, fix, charge, end."""

from emigrate.domains.contracts.actions.agree import (
    consent,
    decline_contract,
    lock_contract,
    lock_thought_over,
    read_back,
    withdraw_consent,
)
from emigrate.domains.contracts.actions.charges import record_charge
from emigrate.domains.contracts.actions.draft import (
    NewContract,
    draft_contract,
    offer_contract,
    revise_contract,
    sign_for_employer,
)
from emigrate.domains.contracts.actions.end import annul_contract, void_contract
from emigrate.domains.contracts.actions.move import move_contract

__all__ = [
    "NewContract",
    "annul_contract",
    "consent",
    "decline_contract",
    "draft_contract",
    "lock_contract",
    "lock_thought_over",
    "move_contract",
    "offer_contract",
    "read_back",
    "record_charge",
    "revise_contract",
    "sign_for_employer",
    "void_contract",
    "withdraw_consent",
]
