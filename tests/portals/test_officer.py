from dataclasses import replace

import pytest
from django.db import connection
from django.db.models import Q
from django.test.utils import CaptureQueriesContext

from emigrate.domains.clearances.actions import put_before_office
from emigrate.domains.clearances.models import Clearance
from emigrate.domains.clearances.workflow import CLEARANCE
from emigrate.domains.emigrants.models import ReadRecord
from emigrate.foundation.transactions import acting
from emigrate.portals import words
from tests.factories.clearances import SYSTEM, a_draft, a_job, everything, lead, row

pytestmark = pytest.mark.django_db
ORDER = "The pay is lower than promised. Write a new contract."
GROUND = "terms_discriminatory_or_exploitative"


@pytest.fixture
def first(scene):
    return lead_to(scene, 0, "queued")


def lead_to(scene, index, state):
    filed = scene.drafts[index]
    lead(scene, filed.reference, state)
    return filed


@pytest.fixture
def officer(visit, scene):
    return visit(scene.officer())


def at(filed, verb=""):
    return f"/officer/cases/{filed.reference}" + (f"/{verb}" if verb else "")


def test_an_empty_queue_says_so(officer):
    page = officer.get("/officer/")

    assert "Nobody waits. The queue is empty." in page.words
    assert "/officer/next" not in page.actions


@pytest.mark.parametrize("language", ["en", "hi"])
def test_the_queue_shows_what_waits_first_come_first(visit, scene, language):
    filed = [lead_to(scene, index, "queued") for index in (1, 0)]

    page = visit(scene.officer(), language).get("/officer/")

    rows = [link for link in page.links if link.endswith("/take")]
    waiting = sorted(filed, key=lambda each: row(each.reference).pk)
    assert rows == [f"{at(each)}/take" for each in waiting]


def test_the_next_one_is_taken_and_shown(officer, scene, first):
    target = officer.sent("/officer/next")

    assert target == at(first)
    assert row(first.reference).state == "under_scrutiny"


def test_nothing_is_next_in_an_empty_queue(officer):
    page = officer.post("/officer/next", status=404)

    assert "Code: queue_empty" in page.text


def test_out_of_turn_needs_a_reason(officer, scene, first):
    second = lead_to(scene, 1, "queued")
    before = everything(second)

    page = officer.post(at(second, "take"), reason="")

    assert (
        "Another case comes first. Take that one, or record why this one cannot wait." in page.words
    )
    assert everything(second) == before
    assert officer.sent(at(second, "take"), reason="His visa ends tomorrow.") == at(second)


@pytest.mark.parametrize("language", ["en", "hi"])
def test_a_case_shows_checks_law_comparison_and_history(visit, scene, language):
    filed = lead_to(scene, 0, "under_scrutiny")

    page = visit(scene.officer(), language).get(at(filed))

    assert "Emigration Act, 1983" in page.text
    assert filed.worker.drawn.surname in page.text
    assert at(filed, "approve") in page.actions
    assert "22" in page.text


def test_a_contract_as_good_as_its_demand_says_so(officer, scene):
    filed = lead_to(scene, 0, "under_scrutiny")

    page = officer.get(at(filed))

    assert "The contract keeps every promise of the demand." in page.words
    assert "22 terms are the same" in page.words


def test_the_comparison_puts_the_gravest_loss_first(officer, scene):
    terms = replace(scene.job.terms, wage_minor=1_700_00, ticket_home="emigrant", hours_per_day=10)
    filed = a_draft(scene, replace(scene.job, terms=terms))
    lead(scene, filed.reference, "under_scrutiny")

    page = officer.get(at(filed))

    names = ("Basic pay each month", "Hours a day", "Who pays the ticket home")
    assert [name for name in page.words if name in names] == list(names)
    assert page.words.count("Worse than promised") == 3
    assert "19 terms are the same" in page.words


def test_a_clean_case_is_approved_by_one_button(officer, scene):
    filed = a_draft(scene, a_job(scene.world, scene.agency, scene.company, wage=(600_00, "USD")))
    lead(scene, filed.reference, "under_scrutiny")

    page = officer.get(at(filed))

    assert "All checks passed." in page.text
    assert [each["accesskey"] for each in page.all("button") if "accesskey" in each] == ["a"]


def test_a_case_with_a_doubt_is_not_approved_by_one_key(officer, scene):
    terms = replace(scene.job.terms, wage_minor=1_700_00)
    filed = a_draft(scene, replace(scene.job, terms=terms))
    lead(scene, filed.reference, "under_scrutiny")

    page = officer.get(at(filed))

    assert "All checks passed." not in page.text
    assert [each["accesskey"] for each in page.all("button") if "accesskey" in each] == []


def test_looking_at_a_case_leaves_a_record(officer, scene, first):
    officer.get(at(first))

    with acting(SYSTEM):
        read = ReadRecord.objects.filter(purpose="scrutiny", user_id=scene.officer().user_id)
        assert read.count() == 1


