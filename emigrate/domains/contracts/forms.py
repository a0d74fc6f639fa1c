"""What the emigrant types about a contract: the five facts read back, and the consent."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from emigrate.domains.contracts.queries import Terms
from emigrate.foundation.web.forms import AmountField, PlainForm, western

UNKNOWN = "?"
"""The answer of somebody who does not know; it is never right."""


class ReadBackForm(PlainForm):
    """Five questions about the contract, answered from memory of what was read or heard.

    `employers` and `places` are names to choose from; the right one among them is not marked.
    """

    wage = AmountField(label=_("How much pay do you get each month?"))
    hours = forms.CharField(
        label=_("How many hours do you work each day?"),
        max_length=4,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "size": "4", "autocomplete": "off"}),
        error_messages={"required": _("Write the hours in digits. Example: 8.")},
    )
    employer = forms.ChoiceField(
        label=_("Who pays you?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose who pays you.")},
    )
    place = forms.ChoiceField(
        label=_("Where do you work?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose where you work.")},
    )
    deductions = AmountField(
        label=_("How much is taken from your pay each month?"),
        help_text=_("Write 0 if nothing is taken."),
    )

    def __init__(
        self, typed: Any, *, terms: Terms, employers: Iterable[str], places: Iterable[str]
    ) -> None:
        super().__init__(typed)
        self.currency = terms.currency
        for name in ("wage", "deductions"):
            amount = self.fields[name]
            amount.currency = terms.currency  # type: ignore[attr-defined]  # an AmountField
        self.fields["wage"].help_text = _("Write the amount in %(currency)s.") % {
            "currency": terms.currency
        }
        for name, choices in (("employer", employers), ("place", places)):
            known = sorted({each.strip() for each in choices if each.strip()})
            self.fields[name].choices = [  # type: ignore[attr-defined]  # a ChoiceField
                *((each, each) for each in known),
                (UNKNOWN, _("I do not know")),
            ]

    def clean_hours(self) -> str:
        """The hours in plain digits."""
        return western(self.cleaned_data["hours"]).strip()

    @property
    def answers(self) -> dict[str, str]:
        """The answers in the words of `contracts.queries.key_facts`."""
        typed = self.cleaned_data
        return {
            "wage": f"{typed['wage']} {self.currency}",
            "hours": typed["hours"],
            "employer": typed["employer"],
            "place": typed["place"],
            "deductions": str(typed["deductions"]),
        }


class ConsentForm(PlainForm):
    """Agreement to the version of which the hash is named."""

    agreed = forms.BooleanField(
        label=_("I read or heard the contract. I want this job."),
        error_messages={"required": _("Tick the box if you want this job.")},
    )
    terms_hash = forms.RegexField(r"^[0-9a-f]{64}$", widget=forms.HiddenInput)
