"""The roles of the platform: reference data, the lowest tier (the engine takes any string)."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """Who a signed-in person or machine can be."""

    EMIGRANT = "emigrant", _("Emigrant")
    CSC_VLE = "csc_vle", _("Village operator")
    RA_ADMIN = "ra_admin", _("Recruiting agent")
    RA_STAFF = "ra_staff", _("Recruiting agent's staff")
    FE_ADMIN = "fe_admin", _("Foreign employer")
    MISSION_LW = "mission_lw", _("Mission, labour wing")
    MISSION_HOM = "mission_hom", _("Head of Mission")
    POE_DA = "poe_da", _("Dealing assistant")
    POE = "poe", _("Protector of Emigrants")
    PGE_DA = "pge_da", _("Dealing assistant of the Protector General")
    PGE = "pge", _("Protector General of Emigrants")
    BOI = "boi", _("Border officer")
    INSURER = "insurer", _("Insurer")
    HELPDESK = "helpdesk", _("Helpdesk")
    AUDITOR = "auditor", _("Auditor")
    PUBLIC = "public", _("Anybody")
    SYSTEM = "system", _("The platform")


AGENT_ROLES = (Role.RA_ADMIN, Role.RA_STAFF)
MISSION_ROLES = (Role.MISSION_LW, Role.MISSION_HOM)
POE_ROLES = (Role.POE_DA, Role.POE)
PGE_ROLES = (Role.PGE_DA, Role.PGE)

HOME_COUNTRY, HOME_CURRENCY = "IND", "INR"
"""The country whose offices, States and districts these are, and in what it is paid there."""
