"""What a worker says about money that an agent took."""

from django.utils.translation import gettext_lazy as _

from emigrate.foundation.web.forms import AmountField, PlainForm


class ChargeAnswerForm(PlainForm):
    """The amount that the worker really paid; 0 for nothing."""

    amount = AmountField(
        label=_("How much did you pay?"),
        help_text=_("Write the amount. Write 0 if you paid nothing."),
    )
