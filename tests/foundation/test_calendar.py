"""Days in both units, and the end of the day on which a service level ends."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emigrate.foundation.calendar import Calendar, due_at
from emigrate.foundation.periods import Period

MONDAY = date(2026, 11, 23)
HOLIDAY = date(2026, 11, 25)
OFFICE = Calendar(holidays=frozenset({HOLIDAY}))
GULF = Calendar(weekend=frozenset({4, 5}))
days = st.dates(date(2020, 1, 1), date(2030, 1, 1))
calendars = st.builds(
    Calendar,
    weekend=st.frozensets(st.integers(0, 6), max_size=6),
    holidays=st.frozensets(st.dates(date(2020, 1, 1), date(2030, 1, 1)), max_size=20),
)


@pytest.mark.parametrize(("calendar", "day", "works"), [
    (OFFICE, MONDAY, True), (OFFICE, HOLIDAY, False), (OFFICE, date(2026, 11, 28), False),
    (GULF, date(2026, 11, 27), False), (GULF, date(2026, 11, 29), True),
])  # fmt: skip
def test_the_office_is_open(calendar, day, works):
    assert calendar.works_on(day) is works


@pytest.mark.parametrize(("day", "count", "expected"), [
    (MONDAY,             0, MONDAY),
    (MONDAY,             1, date(2026, 11, 24)),
    (MONDAY,             2, date(2026, 11, 26)),  # over the holiday
    (MONDAY,             4, date(2026, 11, 30)),  # and the weekend
    (date(2026, 11, 28), 0, date(2026, 11, 30)),  # a Saturday counts from the Monday
    (date(2026, 11, 28), 1, date(2026, 12, 1)),
])  # fmt: skip
def test_days_are_added(day, count, expected):
    assert OFFICE.add(day, count) == expected


def test_nothing_lies_between_a_day_and_an_earlier_one():
    assert OFFICE.between(MONDAY, date(2026, 11, 1)) == 0


@given(calendars, days, st.integers(0, 60))
def test_adding_and_counting_agree(calendar, day, count):
    start = calendar.add(day, 0)

    assert calendar.between(start, calendar.add(day, count)) == count
    assert calendar.works_on(calendar.add(day, count))


def test_a_week_without_a_working_day_is_refused():
    with pytest.raises(ValueError, match="working day"):
        Calendar(weekend=frozenset(range(7)))


SATURDAY = date(2026, 11, 28)
NEXT_MONDAY = date(2026, 11, 30)


@pytest.mark.parametrize(("calendar", "day", "period", "expected"), [
    (OFFICE, MONDAY,   Period(4, working=True), NEXT_MONDAY),        # over a holiday and a weekend
    (OFFICE, MONDAY,   Period(4),               date(2026, 11, 27)), # holidays count as they come
    (OFFICE, MONDAY,   Period(2),               date(2026, 11, 26)), # ends on the holiday
    (OFFICE, MONDAY,   Period(5),               NEXT_MONDAY),        # ends on a Saturday
    (OFFICE, MONDAY,   Period(30),              date(2026, 12, 23)),
    (OFFICE, SATURDAY, Period(0),               NEXT_MONDAY),
    (GULF,   MONDAY,   Period(4),               date(2026, 11, 29)), # Friday and Saturday off
    (GULF,   MONDAY,   Period(5),               SATURDAY + timedelta(days=1)),
])  # fmt: skip
def test_a_period_ends_on_a_day_on_which_the_office_is_open(calendar, day, period, expected):
    assert calendar.last_day(day, period) == expected


@pytest.mark.parametrize(("day", "working", "expected"), [
    (MONDAY,               False, 7),
    (MONDAY,               True,  4),
    (SATURDAY,             False, 2),
    (SATURDAY,             True,  0),
    (NEXT_MONDAY,          False, 0),
    (date(2026, 12, 9),    False, 0),
    (date(2026, 12, 9),    True,  0),
])  # fmt: skip
def test_what_is_left_counts_in_its_own_unit(day, working, expected):
    assert OFFICE.left(day, NEXT_MONDAY, working=working) == Period(expected, working)


@given(calendars, days, st.integers(0, 60), st.booleans())
def test_a_clock_stopped_and_resumed_at_once_ends_when_it_would_have(calendar, day, count, working):
    last = calendar.last_day(day, Period(count, working))

    left = calendar.left(day, last, working=working)

    assert calendar.last_day(day, left) == last
    assert working or (last - day).days >= count


@pytest.mark.parametrize(("period", "last"), [
    (Period(1, working=True), datetime(2026, 11, 26, 18, 29, 59, tzinfo=UTC)),
    (Period(3), datetime(2026, 11, 27, 18, 29, 59, tzinfo=UTC)),
])  # fmt: skip
def test_a_level_ends_with_the_offices_day(period, last):
    late_evening_in_london = datetime(2026, 11, 23, 19, 0, tzinfo=UTC)  # the 24th in Delhi

    assert due_at(late_evening_in_london, period, OFFICE) == last
