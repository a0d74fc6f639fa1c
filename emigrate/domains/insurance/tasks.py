"""Background work of insurance: the insurer is asked outside any transaction, then one action."""

from datetime import date
from uuid import UUID, uuid4, uuid5

import structlog

from emigrate.domains.documents.actions import NewDocument, receive
from emigrate.domains.insurance.actions import (
    ask_again,
    ask_for_papers,
    ask_for_reconciliations,
    prepare_proposal,
    record_paper,
    record_paper_refused,
    record_policy,
    record_reconciliation,
    record_standing,
    record_told,
    return_premium,
    run_clocks,
    tell_expiring,
)
from emigrate.domains.insurance.enums import AT_INSURER, IN_FORCE, PolicyState
from emigrate.domains.insurance.models import Policy
from emigrate.domains.insurance.queries import policy, reconciliations_for
from emigrate.foundation import jobs
from emigrate.foundation.actors import Actor
from emigrate.foundation.errors import Busy, InvalidInput
from emigrate.foundation.http import Reason
from emigrate.foundation.transactions import acting
from emigrate.partners.directory import insurer
from emigrate.partners.insurer.contract import Policy as Answer
from emigrate.partners.insurer.contract import PolicyDay, Unavailable
from emigrate.partners.insurer.contract import PolicyState as AnswerState

LOG = structlog.get_logger("emigrate.insurance")

NAMESPACE = UUID("7c1f6e0a-53a1-4d6d-9a5b-0d7f3c1e9b25")
"""A cancellation told again carries the same request id, so the insurer takes it once."""

ASKED_WHERE_IT_STANDS = (PolicyState.PENDING, PolicyState.CANCELLED)
NO_PAPER = (Reason.UNREADABLE, Reason.TOO_LARGE)
MOST_PAGES = 50
"""Of one day's list."""


@jobs.job("insurance.propose", queue=jobs.PARTNERS)
def propose(reference: str) -> None:
    """Ask the insurer for a policy, or where its decision stands, and take the step it asks for."""
    actor = Actor.system(f"job-insure-{reference}")
    case = _policy(reference, actor)
    try:
        answer = _known(reference) if case.state in ASKED_WHERE_IT_STANDS else None
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


@jobs.job("insurance.confirm", queue=jobs.PARTNERS)
def confirm(reference: str) -> None:
    """Ask whether a policy in force still stands at the insurer as it was issued."""
    actor = Actor.system(f"job-confirm-{reference}")
    case = _policy(reference, actor)
    if case.state not in IN_FORCE:
        return
    try:
        answer = insurer().policy(case.number, request_id=uuid4())
    except Unavailable as error:
        raise Busy(part="insurer") from error
    record_standing(reference, answer, actor=actor)


@jobs.job("insurance.fetch_paper", queue=jobs.PAPERS)
def fetch_paper(reference: str) -> None:
    """Fetch the paper of a policy in force, cleaned like any stranger's file, and keep it once."""
    actor = Actor.system(f"job-paper-{reference}")
    case = _policy(reference, actor)
    if case.state not in IN_FORCE or case.document_reference:
        return
    try:
        content = insurer().document(case.number, request_id=uuid4())
    except Unavailable as error:
        if not error.lasting and error.reason not in NO_PAPER:
            raise Busy(part="insurer") from error
        _refuse_paper(reference, error.code or error.reason.value, actor)
        return
    if content is None:
        raise Busy(part="insurer")
    try:
        document = receive(_paper(case, content), actor=actor)
    except InvalidInput as refusal:
        _refuse_paper(reference, refusal.errors[0]["code"], actor)
        return
    record_paper(reference, document.reference, actor=actor)


def _paper(case: Policy, content: bytes) -> NewDocument:
    return NewDocument(
        kind="insurance_policy",
        filename=f"{case.reference}.pdf",  # an insurer's number may look like an Aadhaar number
        content=content,
        person_id=case.person_id,
    )


def _refuse_paper(reference: str, code: str, actor: Actor) -> None:
    LOG.warning("insurance.paper_refused", policy=reference, code=code)
    record_paper_refused(reference, actor=actor)


@jobs.job("insurance.reconcile", queue=jobs.PARTNERS)
def reconcile(day: str) -> None:
    """Compare a day, an ISO date, with the insurer's list of it; nothing while it is not over."""
    actor = Actor.system(f"job-reconcile-{day}")
    on = date.fromisoformat(day)
    with acting(actor):
        if reconciliations_for(actor).filter(day=on).exists():
            return
    try:
        entries = _listed(on)
    except Unavailable as error:
        raise Busy(part="insurer") from error
    if entries is not None:
        record_reconciliation(on, entries, actor=actor)


def _listed(day: date) -> list[PolicyDay] | None:
    """The whole list; None while the day is not over there, or when it does not end."""
    entries: list[PolicyDay] = []
    after: str | None = None
    for _ in range(MOST_PAGES):
        page = insurer().reconciliation(day, after=after, request_id=uuid4())
        if page is None:
            return None
        entries += page.policies
        after = page.next
        if after is None:
            return entries
    LOG.warning("insurance.day_too_long", day=day.isoformat(), pages=MOST_PAGES)
    return None


@jobs.job("insurance.return_premium", queue=jobs.PARTNERS)
def give_premium_back(order_reference: str) -> None:
    """Give back a premium that arrived after its quotation was given up."""
    return_premium(order_reference, actor=Actor.system(f"job-premium-{order_reference}"))


@jobs.periodic("insurance.clocks", queue=jobs.CLOCKS, cron="10 * * * *")
def clocks() -> None:
    """Every hour: begin and end covers, tell of those that end soon, compare the last days.

    Owner: insurance.
    """
    actor = Actor.system("job-insurance-clocks")
    run_clocks(actor=actor)
    tell_expiring(actor=actor)
    ask_for_reconciliations(actor=actor)


@jobs.periodic("insurance.ask_again", queue=jobs.CLOCKS, cron="*/15 * * * *")
def ask_about_undecided() -> None:
    """Every quarter of an hour: ask for open decisions and missing papers (owner: insurance)."""
    actor = Actor.system("job-insurance-ask-again")
    ask_again(actor=actor)
    ask_for_papers(actor=actor)


def _policy(reference: str, actor: Actor) -> Policy:
    with acting(actor):
        return policy(reference, actor=actor)
