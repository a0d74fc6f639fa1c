"""Overdue cases rise by themselves: the sweep that no complaint can be forgotten by."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db.models import F, QuerySet

from emigrate.foundation.actors import Actor
from emigrate.foundation.cases import Case
from emigrate.foundation.transactions import action, now
from emigrate.foundation.workflow import WORKFLOWS, Workflow

BATCH = 200


def case_model(workflow: Workflow[Any]) -> type[Case]:
    """The model of a machine's cases."""
    found = next(m for m in apps.get_models() if m._meta.db_table == workflow.table)  # noqa: SLF001 - Django's public name
    if not issubclass(found, Case):
        message = f"{workflow.table} is not a case"
        raise TypeError(message)
    return found


def overdue(workflow: Workflow[Any]) -> QuerySet[Any]:
    """Cases past their service level that have not risen yet."""
    rows: QuerySet[Any] = case_model(workflow)._default_manager.all()  # noqa: SLF001 - as above
    states = [state for state, desk in workflow.desks.items() if desk.escalates_to]
    return rows.filter(state__in=states, due_at__lt=now(), escalation=0)


@action
def escalate_overdue(*, actor: Actor) -> int:
    """Hand every overdue case to the desk above, with a leaf; how many rose."""
    risen = 0
    for workflow in WORKFLOWS.values():
        for case in _locked(overdue(workflow)):
            desk = workflow.desks[workflow.states(case.state)]
            workflow.amend(
                f"{workflow.name}.escalated",
                case,
                actor=actor,
                held_by=desk.escalates_to,
                escalation=case.escalation + 1,
            )
            risen += 1
    return risen


def _locked(rows: QuerySet[Any]) -> Iterator[Any]:
    first = rows.order_by(F("due_at"), "pk").select_for_update(skip_locked=True)[:BATCH]
    return iter(list(first))
