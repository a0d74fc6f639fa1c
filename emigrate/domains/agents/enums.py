"""States, categories and grounds of recruiting agents (Emigration Act, 1983, chapter III)."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class AgentState(models.TextChoices):
    """Where a certificate of registration stands."""

    ACTIVE = "active", _("Registered")
    SUSPENDED = "suspended", _("Suspended")
    CANCELLED = "cancelled", _("Cancelled")
    EXPIRED = "expired", _("Expired")
    SURRENDERED = "surrendered", _("Given back")


class ApplicationState(models.TextChoices):
    """Where an application to a certificate stands."""

    DRAFT = "draft", _("Being filled in")
    SUBMITTED = "submitted", _("Handed in, fee open")
    FEE_PAID = "fee_paid", _("Waiting for the Protector of Emigrants")
    POE_SCRUTINY = "poe_scrutiny", _("Examined by the Protector of Emigrants")
    QUERY_POE = "query_poe", _("The Protector of Emigrants asked a question")
    POE_INSPECTION = "poe_inspection", _("Premises being inspected")
    POLICE_VERIFICATION = "police_verification", _("Verified by the police")
    FORWARDED_PGE = "forwarded_pge", _("Waiting for the Protector General")
    PGE_SCRUTINY = "pge_scrutiny", _("Examined by the Protector General")
    QUERY_PGE = "query_pge", _("The Protector General asked a question")
    LOI_ISSUED = "loi_issued", _("Security called for")
    BG_SUBMITTED = "bg_submitted", _("Security given, to be confirmed by the bank")
    BG_VERIFIED = "bg_verified", _("Security confirmed")
    RC_ISSUED = "rc_issued", _("Certificate issued")
    REJECTED = "rejected", _("Refused")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    LAPSED = "lapsed", _("Lapsed")


CLOSED = (
    ApplicationState.RC_ISSUED,
    ApplicationState.REJECTED,
    ApplicationState.WITHDRAWN,
    ApplicationState.LAPSED,
)


class TrancheState(models.TextChoices):
    """Where a request for more capacity stands."""

    REQUESTED = "requested", _("Security given, to be confirmed by the bank")
    BG_VERIFIED = "bg_verified", _("Security confirmed")
    GRANTED = "granted", _("Granted")
    REFUSED = "refused", _("Refused")


class Category(models.TextChoices):
    """How much security stands behind an agent (Emigration Rules, 1983, r.8)."""

    NORMAL = "normal", _("Normal")
    SMALL = "small", _("Small: a number of workers for each security")


class Entity(models.TextChoices):
    """What the agent is in law."""

    PROPRIETORSHIP = "proprietorship", _("Proprietorship")
    PARTNERSHIP = "partnership", _("Partnership")
    LLP = "llp", _("Limited liability partnership")
    COMPANY = "company", _("Company")
    STATE_CORPORATION = "state_corporation", _("Corporation of a State")


class ApplicationKind(models.TextChoices):
    """What is applied for."""

    NEW = "new", _("First certificate")
    RENEWAL = "renewal", _("Renewal")


class Ground(models.TextChoices):
    """Grounds of cancellation; there is no other (Emigration Act, 1983, s.14(1))."""

    NOT_FIT = "not_fit", _("Not a fit person: manner of business, finances, facilities")
    PREJUDICIAL = "prejudicial", _("Recruited for purposes against India or public policy")
    MORAL_TURPITUDE = "moral_turpitude", _("Convicted of an offence of moral turpitude")
    CONVICTED = "convicted", _("Convicted under this Act or a named law, six months or more")
    MISREPRESENTED = "misrepresented", _("Certificate got by misrepresentation")
    TERMS_VIOLATED = "terms_violated", _("Terms of the certificate violated")
    PUBLIC_INTEREST = "public_interest", _("Friendly relations or public interest")


class Verdict(models.TextChoices):
    """The answer to "Is this agent real?"."""

    REGISTERED = "registered", _("Registered")
    SUSPENDED = "suspended", _("Suspended: may not recruit now")
    CANCELLED = "cancelled", _("Cancelled: may not recruit")
    EXPIRED = "expired", _("Expired: may not recruit")
    SURRENDERED = "surrendered", _("Given back: may not recruit")
    SEVERAL = "several", _("Several agents fit: compare the registration number")
    NOT_FOUND = "not_found", _("Not in the register: do not pay, report it")
