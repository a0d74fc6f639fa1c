"""Every machine, every state, verb and role: what the tables do not open is refused, 403 or 409."""

from itertools import product

import pytest
from django.apps import apps

from emigrate.domains.reference.enums import Role
from emigrate.foundation.actors import Actor
from emigrate.foundation.audit import record
from emigrate.foundation.cases import Case
from emigrate.foundation.errors import DomainError, NotPermitted, OwnCase, WrongState
from emigrate.foundation.models import Proposal
from emigrate.foundation.transactions import acting, now
from emigrate.foundation.workflow import WORKFLOWS

MACHINES = sorted(WORKFLOWS)
CREATOR = 7

DECISIONS = {
    "agent_application": {"call_security", "issue", "reject"},
    "capacity_tranche": {"grant", "refuse"},
    "clearance": {"approve", "reject", "hold", "release", "suspend", "restore", "cancel"},
    "demand": {"approve", "reject"},
    "document": {"release", "refuse"},
    "emigrant": {"hold", "clear", "merge", "record_death"},
    "employer": {"approve", "reject", "reactivate", "watch", "blacklist", "clear"},
    "payment": {"close", "keep", "refund"},
}
"""What an officer decides about somebody: never about a case that the same person opened."""

TWO_OFFICERS = {
    "agent": {"restore", "cancel"},
    "clearance": {"restore"},
    "employer": {"watch", "blacklist", "clear"},
}
"""The other way round of a sanction, and what ends a livelihood."""


def a_case(workflow, state):
    """A row of the machine in a state, as an action would have it in hand."""
    models = (m for m in apps.get_models() if issubclass(m, Case))
    model = next(m for m in models if m._meta.db_table == workflow.table)
    return model(pk=1, reference="X", state=state, audit_seq=3, created_by=CREATOR)


def somebody(role, user=99):
    return Actor(str(role), user, 1, "DEL", "SAU", 1)


@pytest.mark.parametrize("name", MACHINES)
def test_what_the_tables_do_not_open_is_refused(name):
    workflow = WORKFLOWS[name]
    tried, wrong = 0, []

    for state, verb, role in product(workflow.states, sorted(verbs(workflow)), Role):
        step = next((s for s in workflow.steps if s.verb == verb and state in s.starts), None)
        if step is not None and role in workflow.policy.rules[step.may]:
            continue
        wanted = (WrongState, 409) if step is None else (NotPermitted, 403)
        tried += 1
        try:
            workflow.take(verb, a_case(workflow, state), actor=somebody(role), reason="Because.")
        except DomainError as refusal:
            if (type(refusal), refusal.status) == wanted:
                continue
        wrong.append((state, verb, role))

    assert (wrong, tried > len(workflow.states) * len(Role)) == ([], True)


@pytest.mark.parametrize("name", MACHINES)
def test_nobody_decides_what_they_opened(name):
    workflow = WORKFLOWS[name]

    declared = {step.verb for step in workflow.steps if step.decides}
    assert declared == DECISIONS.get(name, set())
    for step in workflow.steps:
        if not step.decides:
            continue
        for state, role in product(step.starts, workflow.policy.rules[step.may]):
            case = a_case(workflow, state)
            case.held_permission = step.may  # everything else is in order
            with pytest.raises(OwnCase):
                workflow.take(step.verb, case, actor=somebody(role, CREATOR), reason="Because.")


@pytest.mark.django_db
@pytest.mark.parametrize("name", MACHINES)
def test_two_officers_are_two_people(name):
    workflow = WORKFLOWS[name]
    steps = [step for step in workflow.steps if step.second_officer]

    assert {step.verb for step in steps} == TWO_OFFICERS.get(name, set())
    for step in steps:
        role = next(iter(workflow.policy.rules[step.may]))
        case = a_case(workflow, step.starts[0])
        with acting(somebody(role)) as first:
            proposed = record.second_agrees(workflow, case, step.verb, actor=first.actor)
            case.audit_seq += 1  # the proposal's own leaf
            with pytest.raises(OwnCase):
                record.second_agrees(workflow, case, step.verb, actor=first.actor)
        with acting(somebody(role, 100)) as second:
            agreed = record.second_agrees(workflow, case, step.verb, actor=second.actor)
            case.audit_seq += 1  # something happened in between
            later = record.second_agrees(workflow, case, step.verb, actor=second.actor)
            kept = Proposal.objects.filter(verb=step.verb, at=now()).count()
        assert (proposed, agreed, later, kept) == (False, True, False, 1)


def verbs(workflow):
    return {step.verb for step in workflow.steps}
