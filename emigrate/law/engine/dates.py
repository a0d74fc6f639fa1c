"""Ages and periods. A period "from" a day leaves that day out (General Clauses Act, 1897, s.9)."""

from calendar import monthrange
from datetime import date, timedelta


def age_on(born: date, day: date) -> int:
    """Completed years on that day; who is born on 29 February turns older on 1 March."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def add_months(day: date, months: int) -> date:
    """The same day of the month so many months later, or that month's last day."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def last_day_of(start: date, months: int) -> date:
    """The last day of a period of whole months that includes its first day."""
    return add_months(start, months) - timedelta(days=1)
