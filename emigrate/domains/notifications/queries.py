"""Notices through their receiver's eyes, and their words."""

from collections.abc import Callable, Iterable, Mapping
from typing import TypeAlias

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
    "emigrant.consent_code": _(
        "An agent asks to act for you. If you want that, tell the agent the code %(code)s; if not, "
        "tell nobody. It is valid for 10 minutes."
    ),
    "passport.mismatch": _(
        "The passport details differ from the registry. Ask your agent or the helpline; "
        "do not pay anybody."
    ),
    "case.viewed": _("The office %(office)s viewed your file %(reference)s on %(on)s."),
    "contract.offered": _(
        "A contract %(reference)s is ready. Listen to it and compare it before you agree."
    ),
    "contract.changed": _("The contract %(reference)s changed. Read it again: you need not agree."),
    "contract.locked": _("Your contract %(reference)s is fixed. Keep your copy."),
    "contract.agent_suspended": _(
        "The registration of the agent of %(reference)s is suspended. You may choose another "
        "agent or a refund."
    ),
    "contract.agent_cancelled": _(
        "The registration of the agent of %(reference)s is cancelled. Pay it nothing more. You may "
        "choose another agent or a refund."
    ),
    "contract.employer_blacklisted": _(
        "The employer of %(reference)s is on the black list. Do not travel; ask the office."
    ),
    "demand.approved": _("The demand %(reference)s is approved."),
    "demand.queried": _("The Mission asks a question about %(reference)s. Answer it in time."),
    "demand.rejected": _("The demand %(reference)s was rejected. The order says why."),
    "demand.allotted": _("The demand %(reference)s offers you vacancies. Accept or decline it."),
    "demand.agent_suspended": _(
        "The registration of an agent of the demand %(reference)s is suspended. You may choose "
        "another agent."
    ),
    "demand.agent_cancelled": _(
        "The registration of an agent of the demand %(reference)s is cancelled. Choose another "
        "agent."
    ),
    "demand.employer_blacklisted": _(
        "The employer of the demand %(reference)s is on the black list. Nobody is recruited for it."
    ),
    "clearance.submitted": _("The application %(reference)s was handed in."),
    "clearance.queried": _("The office asks a question about %(reference)s. Answer it in time."),
    "clearance.redated": _("The planned departure of %(reference)s was changed. Look at the day."),
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
    "clearance.reassigned": _(
        "The Protector General gives %(reference)s to your office. It keeps its place in the queue."
    ),
    "clearance.look_again": _(
        "Look at %(reference)s again: something that it rests on has changed. See its checks."
    ),
    "clearance.departs_soon": _(
        "You leave on %(on)s. Carry your passport, visa, contract, insurance and the paper of "
        "%(reference)s. Leave a copy of each with your family."
    ),
    "policy.issued": _("The insurance for %(reference)s is issued. Tell your nominee."),
    "policy.expiring": _(
        "The insurance of %(reference)s ends on %(on)s. If you stay longer, renew it before."
    ),
    "policy.cancelled": _("The insurance for %(reference)s was cancelled."),
    "claim.registered": _(
        "The insurer took up the claim %(claim)s on the insurance %(reference)s on %(on)s."
    ),
    "claim.settled": _(
        "The insurer decided the claim %(claim)s on the insurance %(reference)s on %(on)s. Your "
        "account says how."
    ),
    "payment.succeeded": _("The payment %(reference)s arrived. The receipt is in your account."),
    "payment.failed": _("The payment %(reference)s failed. Nothing was taken; try again."),
    "payment.expired": _("The payment %(reference)s was not made in time. Begin it again."),
    "payment.refund_requested": _(
        "The payment %(reference)s is given back, the way it was paid. You need not do anything."
    ),
    "payment.refund_referred": _(
        "An officer decides whether the payment %(reference)s is given back. You will be told."
    ),
    "payment.kept": _(
        "The payment %(reference)s is not given back. The reason stands with your application."
    ),
    "payment.refunded": _("The payment %(reference)s was refunded."),
    "agent_application.queried": _(
        "The office asks a question about %(reference)s. Answer it in time."
    ),
    "agent_application.security_called": _(
        "The application %(reference)s is found in order. Give the bank guarantee in time."
    ),
    "agent_application.guarantee_returned": _(
        "The bank guarantee for %(reference)s came back. Read the reason and give another one."
    ),
    "agent_application.issued": _("The registration %(reference)s is granted."),
    "agent_application.rejected": _(
        "The application %(reference)s was rejected. The order says why, and how and until when "
        "to appeal."
    ),
    "agent_application.lapsed": _("The application %(reference)s lapsed because no answer came."),
    "agent.suspended": _(
        "Your registration %(reference)s is suspended. Recruit nobody until it is restored."
    ),
    "agent.restored": _("Your registration %(reference)s stands again."),
    "agent.suspension_lapsed": _("Your registration %(reference)s stands again."),
    "agent.cancelled": _(
        "Your registration %(reference)s is cancelled. The order says why, and how and until when "
        "to appeal."
    ),
    "agent.expiring": _(
        "Your registration %(reference)s ends on %(on)s. Ask for its renewal in time."
    ),
    "agent.expired": _("Your registration %(reference)s has ended. Recruit nobody."),
    "guarantee.expiring": _("A bank guarantee for %(reference)s ends on %(on)s. Have it extended."),
    "employer.code": _(
        "The code for %(reference)s is %(code)s. It is valid for 10 minutes. Never tell it to "
        "anybody."
    ),
    "employer.queried": _("The Mission asks a question about %(reference)s. Answer it in time."),
    "employer.approved": _("The registration %(reference)s is approved."),
    "employer.rejected": _("The registration %(reference)s was rejected. The order says why."),
    "employer.prior_approval": _(
        "Your registration %(reference)s is on prior approval: each new demand needs the Mission's "
        "leave."
    ),
    "employer.blacklisted": _("The employer %(reference)s is on the black list."),
    "employer.active": _("The employer %(reference)s is off the lists and may recruit."),
    "departure.recorded": _(
        "Your departure on %(reference)s is recorded. Safe journey. Keep the helpline number."
    ),
    "departure.not_boarded": _(
        "A boarding in your name was refused: %(reference)s. Ask your agency or the office."
    ),
    "departure.worker_off_loaded": _(
        "A worker of yours was not let on board: %(reference)s. See why, and help at once."
    ),
    "departure.off_loaded": _("Somebody was not let on board: %(reference)s. Look at the case."),
    "reading.budget_spent": _(
        "The account %(reference)s wanted to open more persons' records than it may. "
        "Look at its readings."
    ),
}

