"""Policies, needed covers, claims and compared days through somebody's eyes."""

from datetime import datetime

from django.db.models import Q, QuerySet

from emigrate.domains.insurance.enums import AT_INSURER, IN_FORCE
from emigrate.domains.insurance.models import Claim, Cover, Policy, Reconciliation
from emigrate.domains.insurance.policies import (
    CLAIM_POLICY,
    POLICY_POLICY,
    RECONCILIATION_POLICY,
)
from emigrate.foundation.actors import Actor
from emigrate.foundation.errors import NotFound


def policies_for(actor: Actor) -> QuerySet[Policy]:
    """Every policy that this actor may see; all lists and look-ups start here."""
    return POLICY_POLICY.narrow(Policy.objects.all(), actor, "view")


def policy(reference: str, *, actor: Actor) -> Policy:
    """One policy by its reference; NotFound when it is not theirs."""
    found = policies_for(actor).filter(reference=reference).first()
    if found is None:
        raise NotFound(subject="policy")
    return found


def policy_for(person_id: int, contract_reference: str, *, actor: Actor) -> Policy | None:
    """The policy that insures this person for this contract now: issued or in force."""
    rows = policies_for(actor).filter(person_id=person_id, contract_reference=contract_reference)
    return rows.filter(state__in=IN_FORCE).order_by("-id").first()


def covers_for(actor: Actor) -> QuerySet[Cover]:
    """What the contracts that this actor may see need insured."""
    return POLICY_POLICY.narrow(Cover.objects.all(), actor, "view")


def uninsured(actor: Actor) -> QuerySet[Cover]:
    """Fixed contracts that have no policy in force yet, oldest first."""
    insured = Policy.objects.filter(state__in=IN_FORCE).values("contract_reference")
    rows = covers_for(actor).filter(ended_at=None)
    return rows.exclude(contract_reference__in=insured).order_by("id")


def disputed_policies_for(actor: Actor) -> QuerySet[Policy]:
    """Policies of which the insurer answered something that an officer must look at."""
    return policies_for(actor).exclude(dispute="").order_by("state_since", "id")


def undecided(actor: Actor) -> QuerySet[Policy]:
    """Paid policies that wait for the insurer, without those that wait for an officer."""
    return policies_for(actor).filter(state__in=AT_INSURER, dispute="").order_by("state_since")


def untold(actor: Actor) -> QuerySet[Policy]:
    """Cancelled policies of which the insurer has not heard yet."""
    return policies_for(actor).filter(to_tell=True).order_by("state_since")


def without_paper(actor: Actor, *, refused_before: datetime) -> QuerySet[Policy]:
    """Policies in force without the insurer's paper, newest first.

    Left out: whose paper was refused after `refused_before`.
    """
    rows = policies_for(actor).filter(state__in=IN_FORCE, document_reference="")
    due = Q(paper_refused_at=None) | Q(paper_refused_at__lt=refused_before)
    return rows.filter(due).order_by("-id")


def claims_for(actor: Actor) -> QuerySet[Claim]:
    """Every claim that this actor may see."""
    return CLAIM_POLICY.narrow(Claim.objects.select_related("policy"), actor, "view")


def reconciliations_for(actor: Actor) -> QuerySet[Reconciliation]:
    """Every compared day, for those who may see them."""
    return RECONCILIATION_POLICY.narrow(Reconciliation.objects.all(), actor, "view")
