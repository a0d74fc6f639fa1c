"""The whole table: every verb from every state, by everybody, with and without a reason."""

from dataclasses import replace

import pytest
from django.db import connection, transaction
from django.db.models import Q

from emigrate.domains.clearances.actions import put_before_office
from emigrate.domains.clearances.enums import OPEN, ClearanceState
from emigrate.domains.clearances.workflow import CLEARANCE
from emigrate.domains.credentials.models import Credential
from emigrate.domains.reference.enums import Role
from emigrate.foundation.actors import Actor
from emigrate.foundation.errors import (
    NotFound,
    NotPermitted,
    OwnCase,
    ReasonRequired,
    WrongState,
)
from emigrate.foundation.transactions import acting
from tests.factories.clearances import (
    SYSTEM,
    TO_STATE,
    everything,
    lead,
    leaves,
    row,
    taken,
)

# Written out once more, so that a change of the table is seen here. fmt: off
TABLE = {
    "draft": {"redate": "draft", "submit": "submitted", "withdraw": "withdrawn"},
    "submitted": {"redate": "submitted", "start_checks": "in_checks", "withdraw": "withdrawn"},
    "in_checks": {"redate": "in_checks", "queue": "queued", "withdraw": "withdrawn"},
    "queued": {
        "redate": "queued",
        "take_up": "under_scrutiny",
        "hold": "held",
        "reassign": "queued",
        "withdraw": "withdrawn",
    },
    "under_scrutiny": {
        "redate": "queued",
        "put_back": "queued",
        "query": "queried",
        "refer": "referred",
        "hold": "held",
        "reassign": "queued",
        "approve": "approved",
        "reject": "rejected",
        "withdraw": "withdrawn",
    },
    "queried": {
        "redate": "queried",
        "answer": "under_scrutiny",
        "lapse": "lapsed",
        "withdraw": "withdrawn",
    },
    "referred": {"redate": "referred", "advise": "under_scrutiny", "withdraw": "withdrawn"},
    "held": {
        "redate": "held",
        "release": "queued",
        "reassign": "queued",
        "withdraw": "withdrawn",
    },
    "approved": {
        "redate": "approved",
        "uphold": "approved",
        "suspend": "suspended",
        "cancel": "cancelled",
        "use": "used",
        "expire": "expired",
    },
    "suspended": {"restore": "suspended", "cancel": "cancelled", "expire": "expired"},
    "rejected": {},
    "withdrawn": {},
    "lapsed": {},
    "cancelled": {},
    "used": {},
    "expired": {},
}
WHO = {
    "submit": {"agent", "staff"},
    "answer": {"agent", "staff"},
    "redate": {"agent", "staff"},
    "withdraw": {"agent", "worker"},
    "start_checks": {"system"},
    "queue": {"system"},
    "take_up": {"poe", "poe_da"},
    "put_back": {"poe", "poe_da"},
    "query": {"poe", "poe_da"},
    "refer": {"poe", "poe_da"},
    "advise": {"mission", "head", "pge"},
    "hold": {"poe"},
    "reassign": {"pge"},
    "release": {"poe"},
    "approve": {"poe"},
    "reject": {"poe"},
    "suspend": {"poe", "pge", "system"},
    "restore": {"poe", "pge"},
    "uphold": {"poe", "pge"},
    "cancel": {"poe", "pge", "system"},
    "use": {"system"},
    "lapse": {"system"},
    "expire": {"system"},
}
# fmt: on
VERBS = tuple(WHO)
REASONED = ("put_back", "query", "answer", "refer", "advise", "hold", "release", "withdraw",
            "reassign", "suspend", "restore", "uphold", "cancel")  # fmt: skip


def the_state_of(verb):
    return next(state for state, steps in TABLE.items() if verb in steps)


def ready(verb, reference):
    """Nothing is upheld that nobody has put before the office."""
    if verb == "uphold":
        put_before_office(Q(reference=reference), "demand_not_standing", {}, actor=SYSTEM)


def people(scene, filed):
    """Everybody who could try, by name: the right ones and their neighbours."""
    country, office = scene.company.case.country, scene.office
    worker = filed.worker.case.pk
    return {
        "agent": scene.agent,
        "staff": replace(scene.agent, role=Role.RA_STAFF.value),
        "other agent": scene.other_agency.actor,
        "other staff": replace(scene.other_agency.actor, role=Role.RA_STAFF.value),
        "worker": filed.worker.actor,
        "other worker": scene.drafts[1].worker.actor,
        "employer": scene.company.actor,
        "poe": Actor("poe", 901, office=office),
        "poe_da": Actor("poe_da", 902, office=office),
        "other poe": Actor("poe", 903, office="XXX"),
        "other poe_da": Actor("poe_da", 904, office="XXX"),
        "homeless poe": Actor("poe", 905),
        "mission": Actor("mission_lw", 906, country=country),
        "head": Actor("mission_hom", 907, country=country),
        "other mission": Actor("mission_lw", 908, country="ARE"),
        "other head": Actor("mission_hom", 909, country="ARE"),
        "pge": Actor("pge", 910),
        "pge_da": Actor("pge_da", 911),
        "border": Actor("boi", 912),
        "insurer": Actor("insurer", 913, organisation_id=scene.agency.case.organisation_id),
        "helpdesk": Actor("helpdesk", 914),
        "auditor": Actor("auditor", 915),
        "village operator": Actor("csc_vle", 916, person_id=worker),
        "anybody": Actor.public(),
        "system": SYSTEM,
        "unknown role": Actor("minister", 917, office=office),
    }


