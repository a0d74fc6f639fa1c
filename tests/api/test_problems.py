"""Bad input and refusals: the right status, a stable code, the place of the fault, no effect."""

import json

import pytest
from django.db import OperationalError
from django.test import RequestFactory

from emigrate.api.problems import problem
from emigrate.api.v1 import public
from emigrate.domains.emigrants.queries.budget import ReadingBudgetSpent
from emigrate.law.engine.reading import FIRST_DAY, LAST_DAY
from tests.api.caller import Caller, caller, code_of
from tests.factories.clearances import leaves

DRAFT = {"visa_number": "V1", "departs_on": "2026-12-30"}


@pytest.fixture
def agent(scene):
    return caller(scene.agent, moment=scene.now)


def faults(response) -> list[tuple[str, str]]:
    return [(each["pointer"], each["code"]) for each in response.json()["errors"]]


def test_a_problem_has_every_member_and_the_request_id(agent, scene):
    response = agent.get("/clearances/EC-2026-DEL-0000000-0", X_Request_Id="0123456789abcdef")

    problem = response.json()
    assert response.headers["Content-Type"] == "application/problem+json"
    assert problem == {
        "type": "urn:emigrate:problem:not_found",
        "title": "Not found",
        "status": 404,
        "code": "not_found",
        "detail": "There is no such record, or it is not yours to see. Check the reference number.",
        "facts": {"subject": "clearance"},
        "errors": [],
        "request_id": "0123456789abcdef",
    }
    assert response.headers["X-Request-Id"] == "0123456789abcdef"


@pytest.mark.parametrize("token", ["", "emt_unknown", "x" * 400, "\u0660"])
def test_without_a_good_token_nothing_is_said(scene, token):
    response = Caller(token).get("/clearances")

    assert code_of(response) == (401, "not_signed_in")
    assert response.headers["WWW-Authenticate"] == 'Bearer realm="e-Migrate"'


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 422, "invalid_input"),
        (b"{", 400, "json_malformed"),
        (b"\xff", 400, "json_malformed"),
        (b'{"departs_on": NaN}', 400, "json_malformed"),
        (b"[" * 100_000, 400, "json_malformed"),
        (b'{"a":' * 30 + b"1" + b"}" * 30, 400, "json_malformed"),
        (b"[]", 422, "invalid_input"),
        (b'"text"', 422, "invalid_input"),
        (b'{"a": "' + b"x" * 2_200_000 + b'"}', 413, "too_large"),
    ],
)
def test_what_is_no_request_is_refused(agent, body, status, code):
    before = leaves()

    response = agent.post("/clearances", body)

    assert code_of(response) == (status, code)
    assert leaves() == before


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            '{"contract": "CT-1", "visa_number": "V", "departs_on": "2026-12-30", "more": 1}',
            [("/more", "field_unknown")],
        ),
        (
            '{"contract": "C1", "contract": "C2", "visa_number": "V", "departs_on": "2026-12-30"}',
            [("/contract", "duplicate_key")],
        ),
        ('{"visa_number": "V", "departs_on": "2026-12-30"}', [("/contract", "field_missing")]),
        (
            '{"contract": 5, "visa_number": "", "departs_on": 1735516800}',
            [
                ("/contract", "malformed"),
                ("/visa_number", "too_short"),
                ("/departs_on", "malformed"),
            ],
        ),
        (
            '{"contract": "CT-1", "visa_number": "a\\u0000b", "departs_on": "2026-12-30"}',
            [("/visa_number", "text_malformed")],
        ),
        (
            '{"contract": "CT-1", "visa_number": "\\ud800", "departs_on": "2026-12-30"}',
            [("/visa_number", "text_malformed")],
        ),
        (
            '{"contract": "CT-1", "visa_number": "V", "departs_on": "2026-02-30"}',
            [("/departs_on", "malformed")],
        ),
        (
            '{"contract": "CT-1", "visa_number": "a\\u202eb", "departs_on": "2026-12-30"}',
            [("/visa_number", "text_malformed")],
        ),
        (
            '{"contract": "CT-1", "visa_number": "a\\u0007b", "departs_on": "2026-12-30"}',
            [("/visa_number", "text_malformed")],
        ),
        ('{"a\\ud800b": 1}', [("", "text_malformed")]),
        ('{"a\\u0000b": 1}', [("", "text_malformed")]),
        (
            '{"contract": "CT-1", "visa_number": "V", "departs_on": "2026-12-30", "%s": 1}'
            % ("m" * 10_000),
            [("/" + "m" * 60, "field_unknown")],
        ),
    ],
)
def test_every_wrong_field_is_named_by_its_pointer(agent, body, expected):
    response = agent.post("/clearances", body.encode())

    assert (response.status_code, faults(response)) == (422, expected)


