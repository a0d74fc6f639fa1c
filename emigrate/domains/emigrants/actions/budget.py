"""The alarm when an account has spent its reading budget."""

from emigrate.domains.emigrants.models import SpentBudget
from emigrate.domains.emigrants.policies import EMIGRANT_POLICY
from emigrate.domains.notifications.actions import Notice, notify
from emigrate.domains.reference.enums import Role
from emigrate.foundation.actors import Actor
from emigrate.foundation.transactions import action, now


@action
def report_spent_budget(user_id: int, role: str, *, actor: Actor) -> bool:
    """Tell the auditors that an account wanted to open more persons than it may.

    Once an account and clock hour; False when they were told already. For the platform.
    """
    EMIGRANT_POLICY.require_role(actor, "keep")
    hour = now().replace(minute=0, second=0, microsecond=0)
    _, first = SpentBudget.objects.get_or_create(
        user_id=user_id, hour=hour, defaults={"role": role}
    )
    if first:
        account = f"{role}:{user_id}"
        notify(Notice("reading.budget_spent", account, role=Role.AUDITOR), actor=actor)
    return first
