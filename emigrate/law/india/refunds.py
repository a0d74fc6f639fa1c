"""What becomes of a payment when its case ends: given back, kept, or for an officer to decide."""

from datetime import date

from emigrate.law.engine.figures import known
from emigrate.law.engine.findings import Finding, figure_unknown, finding

REFUND = "refund"


def money_back(head: str, ending: str, on: date) -> Finding:
    """The rule for a head of payment ("ec_fee") and an ending ("withdrawn") as of a day.

    A `refer` leaves it to an officer: the rule is uncertain, or none is known. Any other finding
    has `value` "refund" or "keep"; a design of the platform is enough, for it stops nobody.
    Raises `UnknownFigure` for a head that no rule names.
    """
    key = f"refund.{head}"
    rule = known(key, on=on, ending=ending)
    if rule is None:
        return figure_unknown(key, on)
    if rule.confidence == "uncertain":
        return finding("refund_uncertain", "refer", rule)
    return finding("refund_due" if rule.value == REFUND else "refund_not_due", "note", rule)
