"""A length of time in the unit in which it is counted; no framework, so that the law may use it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Period:
    """So many days: calendar days, or with `working` days on which the office is open."""

    days: int
    working: bool = False
