"""The race for vacancies: decided by conditional updates, never by reading first."""

from django.db import connection
from django.db.models import F

from emigrate.domains.demands.actions.release import (
    expire_attorneys,
    fill_demand,
    release_all,
    reopen_demand,
)
from emigrate.domains.demands.enums import (
    RECRUITING,
    AllotmentState,
    AttorneyState,
    DemandState,
)
from emigrate.domains.demands.models import Allotment, Demand, DemandLine
from emigrate.domains.demands.policies import ALLOTMENT_POLICY
from emigrate.domains.demands.queries import empowered
from emigrate.domains.demands.workflow import DEMAND
from emigrate.foundation.actors import Actor
from emigrate.foundation.errors import Blocked, DomainError, Exhausted, NotFound
from emigrate.foundation.transactions import action, today

SWEEP = 200

_TAKE = """
UPDATE demands_allotment a SET used = a.used + 1
FROM demands_demand d
WHERE a.id = %s AND d.id = a.demand_id AND a.used < a.quantity AND a.state = 'acknowledged'
  AND d.state = 'open' AND d.valid_until >= %s AND d.attested_hash = d.terms_hash
  AND EXISTS (SELECT 1 FROM demands_powerofattorney p
    WHERE p.demand_id = d.id AND p.agent_id = a.agent_id AND p.state = 'active'
      AND (p.ends_on IS NULL OR p.ends_on >= %s))
RETURNING a.quantity - a.used, a.demand_id
"""
_GIVE_BACK = """
UPDATE demands_allotment SET used = used - 1,
  quantity = CASE WHEN state = 'released' THEN quantity - 1 ELSE quantity END
WHERE id = %s AND used > 0
RETURNING state, line_id, demand_id
"""


@action
def take_vacancy(allotment_id: int, *, actor: Actor) -> int:
    """Take one vacancy of an accepted allotment on an approved, unchanged, unexpired demand.

    The employer's power of attorney to the agent must be in force.

    Returns how many are left. Exhausted when none was, Blocked when the demand or the allotment
    no longer stands, NotFound. For the platform, as an effect of a clearance's step.
    """
    ALLOTMENT_POLICY.require_role(actor, "take")
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [allotment_id, today(), today()])
        row = cursor.fetchone()
    if row is None:
        raise _why(allotment_id)
    left, demand_id = row
    if left == 0:
        fill_demand(demand_id, actor=actor)
    return int(left)


def _why(allotment_id: int) -> DomainError:
    allotment = Allotment.objects.select_related("demand").filter(pk=allotment_id).first()
    if allotment is None:
        return NotFound(subject="allotment")
    last_day = allotment.demand.valid_until
    if allotment.demand.state not in RECRUITING or last_day is None or last_day < today():
        return Blocked(unmet="demand_not_open", codes=["demand_not_open"])
    if allotment.state != AllotmentState.ACKNOWLEDGED:
        return Blocked(unmet="allotment_not_accepted", codes=["allotment_not_accepted"])
    if not empowered(allotment.demand_id, allotment.agent_id, on=today()):
        return Blocked(unmet="attorney_not_active", codes=["attorney_not_active"])
    return Exhausted(code="vacancies_exhausted", allotment=allotment_id)


@action
def give_back_vacancy(allotment_id: int, *, actor: Actor) -> None:
    """Return one vacancy that a refused or withdrawn application had taken.

    Of an allotment that was released meanwhile it returns to the employer's line. Exhausted when
    none was taken.
    """
    ALLOTMENT_POLICY.require_role(actor, "take")
    with connection.cursor() as cursor:
        cursor.execute(_GIVE_BACK, [allotment_id])
        row = cursor.fetchone()
    if row is None:
        raise Exhausted(code="no_vacancy_taken", allotment=allotment_id)
    state, line_id, demand_id = row
    if state == AllotmentState.RELEASED:
        DemandLine.objects.filter(pk=line_id).update(allotted=F("allotted") - 1)
    reopen_demand(demand_id, actor=actor)


@action
def expire_demands(*, actor: Actor) -> int:
    """Close demands past their last day; unused vacancies are released. How many.

    Powers of attorney end on their own last day too.
    """
    expire_attorneys(actor=actor)
    late = Demand.objects.filter(
        state__in=(*RECRUITING, DemandState.AMENDMENT_PENDING), valid_until__lt=today()
    )
    cases = list(late.order_by("valid_until", "pk").select_for_update(skip_locked=True)[:SWEEP])
    for case in cases:
        release_all(case.pk, actor=actor, attorneys=AttorneyState.EXPIRED)
        DEMAND.take("expire", case, actor=actor)
    return len(cases)
