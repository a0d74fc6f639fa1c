"""Places where a process may be ended on purpose, to prove that nothing is lost or doubled.

`EMIGRATE_CRASH_AT=<flow>:<n>` ends the process at once (no clean-up, as a power cut would) at
point n of an action: 1 begun, 2 done but not committed, 3 committed but not answered.
"""

import os
from typing import Final

POINTS: Final = ("begun", "before_commit", "after_commit")
EXIT_CODE: Final = 86

FLOWS: set[str] = set()
"""Every action by its name."""

_wanted = os.environ.get("EMIGRATE_CRASH_AT", "")


def passed(flow: str, point: int) -> None:
    """End the process here if it was asked for."""
    if _wanted and _wanted == f"{flow}:{point}":
        os._exit(EXIT_CODE)


def crash_points() -> list[str]:
    """Every place that can be named."""
    return [f"{flow}:{number}" for flow in sorted(FLOWS) for number in range(1, len(POINTS) + 1)]
