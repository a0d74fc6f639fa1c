"""Every machine, every state, verb and role: what the tables do not open is refused, 403 or 409."""

from itertools import product

import pytest
from django.apps import apps

from emigrate.domains.reference.enums import MISSION_ROLES, PGE_ROLES, POE_ROLES, Role
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
    "clearance": {"approve", "reject", "hold", "release", "suspend", "restore", "uphold", "cancel"},
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

OFFICES = {*POE_ROLES, *PGE_ROLES, *MISSION_ROLES, Role.SYSTEM}
"""Whoever holds a case on behalf of the State or of the platform: the people wait for them."""

AT_REST = {
    ("agent", "active"): "a certificate in force",
    ("contract", "locked"): "agreed: it is lived, not worked on",
    ("credential", "valid"): "a certificate follows the decision that it certifies",
    ("credential", "suspended"): "a certificate follows the decision that it certifies",
    ("demand", "approved"): "in force until its last day: the employer allots as it likes",
    ("demand", "open"): "in force until its last day",
    ("demand", "filled"): "in force until its last day",
    ("departure", "departed"): "the emigrant is abroad",
    ("departure", "arrived"): "the emigrant is abroad",
    ("emigrant", "profile_basic"): "goes on by itself with the passport's check",
    ("emigrant", "id_verified"): "goes on by itself when the contact is complete",
    ("emigrant", "active"): "a registration in force",
    ("employer", "approved"): "becomes active in the same moment",
    ("employer", "active"): "a registration in force",
    ("employer", "inactive"): "a registration that rests; the Mission may bring it back",
    ("employer", "prior_approval"): "a list is in force until somebody proposes to clear it",
    ("employer", "blacklisted"): "a list is in force until somebody proposes to clear it",
    ("employer", "expired"): "an ended licence; the employer may renew it",
    ("payment", "initiated"): "with the payer; it ends by itself with the order's time",
    ("payment", "redirected"): "with the payer; it ends by itself with the order's time",
    ("payment", "failed"): "ended, but that late money still arrives",
    ("payment", "expired"): "ended, but that late money still arrives",
    ("payment", "success"): "paid: it comes to the bank, or back to the payer when its case ends",
    ("payment", "settled"): "paid, and at the bank",
    ("payment", "kept"): "paid, and decided to stay",
    ("policy", "quoted"): "with the payer of the premium",
    ("policy", "issued"): "a policy in force from its first day",
    ("policy", "active"): "a policy in force",
}
"""States that are not final and in which nobody has to act."""

WITHOUT_DAYS: dict[tuple[str, str], str] = {}
"""Desks of an office or of the platform with no service level, and why."""


HANDED_ON = {"reassign"}
"""Steps that may end in the state in which they begin, at another office."""


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


@pytest.mark.parametrize("name", MACHINES)
def test_where_those_who_decide_may_file_too_filing_is_remembered(name):
    workflow = WORKFLOWS[name]
    rules = workflow.policy.rules

    deciding = {role for step in workflow.steps if step.decides for role in rules[step.may]}
    both = (deciding & set(rules.get("file", ()))) - {Role.SYSTEM}

    assert workflow.filing == ("file" if both else "")


def open_states(workflow):
    """The states out of which a step leads."""
    return {state for step in workflow.steps for state in step.starts if step.target != state}


def keys(name, states):
    return {(name, str(state)) for state in states}


def can_leave(workflow, state, role):
    """Whether a role may take a step out of a state."""
    return any(
        state in step.starts
        and (step.target != state or step.verb in HANDED_ON)
        and role in workflow.policy.rules[step.may]
        for step in workflow.steps
    )


@pytest.mark.parametrize("name", MACHINES)
def test_every_open_case_has_a_holder(name):
    workflow = WORKFLOWS[name]

    nobodys = keys(name, open_states(workflow) - set(workflow.desks))
    idle = keys(name, set(workflow.desks) - open_states(workflow))

    assert (nobodys, idle) == ({key for key in AT_REST if key[0] == name}, set())


@pytest.mark.parametrize("name", MACHINES)
def test_every_office_has_a_day_until_which_it_holds_a_case(name):
    desks = WORKFLOWS[name].desks

    endless = {state for state, desk in desks.items() if desk.role in OFFICES and not desk.days}

    assert keys(name, endless) == {key for key in WITHOUT_DAYS if key[0] == name}


@pytest.mark.parametrize("name", MACHINES)
def test_an_overdue_case_rises_to_somebody_else_who_can_go_on_with_it(name):
    workflow = WORKFLOWS[name]
    rising = {state: desk for state, desk in workflow.desks.items() if desk.escalates_to}

    stuck = {
        state
        for state, desk in rising.items()
        if desk.escalates_to == desk.role or not can_leave(workflow, state, desk.escalates_to)
    }

    assert keys(name, stuck) == set()


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
