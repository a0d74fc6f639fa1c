"""What the platform does: count workers, expire licences, set idle employers inactive."""

from datetime import date

from django.db import connection
from django.db.models import F, Max, Q, QuerySet
from django.db.models.functions import Coalesce, TruncDate

from emigrate.domains.employers.enums import EmployerState
from emigrate.domains.employers.models import Employer, RecruitmentYear
from emigrate.domains.employers.policies import EMPLOYER_POLICY
from emigrate.domains.employers.workflow import EMPLOYER
from emigrate.foundation.actors import Actor
from emigrate.foundation.errors import Exhausted
from emigrate.foundation.transactions import action, today
from emigrate.law.current import pack
from emigrate.law.engine.dates import add_months

BATCH = 200

_COUNT = """
INSERT INTO employers_recruitmentyear (employer_id, year, workers, last_on)
VALUES (%s, %s, %s, %s)
ON CONFLICT (employer_id, year) DO UPDATE SET
  workers = employers_recruitmentyear.workers + excluded.workers,
  last_on = greatest(employers_recruitmentyear.last_on, excluded.last_on)
RETURNING workers
"""


@action
def record_recruitment(employer_id: int, workers: int, *, actor: Actor) -> int:
    """Count workers that the employer takes today; how many this calendar year, these included.

    Whether a small employer may take so many is for the law to say, before.
    """
    EMPLOYER_POLICY.require_role(actor, "keep")
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [employer_id, today().year, workers, today()])
        row = cursor.fetchone()
    return int(row[0])


@action
def release_recruitment(employer_id: int, workers: int, *, on: date, actor: Actor) -> None:
    """Take back workers counted on a day (a clearance cancelled); Exhausted below zero."""
    EMPLOYER_POLICY.require_role(actor, "keep")
    rows = RecruitmentYear.objects.filter(employer_id=employer_id, year=on.year)
    if not rows.filter(workers__gte=workers).update(workers=F("workers") - workers):
        raise Exhausted(employer=employer_id)


@action
def expire_licences(*, actor: Actor) -> int:
    """Expire employers whose licence has ended; how many."""
    ended = Employer.objects.filter(
        state__in=(EmployerState.ACTIVE, EmployerState.INACTIVE), valid_until__lt=today()
    )
    return _moved("expire", ended, actor)


@action
def set_idle_inactive(*, actor: Actor) -> int:
    """Set inactive who took nobody for the months that the figure names; how many."""
    months = pack().figure("fe.inactive_months", on=today()).value
    since = add_months(today(), -months)
    idle = Employer.objects.filter(state=EmployerState.ACTIVE).annotate(
        last=Coalesce(Max("years__last_on"), TruncDate("approved_at"))
    )
    ids = idle.filter(Q(last__lt=since), state_since__date__lt=since).values("pk")
    return _moved("set_inactive", Employer.objects.filter(pk__in=ids), actor)


def _moved(verb: str, rows: QuerySet[Employer], actor: Actor) -> int:
    due = rows.order_by("pk").select_for_update(skip_locked=True)[:BATCH]
    moved = list(due)
    for case in moved:
        EMPLOYER.take(verb, case, actor=actor)
    return len(moved)
