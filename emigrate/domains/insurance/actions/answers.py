"""The insurer's word becomes a step: at most once, and only when it is what was paid for."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import TypeAlias

from emigrate.domains.emigrants import queries as emigrants
from emigrate.domains.insurance.actions.cancel import refund_premium, tell_cancelled
from emigrate.domains.insurance.actions.disputes import disputed, locked
from emigrate.domains.insurance.actions.jobs import ask_insurer, tell_insurer
from emigrate.domains.insurance.enums import AT_INSURER, Dispute, PolicyState
from emigrate.domains.insurance.facts import dispute_of, proposal_of
from emigrate.domains.insurance.models import Policy
from emigrate.domains.insurance.policies import POLICY_POLICY
from emigrate.domains.insurance.queries import undecided, untold
from emigrate.domains.insurance.workflow import POLICY
from emigrate.domains.notifications.actions import Notice, notify
from emigrate.foundation.actors import Actor
from emigrate.foundation.transactions import action, now
from emigrate.partners import directory
from emigrate.partners.insurer.contract import Policy as Answer
from emigrate.partners.insurer.contract import PolicyState as AnswerState
from emigrate.partners.insurer.contract import Proposal

ASK_AFTER = timedelta(minutes=10)
AT_ONCE = 500


@action
def prepare_proposal(reference: str, *, actor: Actor) -> Proposal | None:
    """What the insurer is to be asked; None when it need not be asked any more.

    Opens the person's fields, and the reading is recorded. Blocked when the record lost its
    nominee, telephone or passport after the payment.
    """
    case = locked(reference, actor)
    if case.state not in AT_INSURER or case.dispute:
        return None
    personal = emigrants.personal(case.person_id, actor=actor, purpose="insurance proposal")
    return proposal_of(case, personal)


@action
def record_policy(reference: str, answer: Answer | None, *, actor: Actor) -> Policy:
    """Take the step that the insurer's answer asks for; None: it does not know the proposal.

    The same answer again changes nothing. Other money, time or person than was paid for is not
    taken: it waits for an officer as a dispute.
    """
    case = locked(reference, actor)
    if answer is None:
        return case
    if case.state in AT_INSURER:
        return ANSWERS[answer.state](case, answer, actor)
    if case.state == PolicyState.CANCELLED and answer.state in STANDING:
        return _answered_too_late(case, answer, actor)
    return case


@action
def record_told(reference: str, number: str, *, actor: Actor) -> Policy:
    """The insurer knows of a cancellation, or never issued anything (`number` is empty); once."""
    case = locked(reference, actor)
    if not case.to_tell:
        return case
    return POLICY.amend(
        "policy.insurer_told", case, actor=actor, number=number or case.number, to_tell=False
    )


@action
def ask_again(*, actor: Actor) -> int:
    """Ask for every decision, and tell every cancellation, that is still open; how many."""
    POLICY_POLICY.require_role(actor, "ask")
    asked = 0
    for rows, ask in ((undecided(actor), ask_insurer), (untold(actor), tell_insurer)):
        waiting = rows.filter(state_since__lt=now() - ASK_AFTER)
        for reference in waiting.values_list("reference", flat=True)[:AT_ONCE]:
            ask(reference)
            asked += 1
    return asked


def _pending(case: Policy, answer: Answer, actor: Actor) -> Policy:
    del answer
    return case if case.state == PolicyState.PENDING else POLICY.take("wait", case, actor=actor)


def _issued(case: Policy, answer: Answer, actor: Actor) -> Policy:
    dispute = dispute_of(case, answer)
    if dispute is not None:
        return disputed(case, dispute, actor)
    POLICY.take(
        "issue",
        case,
        actor=actor,
        number=answer.number,
        insurer=directory.insurer_name(),
        from_date=answer.cover_from,
        to_date=answer.cover_to,
        issued_at=now(),
        dispute="",
    )
    receiver = Notice("policy.issued", person_id=case.person_id, reference=case.reference)
    notify(receiver, actor=Actor.system(actor.request_id))
    return case


def _refused(case: Policy, answer: Answer, actor: Actor) -> Policy:
    reason = answer.reason or Dispute.WITHDRAWN.value
    POLICY.take("refuse", case, actor=actor, reason=reason)
    refund_premium(case, f"insurer: {reason}", actor)
    tell_cancelled(case, actor)
    return case


def _answered_too_late(case: Policy, answer: Answer, actor: Actor) -> Policy:
    """It was cancelled here while the insurer was being asked: the insurer is told of that too."""
    if case.to_tell or case.number:
        return case
    number = answer.number or ""
    POLICY.amend("policy.answered_late", case, actor=actor, number=number, to_tell=True)
    tell_insurer(case.reference)
    return case


STANDING = (AnswerState.PENDING, AnswerState.ISSUED)
Taken: TypeAlias = Callable[[Policy, Answer, Actor], Policy]
ANSWERS: Mapping[AnswerState, Taken] = {
    AnswerState.PENDING: _pending,
    AnswerState.ISSUED: _issued,
    AnswerState.REJECTED: _refused,
    AnswerState.CANCELLED: _refused,
}
