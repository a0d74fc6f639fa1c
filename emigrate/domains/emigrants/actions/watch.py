"""Passports that the registry watches for us, and what happens when it tells of one."""

from collections.abc import Collection
from datetime import date

from emigrate.domains.emigrants.models import Passport
from emigrate.domains.emigrants.policies import EMIGRANT_POLICY
from emigrate.domains.emigrants.queries import number_blind
from emigrate.foundation import jobs
from emigrate.foundation.actors import Actor
from emigrate.foundation.transactions import action


@action
def record_watched(passport_ids: Collection[int], until: date, *, actor: Actor) -> None:
    """The registry took these passports into its watch, to the end of that day."""
    EMIGRANT_POLICY.require_role(actor, "keep")
    Passport.objects.filter(pk__in=passport_ids).update(watched_until=until)


@action
def take_status_news(number: str, *, actor: Actor) -> None:
    """The registry says that something became of a passport: it is asked again by a job.

    A number that nobody here has or had changes nothing.
    """
    EMIGRANT_POLICY.require_role(actor, "keep")
    known = Passport.objects.filter(number_blind=number_blind(number))
    for passport_id in known.order_by("pk").values_list("pk", flat=True):
        jobs.later(
            "emigrants.check_again",
            queue=jobs.PARTNERS,
            once=f"check-again-{passport_id}",
            passport_id=passport_id,
        )
