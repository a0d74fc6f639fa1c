"""What an officer types at the counter."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from emigrate.domains.departures.enums import OffLoadReason
from emigrate.domains.departures.queries import CounterQuestion
from emigrate.domains.emigrants.actions.valid import formats
from emigrate.foundation.identifiers.formats import InvalidIdentifier, conforming
from emigrate.foundation.identifiers.references import InvalidReference, normalise
from emigrate.foundation.web.forms import PlainForm, ReferenceField, reason_field, western

OURS = "EC"
"""How a clearance's number begins; a passport's has one letter."""
PLAIN = {"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"}


class PassportField(forms.CharField):
    """A passport number, however it is typed."""

    widget = forms.TextInput(attrs=PLAIN)

    def to_python(self, value: Any) -> str:  # Django's signature
        """The number as the passport writes it, or a ValidationError with an example."""
        text = western(super().to_python(value) or "")
        if not text:
            return ""
        try:
            return conforming(text, formats()["passport"])
        except InvalidIdentifier as error:
            raise forms.ValidationError(
                _("A passport number has 1 letter and then 7 digits. Example: Z1234567.")
            ) from error


class CounterForm(PlainForm):
    """The one field of the counter: a clearance number or a passport number."""

    number = forms.CharField(
        label=_("Clearance number or passport number"),
        help_text=_("Scan it or type it, then press Enter."),
        max_length=60,
        widget=forms.TextInput(attrs={**PLAIN, "autofocus": True, "accesskey": "n"}),
        error_messages={"required": _("Scan or type a number.")},
    )
    airport = forms.ChoiceField(
        label=_("Airport"), error_messages={"required": _("Choose your airport.")}
    )

    def __init__(self, typed: Any, *, airports: Iterable[tuple[str, str]], **options: Any) -> None:
        super().__init__(typed, **options)
        choices = [("", _("Choose one")), *airports]
        self.fields["airport"].choices = choices  # type: ignore[attr-defined]  # a ChoiceField

    def clean_number(self) -> CounterQuestion:
        """What the counter is asked, by whichever of the two numbers it is."""
        text = self.cleaned_data["number"]
        try:
            return CounterQuestion(reference=normalise(text))
        except InvalidReference:
            if western(text).strip().upper().startswith(OURS):
                ReferenceField().clean(text)  # refuses in the words for our own numbers
            return CounterQuestion(passport_number=PassportField().clean(text))


class BoardingForm(PlainForm):
    """Who leaves on what."""

    reference = ReferenceField(widget=forms.HiddenInput)
    passport = PassportField(
        label=_("Passport in hand"),
        help_text=_("Example: Z1234567."),
        error_messages={"required": _("Scan or type the number of the passport in hand.")},
    )
    destination = forms.ChoiceField(
        label=_("Destination"),
        help_text=_("The country where the journey ends, as the ticket says."),
        error_messages={"required": _("Choose the country where the journey ends.")},
    )
    flight = forms.CharField(
        label=_("Flight"), required=False, max_length=10, widget=forms.TextInput(attrs=PLAIN)
    )
    airport = forms.CharField(max_length=3, widget=forms.HiddenInput)

    def __init__(
        self, typed: Any = None, *, countries: Iterable[tuple[str, str]], **options: Any
    ) -> None:
        super().__init__(typed, **options)
        blank = ("", _("Choose one"))
        self.fields["destination"].choices = [blank, *countries]  # type: ignore[attr-defined]  # a ChoiceField


class OffLoadForm(PlainForm):
    """Whom the officer does not let on board, and why."""

    passport = PassportField(
        label=_("Passport in hand"),
        help_text=_("Example: Z1234567."),
        error_messages={"required": _("Scan or type the number of the passport in hand.")},
    )
    ground = forms.ChoiceField(
        label=_("Ground"),
        choices=[("", _("Choose one")), *OffLoadReason.choices],
        help_text=_("A suspicion alone is no ground."),
        error_messages={"required": _("Choose a ground.")},
    )
    evidence = reason_field(_("What did you see?"), _("Name the paper and what is wrong with it."))
    flight = forms.CharField(
        label=_("Flight"), required=False, max_length=10, widget=forms.TextInput(attrs=PLAIN)
    )
    airport = forms.CharField(max_length=3, widget=forms.HiddenInput)
    reference = ReferenceField(required=False, widget=forms.HiddenInput)
