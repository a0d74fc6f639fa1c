"""The verbs of insurance: note what is needed, quote, pay, record the insurer's answer, cancel."""

import random
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from emigrate.domains.emigrants import queries as emigrants
from emigrate.domains.insurance.enums import AT_INSURER, IN_FORCE, LIVE, Dispute, PolicyState
from emigrate.domains.insurance.facts import (
    CURRENCY,
    Terms,
    dispute_of,
    proposal_of,
    quoted_terms,
)
from emigrate.domains.insurance.models import Cover, Policy
from emigrate.domains.insurance.policies import POLICY_POLICY
from emigrate.domains.insurance.queries import covers_for, policies_for, undecided
from emigrate.domains.insurance.workflow import HEAD, POLICY, SUBJECT
from emigrate.domains.notifications.actions import Notice, notify
from emigrate.domains.payments import actions as payments
from emigrate.domains.payments.actions import NewOrder
from emigrate.domains.reference.enums import AGENT_ROLES
from emigrate.foundation import jobs
from emigrate.foundation.actors import Actor
from emigrate.foundation.errors import (
    AlreadyExists,
    Blocked,
    InvalidInput,
    NotFound,
    WrongState,
)
from emigrate.foundation.identifiers.references import new_reference
from emigrate.foundation.transactions import action, now, refused_by, today
from emigrate.partners import directory
from emigrate.partners.insurer.contract import Policy as Answer
from emigrate.partners.insurer.contract import PolicyState as AnswerState
from emigrate.partners.insurer.contract import Proposal

RANDOM = random.SystemRandom()
AT_ONCE = 500
LARGEST_COVER = 10**13

refused_by("one_live_policy_a_contract", AlreadyExists)


@dataclass(frozen=True, slots=True)
class NewCover:
    """What a fixed contract needs insured: whom, where, and for how many months."""

    contract_reference: str
    person_id: int
    agency_id: int
    office: str
    country: str
    employer_reference: str
    months: int
    starts_on: date | None = None


@action
def note_cover(new: NewCover, *, actor: Actor) -> Cover:
    """Note what a fixed contract needs insured; the same contract again changes nothing."""
    POLICY_POLICY.require_role(actor, "ask")
    cover, _made = Cover.objects.get_or_create(
        contract_reference=new.contract_reference,
        defaults={
            "person_id": new.person_id,
            "agency_id": new.agency_id,
            "office": new.office,
            "country": new.country,
            "employer_reference": new.employer_reference,
            "months": new.months,
            "starts_on": new.starts_on,
        },
    )
    return cover


@action
def end_cover(contract_reference: str, reason: str, *, actor: Actor) -> None:
    """The contract is void: nothing is insured any more, and what was paid goes back."""
    POLICY_POLICY.require_role(actor, "ask")
    Cover.objects.filter(contract_reference=contract_reference).update(ended_at=now())
    live = Policy.objects.filter(contract_reference=contract_reference, state__in=LIVE)
    for reference in list(live.values_list("reference", flat=True)):
        cancel_policy(reference, reason, actor=actor)


@action
def quote_policy(
    contract_reference: str, *, actor: Actor, cover_from: date | None = None
) -> Policy:
    """Quote for a fixed contract and open the order for its premium; the quote that stands again.

    `cover_from` is the planned departure; without it the contract's first day, else today. The
    agency pays when it asks, else the person. Raises NotFound, InvalidInput, AlreadyExists (paid
    for already) or Blocked (no nominee, no telephone, no passport).
    """
    POLICY_POLICY.require_role(actor, "quote")
    cover = _cover(contract_reference, actor)
    _require_insurable(cover, actor)
    first = cover_from or max(cover.starts_on or today(), today())
    if first < today():
        raise InvalidInput.at("/cover_from", "cover_in_the_past", _("Name today or a later day."))
    terms = quoted_terms(cover, first)
    standing = _standing(contract_reference, actor)
    if standing is None:
        return _quoted(cover, terms, actor)
    return _quoted_again(standing, terms, actor)


def _cover(contract_reference: str, actor: Actor) -> Cover:
    rows = covers_for(actor).filter(contract_reference=contract_reference, ended_at=None)
    cover = rows.first()
    if cover is None:
        raise NotFound(subject="contract")
    return cover


def _require_insurable(cover: Cover, actor: Actor) -> None:
    emigrant = emigrants.emigrants_for(actor).filter(pk=cover.person_id).first()
    if emigrant is None:
        raise NotFound(subject="emigrant")
    contact = emigrants.contact_of(emigrant)
    wanted = {
        "nominee_missing": contact.nominee,
        "phone_missing": contact.phone,
        "passport_missing": emigrants.current_passport(cover.person_id),
    }
    if unmet := [code for code, value in wanted.items() if not value]:
        raise Blocked(unmet=", ".join(unmet), codes=unmet)


