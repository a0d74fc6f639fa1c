"""What an agency took from the emigrant of a contract: recorded on its own contract alone."""

from django.utils.translation import gettext as _

from emigrate.domains.contracts.enums import CHARGED
from emigrate.domains.contracts.queries import contracts_for
from emigrate.domains.payments import actions as payments
from emigrate.domains.payments.actions import NewCharge
from emigrate.domains.payments.models import Charge
from emigrate.domains.payments.policies import CHARGE_POLICY
from emigrate.foundation.actors import Actor
from emigrate.foundation.errors import InvalidInput, NotFound, WrongState
from emigrate.foundation.transactions import action


@action
def record_charge(
    contract_reference: str,
    new: NewCharge,
    *,
    actor: Actor,
    emigrant_reference: str | None = None,
) -> Charge:
    """Record what the agency took from the emigrant of its own contract, offered and not ended.

    Who paid, the contract says; a person that the caller names must be the same. An agency that is
    suspended still records: what it took is to be known. Raises NotFound (also for the contract of
    another agency), NotPermitted, WrongState, InvalidInput, ChargeRecorded.
    """
    CHARGE_POLICY.require_role(actor, "record")
    # Not locked: nothing of the contract changes, and a subscriber locks what it decides about.
    rows = contracts_for(actor).filter(reference=contract_reference)
    row = rows.values_list("state", "emigrant_id", "emigrant__reference").first()
    if row is None:
        raise NotFound(subject="contract")
    state, person_id, person_reference = row
    if emigrant_reference not in (None, person_reference):
        text = _("This is not the emigrant of the contract. Check both numbers.")
        raise InvalidInput.at("/emigrant", "emigrant_not_of_contract", text)
    if state not in CHARGED:
        raise WrongState(verb="charge", state=state)
    return payments.record_charge(
        new, subject_reference=contract_reference, person_id=person_id, actor=actor
    )
