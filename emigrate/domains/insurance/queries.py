"""Policies and needed covers through somebody's eyes."""

from django.db.models import QuerySet

from emigrate.domains.insurance.enums import AT_INSURER, IN_FORCE
from emigrate.domains.insurance.models import Cover, Policy
from emigrate.domains.insurance.policies import POLICY_POLICY
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
