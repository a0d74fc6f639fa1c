"""What a counter can answer, and why somebody is off-loaded."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class DepartureState(models.TextChoices):
    """After the counter: abroad, arrived, back."""

    DEPARTED = "departed", _("Departed")
    ARRIVED = "arrived", _("Arrived abroad")
    RETURNED = "returned", _("Returned")


class CounterVerdict(models.TextChoices):
    """Green, red, amber."""

    CLEAR = "clear", _("Clear to depart")
    NOT_CLEAR = "not_clear", _("Not clear")
    REFER = "refer", _("Ask the supervisor")


class CounterReason(models.TextChoices):
    """Why; the words of the border contract."""

    OK = "ok", _("The clearance is valid.")
    NO_CLEARANCE = "no_clearance", _("No clearance has this number.")
    NOT_YET_VALID = "not_yet_valid", _("The clearance is not valid yet.")
    EXPIRED = "expired", _("The clearance has expired.")
    REVOKED = "revoked", _("The clearance was cancelled.")
    SUSPENDED = "suspended", _("The clearance is suspended.")
    DEST_MISMATCH = "dest_mismatch", _("The clearance is for another country.")
    PASSPORT_MISMATCH = "passport_mismatch", _("The clearance is for another passport.")
    ALREADY_DEPARTED = "already_departed", _("A departure on this clearance is recorded.")
    POLICY_LAPSED = (
        "policy_lapsed",
        _("No insurance covers today. Ask the office that gave the clearance."),
    )


class OffLoadReason(models.TextChoices):
    """Grounds for not letting somebody board; suspicion alone is not one."""

    NO_CLEARANCE = "no_clearance", _("No clearance")
    EXPIRED = "expired", _("Clearance expired")
    REVOKED = "revoked", _("Clearance cancelled or suspended")
    VISA_MISMATCH = "visa_mismatch", _("Visa does not match")
    PASSPORT_MISMATCH = "passport_mismatch", _("Passport does not match")
    WORK_ON_VISIT_VISA = "work_on_visit_visa", _("Work on a visit visa, with evidence")
    ADVISORY_BAN = "advisory_ban", _("Ban by an advisory in force")
