"""The Protector General hands a case to another office: it sees all, decides, and has its time."""

from datetime import timedelta

import pytest

from emigrate.domains.clearances import actions, queries
from emigrate.domains.contracts import queries as contracts
from emigrate.domains.insurance import queries as policies
from emigrate.domains.notifications.models import Message
from emigrate.domains.reference.enums import Role
from emigrate.foundation.clocks import escalate_overdue
from emigrate.foundation.errors import InvalidInput, NotFound, NotPermitted, ReasonRequired
from emigrate.foundation.transactions import acting
from tests.factories.clearances import SYSTEM, lead, row, taken

OTHER = "COK"


def handed(scene, filed, office=OTHER, *, reason="Three officers are ill.", actor=None):
    pge = actor or scene.officer(Role.PGE)
    return scene.do(actions.reassign_clearance, filed.reference, office, reason, actor=pge)


@pytest.mark.parametrize("state", ["queued", "under_scrutiny", "held"])
def test_the_other_office_takes_it_up_and_decides(scene, state):
    filed = scene.drafts[0]
    before = lead(scene, filed.reference, state)

    handed(scene, filed)

    other = scene.officer(office=OTHER)
    case = row(filed.reference)
    assert (case.state, case.office, case.officer_id) == ("queued", OTHER, None)
    assert case.priority_at == before.priority_at
    with acting(other):
        assert queries.clearance(filed.reference, actor=other).reference == filed.reference
        assert contracts.contracts_for(other).filter(pk=case.contract_id).exists()
        assert policies.policies_for(other).filter(reference=filed.policy.reference).exists()
    taken(scene, "take_up", filed.reference, actor=other)
    assert taken(scene, "approve", filed.reference, actor=other).state == "approved"


def test_the_office_before_has_it_no_more(scene):
    filed = scene.drafts[0]
    lead(scene, filed.reference, "under_scrutiny")

    handed(scene, filed)

    with pytest.raises(NotFound):
        taken(scene, "approve", filed.reference)


@pytest.mark.parametrize("state", ["queued", "under_scrutiny", "held"])
def test_a_risen_case_gets_a_clock_of_its_own(scene, state):
    """Overdue cases rise to the Protector General, whose office can do something about it."""
    filed = scene.drafts[0]
    late = lead(scene, filed.reference, state).due_at + timedelta(hours=1)
    scene.at(late).do(escalate_overdue, actor=SYSTEM)
    risen = row(filed.reference)

    handed(scene, filed)

    case = row(filed.reference)
    assert (risen.held_by, risen.escalation) == ("pge", 1)
    assert (case.held_by, case.escalation, case.due_at > late) == ("poe", 0, True)


def test_the_same_office_gets_it_back_in_its_queue(scene):
    filed = scene.drafts[0]
    lead(scene, filed.reference, "held")

    handed(scene, filed, scene.office)

    assert (row(filed.reference).state, row(filed.reference).office) == ("queued", scene.office)


def test_the_office_is_told(scene):
    filed = scene.drafts[0]
    lead(scene, filed.reference, "queued")

    handed(scene, filed)

    with acting(SYSTEM):
        told = Message.objects.get(event="clearance.reassigned", reference=filed.reference)
    assert told.office == OTHER


def test_an_office_that_does_not_exist_gets_nothing(scene):
    filed = scene.drafts[0]
    lead(scene, filed.reference, "queued")

    with pytest.raises(InvalidInput) as refused:
        handed(scene, filed, "ZZZ")

    assert refused.value.errors[0]["code"] == "office_unknown"
    assert row(filed.reference).office == scene.office


def test_it_has_a_reason_and_one_hand(scene):
    filed = scene.drafts[0]
    lead(scene, filed.reference, "queued")

    with pytest.raises(ReasonRequired):
        handed(scene, filed, reason=" ")
    with pytest.raises(NotPermitted):
        handed(scene, filed, actor=scene.officer())
