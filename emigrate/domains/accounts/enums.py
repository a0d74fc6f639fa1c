"""Kinds of organisations that have members here."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from emigrate.domains.reference.enums import MISSION_ROLES, POE_ROLES, Role


class OrganisationKind(models.TextChoices):
    """What an organisation is to the platform."""

    AGENT = "agent", _("Recruiting agent")
    EMPLOYER = "employer", _("Foreign employer")
    INSURER = "insurer", _("Insurer")
    CSC = "csc", _("Common Service Centre")
    AUTHORITY = "authority", _("Public authority")


NEEDS_ORGANISATION = {
    Role.RA_ADMIN: OrganisationKind.AGENT,
    Role.RA_STAFF: OrganisationKind.AGENT,
    Role.FE_ADMIN: OrganisationKind.EMPLOYER,
    Role.INSURER: OrganisationKind.INSURER,
    Role.CSC_VLE: OrganisationKind.CSC,
}
"""Roles that somebody holds only within an organisation of this kind."""

NEEDS_OFFICE = POE_ROLES
"""Roles of one office of the Protectors, and of no other place."""

NEEDS_COUNTRY = MISSION_ROLES
"""Roles of the Mission in one country."""

MAY_NAME_COUNTRY = (*NEEDS_COUNTRY, Role.FE_ADMIN)
"""Roles that a country can be named for: an employer's is the country of its organisation."""

NEVER_GRANTED = (Role.PUBLIC, Role.SYSTEM)
"""Roles without a sign-in: anybody, and the platform itself."""
