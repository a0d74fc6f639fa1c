"""What a person types: fields that forgive how it is written, and forms that show a refusal."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from emigrate.foundation.errors import DomainError, InvalidInput
from emigrate.foundation.identifiers.references import InvalidReference, normalise
from emigrate.foundation.money import decimal_text, minor_units
from emigrate.foundation.texts import storable
from emigrate.foundation.web.formats import day

PARTS = re.compile(r"\d+")
CENTURY = 100
LONGEST_DAY = 40
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)
"""What a day may be: the same as where the law is asked (a test holds the two together)."""
LONGEST_REASON = 2000


class PlainForm(forms.Form):
    """A form whose refusals stand beside the fields that they are about."""

    def clean(self) -> dict[str, Any]:  # a form's values
        """Every text is read as it was written."""
        super().clean()
        for name, value in list(self.cleaned_data.items()):  # a refused one is taken out
            if isinstance(value, str) and not storable(value):
                self.add_error(name, _("Leave out control characters and broken signs."))
        return self.cleaned_data

    def refuse(self, error: DomainError, sentences: Iterable[str] = ()) -> None:
        """Show a refusal; `sentences` replace the message where a page knows plainer words."""
        placed = False
        for wrong in error.errors:
            name = wrong["pointer"].rpartition("/")[2]
            self.add_error(name if name in self.fields else None, wrong["message"])
            placed = True
        for sentence in () if placed else (*sentences,) or (error.message,):
            self.add_error(None, sentence)


def western(text: str) -> str:
    """The text with the digits of every script as 0-9, and full-width letters as plain ones."""
    folded = unicodedata.normalize("NFKC", text)
    digits = ((unicodedata.decimal(letter, None), letter) for letter in folded)
    return "".join(letter if digit is None else str(digit) for digit, letter in digits)


class DayField(forms.Field):
    """A day typed as 27 3 2031, 27/3/31, 27-03-2031 or 2031-03-27, in the digits of any script."""

    widget = forms.TextInput(attrs={"inputmode": "numeric", "size": "12", "autocomplete": "off"})
    default_error_messages = {
        "required": _("Write a day. Example: 27 3 2031."),
        "malformed": _("Write the day as day, month, year. Example: 27 3 2031."),
        "out_of_range": _("Write a day in the years 1900 to 2199."),
    }

    def to_python(self, value: Any) -> date | None:  # Django's signature
        """The day, or a ValidationError that shows an example."""
        text = str(value or "").strip()
        if not text:
            return None
        typed = _day(text)
        if typed is None:
            raise forms.ValidationError(self.error_messages["malformed"])
        if not FIRST_DAY <= typed <= LAST_DAY:
            raise forms.ValidationError(self.error_messages["out_of_range"])
        return typed

    def prepare_value(self, value: Any) -> Any:  # Django's signature
        """A day given by a view, as people write it."""
        return day(value) if isinstance(value, date) else value


def _day(text: str) -> date | None:
    """The day of three numbers in the order of either habit; None where they are none."""
    if len(text) > LONGEST_DAY:
        return None
    parts = [int(part) for part in PARTS.findall(western(text))]
    if parts and parts[0] < CENTURY:
        parts.reverse()
    try:
        year, month, in_month = parts
        return date(year + 2000 if year < CENTURY else year, month, in_month)
    except (ValueError, OverflowError):  # not three numbers, or no day of the calendar
        return None


class ReferenceField(forms.CharField):
    """A number such as EC-2026-DEL-4821907-K, typed with or without dashes and in any case."""

    def to_python(self, value: Any) -> str:  # Django's signature
        """The number as it is written, or a ValidationError."""
        text = super().to_python(value) or ""
        if not text:
            return ""
        try:
            return normalise(text)
        except InvalidReference as error:
            raise forms.ValidationError(
                _("This number is not right. Compare every letter and digit with the paper.")
            ) from error


class AmountField(forms.CharField):
    """An amount typed in the currency's major unit; the value is in minor units."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "size": "12", "autocomplete": "off"})
    default_error_messages = {"required": _("Write the amount in digits. For nothing write 0.")}

    def __init__(self, *, currency: str = "INR", **options: Any) -> None:
        super().__init__(max_length=20, **options)
        self.currency = currency

    def clean(self, value: Any) -> Any:  # minor units; the stubs promise text
        """Minor units, or a ValidationError that shows an example."""
        text = western(super().clean(value) or "").replace(",", "").replace(" ", "")
        if not text:
            return None
        try:
            return minor_units(text, self.currency)
        except InvalidInput as error:
            raise forms.ValidationError(
                _("Write the amount in digits. Example: %(example)s."),
                params={"example": decimal_text(180000, self.currency)},
            ) from error


def reason_field(label: Any, help_text: Any = "", *, required: bool = True) -> forms.CharField:
    """A field for a reason in a person's own words."""
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=required,
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": "4"}),
        error_messages={"required": _("Give the reason in plain words.")},
    )
