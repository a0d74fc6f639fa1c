"""Prior approval and the black list: proposed, then ordered by the Protector General.

Two people, with reasons, and undone in the same way.
"""

from emigrate.domains.employers.enums import EmployerState
from emigrate.domains.employers.models import Employer
from emigrate.domains.employers.workflow import EMPLOYER
from emigrate.domains.notifications.actions import Notice, notify
from emigrate.foundation.actors import Actor
from emigrate.foundation.transactions import action


@action
def watch_employer(reference: str, *, reason: str, actor: Actor) -> Employer:
    """Put on prior approval, for new demands too. Look at `state`: proposed or done."""
    return _listed("watch", reference, reason, actor)


@action
def blacklist_employer(reference: str, *, reason: str, actor: Actor) -> Employer:
    """Bar the employer. Look at `state`: proposed or done."""
    return _listed("blacklist", reference, reason, actor)


@action
def clear_employer(reference: str, *, reason: str, actor: Actor) -> Employer:
    """Take off either list. Look at `state`: proposed or done."""
    return _listed("clear", reference, reason, actor)


def _listed(verb: str, reference: str, reason: str, actor: Actor) -> Employer:
    case = EMPLOYER.hold(Employer.objects.all(), actor=actor, verb=verb, reference=reference)
    before = case.state
    EMPLOYER.take(verb, case, actor=actor, reason=reason)
    if case.state != before:
        event = f"employer.{EmployerState(case.state).value}"
        notice = Notice(event, organisation_id=case.organisation_id, reference=case.reference)
        notify(notice, actor=Actor.system(actor.request_id))
    return case