Languages: TypeAlias = Callable[[Iterable[int]], Mapping[int, str]]
_sources: list[Languages] = []


def languages_by(source: Languages) -> Languages:
    """Ask the decorated function, of a higher domain, in which language each person is told."""
    _sources.append(source)
    return source


def languages(person_ids: Iterable[int]) -> dict[int, str]:
    """Person -> language (BCP 47); who is missing is told in the platform's own language."""
    wanted = list(person_ids)
    return {person: tag for source in _sources for person, tag in source(wanted).items()}


def notifications_for(actor: Actor) -> QuerySet[Message]:
    """What this actor was told, newest first."""
    rows = NOTIFICATION_POLICY.narrow(Message.objects.all(), actor, "view")
    return rows.order_by("-id")


def sent_words(message: Message, language: str | None = None) -> str:
    """The notice as it is sent: to a person in their language (BCP 47), else in every language.

    There may be no notices yet in the person's language; then each of the platform's has a line.
    Organisations and offices are told in the default one.
    """
    codes = [code for code, _ in settings.LANGUAGES]
    if message.person_id is None:
        codes = [settings.LANGUAGE_CODE]
    elif language in codes:
        codes = [language]
    return "\n".join(dict.fromkeys(words(message, code) for code in codes))


def words(message: Message, language: str | None = None) -> str:
    """The notice in a language (None: the active one); its event's code where no words fit.

    A notice without a fact that its words name is told by its code, so that one such row never
    holds up the others.
    """
    template = WORDS.get(message.event)
    with translation.override(language or translation.get_language()):
        try:
            if template is not None:
                return str(template) % {"reference": message.reference, **message.facts}
        except KeyError:
            pass
    return f"{message.event} {message.reference}".strip()
