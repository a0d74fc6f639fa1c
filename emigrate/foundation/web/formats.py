"""How dates, times, numbers and money are written for a reader, in every language alike.

Digits are always 0-9, days are dd-mm-yyyy at the offices, numbers are grouped by lakh and crore.
"""

from datetime import date, datetime

from markupsafe import Markup

from emigrate.foundation.clock import OFFICE_ZONE
from emigrate.foundation.money import decimal_text

SIGNS = {"INR": "₹"}
NO_BREAK = "\u00a0"
LAST_GROUP = 3


def day(value: date | datetime | str) -> str:
    """The day at the offices of a date, a moment or an ISO text: "27-03-2031"."""
    known = _read(value) if isinstance(value, str) else value
    if isinstance(known, datetime):
        known = known.astimezone(OFFICE_ZONE).date()
    return f"{known:%d-%m-%Y}"


def moment(value: datetime) -> str:
    """An aware moment as "27-03-2031 14:05 IST"."""
    return f"{value.astimezone(OFFICE_ZONE):%d-%m-%Y %H:%M} IST"


def number(value: int) -> str:
    """A whole number grouped by lakh and crore: "12,34,567"."""
    digits = str(abs(value))
    head, tail = digits[:-LAST_GROUP], digits[-LAST_GROUP:]
    groups = []
    while head:
        head, group = head[:-2], head[-2:]
        groups.append(group)
    return ("-" if value < 0 else "") + ",".join([*reversed(groups), tail])


def money_text(minor: int, currency: str) -> str:
    """Minor units as people write them: "₹12,34,567.50", "SAR 1,800" (no empty decimals)."""
    whole, _, part = decimal_text(minor, currency).partition(".")
    amount = number(int(whole)) if int(whole) else whole
    if part.strip("0"):
        amount = f"{amount}.{part}"
    sign = SIGNS.get(currency)
    return f"{sign}{amount}" if sign else f"{currency}{NO_BREAK}{amount}"


def ltr(value: object) -> Markup:
    """Numbers, references and Latin names in their own direction, whatever the page's is."""
    return Markup('<bdi dir="ltr">{}</bdi>').format(value)


def money(minor: int, currency: str) -> Markup:
    """`money_text`, in its own direction."""
    return ltr(money_text(minor, currency))


def _read(text: str) -> date | datetime:
    return date.fromisoformat(text) if len(text) == len("2031-03-27") else _aware(text)


def _aware(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=OFFICE_ZONE)
