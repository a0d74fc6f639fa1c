"""Contracts that end without work: void before they are fixed, annulled after it."""

from emigrate.domains.contracts.models import Contract
from emigrate.domains.contracts.workflow import CONTRACT
from emigrate.domains.emigrants import actions as emigrants
from emigrate.foundation.actors import Actor
from emigrate.foundation.transactions import action


@action
def void_contract(reference: str, reason: str, *, actor: Actor) -> Contract:
    """Give up a contract that is not agreed to yet, with the reason."""
    return _ended("void", reference, reason, actor)


@action
def annul_contract(reference: str, reason: str, *, actor: Actor) -> Contract:
    """Undo a fixed contract, with the reason: for the emigrant, the Protector General, the law.

    Whoever heard that it was fixed (insurance) hears of it in the same transaction.
    """
    return _ended("annul", reference, reason, actor)


def _ended(verb: str, reference: str, reason: str, actor: Actor) -> Contract:
    case = CONTRACT.hold(Contract.objects.all(), actor=actor, verb=verb, reference=reference)
    CONTRACT.take(verb, case, actor=actor, reason=reason)
    system = Actor.system(actor.request_id)
    emigrants.end_disclosure(case.emigrant_id, case.reference, actor=system)
    return case
