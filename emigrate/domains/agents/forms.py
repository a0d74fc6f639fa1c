"""What anybody may type about agents."""

from django import forms
from django.utils.translation import gettext_lazy as _

from emigrate.foundation.web.forms import PlainForm


class RegisterForm(PlainForm):
    """The question to the public register."""

    agent = forms.CharField(
        label=_("Name or registration number of the agent"),
        help_text=_("Write it as it stands on the agent's paper or message."),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": _("Write the name or the number of the agent.")},
    )
