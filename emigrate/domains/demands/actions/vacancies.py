"""The race for vacancies: decided by conditional updates, never by reading first."""

from django.db import connection
from django.db.models import F, Sum

from emigrate.domains.demands.enums import RECRUITING, AllotmentState, DemandState
from emigrate.domains.demands.models import Allotment, Demand
from emigrate.domains.demands.policies import ALLOTMENT_POLICY
from emigrate.domains.demands.workflow import DEMAND
from emigrate.foundation.actors import Actor
from emigrate.foundation.errors import Blocked, Exhausted
from emigrate.foundation.transactions import action, today

SWEEP = 200

_TAKE = """
UPDATE demands_allotment a SET used = a.used + 1
FROM demands_demand d
WHERE a.id = %s AND d.id = a.demand_id AND a.used < a.quantity AND a.state = 'acknowledged'
  AND d.state = 'open' AND d.valid_until >= %s AND d.attested_hash = d.terms_hash
RETURNING a.quantity - a.used
"""


@action
def take_vacancy(allotment_id: int, *, actor: Actor) -> int:
    """Take one vacancy of an accepted allotment on an approved, unchanged, unexpired demand.

    Returns how many are left. Exhausted when none was, Blocked when the demand no longer stands.
    """
    ALLOTMENT_POLICY.require_role(actor, "take")
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [allotment_id, today()])
        row = cursor.fetchone()
    if row is not None:
        return int(row[0])
    raise _why(allotment_id)


def _why(allotment_id: int) -> Exhausted | Blocked:
    allotment = Allotment.objects.select_related("demand").get(pk=allotment_id)
    stands = allotment.demand.state in RECRUITING and allotment.demand.valid_until
    if not stands or allotment.demand.valid_until < today():
        return Blocked(unmet="demand_not_open", codes=["demand_not_open"])
    if allotment.state != AllotmentState.ACKNOWLEDGED:
        return Blocked(unmet="allotment_not_accepted", codes=["allotment_not_accepted"])
    return Exhausted(code="vacancies_exhausted", allotment=allotment_id)


@action
def give_back_vacancy(allotment_id: int, *, actor: Actor) -> None:
    """Return one vacancy that a refused or withdrawn application had taken."""
    ALLOTMENT_POLICY.require_role(actor, "take")
    taken = Allotment.objects.filter(pk=allotment_id, used__gt=0)
    if not taken.update(used=F("used") - 1):
        raise Exhausted(code="no_vacancy_taken", allotment=allotment_id)


@action
def expire_demands(*, actor: Actor) -> int:
    """Close demands past their last day; unused vacancies are released. How many."""
    late = Demand.objects.filter(
        state__in=(*RECRUITING, DemandState.AMENDMENT_PENDING), valid_until__lt=today()
    )
    cases = list(late.order_by("valid_until", "pk").select_for_update(skip_locked=True)[:SWEEP])
    live = (AllotmentState.SENT, AllotmentState.ACKNOWLEDGED)
    for case in cases:
        held = Allotment.objects.filter(demand=case, state__in=live)
        for line in case.lines.all():
            used = line.allotments.aggregate(used=Sum("used"))["used"] or 0
            line.allotted = used
            line.save(update_fields=["allotted"])
        held.update(state=AllotmentState.RELEASED, quantity=F("used"))
        DEMAND.take("expire", case, actor=actor)
    return len(cases)
