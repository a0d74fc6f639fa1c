"""States of a person's registration, and what is known of passports, links and duplicates."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class EmigrantState(models.TextChoices):
    """Where a person's registration stands."""

    PROFILE_BASIC = "profile_basic", _("Registered, passport not verified")
    ID_VERIFIED = "id_verified", _("Passport verified, profile not complete")
    ACTIVE = "active", _("Active")
    SUSPENDED_DUPLICATE = "suspended_duplicate", _("Held: perhaps registered twice")
    DECEASED = "deceased", _("Deceased")
    MERGED = "merged", _("Merged into another registration")


LIVING = (EmigrantState.PROFILE_BASIC, EmigrantState.ID_VERIFIED, EmigrantState.ACTIVE)
"""States in which the person can go through the steps towards a clearance."""


class Sex(models.TextChoices):
    """As the passport writes it."""

    MALE = "M", _("Male")
    FEMALE = "F", _("Female")
    OTHER = "X", _("Other")


class PassportCategory(models.TextChoices):
    """Whether the passport says that an emigration check is required."""

    ECR = "ecr", _("Emigration check required")
    ECNR = "ecnr", _("Emigration check not required")


class CheckState(models.TextChoices):
    """What the passport registry said, when it was asked."""

    PENDING = "pending", _("Not asked yet")
    MATCHED = "matched", _("Agrees with the registry")
    MISMATCH = "mismatch", _("Differs from the registry: an officer looks at it")
    NOT_FOUND = "not_found", _("The registry knows no such passport")
    REVOKED = "revoked", _("Expired, lost, impounded, revoked or replaced")
    SERVICE_DOWN = "service_down", _("The registry did not answer")


class Route(models.TextChoices):
    """Through whom a person was registered."""

    SELF = "self", _("By the person")
    AGENT = "agent", _("By a recruiting agent")
    CENTRE = "centre", _("By a village operator")
    OFFICE = "office", _("By an office")


class ConsentBy(models.TextChoices):
    """How the person agreed that an agency sees the record."""

    REGISTRATION = "registration", _("The agency registered the person")
    PERSON = "person", _("The person agreed when signed in")
    CODE = "code", _("The person gave the one-time code")


class Ground(models.TextChoices):
    """Why two registrations may be one person."""

    NAME_AND_BIRTH = "name_and_birth", _("Same birth date, names alike")
    PHONE = "phone", _("Same telephone number")


class Verdict(models.TextChoices):
    """What an officer found about two registrations."""

    OPEN = "open", _("Not looked at")
    SAME = "same", _("One person")
    DIFFERENT = "different", _("Two persons")
