"""Background work of insurance: the insurer is asked outside any transaction, then one action."""

from uuid import UUID, uuid4, uuid5

from emigrate.domains.insurance.actions import (
    ask_again,
    prepare_proposal,
    record_policy,
    record_told,
    return_premium,
    run_clocks,
    tell_expiring,
)
from emigrate.domains.insurance.enums import AT_INSURER, PolicyState
from emigrate.domains.insurance.models import Policy
from emigrate.domains.insurance.queries import policy
from emigrate.foundation import jobs
from emigrate.foundation.actors import Actor
from emigrate.foundation.errors import Busy
from emigrate.foundation.transactions import acting
from emigrate.partners.directory import insurer
from emigrate.partners.insurer.contract import Policy as Answer
from emigrate.partners.insurer.contract import PolicyState as AnswerState
from emigrate.partners.insurer.contract import Unavailable

NAMESPACE = UUID("7c1f6e0a-53a1-4d6d-9a5b-0d7f3c1e9b25")
"""A cancellation told again carries the same request id, so the insurer takes it once."""


@jobs.job("insurance.propose", queue=jobs.PARTNERS)
def propose(reference: str) -> None:
    """Ask the insurer for a policy, or where its decision stands, and take the step it asks for."""
    actor = Actor.system(f"job-insure-{reference}")
    case = _policy(reference, actor)
    try:
        answer = _known(reference) if case.state == PolicyState.PENDING else None
        answer = answer or _proposed(reference, actor)
    except Unavailable as error:
        raise Busy(part="insurer") from error
    case = record_policy(reference, answer, actor=actor)
    if case.state in AT_INSURER and not case.dispute:
        raise Busy(part="insurer")


def _proposed(reference: str, actor: Actor) -> Answer | None:
    proposal = prepare_proposal(reference, actor=actor)
    if proposal is None:
        return None
    try:
        return insurer().propose(proposal, request_id=uuid4())
    except Unavailable as error:
        # A proposal whose reply was lost, and which reads differently today, is not taken twice.
        answer = _known(reference) if error.lasting else None
        if answer is None:
            raise
        return answer


def _known(reference: str) -> Answer | None:
    return insurer().proposal(reference, request_id=uuid4())


@jobs.job("insurance.cancel", queue=jobs.PARTNERS)
def cancel(reference: str) -> None:
    """Tell the insurer that a policy is cancelled; it is cancelled here already."""
    actor = Actor.system(f"job-uninsure-{reference}")
    case = _policy(reference, actor)
    if not case.to_tell:
        return
    try:
        number = case.number or _number(reference)
        if number:
            request_id = uuid5(NAMESPACE, f"cancel:{number}")
            insurer().cancel(number, "cancelled by the platform", request_id=request_id)
    except Unavailable as error:
        raise Busy(part="insurer") from error
    record_told(reference, number, actor=actor)


def _number(reference: str) -> str:
    """The number of a policy that was issued although it was cancelled here meanwhile."""
    answer = _known(reference)
    if answer is not None and answer.state is AnswerState.PENDING:
        raise Busy(part="insurer")
    return (answer.number if answer else None) or ""


@jobs.job("insurance.return_premium", queue=jobs.PARTNERS)
def give_premium_back(order_reference: str) -> None:
    """Give back a premium that arrived after its quotation was given up."""
    return_premium(order_reference, actor=Actor.system(f"job-premium-{order_reference}"))


@jobs.periodic("insurance.clocks", queue=jobs.CLOCKS, cron="10 * * * *")
def clocks() -> None:
    """Every hour: begin and end covers, and tell of those that end soon (owner: insurance)."""
    actor = Actor.system("job-insurance-clocks")
    run_clocks(actor=actor)
    tell_expiring(actor=actor)


@jobs.periodic("insurance.ask_again", queue=jobs.CLOCKS, cron="*/15 * * * *")
def ask_about_undecided() -> None:
    """Every quarter of an hour: what the insurer has not decided is asked (owner: insurance)."""
    ask_again(actor=Actor.system("job-insurance-ask-again"))


def _policy(reference: str, actor: Actor) -> Policy:
    with acting(actor):
        return policy(reference, actor=actor)
