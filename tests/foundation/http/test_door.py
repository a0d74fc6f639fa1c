import logging
import time
from uuid import UUID

import pytest
import structlog
from cryptography.hazmat.primitives.asymmetric import ec

from emigrate.foundation.http import (
    BreakerLimits,
    BreakerState,
    Call,
    Door,
    DoorSettings,
    Reason,
    Signer,
    Unavailable,
    Unreadable,
)
from emigrate.foundation.http.signature import parameters
from tests.foundation.http.scripted import ScriptedServer, TlsServer, answer

REQUEST_ID = UUID("3b4a5a3c-57f0-4a43-9d1e-0f3f8a1c9b11")
READ = Call("look_up", "GET", "/v1/things/SECRET-7", REQUEST_ID)
WRITE = Call("order", "POST", "/v1/orders", REQUEST_ID, body=b'{"name": "Marked Person"}')
KEYED = Call("order", "POST", "/v1/orders", REQUEST_ID, body=b"{}", idempotency_key="K-1")


def door_to(url, **other):
    values = {"read_timeout": 0.5, "total_budget": 3.0, "first_wait": 0.01, "longest_wait": 0.02}
    return Door(DoorSettings(partner="registry", base_url=url, **{**values, **other}))


def status_of(reply):
    return reply.status


def outcome(door, call):
    try:
        return door.send(call, status_of)
    except Unavailable as fault:
        return fault.reason


@pytest.mark.parametrize(
    ("call", "first", "expected", "tries"),
    [
        (READ, answer(503), 200, 2),
        (READ, answer(502), 200, 2),
        (READ, answer(504), 200, 2),
        (READ, answer(500), Reason.SERVER_ERROR, 1),
        (READ, answer(429), Reason.BUSY, 1),
        (READ, answer(404), 404, 1),
        (READ, [1.0], 200, 2),
        (READ, [b""], 200, 2),
        (KEYED, answer(503), 200, 2),
        (KEYED, [1.0], 200, 2),
        (WRITE, answer(503), Reason.SERVER_ERROR, 1),
        (WRITE, [1.0], Reason.TIMED_OUT, 1),
        (WRITE, [b""], Reason.BROKEN_OFF, 1),
    ],
)
def test_only_passing_faults_of_repeatable_calls_are_repeated(call, first, expected, tries):
    with ScriptedServer(first, answer(200)) as server, door_to(server.url) as door:
        result = outcome(door, call)

        assert (result, len(server.requests)) == (expected, tries)


def test_no_more_than_three_tries():
    with ScriptedServer(answer(503)) as server, door_to(server.url) as door:
        result = outcome(door, READ)

        assert (result, len(server.requests)) == (Reason.SERVER_ERROR, 3)


def test_a_refused_connection_is_repeated_even_without_a_key_for_nothing_was_sent():
    with ScriptedServer(answer(200)) as server:
        gone = server.url
    with door_to(gone) as door, pytest.raises(Unavailable) as fault:
        door.send(WRITE, status_of)

    assert (fault.value.reason, fault.value.may_have_happened) == (Reason.NO_CONNECTION, False)
    assert door.health()["order"].consecutive_failures == 3


