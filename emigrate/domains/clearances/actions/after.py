"""What may follow an approval: suspension, cancellation, use at the airport, expiry."""

from emigrate.domains.clearances.actions.ending import settle_ended
from emigrate.domains.clearances.actions.file import give_back
from emigrate.domains.clearances.enums import IN_HAND
from emigrate.domains.clearances.facts import missing
from emigrate.domains.clearances.models import Clearance
from emigrate.domains.clearances.workflow import CLEARANCE
from emigrate.domains.credentials.actions import set_credential_status
from emigrate.domains.credentials.enums import CredentialState
from emigrate.domains.notifications.actions import Notice, notify
from emigrate.foundation.actors import Actor
from emigrate.foundation.errors import Blocked
from emigrate.foundation.transactions import action, now, today

SWEEP = 500


@action
def suspend_clearance(reference: str, reason: str, *, actor: Actor) -> Clearance:
    """Suspend an approved clearance; its certificate says so in the next status list."""
    return _follow(reference, "suspend", CredentialState.SUSPENDED, reason=reason, actor=actor)


@action
def restore_clearance(reference: str, reason: str, *, actor: Actor) -> Clearance:
    """Lift a suspension: proposed by one officer, done by a second one.

    What an application needs must stand again: fee, insurance, contract, person and passport.
    """
    return _follow(reference, "restore", CredentialState.VALID, reason=reason, actor=actor)


@action
def uphold_clearance(reference: str, reason: str, *, actor: Actor) -> Clearance:
    """Let an approved clearance stand that the office had to look at again."""
    rows = Clearance.objects.all()
    case = CLEARANCE.hold(rows, actor=actor, verb="uphold", reference=reference)
    clock = CLEARANCE.fresh_clock(case)
    return CLEARANCE.take("uphold", case, actor=actor, reason=reason, **clock)


@action
def cancel_clearance(reference: str, reason: str, *, actor: Actor) -> Clearance:
    """Cancel an approved clearance: its certificate is revoked, what it had taken is free.

    The insurance is cancelled with its premium returned; the law says what becomes of the fee.
    """
    return _follow(reference, "cancel", CredentialState.REVOKED, reason=reason, actor=actor)


def _follow(
    reference: str, verb: str, status: CredentialState, *, reason: str, actor: Actor
) -> Clearance:
    rows = Clearance.objects.select_related("passport", "contract")
    case = CLEARANCE.hold(rows, actor=actor, verb=verb, reference=reference)
    if verb == "restore" and (unmet := missing(case, on=today())):
        raise Blocked(unmet=", ".join(unmet), codes=unmet, verb=verb)
    before, keeps = case.state, verb != "cancel"
    if not keeps:
        give_back(case, actor=actor)
    taken = keeps and case.vacancy_taken
    CLEARANCE.take(verb, case, actor=actor, reason=reason, vacancy_taken=taken)
    if case.state == before:
        return case
    if not keeps:
        settle_ended(case, actor=actor)
    system = Actor.system(actor.request_id)
    set_credential_status(reference, status, reason=reason, actor=system)
    event = f"clearance.{case.state}"
    for receiver in (
        Notice(event, person_id=case.emigrant_id, reference=reference),
        Notice(event, organisation_id=case.agency_id, reference=reference),
    ):
        notify(receiver, actor=system)
    return case


@action
def use_clearance(reference: str, *, actor: Actor) -> Clearance:
    """The emigrant has departed on it; only the departure record does this, once."""
    rows = Clearance.objects.all()
    case = CLEARANCE.hold(rows, actor=actor, verb="use", reference=reference)
    return CLEARANCE.take("use", case, actor=actor)


@action
def expire_clearances(*, actor: Actor) -> int:
    """Close clearances whose time has passed unused (a periodic job); how many expired.

    What was paid goes to an officer: no recorded departure does not prove that nobody left.
    """
    late = Clearance.objects.filter(state__in=IN_HAND, expires_at__lt=now())
    cases = list(late.order_by("expires_at", "pk").select_for_update(skip_locked=True)[:SWEEP])
    for case in cases:
        give_back(case, actor=actor)
        CLEARANCE.take("expire", case, actor=actor, vacancy_taken=False)
        settle_ended(case, actor=actor)
    return len(cases)
