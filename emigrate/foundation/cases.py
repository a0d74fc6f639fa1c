"""What every case has: a reference, a state, who holds it until when, and the head of its chain."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Case(models.Model):
    """An application, registration, demand or claim. Only `Workflow` writes these columns.

    `audit_seq` counts the case's leaves and is its version (ETag); `audit_head` is the hash of the
    last one. `clock_left` keeps the days that remain while a clock is paused; they, and the running
    clock, count in working days where `clock_working`, else in calendar days.
    """

    reference = models.CharField(_("reference"), max_length=40, unique=True)
    state = models.CharField(_("state"), max_length=24)
    state_since = models.DateTimeField(_("in this state since"))
    held_by = models.CharField(_("held by"), max_length=24, blank=True)
    due_at = models.DateTimeField(_("due"), null=True)
    clock_left = models.SmallIntegerField(null=True)
    clock_working = models.BooleanField(default=True, db_default=True)
    escalation = models.SmallIntegerField(_("times escalated"), default=0)
    created_at = models.DateTimeField(_("created"))
    created_by = models.BigIntegerField(null=True)
    audit_seq = models.IntegerField(default=0)
    audit_head = models.BinaryField(max_length=32)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.reference

    @property
    def version(self) -> str:
        """The ETag of the case: it changes with every step."""
        return f'"{self.audit_seq}"'


def state_known(table: str, values: list[str]) -> models.CheckConstraint:
    """The database knows the states too."""
    return models.CheckConstraint(name=f"{table}_state_known", condition=models.Q(state__in=values))
