"""Passports on the road, watched by the registry."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import Q

from emigrate.domains.clearances.enums import WATCHED
from emigrate.domains.clearances.models import Clearance
from emigrate.domains.clearances.policies import CLEARANCE_POLICY
from emigrate.domains.emigrants import actions as emigrants
from emigrate.domains.emigrants import queries as emigrant_rows
from emigrate.foundation.actors import Actor
from emigrate.foundation.transactions import action, today
from emigrate.law.current import pack
from emigrate.partners.passport_registry.contract import MOST_WATCHED, Watch

PURPOSE = "watching passports on the road"


@dataclass(frozen=True, slots=True)
class ToWatch:
    """Passports that the registry is to be asked to watch, and what it is asked."""

    passport_ids: tuple[int, ...]
    watch: Watch = field(repr=False)


@action
def next_watch(*, actor: Actor) -> ToWatch | None:
    """The next passports of applications on the road whose watch is missing or half over.

    None when there are none. Their numbers are opened, and the readings recorded.
    """
    CLEARANCE_POLICY.require_role(actor, "check")
    days: int = pack().figure("passport.watch_days", on=today()).value
    ending = today() + timedelta(days=days // 2)
    due = Q(passport__watched_until=None) | Q(passport__watched_until__lt=ending)
    rows = Clearance.objects.filter(due, state__in=WATCHED).order_by("pk")
    wanted = list(rows.values_list("passport_id", flat=True)[:MOST_WATCHED])
    numbers = emigrant_rows.passport_numbers(wanted, actor=actor, purpose=PURPOSE)
    if not numbers:
        return None
    different = tuple(dict.fromkeys(numbers.values()))
    return ToWatch(tuple(numbers), Watch(different, today() + timedelta(days=days)))


@action
def record_watched(passport_ids: tuple[int, ...], until: date, *, actor: Actor) -> None:
    """The registry tells of these passports from now on, until that day."""
    CLEARANCE_POLICY.require_role(actor, "check")
    emigrants.record_watched(passport_ids, until, actor=actor)
