"""Ages and periods. A period "from" a day leaves that day out (General Clauses Act, 1897, s.9).

Every function is total: what would lie outside the calendar (years 1 to 9999) is its first or last
day, so that no date that is kept somewhere can break a decision.
"""

from calendar import monthrange
from datetime import MAXYEAR, MINYEAR, date

FIRST, LAST = date.min.toordinal(), date.max.toordinal()


def age_on(born: date, day: date) -> int:
    """Completed years on that day; who is born on 29 February turns older on 1 March."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def add_months(day: date, months: int) -> date:
    """The same day of the month so many months later, or that month's last day."""
    return _day(_months_later(day, months))


def last_day_of(start: date, months: int) -> date:
    """The last day of a period of whole months that includes its first day."""
    return _day(_months_later(start, months) - 1)


def _months_later(day: date, months: int) -> int:
    """The day's number, which is one beyond the calendar where the year is."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    if not MINYEAR <= year <= MAXYEAR:
        return FIRST - 1 if year < MINYEAR else LAST + 1
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1])).toordinal()


def _day(number: int) -> date:
    return date.fromordinal(min(max(number, FIRST), LAST))
