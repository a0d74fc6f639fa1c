"""Many people at the same moment: threads with connections of their own."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.db import connection

R = TypeVar("R")


def race(n: int, function: Callable[[int], R]) -> list[R | Exception]:
    """Call `function(0)` ... `function(n - 1)` at once; what each returned or raised, in order.

    Use it with the fixture `committed_database`: each thread commits on its own connection.
    """
    start = threading.Barrier(n)

    def run(number: int) -> R | Exception:
        try:
            connection.ensure_connection()
            start.wait(timeout=60)
            return function(number)
        except Exception as error:  # noqa: BLE001 - the test looks at every outcome
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=n) as pool:
        return list(pool.map(run, range(n)))
