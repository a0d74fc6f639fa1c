"""The office's calendar: service levels are counted in its working days, or in calendar days."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from emigrate.foundation.clock import OFFICE_ZONE
from emigrate.foundation.periods import Length, Period


@dataclass(frozen=True, slots=True)
class Calendar:
    """An office's week and holidays; weekdays count from Monday = 0."""

    weekend: frozenset[int] = frozenset({5, 6})
    holidays: frozenset[date] = field(default_factory=frozenset)

    def __post_init__(self) -> None:
        if self.weekend >= frozenset(range(7)):
            message = "a week needs a working day"
            raise ValueError(message)

    def works_on(self, day: date) -> bool:
        """Whether the office is open on this day."""
        return day.weekday() not in self.weekend and day not in self.holidays

    def add(self, day: date, days: int) -> date:
        """The day `days` working days after `day` (0 gives the next working day or `day`)."""
        while not self.works_on(day):
            day += timedelta(days=1)
        for _ in range(days):
            day += timedelta(days=1)
            while not self.works_on(day):
                day += timedelta(days=1)
        return day

    def between(self, start: date, end: date) -> int:
        """Working days after `start` up to and including `end`; never negative."""
        days = 0
        day = start
        while day < end:
            day += timedelta(days=1)
            days += self.works_on(day)
        return days

    def last_day(self, day: date, period: Length) -> date:
        """The last day of a period that begins after `day`.

        Calendar days are counted as they come; when the office is closed on the last one, the
        next day on which it is open is still in time. `emigrate.law` says where this stands.
        """
        if period.working:
            return self.add(day, period.days)
        return self.add(day + timedelta(days=period.days), 0)

    def left(self, day: date, last: date, *, working: bool) -> Period:
        """What remains after `day` of a period whose last day is `last`, in the same unit.

        Resumed on the same day it ends on `last` again; a day off counts as the next working day.
        """
        days = self.between(self.add(day, 0), last) if working else max(0, (last - day).days)
        return Period(days, working)


def due_at(moment: datetime, period: Length, calendar: Calendar) -> datetime:
    """The end of the day on which a service level ends; the office is open on it."""
    last = calendar.last_day(moment.astimezone(OFFICE_ZONE).date(), period)
    return datetime.combine(last, time(23, 59, 59), OFFICE_ZONE)
