"""What the insurer tells by itself: where to look, and claims, of which nothing else is known."""

from typing import Any

import structlog
from django.utils.translation import gettext as _

from emigrate.domains.insurance.actions.jobs import ask_insurer, confirm_policy
from emigrate.domains.insurance.enums import AT_INSURER, IN_FORCE, ClaimOutcome, PolicyState
from emigrate.domains.insurance.models import Claim, Policy
from emigrate.domains.insurance.policies import POLICY_POLICY
from emigrate.domains.notifications.actions import Notice, notify
from emigrate.foundation.actors import Actor
from emigrate.foundation.errors import InvalidInput
from emigrate.foundation.transactions import action, refused_by
from emigrate.partners.insurer.contract import ClaimNews
from emigrate.partners.insurer.contract import ClaimOutcome as ToldOutcome

LOG = structlog.get_logger("emigrate.insurance")

OUTCOMES = {
    ToldOutcome.PAID: ClaimOutcome.PAID,
    ToldOutcome.REFUSED: ClaimOutcome.REFUSED,
}

refused_by("one_claim_a_number", InvalidInput)


@action
def take_policy_news(reference: str, *, actor: Actor) -> None:
    """Something became of a proposal or policy: ask where it stands. Nothing is believed.

    Also for one that was cancelled here: the insurer may have issued it meanwhile.
    """
    POLICY_POLICY.require_role(actor, "ask")
    rows = Policy.objects.filter(reference=reference)
    state = rows.values_list("state", flat=True).first()
    if state in (*AT_INSURER, PolicyState.CANCELLED):
        ask_insurer(reference)
    elif state in IN_FORCE:
        confirm_policy(reference)


@action
def take_claim_news(news: ClaimNews, *, actor: Actor) -> None:
    """Keep what was told of a claim, and tell the person; nothing for a policy that is not ours.

    Registered and settled may come in either order and again; a different word about the same
    thing is logged and the first one stays. InvalidInput for a claim of another policy.
    """
    POLICY_POLICY.require_role(actor, "ask")
    rows = Policy.objects.exclude(number="").filter(number=news.policy_number)
    policy = rows.select_for_update(of=("self",)).first()
    if policy is None:
        return
    claim = Claim.objects.filter(number=news.claim_number).first() or Claim(
        policy=policy,
        person_id=policy.person_id,
        country=policy.country,
        number=news.claim_number,
    )
    if claim.policy_id != policy.pk:
        message = _("This number belongs to a claim on another policy.")
        raise InvalidInput.at("/claimNo", "claim_of_another_policy", message)
    if _written(claim, _told(news)):
        event = "claim.registered" if news.outcome is None else "claim.settled"
        _tell(event, claim, policy, news, actor)


def _told(news: ClaimNews) -> dict[str, Any]:  # columns of several types
    """The columns that the news fills."""
    if news.outcome is None:
        return {"registered_on": news.on}
    paid = news.amount if news.outcome is ToldOutcome.PAID else None
    return {
        "settled_on": news.on,
        "outcome": OUTCOMES[news.outcome].value,
        "amount_minor": None if paid is None else paid.minor,
        "currency": "" if paid is None else paid.currency,
    }


def _written(claim: Claim, told: dict[str, Any]) -> bool:  # as above
    """Whether the claim did not know it yet; the first word stays."""
    known = {name: getattr(claim, name) for name in told}
    if any(value not in (None, "") for value in known.values()):
        if known != told:
            LOG.warning("insurance.claim_contradicted", claim=claim.number)
        return False
    for name, value in told.items():
        setattr(claim, name, value)
    claim.save()
    return True


def _tell(event: str, claim: Claim, policy: Policy, news: ClaimNews, actor: Actor) -> None:
    facts = {"claim": claim.number, "on": news.on.isoformat()}
    notice = Notice(event, policy.reference, person_id=policy.person_id, facts=facts, once=True)
    notify(notice, actor=actor)
