"""States of an order, what it pays for, and the accounts of the ledger."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class OrderState(models.TextChoices):
    """Where an order for one payment stands."""

    INITIATED = "initiated", _("Not yet at the gateway")
    REDIRECTED = "redirected", _("Waiting for the payer")
    PENDING = "pending", _("Waiting for the gateway's word")
    SUCCESS = "success", _("Paid")
    FAILED = "failed", _("Not paid")
    EXPIRED = "expired", _("Expired")
    SETTLED = "settled", _("Paid and in the bank")
    REFUND_REQUESTED = "refund_requested", _("To be given back")
    REFUNDED = "refunded", _("Given back")
    REFUND_REFERRED = "refund_referred", _("An officer decides whether it is given back")
    KEPT = "kept", _("Not given back")
    CHARGEBACK = "chargeback", _("Taken back by the payer's bank")


class Head(models.TextChoices):
    """What a payment is for."""

    EC_FEE = "ec_fee", _("Fee of an emigration clearance")
    PBBY_PREMIUM = "pbby_premium", _("Premium of the compulsory insurance")
    RC_FEE = "rc_fee", _("Fee of a registration certificate")
    APPEAL_FEE = "appeal_fee", _("Fee of an appeal")


class PostingKind(models.TextChoices):
    """Why money moved; each happens at most once to an order."""

    RECEIVED = "received", _("Received")
    BANKED = "banked", _("Came to the bank")
    OWED_BACK = "owed_back", _("To be given back")
    GIVEN_BACK = "given_back", _("Given back")
    TAKEN_BACK = "taken_back", _("Taken back")


GATEWAY, BANK, REFUNDS = "gateway", "bank", "refunds"
ACCOUNTS = (GATEWAY, BANK, REFUNDS, *(f"fees.{head}" for head in Head.values))
"""The ledger's accounts: at the gateway, in the bank, owed back, and taken by head."""

UNPAID = (OrderState.INITIATED, OrderState.REDIRECTED, OrderState.PENDING)
GIVEN_UP = (OrderState.FAILED, OrderState.EXPIRED)
PAID = (OrderState.SUCCESS, OrderState.SETTLED)
NOT_GIVEN_BACK = (OrderState.REFUND_REFERRED, OrderState.KEPT)
"""The case has ended and the money is still here: an officer is to decide, or has decided."""

STANDING = (*UNPAID, *PAID)
"""States of which a subject has at most one order for each head."""
