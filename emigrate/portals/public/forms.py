"""The choice of an account in the demonstration."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from emigrate.domains.accounts.models import Membership
from emigrate.foundation.web.forms import PlainForm
from emigrate.portals import words


class SignInForm(PlainForm):
    """One of the accounts that the demonstration offers."""

    account = forms.TypedChoiceField(
        label=_("Account"),
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose an account.")},
    )

    def __init__(self, typed: Any, *, accounts: Iterable[Membership]) -> None:
        super().__init__(typed)
        self.fields["account"].choices = [  # type: ignore[attr-defined]  # a ChoiceField
            (each.pk, _label(each)) for each in accounts
        ]


def _label(membership: Membership) -> str:
    place = membership.organisation or membership.office or membership.country
    user = membership.user
    parts = (user.login, user.display_name, words.role(membership.role), str(place or ""))
    return " – ".join(" ".join(part.split()) for part in parts if part)
