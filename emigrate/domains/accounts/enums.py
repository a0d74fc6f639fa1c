"""Kinds of organisations that have members here."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class OrganisationKind(models.TextChoices):
    """What an organisation is to the platform."""

    AGENT = "agent", _("Recruiting agent")
    EMPLOYER = "employer", _("Foreign employer")
    INSURER = "insurer", _("Insurer")
    CSC = "csc", _("Common Service Centre")
    AUTHORITY = "authority", _("Public authority")
