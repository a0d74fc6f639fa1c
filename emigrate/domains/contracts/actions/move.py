"""Another office answers for a contract."""

from emigrate.domains.contracts.models import Contract
from emigrate.domains.contracts.policies import CONTRACT_POLICY
from emigrate.domains.contracts.workflow import CONTRACT
from emigrate.foundation.actors import Actor
from emigrate.foundation.transactions import action


@action
def move_contract(contract_id: int, office: str, *, actor: Actor) -> None:
    """Let another office see a contract, for the platform; the same office changes nothing."""
    CONTRACT_POLICY.require_role(actor, "move")
    case = Contract.objects.select_for_update().get(pk=contract_id)
    if case.office != office:
        CONTRACT.amend("contract.moved", case, actor=actor, office=office)
