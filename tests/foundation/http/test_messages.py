import pytest

from emigrate.foundation.http import Reply, Unreadable

PROBLEM = {"content-type": "application/problem+json; charset=utf-8"}


@pytest.mark.parametrize(
    ("headers", "body", "code"),
    [
        (PROBLEM, b'{"code": "PSP-403"}', "PSP-403"),
        (PROBLEM, b'{"code": 7}', "http_403"),
        (PROBLEM, b'{"code": ""}', "http_403"),
        (PROBLEM, b'{"code": "' + b"x" * 41 + b'"}', "http_403"),
        (PROBLEM, b"{}", "http_403"),
        (PROBLEM, b"<html>", "http_403"),
        ({"content-type": "text/html"}, b'{"code": "PSP-403"}', "http_403"),
        ({}, b'{"code": "PSP-403"}', "http_403"),
    ],
)
def test_a_refusal_has_the_partners_code_or_the_status(headers, body, code):
    assert Reply(403, headers, body).refusal().code == code


def test_a_reply_that_does_not_say_it_is_json_is_not_read_as_json():
    with pytest.raises(Unreadable) as fault:
        Reply(200, {"content-type": "text/plain"}, b"{}").json()

    assert fault.value.field == "content-type"
