"""The office's queue: first come first, a reason for anything else."""

import pytest

from emigrate.domains.clearances import actions
from emigrate.domains.clearances.queries import on_the_desk, scrutiny_queue
from emigrate.domains.reference.enums import Role
from emigrate.foundation.actors import Actor
from emigrate.foundation.errors import NotFound, OutOfTurn
from emigrate.foundation.models import AuditLeaf
from emigrate.foundation.transactions import acting
from tests.factories.clearances import SYSTEM, everything, lead, row, taken


@pytest.fixture
def queued(scene):
    """Three applications that wait, in the order in which they were handed in."""
    waiting = scene.drafts[:3]
    for filed in waiting:
        lead(scene, filed.reference, "queued")
    return waiting


def waiting_for(actor):
    with acting(actor):
        return [case.reference for case in scrutiny_queue(actor)]


def test_first_come_first(scene, queued):
    officer = scene.officer()

    taken_up = [scene.do(actions.take_up_next, actor=officer).reference for _ in queued]

    assert taken_up == [filed.reference for filed in queued]
    with pytest.raises(NotFound) as refusal:
        scene.do(actions.take_up_next, actor=officer)
    assert refusal.value.reason_code == "queue_empty"
    with acting(officer):
        assert set(on_the_desk(officer).values_list("reference", flat=True)) == set(taken_up)


def test_out_of_turn_needs_a_reason(scene, queued):
    second = queued[1]
    before = everything(second)

    with pytest.raises(OutOfTurn):
        taken(scene, "take_up", second.reference)
    unchanged = everything(second) == before
    case = taken(scene, "take_up", second.reference, reason="His flight leaves tomorrow.")

    with acting(SYSTEM):
        leaf = AuditLeaf.objects.get(case_id=case.pk, event="clearance.taken_up")
    assert (unchanged, case.state) == (True, "under_scrutiny")
    assert leaf.reason == "His flight leaves tomorrow."


def test_in_turn_needs_none(scene, queued):
    for filed in queued:
        assert taken(scene, "take_up", filed.reference).state == "under_scrutiny"


@pytest.mark.parametrize(("away", "back"), [("hold", "release"), (None, None)])
def test_a_case_that_comes_back_has_its_old_place(scene, queued, away, back):
    first = queued[0]
    if away is None:
        taken(scene, "take_up", first.reference)
        taken(scene, "put_back", first.reference)
    else:
        taken(scene, away, first.reference)
        assert waiting_for(scene.officer()) == [filed.reference for filed in queued[1:]]
        taken(scene, back, first.reference)

    assert waiting_for(scene.officer()) == [filed.reference for filed in queued]
    assert row(first.reference).priority_at == row(first.reference).submitted_at


def test_the_queue_goes_on_after_its_page(scene, queued):
    officer = scene.officer()
    first = row(queued[0].reference)

    with acting(officer):
        rest = scrutiny_queue(officer, after=(first.priority_at, first.pk))

    assert [case.reference for case in rest] == [filed.reference for filed in queued[1:]]


@pytest.mark.parametrize("actor", [
    Actor(Role.POE.value, 1, office="XXX"), Actor(Role.POE.value, 1), Actor(Role.PGE.value, 1),
    Actor(Role.RA_ADMIN.value, 1, organisation_id=1),
])  # fmt: skip
def test_nobody_else_has_this_queue(scene, queued, actor):
    assert waiting_for(actor) == []
    with pytest.raises(NotFound):
        scene.do(actions.take_up_next, actor=actor)
