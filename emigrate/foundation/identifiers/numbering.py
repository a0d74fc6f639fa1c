"""Where new numbers, salts and random places come from: the system, or a simulation's seed."""

from collections.abc import Iterator
from contextlib import contextmanager
from random import Random, SystemRandom

from django.conf import settings

from emigrate.foundation.identifiers.references import new_reference, valid_reference
from emigrate.foundation.transactions import today

_system = SystemRandom()
_source: list[Random] = [_system]


def randomness() -> Random:
    """The system's randomness; within `numbered_by`, the seed's.

    For what a repeated demonstration must repeat. Keys, nonces, secrets and one-time codes are
    never drawn from it.
    """
    return _source[-1]


def next_reference(kind: str, *, office: str | None = None) -> str:
    """A fresh number for a case of this kind, of the platform's current year.

    Numbers are random, never sequential; two alike are refused by the case's unique constraint.
    """
    return new_reference(kind, year=today().year, office=office, random=randomness())


def redrawn(reference: str) -> str | None:
    """Another number of the same kind, year and office; None for one that was never drawn.

    Such is a number made of another case's (a departure's, a certificate's): it is taken because
    that case has one already.
    """
    if not valid_reference(reference):
        return None
    kind, year, *office = reference.split("-")[:-2]
    place = office[0] if office else None
    return new_reference(kind, year=int(year), office=place, random=randomness())


@contextmanager
def numbered_by(seed: int) -> Iterator[None]:
    """Draw numbers from a seed, so that a demonstration can be repeated; refused in production."""
    if settings.PRODUCTION:
        message = "numbers are never drawn from a seed in production"
        raise RuntimeError(message)
    _source.append(Random(f"numbers {seed}"))  # noqa: S311 - repeatable on purpose
    try:
        yield
    finally:
        _source.pop()
