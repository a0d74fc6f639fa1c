"""Telling persons that an office opened their file: once a person, an office and a day."""

from datetime import timedelta

from emigrate.domains.emigrants.models import ReadRecord
from emigrate.domains.emigrants.policies import EMIGRANT_POLICY
from emigrate.domains.notifications.actions import Notice, notify
from emigrate.domains.reference.enums import MISSION_ROLES, PGE_ROLES, POE_ROLES
from emigrate.foundation.actors import Actor
from emigrate.foundation.clock import office_date
from emigrate.foundation.transactions import action, now

LOOK_BACK = timedelta(hours=26)
"""More than a day, so that an hour without this job leaves nobody untold."""


@action
def tell_viewed(*, actor: Actor) -> int:
    """Tell whose file officers opened since yesterday; how many notices were due."""
    EMIGRANT_POLICY.require_role(actor, "keep")
    opened = ReadRecord.objects.filter(
        at__gt=now() - LOOK_BACK, role__in=(*POE_ROLES, *PGE_ROLES, *MISSION_ROLES)
    ).values_list("emigrant_id", "emigrant__reference", "office", "role", "at")
    due = {
        (person, reference, office or role.upper(), office_date(at).isoformat())
        for person, reference, office, role, at in opened
    }
    for person, reference, office, day in sorted(due):
        facts = {"office": office, "on": day}
        notice = Notice("case.viewed", reference, person_id=person, facts=facts, once=True)
        notify(notice, actor=actor)
    return len(due)
