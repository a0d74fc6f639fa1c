"""What people type about a clearance: the agent's application, and the officer's reasons."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from emigrate.domains.clearances.enums import Ground
from emigrate.foundation.web.forms import DayField, PlainForm, reason_field


class DraftForm(PlainForm):
    """What the agent adds to a fixed contract."""

    visa_number = forms.CharField(
        label=_("Number of the visa"),
        help_text=_("It is printed on the visa."),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": _("Write the number of the visa.")},
    )
    visa_expires_on = DayField(
        label=_("Last day of the visa"),
        help_text=_("Leave it empty if the visa names no last day."),
        required=False,
    )
    departs_on = DayField(label=_("Planned day of departure"), help_text=_("Example: 27 3 2031."))


class SubmitForm(PlainForm):
    """Handing in; also against the law's findings, when an order in writing is wanted."""

    for_an_order = forms.BooleanField(
        label=_("Hand it in even if the law forbids it: I want the office's order in writing."),
        required=False,
    )


class AnswerForm(PlainForm):
    """The applicant's answer to the officer's question."""

    reason = reason_field(_("Your answer"), _("The officer reads it. Say what changed and where."))


class RedateForm(PlainForm):
    """Another planned departure."""

    departs_on = DayField(
        label=_("New day of departure"),
        help_text=_("Example: 27 3 2031. The law is asked again about this day."),
        error_messages={"required": _("Write the new day of departure.")},
    )
    insure_anew = forms.BooleanField(
        label=_("The insurance does not fit the new day: cancel it, and I buy another one."),
        help_text=_("The premium goes back to who paid it. Not after the clearance was given."),
        required=False,
    )


class WithdrawForm(PlainForm):
    """Why an application is taken back."""

    reason = reason_field(_("Why do you take the application back?"))


class ApproveForm(PlainForm):
    """An approval needs no words; a note is kept with it."""

    note = reason_field(_("Note for the file"), _("You can leave this empty."), required=False)


class QueryForm(PlainForm):
    """What is missing or not right (Emigration Act, 1983, s.22(4))."""

    reason = reason_field(
        _("Question to the applicant"),
        _("Say what is missing, and what to send. The clock stops until the answer."),
    )


class ReasonForm(PlainForm):
    """The reason of any other step."""

    reason = reason_field(_("Reason"), _("It is kept with the case."))


class RejectForm(PlainForm):
    """A ground of the Act and the order's words; `confirmed` after they were read once more."""

    ground = forms.ChoiceField(
        label=_("Ground of the Act"),
        choices=[("", _("Choose one")), *Ground.choices],
        error_messages={"required": _("Choose the ground on which you reject.")},
    )
    order = reason_field(
        _("Order in writing"),
        _("The worker and the agent read these words. Say why, and what they can do."),
    )
    confirmed = forms.BooleanField(required=False, widget=forms.HiddenInput)


class TakeForm(PlainForm):
    """Taking a case that is not the next one."""

    reason = reason_field(
        _("Why can this case not wait?"),
        _("Other cases came first. The reason is kept with the case."),
        required=False,
    )


def form_for(form: type[PlainForm], verb: str, typed: Any) -> PlainForm:
    """A form of one verb among several on a page: its fields have ids of their own."""
    return form(typed, auto_id=f"id_{verb}_%s")