def test_the_machine_is_this_table():
    steps = {(step.verb, source.value) for step in CLEARANCE.steps for source in step.starts}

    assert steps == {(verb, state) for state, verbs in TABLE.items() for verb in verbs}
    assert {step.verb for step in CLEARANCE.steps if step.reason} == {*REASONED, "reject"}
    assert set(TABLE) == set(ClearanceState.values)


def test_an_ended_case_has_no_way_on():
    ended = {state for state, verbs in TABLE.items() if not verbs}

    assert ended == set(ClearanceState.values) - set(OPEN)


@pytest.mark.parametrize("state", TABLE)
def test_every_verb_from_a_state(scene, state):
    filed = scene.drafts[0]
    lead(scene, filed.reference, state)
    before = everything(filed)

    for verb in VERBS:
        if verb in TABLE[state]:
            with transaction.atomic():
                ready(verb, filed.reference)
                seq = row(filed.reference).audit_seq
                taken(scene, verb, filed.reference)
                after = row(filed.reference)
                connection.check_constraints()
                transaction.set_rollback(True)
            assert (verb, after.state) == (verb, TABLE[state][verb])
            assert (verb, after.audit_seq) == (verb, seq + 1)
        elif (state, verb) != ("in_checks", "start_checks"):  # a job that comes again goes on
            with pytest.raises(WrongState) as refusal:
                taken(scene, verb, filed.reference)
            assert refusal.value.facts["state"] == state

    assert everything(filed) == before


@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_by_everybody(scene, verb):
    filed = scene.drafts[0]
    lead(scene, filed.reference, the_state_of(verb))
    ready(verb, filed.reference)
    before, able = everything(filed), set()

    for name, actor in people(scene, filed).items():
        try:
            with transaction.atomic():
                taken(scene, verb, filed.reference, actor=actor)
                able.add(name)
                transaction.set_rollback(True)
        except (NotFound, NotPermitted):
            assert everything(filed) == before

    assert able == WHO[verb]


@pytest.mark.parametrize("verb", [*REASONED, "reject"])
@pytest.mark.parametrize("reason", ["", "  \n"])
def test_a_step_says_why(scene, verb, reason, monkeypatch):
    filed = scene.drafts[0]
    lead(scene, filed.reference, the_state_of(verb))
    before = everything(filed)

    with pytest.raises(ReasonRequired):
        taken(scene, verb, filed.reference, reason=reason)

    assert everything(filed) == before


@pytest.mark.parametrize("verb", ["approve", "reject"])
def test_nobody_decides_their_own_case(scene, verb):
    filed = scene.drafts[0]
    lead(scene, filed.reference, "under_scrutiny")
    before = everything(filed)
    same_person = replace(scene.officer(), user_id=scene.agent.user_id)

    with pytest.raises(OwnCase):
        taken(scene, verb, filed.reference, actor=same_person)

    assert everything(filed) == before


def test_a_restoration_needs_two_officers(scene):
    filed = scene.drafts[0]
    lead(scene, filed.reference, "suspended")
    first, second = scene.officer(number=1), scene.officer(number=2)

    taken(scene, "restore", filed.reference, actor=first)
    proposed = row(filed.reference).state
    before = everything(filed)
    with pytest.raises(OwnCase):
        taken(scene, "restore", filed.reference, actor=first)
    unchanged = everything(filed) == before
    taken(scene, "restore", filed.reference, actor=second)

    with acting(SYSTEM):
        certificate = Credential.objects.get(subject_reference=filed.reference)
    assert (proposed, unchanged) == ("suspended", True)
    assert (row(filed.reference).state, certificate.state) == ("approved", "valid")
    connection.check_constraints()


def test_a_proposal_ends_with_any_other_step(scene):
    filed = scene.drafts[0]
    lead(scene, filed.reference, "suspended")
    one, two = scene.officer(number=1), scene.officer(number=2)
    three = scene.officer(Role.PGE)

    taken(scene, "restore", filed.reference, actor=one)
    taken(scene, "restore", filed.reference, actor=two)
    taken(scene, "suspend", filed.reference, actor=two)
    taken(scene, "restore", filed.reference, actor=three)

    assert row(filed.reference).state == "suspended"


def test_each_step_has_one_leaf_of_its_case(scene):
    filed = scene.drafts[0]
    before = leaves()

    case = lead(scene, filed.reference, "under_scrutiny")

    steps = len(TO_STATE["under_scrutiny"])
    assert case.audit_seq == 1 + steps
    assert leaves() >= before + steps
    connection.check_constraints()
