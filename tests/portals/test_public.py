import pytest
from django.test import Client

from emigrate.domains.accounts.models import Membership
from emigrate.foundation.transactions import acting
from tests.factories.clearances import SYSTEM

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("language", ["en", "hi"])
@pytest.mark.parametrize("address", ["/", "/job-offer", "/help", "/sign-in"])
def test_a_page_for_anybody(visit, address, language):
    page = visit(language=language).get(address)

    assert page.all("html")[0]["lang"] == language


def test_the_front_page_asks_about_the_agent_and_leads_on(visit):
    page = visit().get("/")

    assert "Is this agent real?" in page.text
    assert {"/job-offer", "/help", "/sign-in"} <= set(page.links)


def test_a_real_agent(visit, scene):
    page = visit().get("/is-this-agent-real?agent=scene+overseas")

    assert "Registered" in page.words
    assert scene.agency.case.rc_number in page.words


def test_an_agent_that_nobody_knows(visit):
    page = visit().get("/is-this-agent-real?agent=Quxo+Bliff")

    assert "Not in the register: do not pay, report it" in page.words


def test_an_empty_question_is_led_to_its_field(visit):
    page = visit().get("/is-this-agent-real?agent=")

    assert "Write the name or the number of the agent." in page.words
    assert "#id_agent" in page.links


def test_what_an_agent_may_take_comes_from_the_law(visit):
    page = visit().get("/job-offer")

    assert "₹30,000" in page.words
    assert "Emigration Rules, 1983, r.25, as amended 14 Dec 2017" in page.words


def test_a_closed_page_leads_to_the_sign_in_and_back(visit, scene):
    visitor = visit()

    first = visitor.raw("/officer/?after=x")
    member = next(
        each["value"]
        for each in visitor.get("/sign-in").all("input")
        if each.get("type") == "radio"
    )
    back = visitor.sent("/sign-in", account=member, next="/help")

    assert first["Location"] == "/sign-in?next=%2Fofficer%2F%3Fafter%3Dx"
    assert back == "/help"
    assert "Sign out" in visitor.get("/help").words
    assert visitor.sent("/sign-out") == "/"
    assert "Sign out" not in visitor.get("/help").words


def test_the_sign_in_leads_nowhere_else(visit):
    visitor = visit()
    radio = next(
        each for each in visitor.get("/sign-in").all("input") if each.get("type") == "radio"
    )

    target = visitor.sent("/sign-in", account=radio["value"], next="https://elsewhere.example/")

    assert target.startswith("/")


def test_nobody_signs_in_outside_the_demonstration(visit, settings):
    settings.MODE = "production"

    page = visit().get("/sign-in", status=404)

    assert "Code: not_found" in page.text


def test_the_language_is_kept(visit):
    visitor = visit()

    back = visitor.sent("/language", language="hi", next="/help")

    assert back == "/help"
    assert visitor.get("/help").all("html")[0]["lang"] == "hi"


def test_a_form_without_its_token_changes_nothing(scene):
    page = Client(enforce_csrf_checks=True).post("/sign-out")

    assert (page.status_code, b"form_expired" in page.content) == (403, True)


def test_an_unknown_address_is_a_page(visit):
    assert "Code: not_found" in visit().get("/nothing", status=404).text


def test_a_case_that_is_not_there_is_a_refusal_with_its_code(visit, scene):
    page = visit(scene.officer()).get("/officer/cases/EC-2026-DEL-0000000-0", status=404)

    assert "Code: not_found" in page.text


def test_another_role_is_refused(visit, scene):
    page = visit(scene.agent).get("/officer/", status=403)

    assert "Code: not_permitted" in page.text


def test_what_somebody_signed_in_sees_is_not_kept(visit, scene):
    visitor = visit(scene.officer())

    assert visitor.raw("/officer/")["Cache-Control"] == "no-store"


def test_a_question_that_nobody_asked_yet_is_no_error(visit):
    page = visit().get("/is-this-agent-real")

    assert "Write the name or the number of the agent." not in page.words
    assert page.words[0].startswith("Is this agent real?")


def test_a_role_without_pages_is_told_where_its_work_is(visit, scene):
    front = visit(scene.mission()).get("/")

    assert "This role has no pages yet; its work is done by the API." in front.text
    assert "/sign-in" not in front.links


def test_accounts_are_told_apart_by_their_sign_in_names(visit, scene):
    names = [word for word in visit().get("/sign-in").words if " – " in word][1:]

    with acting(SYSTEM):
        logins = set(Membership.objects.values_list("user__login", flat=True))
    assert {name.partition(" – ")[0] for name in names} == logins