def test_the_place_of_a_fault_in_a_list_is_named(scene):
    company = caller(scene.company.actor, moment=scene.now)
    line = {
        "occupation": "7112",
        "title": "Mason",
        "number": 1,
        "months": 24,
        "wage": {"amount": "1800.00", "currency": "SAR"},
    }
    wrong = {**line, "wage": {"amount": 1800, "currency": "SAR"}, "number": True}

    response = company.post(
        "/demands",
        {
            "employer": scene.company.case.reference,
            "site": "Riyadh",
            "lines": [line, wrong],
        },
    )

    assert faults(response) == [
        ("/lines/1/number", "malformed"),
        ("/lines/1/wage/amount", "malformed"),
    ]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?stat=draft", [("/stat", "parameter_unknown")]),
        ("?state=draft&state=queued", [("/state", "parameter_repeated")]),
        ("?state=unheard", [("/state", "not_in_list")]),
        ("?limit=0", [("/limit", "out_of_range")]),
        ("?limit=101", [("/limit", "out_of_range")]),
        ("?cursor=%00", [("/cursor", "text_malformed")]),
        ("?cursor=e30", [("/cursor", "cursor_malformed")]),
        ("?cursor=WyJ4Il0", [("/cursor", "cursor_malformed")]),
    ],
)
def test_unknown_or_wrong_parameters_are_refused(agent, query, expected):
    response = agent.get(f"/clearances{query}")

    assert (response.status_code, faults(response)) == (422, expected)


def test_more_parameters_than_anybody_needs_are_refused(agent):
    assert code_of(agent.get("/clearances?" + "a=1&" * 2_001)) == (413, "too_large")


@pytest.mark.parametrize("day", ["0001-01-01", "1899-12-31", "2200-01-01", "9999-12-31"])
def test_a_day_that_the_law_cannot_be_asked_about_is_refused(agent, scene, day):
    reference, before = scene.drafts[0].reference, leaves()

    response = agent.post(f"/clearances/{reference}/redate", {"departs_on": day})

    assert (response.status_code, faults(response)) == (422, [("/departs_on", "out_of_range")])
    assert response.json()["errors"][0]["message"] == "Write a day in the years 1900 to 2199."
    assert leaves() == before


def test_the_days_of_the_api_are_the_days_of_the_law():
    assert (str(FIRST_DAY), str(LAST_DAY)) == ("1900-01-01", "2199-12-31")


@pytest.mark.parametrize("day", ["1900-01-01", "2199-12-31"])
def test_an_application_for_the_furthest_day_is_judged(scene, day):
    agent = caller(scene.agent, moment=scene.now)
    reference = scene.drafts[0].reference

    agent.post(f"/clearances/{reference}/redate", {"departs_on": day})
    handed_in = agent.post(f"/clearances/{reference}/submit")

    assert handed_in.status_code in {200, 422}, handed_in.content


@pytest.mark.parametrize("content", ["é", "QQ", "Q===", "Q Q=", "Q\n"])
def test_what_is_no_base64_is_refused(agent, content):
    new = {"kind": "licence", "filename": "licence.jpg", "content": content}

    response = agent.post("/documents", new)

    assert (response.status_code, faults(response)) == (422, [("/content", "base64_malformed")])


def test_another_media_type_is_refused(agent):
    response = agent.client.post(
        "/v1/clearances",
        {"contract": "CT-1"},
        headers={"Authorization": f"Bearer {agent.token}", "Idempotency-Key": "12345678"},
    )

    assert code_of(response) == (415, "media_type_unsupported")


@pytest.mark.parametrize(
    ("key", "code"),
    [
        ("", "idempotency_key_missing"),
        ("short", "idempotency_key_malformed"),
        ("x" * 129, "idempotency_key_malformed"),
        ("with spaces in it", "idempotency_key_malformed"),
    ],
)
def test_a_post_needs_a_key(agent, scene, key, code):
    reference = scene.drafts[0].reference

    response = agent.post(f"/clearances/{reference}/submit", Idempotency_Key=key)

    assert code_of(response) == (400, code)


def test_an_unknown_address_and_a_wrong_method_are_problems_too(agent):
    unknown = agent.get("/no/such/address")
    wrong = agent.post("/me")

    assert code_of(unknown) == (404, "route_unknown")
    assert (code_of(wrong), wrong.headers["Allow"]) == ((405, "method_not_allowed"), "GET, HEAD")


