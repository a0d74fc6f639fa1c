from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from emigrate.domains.emigrants.models import ReadRecord
from emigrate.domains.payments.actions import keep_order
from emigrate.domains.payments.models import Order
from emigrate.domains.reference.enums import Role
from emigrate.foundation.transactions import acting
from tests.factories.clearances import SYSTEM, a_draft, another_day, everything, lead, row, taken

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent(visit, scene):
    return visit(scene.agent)


def at(filed, verb=""):
    return f"/agent/clearances/{filed.reference}" + (f"/{verb}" if verb else "")


@pytest.mark.parametrize("language", ["en", "hi"])
def test_the_desk_shows_everything_of_the_agency(visit, scene, language):
    page = visit(scene.agent, language).get("/agent/")

    filed = scene.drafts[0]
    shown = {filed.reference, filed.contract.reference, filed.worker.case.reference}
    assert shown <= set(page.words)
    assert at(filed) in page.links


def test_the_desk_asks_as_often_for_many_workers_as_for_few(visit, scene):
    agent = visit(scene.agent)
    agent.get("/agent/")
    with CaptureQueriesContext(connection) as few:
        agent.get("/agent/")
    a_draft(scene)
    a_draft(scene)

    with CaptureQueriesContext(connection) as many:
        agent.get("/agent/")

    assert len(many) == len(few)
    with acting(SYSTEM):
        read = ReadRecord.objects.filter(purpose="agent-list").order_by("-id")[:20]
        assert len({each.emigrant_id for each in read}) == len(scene.drafts) + 2


def test_an_agency_without_anything_sees_empty_lists(visit, scene):
    page = visit(scene.other_agency.actor).get("/agent/")

    assert page.all("table") == []
    assert "No worker is linked to you yet. A worker must agree first." in page.words


def test_another_agency_sees_no_clearance(visit, scene):
    visit(scene.other_agency.actor).get(at(scene.drafts[0]), status=404)


@pytest.fixture
def fixed(scene):
    """A worker whose application was withdrawn: the fixed contract is free again."""
    filed = scene.drafts[0]
    taken(scene, "withdraw", filed.reference)
    return filed


def test_an_application_is_written_on_a_fixed_contract(agent, fixed):
    page = f"/agent/contracts/{fixed.contract.reference}/clearance"

    offered = agent.get("/agent/").links
    target = agent.sent(page, visa_number="V-1", visa_expires_on="", departs_on="20 12 2026")

    case = row(target.rpartition("/")[2])
    assert page in offered
    assert (case.state, case.visa_number, f"{case.departs_on}") == ("draft", "V-1", "2026-12-20")


def test_a_draft_with_errors_keeps_what_was_typed(agent, fixed):
    page = agent.post(
        f"/agent/contracts/{fixed.contract.reference}/clearance",
        visa_number="V-77",
        visa_expires_on="some day",
        departs_on="",
    )

    typed = [each["value"] for each in page.all("input") if each.get("name") == "visa_number"]
    assert typed == ["V-77"]
    assert {"#id_visa_expires_on", "#id_departs_on"} <= set(page.links)


def test_a_second_application_is_refused(agent, scene):
    filed = scene.drafts[0]

    page = agent.post(
        f"/agent/contracts/{filed.contract.reference}/clearance",
        visa_number="V-1",
        departs_on="20 12 2026",
    )

    assert "There is one already. Use the record that exists." in page.words


def test_handing_in(agent, scene):
    filed = scene.drafts[0]

    page = agent.get(at(filed))
    target = agent.sent(at(filed, "submit"))

    assert at(filed, "submit") in page.actions
    assert target == at(filed)
    assert row(filed.reference).state == "submitted"


def test_handing_in_too_early_says_everything_that_is_missing(agent, scene):
    filed = a_draft(scene, fee=False, insured=False)
    before = everything(filed)

    page = agent.post(at(filed, "submit"))

    said = {"The fee for the clearance is not paid.", "The insurance (PBBY) is not issued yet."}
    assert said <= set(page.words)
    assert everything(filed) == before


