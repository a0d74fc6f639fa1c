"""States of an employer's registration, kinds of employers, and papers they bring."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class EmployerState(models.TextChoices):
    """Where a registration stands; from `active` on it is an employer."""

    DRAFT = "draft", _("Being filled in")
    OTP_VERIFIED = "otp_verified", _("E-mail address confirmed")
    SUBMITTED = "submitted", _("Waiting for the Mission")
    MISSION_SCRUTINY = "mission_scrutiny", _("Being verified by the Mission")
    QUERIED = "queried", _("The Mission asked a question")
    LOCAL_CHECK = "local_check", _("Being checked on the spot")
    APPROVED = "approved", _("Verified")
    ACTIVE = "active", _("Registered")
    REJECTED = "rejected", _("Refused")
    INACTIVE = "inactive", _("Inactive: no recruitment for long")
    PRIOR_APPROVAL = "prior_approval", _("Needs the Mission's prior approval")
    BLACKLISTED = "blacklisted", _("Barred")
    EXPIRED = "expired", _("Expired")


REGISTERED = (
    EmployerState.ACTIVE,
    EmployerState.INACTIVE,
    EmployerState.PRIOR_APPROVAL,
    EmployerState.BLACKLISTED,
    EmployerState.EXPIRED,
)
"""What everybody signed in may see: the register, not the applications."""

NOT_CLAIMING = (EmployerState.DRAFT, EmployerState.OTP_VERIFIED, EmployerState.REJECTED)
"""States in which a registration does not yet, or no longer, hold its registration number."""


class EmployerKind(models.TextChoices):
    """What the employer is in law."""

    COMPANY = "company", _("Company")
    FIRM = "firm", _("Firm")
    PROPRIETORSHIP = "proprietorship", _("Proprietorship")
    INDIVIDUAL = "individual", _("Individual (household)")


class Paper(models.TextChoices):
    """Papers that a registration rests on."""

    REQUEST_LETTER = "request_letter", _("Letter asking for registration")
    LICENCE = "licence", _("Trade licence or commercial registration")
    ESTABLISHMENT_CARD = "establishment_card", _("Establishment or immigration card")
    SIGNATORY_ID = "signatory_id", _("Identity of the person who signs")
    ADDRESS_PROOF = "address_proof", _("Proof of address")
    MANPOWER_PERMIT = "manpower_permit", _("Permit to bring workers into the country")


EXPECTED_PAPERS = {
    EmployerKind.COMPANY: (Paper.REQUEST_LETTER, Paper.LICENCE, Paper.SIGNATORY_ID),
    EmployerKind.FIRM: (Paper.REQUEST_LETTER, Paper.LICENCE, Paper.SIGNATORY_ID),
    EmployerKind.PROPRIETORSHIP: (Paper.REQUEST_LETTER, Paper.LICENCE, Paper.SIGNATORY_ID),
    EmployerKind.INDIVIDUAL: (Paper.REQUEST_LETTER, Paper.SIGNATORY_ID, Paper.ADDRESS_PROOF),
}
"""What the Mission looks for; a missing one warns the officer, who decides."""