def test_a_role_that_never_may_is_told_so(scene):
    border = caller(scene.border(), moment=scene.now)
    reference = scene.drafts[0].reference

    response = border.post(f"/clearances/{reference}/approve")

    assert code_of(response) == (403, "not_permitted")
    assert response.json()["facts"] == {"permission": "clearance.decide", "role": "boi"}


@pytest.mark.parametrize(
    "address",
    [
        "/clearances/{}",
        "/clearances/{}/history",
        "/clearances/{}/qr",
    ],
)
def test_another_agencys_case_is_not_there(scene, address):
    other = caller(scene.other_agency.actor, moment=scene.now)
    reference = scene.drafts[0].reference

    read = other.get(address.format(reference))
    written = other.post(f"/clearances/{reference}/submit")

    assert (code_of(read), code_of(written)) == ((404, "not_found"), (404, "not_found"))


def test_a_step_that_is_not_open_is_refused_and_changes_nothing(scene):
    officer = caller(scene.officer(), moment=scene.now)
    before = leaves()

    response = officer.post(f"/clearances/{scene.drafts[0].reference}/approve")

    assert code_of(response) == (409, "wrong_state")
    assert (response.json()["facts"]["state"], leaves()) == ("draft", before)


def test_a_malformed_reference_is_an_unknown_one(agent):
    assert code_of(agent.get("/clearances/ec%27--")) == (404, "not_found")


def test_a_fault_of_ours_says_nothing_but_the_request_id(agent, monkeypatch):
    def broken(*_args, **_kwargs):
        raise RuntimeError("a passport number stands here")

    monkeypatch.setattr(public.reference, "offices", broken)

    response = agent.get("/reference/offices")

    assert code_of(response) == (500, "internal_error")
    assert "passport" not in json.dumps(response.json())


def test_a_database_that_is_away_is_said_to_be_away(agent, monkeypatch):
    def away(*_args, **_kwargs):
        raise OperationalError("no connection")

    monkeypatch.setattr(public.reference, "offices", away)

    response = agent.get("/reference/offices")

    assert (code_of(response), response.headers["Retry-After"]) == ((503, "unavailable"), "30")


def test_a_spent_budget_says_when_to_come_again():
    request = RequestFactory().get("/v1/emigrants", headers={"X-Request-Id": "0123456789abcdef"})

    response = problem(ReadingBudgetSpent(limit=200, retry_after=61), request)

    body = json.loads(response.content)
    assert (response.status_code, response.headers["Retry-After"]) == (429, "61")
    assert (body["code"], body["facts"]) == (
        "reading_budget_spent", {"limit": 200, "retry_after": 61},
    )  # fmt: skip


def test_the_words_are_in_the_readers_language_and_the_code_is_not(agent):
    response = agent.get("/clearances/EC-2026-DEL-0000000-0", Accept_Language="hi")

    assert (response.headers["Content-Language"], response.json()["code"]) == ("hi", "not_found")


@pytest.mark.parametrize(
    ("headers", "answer"),
    [
        ({"HTTP_TRANSFER_ENCODING": "chunked"}, (411, "length_required")),
        ({"HTTP_CONTENT_ENCODING": "gzip"}, (415, "content_encoding_unsupported")),
    ],
)
def test_a_body_that_would_not_be_read_as_it_was_sent_is_refused(scene, headers, answer):
    sender = caller(scene.agent, moment=scene.now)
    reference, before = scene.drafts[0].reference, leaves()

    refused = sender.client.post(
        f"/v1/clearances/{reference}/submit",
        "{}",
        content_type="application/json",
        headers={"Authorization": f"Bearer {sender.token}", "Idempotency-Key": "chunked-0001"},
        **headers,
    )

    assert (code_of(refused), leaves()) == (answer, before)


def test_missing_words_are_named_by_their_field(agent, scene):
    reference = scene.drafts[0].reference

    refused = agent.post(f"/clearances/{reference}/withdraw", {"reason": " "})

    assert code_of(refused) == (422, "reason_required")
    assert faults(refused) == [("/reason", "reason_required")]


def test_the_counter_is_asked_about_something(scene):
    border = caller(scene.border(), moment=scene.now)

    refused = border.post("/counter/check", {"destination": "SAU"})

    assert (code_of(refused), faults(refused)) == (
        (422, "invalid_input"),
        [("/reference", "field_missing")],
    )
