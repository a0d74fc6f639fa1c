"""What became of the things a clearance rests on, and what that does to it.

Its row is locked first, so a decision on its way commits before and is found. A bar that is certain
suspends what was approved; what an officer must weigh is put before the office as a check.
"""

from collections.abc import Mapping

from django.db.models import Q

from emigrate.domains.clearances.actions.after import cancel_clearance, suspend_clearance
from emigrate.domains.clearances.actions.check import replace_check, replace_passport_check
from emigrate.domains.clearances.enums import (
    CHARGES_CHECK,
    IN_HAND,
    OPEN,
    WATCHED,
    CheckOutcome,
    ClearanceState,
)
from emigrate.domains.clearances.facts import charges_doubt
from emigrate.domains.clearances.models import Clearance
from emigrate.domains.clearances.policies import CLEARANCE_POLICY
from emigrate.domains.emigrants.enums import CheckState
from emigrate.domains.notifications.actions import Notice, notify
from emigrate.domains.payments.models import Charge
from emigrate.domains.payments.queries import paid
from emigrate.foundation.actors import Actor
from emigrate.foundation.errors import Blocked
from emigrate.foundation.transactions import action

LOOK_AGAIN = "clearance.look_again"


@action
def cancel_in_hand(which: Q, reason: str, *, actor: Actor) -> None:
    """Cancel what was approved among these; the rest cannot be approved any more."""
    for case in _locked(which, actor):
        if case.state in IN_HAND:
            cancel_clearance(case.reference, reason, actor=actor)


@action
def suspend_approved(which: Q, reason: str, *, actor: Actor) -> None:
    """Suspend what was approved among these, until two officers find that it may stand."""
    for case in _locked(which, actor):
        if case.state == ClearanceState.APPROVED:
            suspend_clearance(case.reference, reason, actor=actor)


@action
def put_before_office(which: Q, code: str, evidence: Mapping[str, object], *, actor: Actor) -> None:
    """Let the office look at these again: a check says why, and the office is told once."""
    for case in _locked(which, actor):
        if case.state in WATCHED:
            replace_check(case, code, CheckOutcome.REFER, evidence, actor=actor)
            told = Notice(
                LOOK_AGAIN, case.reference, office=case.office, facts={"code": code}, once=True
            )
            notify(told, actor=actor)


@action
def heed_registry(person_id: int, *, actor: Actor) -> None:
    """The registry's word on a person's passport has changed: the open application follows.

    Its check of the passport says it anew, so that nobody approves or restores on a passport that
    is revoked, and an approved clearance is suspended.
    """
    for case in _locked(Q(emigrant_id=person_id), actor):
        if case.state not in WATCHED:
            continue
        replace_passport_check(case, actor=actor)
        revoked = case.passport.check_state == CheckState.REVOKED
        if revoked and case.state == ClearanceState.APPROVED:
            reason = f"passport registry: {case.passport.registry_status.lower()}"
            suspend_clearance(case.reference, reason, actor=actor)


@action
def heed_charge(charge: Charge, *, actor: Actor) -> None:
    """A charge was told of: the office weighs where both sides differ, or the cap is passed.

    Nobody is kept from leaving because somebody else took too much.
    """
    which = Q(emigrant_id=charge.person_id, agency_id=charge.agency_id)
    for case in _locked(which, actor):
        if doubt := charges_doubt(case, actor):
            put_before_office(Q(pk=case.pk), CHARGES_CHECK, doubt, actor=actor)


@action
def require_fee_to_stay(reference: str, *, actor: Actor) -> None:
    """A fee is not given back while its application goes on. Raises Blocked."""
    for case in _locked(Q(reference=reference), actor):
        if case.submitted_at is not None and not paid("clearance", reference, "ec_fee"):
            raise Blocked(unmet="clearance_stands", codes=["clearance_stands"])


def _locked(which: Q, actor: Actor) -> list[Clearance]:
    """The open clearances among these, locked, in one order for everybody."""
    CLEARANCE_POLICY.require_role(actor, "suspend")
    rows = Clearance.objects.select_related("passport", "contract").filter(which, state__in=OPEN)
    return list(rows.order_by("pk").select_for_update(of=("self",)))
