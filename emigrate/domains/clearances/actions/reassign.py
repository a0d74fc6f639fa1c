"""The Protector General hands a case to another office, which then sees all that it rests on."""

from django.utils.translation import gettext as _

from emigrate.domains.clearances.models import Clearance
from emigrate.domains.clearances.workflow import CLEARANCE
from emigrate.domains.contracts import actions as contracts
from emigrate.domains.insurance import actions as insurance
from emigrate.domains.notifications.actions import Notice, notify
from emigrate.domains.reference.queries import is_office
from emigrate.foundation.actors import Actor
from emigrate.foundation.errors import InvalidInput
from emigrate.foundation.transactions import action


@action
def reassign_clearance(reference: str, office: str, reason: str, *, actor: Actor) -> Clearance:
    """Give a case that waits, is under scrutiny or held to an office's queue (Act, 1983, s.3(4)).

    It keeps its place; the office has the whole service level for it. The same office: back to its
    queue. Raises InvalidInput for an office that does not exist.
    """
    if not is_office(office):
        raise InvalidInput.at("/office", "office_unknown", _("Choose an office from the list."))
    rows = Clearance.objects.select_related("contract")
    case = CLEARANCE.hold(rows, actor=actor, verb="reassign", reference=reference)
    clock = CLEARANCE.fresh_clock(case)
    case.due_at = None  # else the clock of the office before would run on
    CLEARANCE.take(
        "reassign", case, actor=actor, reason=reason, office=office, officer_id=None, **clock
    )
    system = Actor.system(actor.request_id)
    contracts.move_contract(case.contract_id, office, actor=system)
    insurance.move_cover(case.contract.reference, office, actor=system)
    notify(Notice("clearance.reassigned", reference, office=office), actor=system)
    return case
