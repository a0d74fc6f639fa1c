"""How many persons an account may open in an hour and in a day: counted from what was read."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from math import ceil

from django.db import connection
from django.utils.translation import gettext_lazy as _

from emigrate.domains.reference.enums import Role
from emigrate.foundation import jobs
from emigrate.foundation.actors import Actor
from emigrate.foundation.errors import DomainError, NotPermitted
from emigrate.foundation.transactions import acting, now, today
from emigrate.law.current import pack

UNMETERED = (Role.SYSTEM, Role.EMIGRANT)
"""The platform's checks show nothing to anybody; a person opens nobody else."""

WINDOWS = (
    (timedelta(hours=1), "reading.persons_an_hour"),
    (timedelta(days=1), "reading.persons_a_day"),
)

_LATELY = "SELECT persons, first_to_lapse FROM emigrants_read_lately(%s, %s::timestamptz[], %s)"


class ReadingBudgetSpent(DomainError):
    """The account has opened as many persons as it may; `retry_after` in seconds."""

    code = "reading_budget_spent"
    status = 429
    text = _(
        "This account has opened as many persons' records as it may in this time (%(limit)s). "
        "Wait, or share the work with a colleague; the auditor is told."
    )


def require_budget(emigrant_ids: Sequence[int], *, actor: Actor) -> None:
    """ReadingBudgetSpent if opening these persons would pass what the account may open.

    A person opened again in the same hour or day counts once. Readings of one account take turns
    until their transactions end, so that not one person more is opened, however many ask at once.
    Nothing is metered for the platform and for persons themselves; NotPermitted without an account.
    """
    if actor.role in UNMETERED:
        return
    if actor.user_id is None:
        raise NotPermitted(role=actor.role)
    moment, law = now(), pack()
    with connection.cursor() as cursor:
        since = [moment - window for window, _ in WINDOWS]
        cursor.execute(_LATELY, [actor.user_id, since, list(emigrant_ids)])
        counted = cursor.fetchall()
    if not counted:
        return
    asked = len(set(emigrant_ids))
    for (window, figure), (persons, first_to_lapse) in zip(WINDOWS, counted, strict=True):
        limit: int = law.figure(figure, on=today()).value
        if persons + asked > limit:
            raise _spent(limit, _wait(first_to_lapse, window, moment), actor)


def _wait(first_to_lapse: datetime | None, window: timedelta, moment: datetime) -> int:
    """Seconds until the next person lapses; the whole window if nobody was opened in it."""
    left = window if first_to_lapse is None else first_to_lapse + window - moment
    return max(1, ceil(left.total_seconds()))


def _spent(limit: int, retry_after: int, actor: Actor) -> ReadingBudgetSpent:
    refusal = ReadingBudgetSpent(limit=limit, retry_after=retry_after)
    refusal.afterwards = partial(_ask_for_alarm, actor)
    return refusal


def _ask_for_alarm(actor: Actor) -> None:
    account = actor.user_id or 0
    with acting(Actor.system(actor.request_id)):
        jobs.later(
            "emigrants.budget_spent",
            queue=jobs.MESSAGES,
            once=f"emigrants.budget_spent {account}",
            user_id=account,
            role=actor.role,
        )
