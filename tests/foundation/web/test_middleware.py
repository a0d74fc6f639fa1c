from uuid import UUID

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from structlog.contextvars import get_contextvars

from emigrate.foundation.web.middleware import HEADERS, RequestId, SecurityHeaders, request_id_of

REQUESTS = RequestFactory()


@pytest.mark.parametrize("given", ["abcd-1234", "A" * 64, "7f1c0f7e-9d1d-4a1e-8b8e-0d3a0a6a9f10"])
def test_a_plain_request_id_is_kept(given):
    answer = RequestId(lambda _: HttpResponse())(REQUESTS.get("/", headers={"X-Request-Id": given}))

    assert answer["X-Request-Id"] == given


@pytest.mark.parametrize(
    "given", ["", "short", "A" * 65, "a b c d e f g", "x\\ny12345", "<script>1"]
)
def test_any_other_is_replaced_by_a_fresh_one(given):
    answer = RequestId(lambda _: HttpResponse())(REQUESTS.get("/", headers={"X-Request-Id": given}))

    assert str(UUID(answer["X-Request-Id"])) == answer["X-Request-Id"]


def test_logs_and_the_view_see_the_same_id_and_nothing_stays_behind():
    seen = []

    def view(request):
        seen.append((request_id_of(request), get_contextvars()["request_id"]))
        return HttpResponse()

    answer = RequestId(view)(REQUESTS.get("/"))

    assert seen == [(answer["X-Request-Id"], answer["X-Request-Id"])]
    assert "request_id" not in get_contextvars()


def test_every_answer_carries_the_headers():
    answer = SecurityHeaders(lambda _: HttpResponse())(REQUESTS.get("/"))

    assert {name: answer[name] for name in HEADERS} == HEADERS


def test_the_policy_allows_nothing_inline_and_no_frame():
    policy = dict(part.split(" ", 1) for part in HEADERS["Content-Security-Policy"].split("; "))

    assert policy == {
        "default-src": "'self'",
        "object-src": "'none'",
        "base-uri": "'none'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
    }


def test_a_view_keeps_a_header_of_its_own():
    own = HttpResponse(headers={"Referrer-Policy": "no-referrer"})

    answer = SecurityHeaders(lambda _: own)(REQUESTS.get("/"))

    assert answer["Referrer-Policy"] == "no-referrer"
