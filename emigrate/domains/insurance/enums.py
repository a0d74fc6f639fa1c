"""States of a policy of the compulsory insurance, and why an insurer's answer is not taken."""

from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _


class PolicyState(models.TextChoices):
    """From the quotation to the end of the cover."""

    QUOTED = "quoted", _("Quoted, premium open")
    PAID = "paid", _("Premium paid, insurer to be asked")
    PENDING = "pending", _("The insurer is deciding")
    ISSUED = "issued", _("Issued")
    ACTIVE = "active", _("In force")
    EXPIRED = "expired", _("Ended")
    CANCELLED = "cancelled", _("Cancelled")


IN_FORCE = (PolicyState.ISSUED, PolicyState.ACTIVE)
"""States in which the policy counts for a clearance."""

AT_INSURER = (PolicyState.PAID, PolicyState.PENDING)
"""States in which the insurer is asked."""

LIVE = (PolicyState.QUOTED, *AT_INSURER, *IN_FORCE)
"""States of which a contract has at most one policy."""


class Dispute(models.TextChoices):
    """Why an officer must look at what the insurer answered."""

    PREMIUM = "premium_differs", _("Another premium than was paid")
    SUM = "sum_too_low", _("A lower sum than the scheme's")
    TERM = "term_too_short", _("A shorter time than was asked for")
    PERSON = "other_passport", _("A policy for another passport")
    WITHDRAWN = "withdrawn", _("Cancelled by the insurer")


class ClaimOutcome(models.TextChoices):
    """How the insurer settled a claim."""

    PAID = "paid", _("Paid")
    REFUSED = "refused", _("Refused")


class Difference(StrEnum):
    """In what a day's list of the insurer differs from what stands here."""

    UNKNOWN_HERE = "unknown_here"
    """A policy that the platform never asked for, or has under another number."""
    ANSWER_MISSED = "answer_missed"
    """The insurer has decided; here it is still asked."""
    CANCELLATION_MISSED = "cancellation_missed"
    """Cancelled here, in force there, and nobody was about to tell."""
    CANCELLED_THERE = "cancelled_there"
    """In force here, ended by the insurer."""
    PREMIUM_DIFFERS = "premium_differs"
    """Another premium than was paid."""
    MISSING_THERE = "missing_there"
    """Issued here on that day, in no list of the insurer so far."""