@pytest.mark.parametrize(
    "script",
    [
        [b"HTTP/1.1 200 OK\r\n", *([b"X", 0.1] * 100)],
        [b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n", *([b" ", 0.1] * 100)],
    ],
    ids=["head", "body"],
)
def test_the_total_budget_ends_a_trickle(script):
    with ScriptedServer(script) as server, door_to(server.url, total_budget=0.7) as door:
        started = time.monotonic()

        result = outcome(door, READ)

        assert result is Reason.TIMED_OUT
        assert 0.6 < time.monotonic() - started < 2.5


def test_the_total_budget_ends_a_silence_before_the_read_timeout():
    settings = {"read_timeout": 5.0, "total_budget": 0.5}
    with ScriptedServer([3.0]) as server, door_to(server.url, **settings) as door:
        started = time.monotonic()

        result = outcome(door, READ)

        assert (result, time.monotonic() - started < 2.5) == (Reason.TIMED_OUT, True)


@pytest.mark.parametrize(
    ("size", "expected"), [(1000, 200), (1001, Reason.TOO_LARGE), (50_000, Reason.TOO_LARGE)]
)
def test_the_size_limit_is_exact(size, expected):
    script = answer(200, b" " * size)
    with ScriptedServer(script) as server, door_to(server.url, largest_reply=1000) as door:
        result = outcome(door, READ)

        assert result == expected


@pytest.mark.parametrize("status", [301, 302, 303, 304, 307, 308])
def test_a_redirect_is_not_followed(status):
    more = b"Location: /partner/elsewhere\r\n"
    with ScriptedServer(answer(status, b"", more)) as server, door_to(server.url) as door:
        result = outcome(door, READ)

        assert (result, len(server.requests)) == (Reason.REDIRECTED, 1)


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        (b"X-Request-Id: 3b4a5a3c-57f0-4a43-9d1e-0f3f8a1c9b11\r\n", 200),
        (b"X-Request-Id: 00000000-57f0-4a43-9d1e-0f3f8a1c9b11\r\n", Reason.UNREADABLE),
        (b"Content-Encoding: gzip\r\n", Reason.UNREADABLE),
    ],
)
def test_an_answer_under_another_id_or_packed_is_no_answer(more, expected):
    with ScriptedServer(answer(200, b"{}", more)) as server, door_to(server.url) as door:
        assert outcome(door, READ) == expected


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"<html>", b'{"a": 1, "a": 2}', b'{"a": NaN}', b"\xff", b"[" * 100_000]
)
def test_what_is_not_one_plain_json_object_is_unreadable(body):
    with ScriptedServer(answer(200, body)) as server, door_to(server.url) as door:
        with pytest.raises(Unavailable) as fault:
            door.send(READ, lambda reply: reply.json())

        assert (fault.value.reason, fault.value.code) == (Reason.UNREADABLE, "body")


def test_each_call_carries_its_id_trace_and_signature():
    signer = Signer("platform-1", ec.generate_private_key(ec.SECP256R1()))
    with ScriptedServer(answer(200)) as server:
        settings = DoorSettings("registry", server.url, read_timeout=1.0, total_budget=2.0)
        with Door(settings, signer=signer, wall_clock=lambda: 1618884473.9) as door:
            door.send(KEYED, status_of)
        head = server.requests[0].decode().lower().split("\r\n")

    assert head[0] == "post /partner/v1/orders http/1.1"
    for expected in (
        "x-request-id: 3b4a5a3c-57f0-4a43-9d1e-0f3f8a1c9b11",
        "traceparent: 00-3b4a5a3c57f04a439d1e0f3f8a1c9b11-3b4a5a3c57f04a43-01",
        "idempotency-key: k-1",
        "accept-encoding: identity",
        f"signature-input: sig1={parameters(1618884473, 'platform-1')}",
    ):
        assert expected in head


def test_the_breaker_stops_calls_and_a_probe_resumes_them():
    now = [100.0]
    with ScriptedServer(*[answer(503)] * 5, answer(200)) as server:
        settings = DoorSettings(
            "registry",
            server.url,
            read_timeout=1.0,
            total_budget=2.0,
            first_wait=0.0,
            breaker=BreakerLimits(consecutive=5, rest=30.0),
        )
        with Door(settings, clock=lambda: now[0]) as door:
            first = [outcome(door, READ) for _ in range(3)]
            sent, state = len(server.requests), door.health()["look_up"].state
            now[0] += 31
            second = outcome(door, READ)

            assert first == [Reason.SERVER_ERROR, Reason.CIRCUIT_OPEN, Reason.CIRCUIT_OPEN]
            assert (sent, state) == (5, BreakerState.OPEN)
            assert (second, door.health()["look_up"].state) == (200, BreakerState.CLOSED)


