"""States of a contract and the terms that are compared."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ContractState(models.TextChoices):
    """From the agent's draft to a contract that nobody changes any more."""

    DRAFT = "draft", _("Draft")
    EMPLOYER_SIGNED = "employer_signed", _("Signed by the employer")
    OFFERED = "offered", _("Offered to the emigrant")
    CONSENTED = "consented", _("Agreed: time to think it over")
    LOCKED = "locked", _("Fixed")
    DECLINED = "declined", _("Declined by the emigrant")
    WITHDRAWN = "withdrawn", _("Consent taken back")
    VOID = "void", _("Void")


LIVE = (
    ContractState.DRAFT,
    ContractState.EMPLOYER_SIGNED,
    ContractState.OFFERED,
    ContractState.CONSENTED,
    ContractState.LOCKED,
)

CHARGED = (ContractState.OFFERED, ContractState.CONSENTED, ContractState.LOCKED)
"""States in which an agent may take a charge from the emigrant: offered, and not ended."""


class Channel(models.TextChoices):
    """How the emigrant heard and answered."""

    WEB = "web", _("On the web")
    PHONE = "phone", _("By phone")
    ASSISTED = "assisted", _("With a village operator")
    VOICE = "voice", _("By voice")
