"""Notices through their receiver's eyes, and their words."""

from collections.abc import Mapping

from django.conf import settings
from django.db.models import QuerySet
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from emigrate.domains.notifications.models import Message
from emigrate.domains.notifications.policies import NOTIFICATION_POLICY
from emigrate.foundation.actors import Actor

WORDS: Mapping[str, str | Promise] = {
    "emigrant.registered": _("Your registration %(reference)s is done."),
    "passport.mismatch": _(
        "The passport details differ from the registry. Ask your agent or the helpline; "
        "do not pay anybody."
    ),
    "contract.offered": _(
        "A contract %(reference)s is ready. Listen to it and compare it before you agree."
    ),
    "contract.changed": _("The contract %(reference)s changed. Read it again: you need not agree."),
    "contract.locked": _("Your contract %(reference)s is fixed. Keep your copy."),
    "demand.approved": _("The demand %(reference)s is approved."),
    "demand.allotted": _("The demand %(reference)s offers you vacancies. Accept or decline it."),
    "clearance.submitted": _("The application %(reference)s was handed in."),
    "clearance.queried": _("The office asks a question about %(reference)s. Answer it in time."),
    "clearance.approved": _(
        "Clearance to leave for work %(reference)s is given. Check the PDF and its QR."
    ),
    "clearance.rejected": _(
        "The application %(reference)s was rejected. The order says why, and how and until when "
        "to appeal."
    ),
    "clearance.lapsed": _("The application %(reference)s lapsed because no answer came."),
    "clearance.suspended": _(
        "The clearance %(reference)s is suspended. Do not travel; ask the office."
    ),
    "clearance.cancelled": _("The clearance %(reference)s was cancelled. Do not travel."),
    "policy.issued": _("The insurance for %(reference)s is issued. Tell your nominee."),
    "policy.cancelled": _("The insurance for %(reference)s was cancelled."),
    "payment.success": _("The payment %(reference)s arrived. The receipt is in your account."),
    "payment.failed": _("The payment %(reference)s failed. Nothing was taken; try again."),
    "payment.refunded": _("The payment %(reference)s was refunded."),
    "agent.suspended": _(
        "The registration of the agent of %(reference)s is suspended. You may choose another "
        "agent or a refund."
    ),
    "employer.approved": _("The registration %(reference)s is approved."),
    "employer.code": _(
        "The code for %(reference)s is %(code)s. It is valid for 10 minutes. Never tell it to "
        "anybody."
    ),
    "employer.blacklisted": _("The employer %(reference)s is on the black list."),
    "departure.recorded": _(
        "Your departure on %(reference)s is recorded. Safe journey. Keep the helpline number."
    ),
    "departure.off_loaded": _("Somebody was not let on board: %(reference)s. Look at the case."),
    "reading.budget_spent": _(
        "The account %(reference)s wanted to open more persons' records than it may. "
        "Look at its readings."
    ),
    "case.viewed": _("An office viewed your file %(reference)s."),
}


def notifications_for(actor: Actor) -> QuerySet[Message]:
    """What this actor was told, newest first."""
    rows = NOTIFICATION_POLICY.narrow(Message.objects.all(), actor, "view")
    return rows.order_by("-id")


def sent_words(message: Message) -> str:
    """The notice as it is sent: to a person in every language of the platform, a line each.

    A person's own language may be one in which the platform has no notices yet, and the record that
    names it stands in a higher domain. Organisations and offices are told in the default one.
    """
    codes = [code for code, _ in settings.LANGUAGES]
    if message.person_id is None:
        codes = [settings.LANGUAGE_CODE]
    said = []
    for code in codes:
        with translation.override(code):
            said.append(words(message))
    return "\n".join(dict.fromkeys(said))


def words(message: Message) -> str:
    """The notice in the active language; the event's code where no words fit.

    A notice without a fact that its words name is told by its code, so that one such row never
    holds up the others.
    """
    template = WORDS.get(message.event)
    try:
        if template is not None:
            return str(template) % {"reference": message.reference, **message.facts}
    except KeyError:
        pass
    return f"{message.event} {message.reference}".strip()