def _standing(contract_reference: str, actor: Actor) -> Policy | None:
    rows = policies_for(actor).filter(contract_reference=contract_reference, state__in=LIVE)
    return rows.select_for_update(of=("self",)).first()


def _quoted(cover: Cover, terms: Terms, actor: Actor) -> Policy:
    case = Policy(
        reference=new_reference("IP", year=today().year, office=None, random=RANDOM),
        cover=cover,
        person_id=cover.person_id,
        contract_reference=cover.contract_reference,
        agency_id=cover.agency_id,
        office=cover.office,
        country=cover.country,
        term_months=terms.term_months,
        from_date=terms.from_date,
        to_date=terms.to_date,
        sum_minor=terms.sum_minor,
        premium_minor=terms.premium_minor,
    )
    case.order_reference = _ordered(case, actor)
    return POLICY.begin(case, actor=actor)


def _quoted_again(case: Policy, terms: Terms, actor: Actor) -> Policy:
    """The same terms: the quote as it stands. Others: written into it, while nothing is paid."""
    if case.state != PolicyState.QUOTED:
        raise AlreadyExists(reference=case.reference)
    before = Terms(
        case.term_months, case.from_date, case.to_date, case.sum_minor, case.premium_minor
    )
    case.premium_minor = terms.premium_minor
    order = _ordered(case, actor)
    case.premium_minor = before.premium_minor
    if (before, case.order_reference) == (terms, order):
        return case
    return POLICY.amend(
        "policy.quoted_again",
        case,
        actor=actor,
        term_months=terms.term_months,
        from_date=terms.from_date,
        to_date=terms.to_date,
        sum_minor=terms.sum_minor,
        premium_minor=terms.premium_minor,
        order_reference=order,
    )


def _ordered(case: Policy, actor: Actor) -> str:
    order = payments.open_order(
        NewOrder(
            head=HEAD,
            amount_minor=case.premium_minor,
            currency=CURRENCY,
            subject_kind=SUBJECT,
            subject_reference=case.reference,
            person_id=case.person_id,
            payer_organisation_id=actor.organisation_id if actor.role in AGENT_ROLES else None,
        ),
        actor=actor,
    )
    return order.reference


@action
def mark_paid(reference: str, *, actor: Actor) -> Policy:
    """The premium has arrived (the gateway's word): the insurer is asked, once this commits."""
    case = POLICY.hold(Policy.objects.all(), actor=actor, verb="pay", reference=reference)
    POLICY.take("pay", case, actor=actor)
    _ask(reference)
    return case


@action
def return_premium(reference: str, *, actor: Actor) -> None:
    """Give back a premium that arrived for a policy that nobody wants any more."""
    case = POLICY.lock(Policy.objects.all(), actor=actor, permission="ask", reference=reference)
    if case.state == PolicyState.CANCELLED:
        _refund(case, "policy cancelled before it was paid", actor)


def _refund(case: Policy, reason: str, actor: Actor) -> None:
    system = Actor.system(actor.request_id)
    payments.refund_paid(SUBJECT, case.reference, reason=reason, actor=system)


@action
def record_life_cover(
    reference: str, amount_minor: int, policy_number: str, *, actor: Actor
) -> Policy:
    """Record a further life insurance, which some countries ask for; paise. Shown to the officer."""
    if not 0 <= amount_minor <= LARGEST_COVER:
        message = _("Write the sum insured in whole paise.")
        raise InvalidInput.at("/amount", "amount_out_of_range", message)
    if bool(policy_number.strip()) != bool(amount_minor):
        message = _("Write the number of the life policy.")
        raise InvalidInput.at("/policy_number", "policy_number_missing", message)
    case = POLICY.lock(Policy.objects.all(), actor=actor, permission="quote", reference=reference)
    POLICY_POLICY.require(actor, "quote", case)
    if case.state not in LIVE:
        raise WrongState(verb="record_life_cover", state=case.state)
    return POLICY.amend(
        "policy.life_cover",
        case,
        actor=actor,
        life_cover_minor=amount_minor,
        life_policy_number=policy_number.strip(),
    )


@action
def prepare_proposal(reference: str, *, actor: Actor) -> Proposal | None:
    """What the insurer is to be asked; None when it need not be asked any more.

    Opens the person's fields, and the reading is recorded.
    """
    rows = Policy.objects.select_related("cover")
    case = POLICY.lock(rows, actor=actor, permission="ask", reference=reference)
    POLICY_POLICY.require(actor, "ask", case)
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
    case = POLICY.lock(Policy.objects.all(), actor=actor, permission="ask", reference=reference)
    POLICY_POLICY.require(actor, "ask", case)
    if answer is None:
        return case
    if case.state == PolicyState.CANCELLED and answer.state is AnswerState.ISSUED:
        return _issued_too_late(case, answer, actor)
    if case.state not in AT_INSURER:
        return case
    return ANSWERS[answer.state](case, answer, actor)


