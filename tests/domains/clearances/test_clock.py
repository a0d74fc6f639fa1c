"""Service levels: the office's clock runs on, pauses for the applicant, and rises when overdue."""

from datetime import timedelta

import pytest

from emigrate.domains.clearances import actions
from emigrate.domains.clearances.workflow import office_calendar, service_days
from emigrate.domains.notifications.models import Message
from emigrate.foundation.calendar import due_at
from emigrate.foundation.clock import office_date
from emigrate.foundation.clocks import escalate_overdue, overdue
from emigrate.foundation.periods import Period
from emigrate.foundation.transactions import acting
from emigrate.foundation.workflow import WORKFLOWS
from tests.factories.clearances import MOMENT, SYSTEM, everything, lead, row, taken

SECOND = timedelta(seconds=1)


def level(key, case, moment):
    return due_at(moment, service_days(key)(office_date(moment)), office_calendar(case))


def test_the_offices_clock_begins_in_the_queue(scene):
    case = lead(scene, scene.drafts[0].reference, "queued")

    assert (case.held_by, case.due_at) == ("poe", level("clearance.decision", case, MOMENT))


def test_taking_up_and_putting_back_wins_no_time(scene):
    reference = scene.drafts[0].reference
    first = lead(scene, reference, "queued").due_at
    scene.at(MOMENT + timedelta(hours=30))

    dues = []
    for verb in ("take_up", "put_back", "take_up"):
        taken(scene, verb, reference)
        dues.append(row(reference).due_at)

    assert dues == [first] * 3


@pytest.mark.parametrize(("verb", "back", "key"), [
    ("query", "answer", "clearance.query_answer_days"),
    ("refer", "advise", "clearance.alarm"),
    ("hold", "release", "clearance.held"),
])  # fmt: skip
def test_the_offices_clock_pauses(scene, verb, back, key):
    reference = scene.drafts[0].reference
    case = lead(scene, reference, "under_scrutiny")
    left = office_calendar(case).between(office_date(MOMENT), office_date(case.due_at))

    taken(scene, verb, reference)
    waiting = row(reference)
    scene.at(MOMENT + timedelta(days=14))
    taken(scene, back, reference)
    resumed = row(reference)

    assert (waiting.clock_left, waiting.due_at) == (left, level(key, case, MOMENT))
    assert (resumed.clock_left, resumed.held_by) == (None, "poe")
    assert resumed.due_at == due_at(scene.now, Period(left, working=True), office_calendar(case))


def test_an_unanswered_question_lapses_after_its_last_second(scene):
    filed = scene.drafts[0]
    case = lead(scene, filed.reference, "queried")
    early = scene.at(case.due_at).do(actions.lapse_unanswered, actor=SYSTEM)

    lapsed = scene.at(case.due_at + SECOND).do(actions.lapse_unanswered, actor=SYSTEM)
    again = scene.do(actions.lapse_unanswered, actor=SYSTEM)

    assert (early, lapsed, again, row(filed.reference).state) == (0, 1, 0, "lapsed")
    with acting(SYSTEM):
        told = Message.objects.filter(event="clearance.lapsed").order_by("id")
        assert [(m.person_id, m.organisation_id) for m in told] == [
            (filed.worker.case.pk, None), (None, scene.agent.organisation_id),
        ]  # fmt: skip


def test_an_answered_question_does_not_lapse(scene):
    filed = scene.drafts[0]
    case = lead(scene, filed.reference, "queried")
    taken(scene, "answer", filed.reference)

    lapsed = scene.at(case.due_at + SECOND).do(actions.lapse_unanswered, actor=SYSTEM)

    assert (lapsed, row(filed.reference).state) == (0, "under_scrutiny")


@pytest.mark.parametrize("state", ["queued", "under_scrutiny", "referred", "held", "suspended"])
def test_an_overdue_case_rises_once(scene, state):
    filed = scene.drafts[0]
    case = lead(scene, filed.reference, state)
    scene.at(case.due_at).do(escalate_overdue, actor=SYSTEM)
    in_time = row(filed.reference)
    scene.at(case.due_at + SECOND)
    before = everything(filed)

    scene.do(escalate_overdue, actor=SYSTEM)
    risen = row(filed.reference)
    scene.do(escalate_overdue, actor=SYSTEM)

    after = everything(filed)
    assert (in_time.escalation, in_time.held_by) == (0, case.held_by)
    assert (risen.state, risen.held_by, risen.escalation) == (state, "pge", 1)
    assert after["case"]["audit_seq"] == before["case"]["audit_seq"] + 1


def test_with_the_applicant_nothing_rises(scene):
    filed = scene.drafts[0]
    case = lead(scene, filed.reference, "queried")

    with acting(SYSTEM):
        rows = overdue(WORKFLOWS["clearance"])
        assert list(rows.filter(pk=case.pk)) == []
