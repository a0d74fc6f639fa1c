"""States, grounds and checks of an emigration clearance."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ClearanceState(models.TextChoices):
    """From the agent's draft to the departure."""

    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Submitted")
    IN_CHECKS = "in_checks", _("In automatic checks")
    QUEUED = "queued", _("Waiting for an officer")
    UNDER_SCRUTINY = "under_scrutiny", _("Under scrutiny")
    QUERIED = "queried", _("Question to the applicant")
    REFERRED = "referred", _("Referred")
    HELD = "held", _("Held")
    APPROVED = "approved", _("Approved")
    REJECTED = "rejected", _("Rejected")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    LAPSED = "lapsed", _("Lapsed")
    SUSPENDED = "suspended", _("Suspended")
    CANCELLED = "cancelled", _("Cancelled")
    USED = "used", _("Used: the emigrant has departed")
    EXPIRED = "expired", _("Expired")


OPEN = (
    ClearanceState.DRAFT,
    ClearanceState.SUBMITTED,
    ClearanceState.IN_CHECKS,
    ClearanceState.QUEUED,
    ClearanceState.UNDER_SCRUTINY,
    ClearanceState.QUERIED,
    ClearanceState.REFERRED,
    ClearanceState.HELD,
    ClearanceState.APPROVED,
    ClearanceState.SUSPENDED,
)
"""States in which a person has a clearance on the way or in hand: one at a time."""
IN_HAND = (ClearanceState.APPROVED, ClearanceState.SUSPENDED)
"""States that only the departure, the office or time ends."""


ENDED_UNUSED = (
    ClearanceState.REJECTED,
    ClearanceState.WITHDRAWN,
    ClearanceState.LAPSED,
    ClearanceState.CANCELLED,
    ClearanceState.EXPIRED,
)
"""Ends without a departure for which the law is asked what becomes of fee and insurance."""

CHECKED = (
    ClearanceState.QUEUED,
    ClearanceState.UNDER_SCRUTINY,
    ClearanceState.QUERIED,
    ClearanceState.REFERRED,
    ClearanceState.HELD,
)
"""States in which the automatic checks have run and nobody has decided."""


WATCHED = (*CHECKED, ClearanceState.APPROVED, ClearanceState.SUSPENDED)
"""States in which the registry of passports is asked to tell of the passport."""


class Ground(models.TextChoices):
    """Grounds of a rejection: Emigration Act, 1983, s.22(5), s.22(6) and s.24."""

    EXPLOITATIVE = "terms_discriminatory_or_exploitative", _("Terms that discriminate or exploit")
    UNLAWFUL = (
        "work_unlawful_or_against_public_policy_or_dignity",
        _("Unlawful work, or against public policy or dignity"),
    )
    EMPLOYER = "employer_antecedents", _("The employer's antecedents")
    CIRCUMSTANCES = "circumstances_in_country", _("Circumstances in the country")
    REPATRIATION = "no_repatriation_arrangement", _("No arrangement for repatriation")
    DEFICIENCY = "deficiency_not_made_good", _("A deficiency was not made good")
    FALSE = "false_information", _("False information")


PASSPORT_CHECK = "passport_registry"
"""The check whose bar no officer can pass: the registry says that the document is not in force."""

CONTRACT_CHECK, PERSON_CHECK = "contract_comparison", "person_known_twice"
INSURANCE_CHECK, DEMAND_CHECK = "insurance_disputed", "demand_not_standing"
AGENT_CHECK, EMPLOYER_CHECK = "agent_stopped", "employer_barred"
CHARGES_CHECK, OFF_LOAD_CHECK = "charges_disputed", "earlier_off_load"
DATELESS_CHECKS = (
    PASSPORT_CHECK,
    CONTRACT_CHECK,
    PERSON_CHECK,
    INSURANCE_CHECK,
    DEMAND_CHECK,
    AGENT_CHECK,
    EMPLOYER_CHECK,
    CHARGES_CHECK,
    OFF_LOAD_CHECK,
)
"""Checks that no day of departure changes; every other one is the law's."""


class CheckOutcome(models.TextChoices):
    """What an automatic check found; none of them decides."""

    PASS = "pass", _("Passed")
    NOTE = "note", _("Note")
    WARN = "warn", _("Attention")
    REFER = "refer", _("An officer must look")
    BLOCK = "block", _("The law forbids it")
    UNAVAILABLE = "unavailable", _("Not reachable")