def _pending(case: Policy, answer: Answer, actor: Actor) -> Policy:
    del answer
    return case if case.state == PolicyState.PENDING else POLICY.take("wait", case, actor=actor)


def _issued(case: Policy, answer: Answer, actor: Actor) -> Policy:
    dispute = dispute_of(case, answer)
    if dispute is not None:
        return _disputed(case, dispute, actor)
    # The need of the step reads the number, so it is on the case before the step is taken.
    case.number = answer.number or ""
    POLICY.take(
        "issue",
        case,
        actor=actor,
        number=case.number,
        insurer=directory.insurer_name(),
        from_date=answer.cover_from,
        to_date=answer.cover_to,
        dispute="",
    )
    _tell("policy.issued", case, actor)
    return case


def _refused(case: Policy, answer: Answer, actor: Actor) -> Policy:
    reason = answer.reason or Dispute.WITHDRAWN.value
    POLICY.take("refuse", case, actor=actor, reason=reason)
    _refund(case, f"insurer: {reason}", actor)
    _tell("policy.cancelled", case, actor)
    return case


def _disputed(case: Policy, dispute: Dispute, actor: Actor) -> Policy:
    if case.dispute == dispute:
        return case
    finding = {"code": dispute.value, "severity": "refer"}
    return POLICY.amend(
        "policy.disputed", case, actor=actor, findings=[finding], dispute=dispute.value
    )


def _issued_too_late(case: Policy, answer: Answer, actor: Actor) -> Policy:
    """It was cancelled while the insurer was deciding: the insurer is told of that too."""
    if case.number:
        return case
    POLICY.amend("policy.numbered", case, actor=actor, number=answer.number or "")
    _tell_insurer(case.reference)
    return case


ANSWERS = {
    AnswerState.PENDING: _pending,
    AnswerState.ISSUED: _issued,
    AnswerState.REJECTED: _refused,
    AnswerState.CANCELLED: _refused,
}


@action
def drop_quote(reference: str, *, actor: Actor) -> Policy:
    """Give up a quotation that is not paid; a payment that still arrives goes back by itself."""
    case = POLICY.hold(Policy.objects.all(), actor=actor, verb="drop", reference=reference)
    return POLICY.take("drop", case, actor=actor)


@action
def cancel_policy(reference: str, reason: str, *, actor: Actor) -> Policy:
    """End the insurance now and give the premium back; the insurer is told once this commits."""
    case = POLICY.hold(Policy.objects.all(), actor=actor, verb="cancel", reference=reference)
    asked = case.state in (*AT_INSURER, *IN_FORCE)
    POLICY.take("cancel", case, actor=actor, reason=reason)
    if asked:
        _refund(case, reason, actor)
        _tell_insurer(reference)
    _tell("policy.cancelled", case, actor)
    return case


@action
def record_told(reference: str, *, actor: Actor) -> Policy:
    """The insurer knows that the policy is cancelled; once."""
    case = POLICY.lock(Policy.objects.all(), actor=actor, permission="ask", reference=reference)
    POLICY_POLICY.require(actor, "ask", case)
    return POLICY.amend("policy.insurer_told", case, actor=actor)


@action
def run_clocks(*, actor: Actor) -> int:
    """Put issued policies in force on their first day and end them after their last; how many."""
    POLICY_POLICY.require_role(actor, "ask")
    due = {
        "expire": Policy.objects.filter(state__in=IN_FORCE, to_date__lt=today()),
        "activate": Policy.objects.filter(state=PolicyState.ISSUED, from_date__lte=today()),
    }
    moved = 0
    for verb, rows in due.items():
        for case in list(rows.order_by("pk").select_for_update(skip_locked=True)[:AT_ONCE]):
            POLICY.take(verb, case, actor=actor)
            moved += 1
    return moved


@action
def ask_again(*, actor: Actor) -> int:
    """Ask the insurer about every paid policy that it has not decided; how many."""
    POLICY_POLICY.require_role(actor, "ask")
    references = list(undecided(actor).values_list("reference", flat=True)[:AT_ONCE])
    for reference in references:
        _ask(reference)
    return len(references)


def _ask(reference: str) -> None:
    jobs.later(
        "insurance.propose",
        queue=jobs.PARTNERS,
        once=f"insurance.propose:{reference}",
        reference=reference,
    )


def _tell_insurer(reference: str) -> None:
    jobs.later("insurance.cancel", queue=jobs.PARTNERS, reference=reference)


def _tell(event: str, case: Policy, actor: Actor) -> None:
    receiver = Notice(event, person_id=case.person_id, reference=case.reference)
    notify(receiver, actor=Actor.system(actor.request_id))