def test_an_earlier_try_that_may_have_happened_is_not_forgotten():
    settings = {"breaker": BreakerLimits(consecutive=1)}
    with ScriptedServer([1.0]) as server, door_to(server.url, **settings) as door:
        with pytest.raises(Unavailable) as fault:
            door.send(KEYED, status_of)
        with pytest.raises(Unavailable) as later:
            door.send(KEYED, status_of)

    assert (fault.value.reason, fault.value.may_have_happened) == (Reason.CIRCUIT_OPEN, True)
    assert (later.value.reason, later.value.may_have_happened) == (Reason.CIRCUIT_OPEN, False)


def test_operations_have_their_own_breakers():
    with ScriptedServer(*[answer(500)] * 5, answer(200)) as server, door_to(server.url) as door:
        for _ in range(5):
            outcome(door, WRITE)

        results = (outcome(door, WRITE), outcome(door, READ))

    assert results == (Reason.CIRCUIT_OPEN, 200)


def test_a_refusal_of_our_request_does_not_count_against_the_partner():
    def refuse(reply):
        raise reply.refusal()

    body = b'{"code": "PSP-403"}'
    with ScriptedServer(answer(403, body)) as server, door_to(server.url) as door:
        for _ in range(6):
            with pytest.raises(Unavailable) as fault:
                door.send(READ, refuse)

    assert (fault.value.reason, fault.value.code) == (Reason.REFUSED, "PSP-403")
    assert door.health()["look_up"].state is BreakerState.CLOSED


def test_an_answer_outside_the_contract_counts_against_the_partner():
    def misread(_reply):
        raise Unreadable("result")

    with ScriptedServer(answer(200)) as server, door_to(server.url) as door:
        for _ in range(6):
            with pytest.raises(Unavailable) as fault:
                door.send(READ, misread)

    assert fault.value.reason is Reason.CIRCUIT_OPEN


def test_logs_and_errors_hold_ids_only(caplog):
    caplog.set_level(logging.DEBUG)
    with (
        structlog.testing.capture_logs() as entries,
        ScriptedServer(answer(503, b'{"name": "Marked Person"}')) as server,
        door_to(server.url) as door,
    ):
        outcome(door, READ)
        with pytest.raises(Unavailable) as fault:
            door.send(WRITE, status_of)

    calls = [entry for entry in entries if entry["event"] == "partner.call"]
    assert [set(entry) for entry in calls] == [
        {
            "event",
            "log_level",
            "partner",
            "operation",
            "request_id",
            "outcome",
            "status",
            "code",
            "milliseconds",
        }
    ] * 4
    everything = f"{entries} {caplog.text} {fault.value!r} {READ!r} {WRITE!r}"
    assert [word for word in ("Marked", "SECRET-7") if word in everything] == []


def test_a_proxy_of_the_environment_is_not_used(monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    with ScriptedServer(answer(200)) as server, door_to(server.url) as door:
        assert outcome(door, READ) == 200


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://registry.example.org", "partner_address_not_https"),
        ("ftp://127.0.0.1", "partner_address_not_https"),
        ("https://user:word@registry.example.org", "partner_address_not_plain"),
        ("https://registry.example.org/?a=b", "partner_address_not_plain"),
    ],
)
def test_an_address_that_is_not_safe_is_refused(url, code):
    with pytest.raises(ValueError) as fault:
        DoorSettings("registry", url, read_timeout=1.0, total_budget=2.0)

    assert str(fault.value) == code


def test_a_certificate_nobody_vouches_for_is_no_connection(tmp_path):
    with TlsServer(tmp_path) as server, door_to(server.url) as door:
        assert outcome(door, READ) is Reason.NO_CONNECTION


def test_a_certificate_of_the_named_authority_is_accepted(tmp_path):
    with TlsServer(tmp_path) as server:
        door = door_to(server.url, authority_file=str(tmp_path / "c.pem"))

        assert outcome(door, READ) == 200

        door.close()
