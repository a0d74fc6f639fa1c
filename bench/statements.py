"""The SQL that the platform sends, caught as it is sent, one line each."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

OUTSIDE = ("BEGIN", "COMMIT", "ROLLBACK")


@contextmanager
def captured() -> Iterator[list[str]]:
    """Every statement of the block, with BEGIN and COMMIT, values in place."""
    statements: list[str] = []
    with CaptureQueriesContext(connection) as queries:
        yield statements
    statements += [one_line(query["sql"]) for query in queries]


def one_line(text: str) -> str:
    """The statement on one line, without its semicolon."""
    return re.sub(r"\s*\n\s*", " ", text).strip().rstrip(";")


def timed(found: list[tuple[str, float]]) -> Callable[..., Any]:
    """A wrapper for `connection.execute_wrapper` that notes each statement and its milliseconds."""
    import time  # slow import

    def wrapper(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:  # Django's signature
        began = time.perf_counter()
        try:
            return execute(sql, *rest)
        finally:
            found.append((one_line(sql), (time.perf_counter() - began) * 1000))

    return wrapper
