"""A length of time in the unit in which it is counted."""

from dataclasses import dataclass
from typing import Protocol


class Length(Protocol):
    """So many days: calendar days, or with `working` days on which the office is open.

    A country's law gives its own; it knows nothing of this package.
    """

    @property
    def days(self) -> int:
        """How many."""
        ...

    @property
    def working(self) -> bool:
        """Whether only days on which the office is open count."""
        ...


@dataclass(frozen=True, slots=True)
class Period:
    """A length of ours: what remains of a clock."""

    days: int
    working: bool = False
