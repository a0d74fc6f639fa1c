"""States of a credential and the papers made of it."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class CredentialState(models.TextChoices):
    """What the status list says of a credential (Token Status List: 0, 2, 1)."""

    VALID = "valid", _("Valid")
    SUSPENDED = "suspended", _("Suspended")
    REVOKED = "revoked", _("Revoked")


STATUS_VALUES = {CredentialState.VALID: 0, CredentialState.REVOKED: 1, CredentialState.SUSPENDED: 2}

STATUS_CLAIM, IDENTITY_CLAIM, CLEARANCE_CLAIM = 65535, 169, -66010
"""Where a certificate says its place in a status list, who somebody is, and what is granted."""
