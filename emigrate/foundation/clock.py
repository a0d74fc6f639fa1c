"""Time: the database's `platform_now()` decides, and nothing else.

In a database created as a simulation the moment is set for the transaction (`app.now`); anywhere
else the setting is ignored by the database function itself.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import connection

OFFICE_ZONE = ZoneInfo("Asia/Kolkata")

_simulated: ContextVar[datetime | None] = ContextVar("simulated_moment", default=None)


@contextmanager
def simulate(moment: datetime) -> Iterator[None]:
    """Ask simulation databases to believe that it is `moment` (aware) inside this block."""
    if moment.tzinfo is None:
        message = "a simulated moment must be aware of its zone"
        raise ValueError(message)
    token = _simulated.set(moment)
    try:
        yield
    finally:
        _simulated.reset(token)


def simulated_setting() -> str:
    """The value of `app.now` for the next transaction: empty when time is real."""
    moment = _simulated.get()
    return "" if moment is None else moment.isoformat()


def read_platform_now() -> datetime:
    """The platform's time, asked of the database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT platform_now()")
        row = cursor.fetchone()
    return row[0]  # type: ignore[no-any-return]  # one row, one timestamptz, always


def office_date(moment: datetime) -> date:
    """The calendar day of a moment at the offices (a licence expires at the end of that day)."""
    return moment.astimezone(OFFICE_ZONE).date()
