"""The outbox: what is to be told, to whom, in the transaction in which it became true."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from emigrate.domains.notifications.enums import MessageState


class Message(models.Model):
    """One notice for one receiver. Event code and reference only: no personal data.

    The words are made from the event's template when it is read or sent.
    """

    event = models.CharField(_("event"), max_length=60)
    reference = models.CharField(_("about"), max_length=40, blank=True)
    person_id = models.BigIntegerField(null=True)
    organisation_id = models.BigIntegerField(null=True)
    user_id = models.BigIntegerField(null=True)
    role = models.CharField(max_length=24, blank=True)
    office = models.CharField(max_length=8, null=True)
    country = models.CharField(max_length=3, null=True)
    facts = models.JSONField(default=dict)
    state = models.CharField(
        max_length=8, choices=MessageState.choices, default=MessageState.WAITING
    )
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="message_has_a_receiver",
                condition=models.Q(person_id__isnull=False)
                | models.Q(organisation_id__isnull=False)
                | models.Q(user_id__isnull=False)
                | models.Q(office__isnull=False)
                | models.Q(country__isnull=False)
                | ~models.Q(role=""),
            ),
        ]
        indexes = [
            models.Index(name="message_outbox", fields=["id"], condition=models.Q(state="waiting")),
            models.Index(name="message_person", fields=["person_id", "-id"]),
            models.Index(name="message_organisation", fields=["organisation_id", "-id"]),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.reference}"
