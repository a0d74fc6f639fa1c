"""Ending insurance: given up, cancelled with the premium returned, or run out."""

from datetime import timedelta

from emigrate.domains.insurance.actions.jobs import tell_insurer
from emigrate.domains.insurance.enums import IN_FORCE, LIVE, PolicyState
from emigrate.domains.insurance.models import Cover, Policy
from emigrate.domains.insurance.policies import POLICY_POLICY
from emigrate.domains.insurance.workflow import POLICY, SUBJECT
from emigrate.domains.notifications.actions import Notice, notify
from emigrate.domains.payments import actions as payments
from emigrate.domains.payments.enums import PAID
from emigrate.domains.payments.queries import orders_for
from emigrate.foundation.actors import Actor
from emigrate.foundation.transactions import action, now, today
from emigrate.law.current import pack

AT_ONCE = 500


@action
def drop_quote(reference: str, *, actor: Actor) -> Policy:
    """Give up a quotation that is not paid; a payment that still arrives goes back by itself."""
    case = POLICY.hold(Policy.objects.all(), actor=actor, verb="drop", reference=reference)
    return POLICY.take("drop", case, actor=actor)


@action
def cancel_policy(reference: str, reason: str, *, actor: Actor) -> Policy:
    """End the insurance now and give the premium back; the insurer is told once this commits."""
    case = POLICY.hold(Policy.objects.all(), actor=actor, verb="cancel", reference=reference)
    asked = case.state != PolicyState.QUOTED
    POLICY.take("cancel", case, actor=actor, reason=reason, to_tell=asked)
    refund_premium(case, reason, actor)
    if asked:
        tell_insurer(reference)
    tell_cancelled(case, actor)
    return case


@action
def close_unused(reference: str, ending: str, *, actor: Actor) -> None:
    """Nobody travels on the insurance: the law says what becomes of its premium.

    It ends when the premium is given back, at once or after an officer's decision.
    """
    payments.close_paid(SUBJECT, reference, ending, actor=actor)


@action
def cancel_refunded(order_reference: str, *, actor: Actor) -> None:
    """The premium is given back, so the insurance that it paid for ends, if it stands."""
    live = Policy.objects.filter(order_reference=order_reference, state__in=LIVE)
    for reference in list(live.values_list("reference", flat=True)):
        cancel_policy(reference, "premium given back", actor=actor)


@action
def end_cover(contract_reference: str, reason: str, *, actor: Actor) -> None:
    """The contract is void: nothing is insured any more, and what was paid goes back."""
    POLICY_POLICY.require_role(actor, "ask")
    Cover.objects.filter(contract_reference=contract_reference).update(ended_at=now())
    live = Policy.objects.filter(contract_reference=contract_reference, state__in=LIVE)
    for reference in list(live.values_list("reference", flat=True)):
        cancel_policy(reference, reason, actor=actor)


@action
def return_premium(order_reference: str, *, actor: Actor) -> None:
    """Give back a premium that arrived for a quotation which does not stand any more; once."""
    POLICY_POLICY.require_role(actor, "ask")
    paid = orders_for(actor).filter(reference=order_reference, state__in=PAID).exists()
    if paid:
        reason = "the quotation had been given up"
        payments.refund_order(order_reference, reason=reason, actor=actor)


@action
def run_clocks(*, actor: Actor) -> int:
    """Put issued policies in force on their first day and end them after their last; how many."""
    POLICY_POLICY.require_role(actor, "ask")
    moved = 0
    for verb, rows in (
        ("expire", Policy.objects.filter(state__in=IN_FORCE, to_date__lt=today())),
        ("activate", Policy.objects.filter(state=PolicyState.ISSUED, from_date__lte=today())),
    ):
        for case in list(rows.order_by("pk").select_for_update(skip_locked=True)[:AT_ONCE]):
            POLICY.take(verb, case, actor=actor)
            moved += 1
    return moved


@action
def tell_expiring(*, actor: Actor) -> int:
    """Tell workers, once, that their insurance ends within the days of the figure; how many."""
    POLICY_POLICY.require_role(actor, "ask")
    days: int = pack().figure("notice.policy_days", on=today()).value
    soon = Policy.objects.filter(
        state__in=IN_FORCE, to_date__range=(today(), today() + timedelta(days=days))
    ).order_by("pk")
    for case in soon:
        facts = {"on": case.to_date.isoformat()}
        notice = Notice(
            "policy.expiring", case.reference, person_id=case.person_id, facts=facts, once=True
        )
        notify(notice, actor=actor)
    return len(soon)


def refund_premium(case: Policy, reason: str, actor: Actor) -> None:
    """Give back what was paid for a policy; nothing when nothing was."""
    system = Actor.system(actor.request_id)
    payments.refund_paid(SUBJECT, case.reference, reason=reason, actor=system)


def tell_cancelled(case: Policy, actor: Actor) -> None:
    """Tell the worker and the agency."""
    system = Actor.system(actor.request_id)
    for receiver in (
        Notice("policy.cancelled", person_id=case.person_id, reference=case.reference),
        Notice("policy.cancelled", organisation_id=case.agency_id, reference=case.reference),
    ):
        notify(receiver, actor=system)
