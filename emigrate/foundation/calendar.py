"""Working days: service levels are counted in the office's own calendar."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from emigrate.foundation.clock import OFFICE_ZONE


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


def due_at(moment: datetime, days: int, calendar: Calendar) -> datetime:
    """The end of the working day on which a service level of `days` ends."""
    last = calendar.add(moment.astimezone(OFFICE_ZONE).date(), days)
    return datetime.combine(last, time(23, 59, 59), OFFICE_ZONE)