def test_an_order_in_writing_can_be_asked_for_against_the_law(agent, scene):
    terms = replace(scene.job.terms, clauses=())
    filed = a_draft(scene, replace(scene.job, terms=terms))

    page = agent.post(at(filed, "submit"))
    target = agent.sent(at(filed, "submit"), for_an_order="on")

    assert "This did not work yet" in page.words
    assert (target, row(filed.reference).state) == (at(filed), "submitted")


@pytest.mark.parametrize("language", ["en", "hi"])
def test_a_question_is_read_and_answered(visit, scene, language):
    filed = scene.drafts[0]
    lead(scene, filed.reference, "queried")
    agent = visit(scene.agent, language)

    page = agent.get(at(filed))
    agent.sent(at(filed, "answer"), reason="The visa is attached.")

    until = {"en": "Until 23-12-2026", "hi": "23-12-2026 तक"}[language]  # 30 calendar days
    assert {"Send the visa again.", until} <= set(page.words)
    assert row(filed.reference).state == "under_scrutiny"


@pytest.mark.parametrize(("verb", "state"), [("answer", "queried"), ("withdraw", "queued")])
def test_words_are_needed(agent, scene, verb, state):
    filed = scene.drafts[0]
    lead(scene, filed.reference, state)
    before = everything(filed)

    page = agent.post(at(filed, verb), reason=" ")

    assert f"#id_{verb}_reason" in page.links
    assert everything(filed) == before


def test_taking_back(agent, scene):
    filed = scene.drafts[0]
    lead(scene, filed.reference, "queued")

    agent.sent(at(filed, "withdraw"), reason="He stays at home.")

    assert row(filed.reference).state == "withdrawn"


def test_answering_without_a_question_is_refused(agent, scene):
    filed = scene.drafts[0]
    before = everything(filed)

    page = agent.post(at(filed, "answer"), reason="Hello.")

    assert "This step is not open now: the case is in the state draft." in page.words
    assert everything(filed) == before


@pytest.mark.parametrize("state", ["draft", "under_scrutiny", "approved"])
def test_the_day_of_departure_is_changed(agent, scene, state):
    filed = scene.drafts[0]
    lead(scene, filed.reference, state)
    new = another_day(filed.reference)

    agent.sent(at(filed, "redate"), departs_on=f"{new:%d %m %Y}")
    page = agent.get(at(filed))

    assert row(filed.reference).departs_on == new
    assert {f"{new:%d-%m-%Y}", "Planned departure changed"} <= set(page.words)


def test_a_day_that_does_not_fit_says_why(agent, scene):
    filed = scene.drafts[0]
    lead(scene, filed.reference, "queued")
    before = everything(filed)

    late = another_day(filed.reference, 60)
    page = agent.post(at(filed, "redate"), departs_on=f"{late:%d %m %Y}")
    empty = agent.post(at(filed, "redate"), departs_on="")

    assert any(word.startswith("The insurance ends on") for word in page.words)
    assert "Write the new day of departure." in empty.words
    assert everything(filed) == before


def test_an_ended_case_offers_no_other_day(agent, scene):
    filed = scene.drafts[0]
    lead(scene, filed.reference, "withdrawn")

    assert at(filed, "redate") not in agent.get(at(filed)).actions


@pytest.mark.parametrize("language", ["en", "hi"])
def test_the_payer_reads_what_becomes_of_the_fee(visit, scene, language):
    filed = scene.drafts[0]
    lead(scene, filed.reference, "queued")
    agent = visit(scene.agent, language)

    before = agent.get(at(filed))
    agent.sent(at(filed, "withdraw"), reason="He stays at home.")
    waiting = agent.get(at(filed))
    with acting(SYSTEM):
        order = Order.objects.get(subject_reference=filed.reference)
    officer = scene.officer(Role.PGE_DA)
    scene.do(keep_order, order.reference, reason="The work was done.", actor=officer)
    kept = agent.get(at(filed))

    rule, referred, stays = {
        "en": ("The rule is not certain.", "An officer decides whether it is given back",
               "Not given back"),
        "hi": ("नियम निश्चित नहीं है।", "लौटेगा या नहीं, यह अधिकारी तय करता है", "लौटाया नहीं जाता"),
    }[language]  # fmt: skip
    assert any(rule in word for word in before.words)
    assert any(referred in word for word in waiting.words)
    assert any(stays in word for word in kept.words)
    assert any("The work was done." in word for word in kept.words)
