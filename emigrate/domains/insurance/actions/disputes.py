"""What an officer must look at: an answer that is not taken, a policy that the insurer ended."""

from emigrate.domains.emigrants.queries import passports_of
from emigrate.domains.insurance.actions.jobs import ask_insurer, confirm_policy
from emigrate.domains.insurance.enums import AT_INSURER, IN_FORCE, Dispute
from emigrate.domains.insurance.facts import standing_dispute_of
from emigrate.domains.insurance.models import Policy
from emigrate.domains.insurance.policies import POLICY_POLICY
from emigrate.domains.insurance.workflow import POLICY
from emigrate.foundation.actors import Actor
from emigrate.foundation.errors import ReasonRequired, WrongState
from emigrate.foundation.transactions import action
from emigrate.partners.insurer.contract import Policy as Answer
from emigrate.partners.insurer.contract import PolicyState as AnswerState

ENDED = (AnswerState.CANCELLED, AnswerState.REJECTED)


@action
def record_standing(reference: str, answer: Answer | None, *, actor: Actor) -> Policy:
    """What the insurer says of a policy in force; None: it knows none of that number.

    A policy that does not stand there, or reads differently, waits for an officer as a dispute. One
    that stands again is withdrawn no more. The same answer again changes nothing.
    """
    case = locked(reference, actor)
    if case.state not in IN_FORCE:
        return case
    if answer is None or answer.reference != reference or answer.state in ENDED:
        return disputed(case, Dispute.WITHDRAWN, actor)
    if answer.state is not AnswerState.ISSUED:
        return case
    passports = passports_of(case.person_id, actor=actor)
    dispute = standing_dispute_of(case, answer, passports)
    if dispute is not None:
        return disputed(case, dispute, actor)
    if case.dispute == Dispute.WITHDRAWN:
        POLICY.amend("policy.dispute_settled", case, actor=actor, dispute="")
    return case


@action
def look_again(reference: str, reason: str, *, actor: Actor) -> Policy:
    """An officer has settled a dispute with the insurer: its answer is asked for again."""
    if not reason.strip():
        raise ReasonRequired(verb="look_again")
    case = POLICY.lock(Policy.objects.all(), actor=actor, permission="cancel", reference=reference)
    POLICY_POLICY.require(actor, "cancel", case)
    if case.state not in (*AT_INSURER, *IN_FORCE) or not case.dispute:
        raise WrongState(verb="look_again", state=case.state)
    POLICY.amend("policy.dispute_settled", case, actor=actor, reason=reason, dispute="")
    ask = confirm_policy if case.state in IN_FORCE else ask_insurer
    ask(reference)
    return case


def locked(reference: str, actor: Actor) -> Policy:
    """A policy as the platform alone may hold it to write what the insurer says."""
    rows = Policy.objects.select_related("cover")
    case = POLICY.lock(rows, actor=actor, permission="ask", reference=reference)
    POLICY_POLICY.require(actor, "ask", case)
    return case


def disputed(case: Policy, dispute: Dispute, actor: Actor) -> Policy:
    """Let an officer look at it; once."""
    if case.dispute == dispute:
        return case
    finding = {"code": dispute.value, "severity": "refer"}
    return POLICY.amend(
        "policy.disputed", case, actor=actor, findings=[finding], dispute=dispute.value
    )
