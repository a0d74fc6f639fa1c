"""What can go wrong with the embedded database, in words that say what to do."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from emigrate.ops.cli import CommandRefused


class DatabaseUnavailable(CommandRefused):
    """The database could not be found, started or reached; the text says what to do next."""

    def __init__(self, message: str, code: str = "database_unavailable") -> None:
        super().__init__(code, message)


@contextmanager
def refusing() -> Iterator[None]:
    """Within it, what the system or the server says ends the command as DatabaseUnavailable."""
    try:
        yield
    except PermissionError as problem:
        text = f"{problem}: the database belongs to another account; set EMIGRATE_HOME."
        raise DatabaseUnavailable(text, "database_of_another_account") from problem
    except psycopg.OperationalError as problem:
        raise DatabaseUnavailable(str(problem).strip(), "database_unreachable") from problem
