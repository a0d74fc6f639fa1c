"""What several verbs of a contract share: the version that is meant, and telling the emigrant."""

from django.utils.translation import gettext as _

from emigrate.domains.contracts.models import Contract
from emigrate.domains.notifications.actions import Notice, notify
from emigrate.foundation.actors import Actor
from emigrate.foundation.errors import InvalidInput


def same_version(case: Contract, terms_hash: bytes) -> None:
    """Refuse a signature or consent to other terms than those that stand."""
    if bytes(case.terms_hash) != terms_hash:
        message = _("The terms changed. Read the new version first.")
        raise InvalidInput.at("/terms_hash", "terms_changed", message)


def tell_emigrant(event: str, case: Contract, actor: Actor) -> None:
    """Put a notice for the emigrant in the outbox."""
    receiver = Notice(event, person_id=case.emigrant_id, reference=case.reference)
    notify(receiver, actor=Actor.system(actor.request_id))
