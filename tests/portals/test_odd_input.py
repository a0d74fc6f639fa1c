"""Whatever stands in an address or a form: every page answers, and never with a fault of ours."""

import re

import pytest
from django.test import Client
from django.urls import URLResolver, get_resolver

from emigrate.foundation import clock
from emigrate.portals.permissions import PAGES
from tests.factories.clearances import leaves

pytestmark = pytest.mark.django_db

ODD = {
    "a NUL": "%00",
    "a NUL inside": "EC-2026%00-DEL",
    "long": "E" * 300,
    "very long": "9" * 5_000,
    "unicode": "EC-%E0%A4%95-%F0%9F%98%80",
    "other digits": "EC-%D9%A2%D9%A0%D9%A2%D9%A6",
    "no UTF-8": "%ff%fe",
    "spaces": "EC%202026%20DEL",
    "a line": "EC-2026%0AX-Header:%20a",
    "a slash": "EC%2f..%2f..",
    "a template": "%7B%7B7*7%7D%7D%25s",
    "small letters": "ec-2026-del-0000000-0",
    "unknown": "EC-2026-DEL-0000000-0",
    "a minus": "-1",
}
TYPED = {
    "NUL": "a\x00b",
    "long": "9" * 5_000,
    "far day": "9999-12-31",
    "first day": "0001-01-01",
    "unicode": "\u202e\U0001f600 क\uffff",
    "line": "a\r\nb",
}
PLACE = re.compile(r"<(?:(\w+):)?(\w+)>")
IN_QUERIES = ("after", "done", "agent", "next", "airport", "answers", "reference", "language")
IN_FORMS = (
    "account", "agreed", "airport", "amount", "deductions", "departs_on", "destination",
    "employer", "evidence", "flight", "for_an_order", "ground", "hours", "language", "next",
    "note", "number", "order", "passport", "place", "reason", "reference", "terms_hash",
    "visa_expires_on", "visa_number", "wage", "confirmed", "insure_anew",
)  # fmt: skip


def walked(resolver=None, before="/"):
    """Every route of every page; the API and the partners' doors are not pages."""
    for each in (resolver or get_resolver()).url_patterns:
        route = f"{before}{each.pattern}"
        if isinstance(each, URLResolver):
            if route not in {"/v1/", "/callbacks/"}:
                yield from walked(each, route)
        else:
            yield route


PAGE_ROUTES = sorted(set(walked()))


def at(route, reference):
    """The address of a route; other places than references get what fits them."""
    fitting = {"verb": "approve", "charge_id": "9" * 30}
    return PLACE.sub(lambda place: fitting.get(place[2], reference), route)


@pytest.fixture
def everybody(visit, scene):
    """Clients of somebody of every kind who has pages, and of nobody, at the scene's moment."""
    people = {
        "worker": scene.drafts[0].worker.actor,
        "agent": scene.agent,
        "officer": scene.officer(),
        "counter": scene.border(),
    }
    visitors = {place: visit(actor) for place, actor in people.items()}
    for each in visitors.values():
        each.client.raise_request_exception = False
    clients = {place: each.client for place, each in visitors.items()}
    with clock.simulate(scene.now):
        yield {"": Client(raise_request_exception=False), **clients}


def whose(everybody, route):
    return everybody.get(route.split("/")[1], everybody[""])


def test_every_page_is_walked():
    assert len(PAGE_ROUTES) == len(PAGES)
    assert sum("<reference>" in route for route in PAGE_ROUTES) >= 15


@pytest.mark.parametrize("odd", ODD.values(), ids=list(ODD))
def test_an_odd_reference_is_not_found_and_no_fault(everybody, odd):
    before, wrong = leaves(), []

    for route in PAGE_ROUTES:
        if "<" not in route:
            continue
        for method in ("get", "head", "post"):
            answer = getattr(whose(everybody, route), method)(at(route, odd))
            if answer.status_code not in {404, 405}:
                wrong.append((method, route, answer.status_code))

    assert (wrong, leaves()) == ([], before)


def test_an_odd_reference_is_told_on_a_page_of_ours(visit, scene):
    page = visit(scene.officer()).get("/officer/cases/%00", status=404)

    assert "not_found" in page.text
    assert "/officer/" in page.links


@pytest.mark.parametrize("odd", ODD.values(), ids=list(ODD))
def test_an_odd_query_is_no_fault(everybody, odd):
    wrong = []

    for route in PAGE_ROUTES:
        for names in (IN_QUERIES, IN_QUERIES[1:]):
            query = "&".join(f"{name}={odd}" for name in names)
            address = f"{at(route, 'EC-2026-DEL-0000000-0')}?{query}"
            answer = whose(everybody, route).get(address)
            if answer.status_code >= 500:
                wrong.append((address, answer.status_code))

    assert wrong == []


@pytest.mark.parametrize("typed", TYPED.values(), ids=list(TYPED))
@pytest.mark.parametrize("case", ["clearance", "contract"])
def test_odd_words_in_a_form_are_no_fault(everybody, scene, case, typed):
    draft, wrong = scene.drafts[0], []
    reference = draft.reference if case == "clearance" else draft.contract.reference

    for route in PAGE_ROUTES:
        form = dict.fromkeys(IN_FORMS, typed)
        answer = whose(everybody, route).post(at(route, reference), form)
        if answer.status_code >= 500:
            wrong.append((route, answer.status_code))

    assert wrong == []


HEADS = [route for route in PAGE_ROUTES if "<" not in route]


@pytest.mark.parametrize("route", HEADS)
def test_head_is_get_without_its_content(everybody, route):
    client = whose(everybody, route)

    read, head = client.get(route), client.head(route)

    assert (head.status_code, head.content) == (read.status_code, b"")
    assert head["Content-Type"] == read["Content-Type"]


def test_head_asks_the_same_permission(everybody):
    nobody = everybody[""]

    read, head = nobody.get("/officer/"), nobody.head("/officer/")

    assert (head.status_code, head["Location"]) == (302, read["Location"])
    assert everybody["agent"].head("/officer/").status_code == 403