def test_the_buttons_are_the_open_steps(officer, scene, first):
    waiting = officer.get(at(first)).actions
    officer.sent("/officer/next")
    taken = officer.get(at(first)).actions

    shown = [[each.rpartition("/")[2] for each in actions if "/cases/" in each]
             for actions in (waiting, taken)]  # fmt: skip
    assert shown == [["hold"], ["approve", "query", "refer", "hold", "put_back", "reject"]]


@pytest.mark.parametrize(
    ("verb", "typed", "state"),
    [
        ("approve", {}, "approved"),
        ("query", {"reason": "Send the visa."}, "queried"),
        ("refer", {"reason": "Is the site real?"}, "referred"),
        ("hold", {"reason": "An advisory stands."}, "held"),
        ("put_back", {"reason": "Ill today."}, "queued"),
        ("reject", {"ground": GROUND, "order": ORDER, "confirmed": "on"}, "rejected"),
    ],
)
def test_a_decision_is_taken_and_the_queue_says_so(officer, scene, verb, typed, state):
    filed = lead_to(scene, 0, "under_scrutiny")

    target = officer.sent(at(filed, verb), **typed)

    assert target == f"/officer/?done={filed.reference}"
    assert row(filed.reference).state == state
    assert filed.reference in officer.get(target).words


@pytest.mark.parametrize(
    ("verb", "typed", "words"),
    [
        ("query", {}, "Give the reason in plain words."),
        ("reject", {"order": ORDER}, "Choose the ground on which you reject."),
        ("reject", {"ground": GROUND}, "Give the reason in plain words."),
        ("reject", {"ground": "because", "order": ORDER}, "because"),
    ],
)
def test_a_decision_without_its_words_is_asked_again(officer, scene, verb, typed, words):
    filed = lead_to(scene, 0, "under_scrutiny")
    before = everything(filed)

    page = officer.post(at(filed, verb), **typed)

    assert words in page.text
    assert everything(filed) == before


def test_a_rejection_is_read_once_more_as_the_worker_reads_it(officer, scene):
    filed = lead_to(scene, 0, "under_scrutiny")
    before = everything(filed)

    page = officer.post(at(filed, "reject"), ground=GROUND, order=ORDER)

    assert (ORDER in page.words, page.hidden("confirmed"), page.hidden("order")) == (
        True,
        "on",
        ORDER,
    )
    assert everything(filed) == before


def test_a_decision_too_late_is_refused_on_the_page(officer, scene):
    filed = lead_to(scene, 0, "approved")
    before = everything(filed)

    page = officer.post(at(filed, "approve"))

    assert "This step is not open now: the case is in the state approved." in page.words
    assert everything(filed) == before


def test_what_changed_after_the_approval_is_listed_and_upheld(officer, scene):
    filed = lead_to(scene, 0, "approved")
    calm = (officer.get("/officer/").words, officer.get(at(filed)).actions)
    scene.do(put_before_office, Q(), "demand_not_standing", {}, actor=SYSTEM)

    listed, offered = officer.get("/officer/"), officer.get(at(filed)).actions
    target = officer.sent(at(filed, "uphold"), reason="The work goes on.")

    heading = "Approved, to look at again"
    assert (heading in calm[0], at(filed, "uphold") in calm[1]) == (False, False)
    assert (heading in listed.words, at(filed) in listed.links) == (True, True)
    assert at(filed, "uphold") in offered
    assert heading not in officer.get(target).words
    shown = officer.get(at(filed)).words
    assert "Looked at again; it stands" in shown
    assert "The employer took back or changed the demand: An officer must look" in shown


@pytest.mark.parametrize("sign", ["\x07", "\u202e", "\x9f"])
def test_a_reason_is_read_as_it_was_written(officer, scene, sign):
    filed = lead_to(scene, 0, "under_scrutiny")
    before = everything(filed)

    page = officer.post(at(filed, "query"), reason=f"Send{sign} the visa.")

    assert "Leave out control characters and broken signs." in page.text
    assert everything(filed) == before


def test_every_step_of_a_clearance_has_its_words():
    amended = {"clearance.checked_again", "clearance.escalated", "clearance.restore_proposed",
               "clearance.waiting_for_passport_registry", "clearance.created"}  # fmt: skip

    assert {step.event for step in CLEARANCE.steps} | amended == {
        event for event in words.STEPS if event.startswith("clearance.")
    }


def test_an_unknown_decision_is_no_page(officer, first):
    officer.post(at(first, "bribe"), status=404)


def test_the_queue_asks_the_same_questions_for_one_case_and_for_three(officer, scene, first):
    officer.get("/officer/")
    with CaptureQueriesContext(connection) as one:
        officer.get("/officer/")
    for index in (1, 2):
        lead_to(scene, index, "queued")

    with CaptureQueriesContext(connection) as three:
        officer.get("/officer/")

    assert len(three) == len(one)


def test_another_office_sees_nothing(visit, scene, first):
    other = visit(scene.officer(office=scene.other_agency.office))

    assert "Nobody waits. The queue is empty." in other.get("/officer/").words
    other.get(at(first), status=404)
    assert row(first.reference).state == "queued"
    with acting(SYSTEM):
        assert Clearance.objects.filter(state="queued").count() == 1
