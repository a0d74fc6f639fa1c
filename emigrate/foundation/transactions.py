"""One transaction in which the database knows who acts, and when.

`action` wraps every verb: it opens the transaction, tells the database the actor (row-level
security reads these settings), reads the platform's time once, and repeats the whole on a
serialisation failure or deadlock. An action called inside another shares its transaction.
"""

import functools
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar, Token
from dataclasses import dataclass
from datetime import date, datetime
from typing import ParamSpec, TypeVar

from django.db import DatabaseError, IntegrityError, OperationalError, connection, transaction

from emigrate.foundation import crash
from emigrate.foundation.actors import Actor
from emigrate.foundation.clock import office_date, simulated_setting
from emigrate.foundation.errors import DomainError

P = ParamSpec("P")
R = TypeVar("R")

RETRYABLE = ("40001", "40P01")
ATTEMPTS = 4

_SETTINGS = """
SELECT platform_now() WHERE num_nulls(
  set_config('app.now', %s, true), set_config('app.role', %s, true),
  set_config('app.user', %s, true), set_config('app.organisation', %s, true),
  set_config('app.office', %s, true), set_config('app.country', %s, true),
  set_config('app.person', %s, true)) = 0
"""
"""The condition sets them before the time is read; one column back is quicker than eight."""


@dataclass(frozen=True, slots=True)
class Acting:
    """The actor of the running transaction and the platform's time at its start."""

    actor: Actor
    now: datetime


_acting: ContextVar[Acting | None] = ContextVar("acting", default=None)


def current() -> Acting:
    """Who acts now; a programming error outside a transaction."""
    acting_now = _acting.get()
    if acting_now is None:
        message = "no actor: open the transaction with acting() or an action"
        raise RuntimeError(message)
    return acting_now


def now() -> datetime:
    """The platform's time in the running transaction (aware, UTC)."""
    return current().now


def today() -> date:
    """The offices' calendar day in the running transaction."""
    return office_date(now())


@contextmanager
def acting(actor: Actor) -> Iterator[Acting]:
    """Run a block as this actor, in one transaction; nested blocks share it."""
    outer = _acting.get() if connection.in_atomic_block else None
    if outer is not None and outer.actor == actor:
        yield outer
        return
    with _transaction(nested=outer is not None):
        token = _acting.set(Acting(actor, _tell_database(actor)))
        try:
            yield current()
        except (DatabaseError, KeyboardInterrupt):
            _acting.reset(token)  # the transaction is lost; nothing more can be told to it
            raise
        except BaseException:
            _return_to(outer, token)
            raise
        _return_to(outer, token)


def _return_to(outer: Acting | None, token: Token[Acting | None]) -> None:
    _acting.reset(token)
    if outer is not None:
        _tell_database(outer.actor)


@contextmanager
def _transaction(*, nested: bool) -> Iterator[None]:
    """The outermost block owns the transaction; a nested one stands or falls with it."""
    if nested:
        yield
        return
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        raise _refusal(error) from error
    except DomainError as refusal:
        afterwards, refusal.afterwards = refusal.afterwards, None
        if afterwards is not None:
            afterwards()
        raise


def refused_by(constraint: str, refusal: type[DomainError]) -> None:
    """Say which refusal a constraint of the database means (the database is the referee)."""
    REFUSALS[constraint] = refusal


REFUSALS: dict[str, type[DomainError]] = {}


def _refusal(error: IntegrityError) -> Exception:
    diagnosis = getattr(error.__cause__, "diag", None)
    name = getattr(diagnosis, "constraint_name", None) or ""
    refusal = REFUSALS.get(name)
    return error if refusal is None else refusal(constraint=name)


def _tell_database(actor: Actor) -> datetime:
    values = (
        simulated_setting(),
        actor.role,
        *(
            "" if value is None else str(value)
            for value in (
                actor.user_id,
                actor.organisation_id,
                actor.office,
                actor.country,
                actor.person_id,
            )
        ),
    )
    with connection.cursor() as cursor:
        cursor.execute(_SETTINGS, values)
        row = cursor.fetchone()
    return row[0]  # type: ignore[no-any-return]  # platform_now() is never null


def action(function: Callable[P, R]) -> Callable[P, R]:
    """Make a verb: `actor=` is required, one transaction, repeated when the database asks."""
    crash.FLOWS.add(function.__name__)

    @functools.wraps(function)
    def verb(*args: P.args, **kwargs: P.kwargs) -> R:
        actor = kwargs.get("actor")
        if not isinstance(actor, Actor):
            message = f"{function.__name__} needs actor="
            raise TypeError(message)
        if connection.in_atomic_block:
            with acting(actor):
                return function(*args, **kwargs)
        return _repeated(actor, function, *args, **kwargs)

    return verb


def _repeated(actor: Actor, function: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with acting(actor):
                crash.passed(function.__name__, 1)
                result = function(*args, **kwargs)
                crash.passed(function.__name__, 2)
        except OperationalError as error:
            if _sqlstate(error) not in RETRYABLE or attempt == ATTEMPTS:
                raise
            time.sleep(0.01 * attempt)
        else:
            crash.passed(function.__name__, 3)
            return result
    message = "unreachable: the last attempt returns or raises"
    raise AssertionError(message)


def _sqlstate(error: OperationalError) -> str | None:
    return getattr(error.__cause__, "sqlstate", None)
