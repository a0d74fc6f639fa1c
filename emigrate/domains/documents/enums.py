"""States of a document and the forms it may come in."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class DocumentState(models.TextChoices):
    """A document is opened by nobody before it is released."""

    QUARANTINED = "quarantined", _("Held until an officer has looked")
    RELEASED = "released", _("Released")
    REFUSED = "refused", _("Refused")


class MediaType(models.TextChoices):
    """What the content is, by its content."""

    PDF = "application/pdf", "PDF"
    JPEG = "image/jpeg", "JPEG"
    PNG = "image/png", "PNG"
