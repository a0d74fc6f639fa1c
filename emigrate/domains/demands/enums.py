"""States of demands, of their allotments to agents, and of powers of attorney."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class DemandState(models.TextChoices):
    """From the employer's draft to filled vacancies; `amendment_pending` voids an approval."""

    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Submitted")
    MISSION_SCRUTINY = "mission_scrutiny", _("Under scrutiny at the Mission")
    QUERIED = "queried", _("Question to the employer")
    APPROVED = "approved", _("Approved")
    OPEN = "open", _("Open")
    FILLED = "filled", _("Filled")
    AMENDMENT_PENDING = "amendment_pending", _("Changed: to be approved again")
    REJECTED = "rejected", _("Rejected")
    EXPIRED = "expired", _("Expired")
    CANCELLED = "cancelled", _("Cancelled")


RECRUITING = (DemandState.APPROVED, DemandState.OPEN, DemandState.FILLED)
"""States in which the Mission's approval stands."""


class AllotmentState(models.TextChoices):
    """A part of a demand in an agent's hands."""

    SENT = "sent", _("Sent to the agent")
    ACKNOWLEDGED = "acknowledged", _("Accepted by the agent")
    DECLINED = "declined", _("Declined by the agent")
    RELEASED = "released", _("Released")


HELD = (AllotmentState.SENT, AllotmentState.ACKNOWLEDGED)
"""An agent has at most one allotment of a line in these states."""


class AttorneyState(models.TextChoices):
    """An employer's power of attorney to an agent."""

    SIGNED = "signed", _("Signed by the employer")
    ACTIVE = "active", _("Accepted by the agent")
    REVOKED = "revoked", _("Revoked")
    EXPIRED = "expired", _("Expired")


EMPOWERED = (AttorneyState.SIGNED, AttorneyState.ACTIVE)
"""An agent has at most one power of attorney for a demand in these states."""
