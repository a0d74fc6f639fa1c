"""Another office answers for what a contract had insured."""

from emigrate.domains.insurance.enums import LIVE
from emigrate.domains.insurance.models import Cover, Policy
from emigrate.domains.insurance.policies import POLICY_POLICY
from emigrate.domains.insurance.workflow import POLICY
from emigrate.foundation.actors import Actor
from emigrate.foundation.transactions import action


@action
def move_cover(contract_reference: str, office: str, *, actor: Actor) -> None:
    """Let another office see the cover of a contract and its live policies, for the platform."""
    POLICY_POLICY.require_role(actor, "ask")
    Cover.objects.filter(contract_reference=contract_reference).update(office=office)
    live = Policy.objects.filter(contract_reference=contract_reference, state__in=LIVE)
    for case in live.exclude(office=office).select_for_update():
        POLICY.amend("policy.moved", case, actor=actor, office=office)
