import socket
import subprocess
import sys
import time
from itertools import pairwise

import pytest

from sandbox import courier
from sandbox.signatures import Received
from tests.sandbox.callers import refusal
from tests.sandbox.mailbox import settled, tried

IN_NO_TIME = ("--hurry", "1000000")


def post(live, name="marker", **other):
    body = {"partner": "insurer", "type": name, "data": {}, **other}
    return live.control("POST", "news", body)["eventId"]


def line_of(live, event_id):
    (line,) = [line for line in live.control("GET", "news")["news"] if line["eventId"] == event_id]
    return line


@pytest.mark.parametrize("status", [500, 400, 401, 307])
def test_what_is_not_taken_is_sent_again_signed_anew(own_sandbox, box, status):
    mailbox = box(status)
    live = own_sandbox("--callbacks", mailbox.url, *IN_NO_TIME)

    event_id = post(live)

    (line,) = settled(live)
    first, again = mailbox.letters
    sender = live.greeting["senders"]["insurer"]
    assert line == {
        "eventId": event_id,
        "partner": "insurer",
        "type": "marker",
        "tries": 2,
        "status": 202,
        "state": "delivered",
    }
    assert (first.target, first.body) == (again.target, again.body)
    assert first.headers["x-request-id"] == again.headers["x-request-id"] == event_id
    assert first.headers["signature"] != again.headers["signature"]
    assert (first.is_signed_by(sender), again.is_signed_by(sender)) == (True, True)


@pytest.mark.parametrize("status", [200, 202, 204])
def test_what_is_taken_is_not_sent_again(own_sandbox, box, status):
    mailbox = box(status)
    live = own_sandbox("--callbacks", mailbox.url, *IN_NO_TIME)

    post(live)
    (line,) = settled(live)
    post(live, "second")
    settled(live)

    assert (line["tries"], line["status"], line["state"]) == (1, status, "delivered")
    assert [letter.told["type"] for letter in mailbox.letters] == ["marker", "second"]


def test_news_is_parked_after_eight_tries_with_the_waits_of_the_contract(own_sandbox, box):
    mailbox = box(*[503] * 9)
    live = own_sandbox("--callbacks", mailbox.url, "--hurry", "60000")

    post(live)

    (line,) = settled(live)
    minute, hour = 60, 3600
    waits = [5, 5 * minute, 30 * minute, 2 * hour, 5 * hour, 10 * hour, 10 * hour]
    gaps = [later.at - earlier.at for earlier, later in pairwise(mailbox.letters)]
    assert (line["tries"], line["status"], line["state"]) == (8, 503, "parked")
    assert [gap >= wait / 60_000 for gap, wait in zip(gaps, waits, strict=True)] == [True] * 7
    assert live.control("GET", "state")["news"] == {"waiting": 0, "delivered": 0, "parked": 1}


def test_news_comes_in_order(sandbox, mailbox):
    sent = [post(sandbox, f"marker.{n}") for n in range(10)]

    came = [letter.headers["x-request-id"] for letter in mailbox.first(10)]

    assert came == sent


def test_what_cannot_be_delivered_holds_up_nothing_else(own_sandbox, box):
    mailbox = box(500)
    live = own_sandbox("--callbacks", mailbox.url)

    refused, taken = post(live, "refused"), post(live, "taken")

    letters = mailbox.first(2)
    tried(live, taken)
    assert [letter.told["type"] for letter in letters] == ["refused", "taken"]
    shown = [
        (line["tries"], line["status"], line["state"])
        for line in (line_of(live, refused), line_of(live, taken))
    ]
    assert shown == [(1, 500, "waiting"), (1, 202, "delivered")]
    assert live.control("GET", "state")["news"] == {"waiting": 1, "delivered": 1, "parked": 0}


def test_news_waits_for_an_address_and_stops_without_one(own_sandbox, box):
    mailbox = box()
    live = own_sandbox()

    early = [post(live, f"early.{n}") for n in range(3)]
    before = [line["tries"] for line in live.control("GET", "news")["news"]]
    live.control("PUT", "callbacks", {"url": mailbox.url + "/"})
    settled(live)
    live.control("PUT", "callbacks", {"url": ""})
    late = post(live, "late")
    time.sleep(0.2)

    assert before == [0, 0, 0]
    assert [letter.headers["x-request-id"] for letter in mailbox.letters] == early
    assert {letter.target for letter in mailbox.letters} == {f"{mailbox.url}/insurer"}
    assert (line_of(live, late)["tries"], line_of(live, late)["state"]) == (0, "waiting")


def test_nobody_at_the_address_is_a_try_without_a_status(own_sandbox):
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        live = own_sandbox("--callbacks", f"http://127.0.0.1:{nobody.getsockname()[1]}/callbacks")

        line = tried(live, post(live))

    assert (line["tries"], line["status"], line["state"]) == (1, 0, "waiting")


def test_an_answer_that_does_not_come_is_a_try_without_a_status(monkeypatch):
    monkeypatch.setattr(courier, "TIMEOUT", 0.2)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        target = f"http://127.0.0.1:{silent.getsockname()[1]}/callbacks/insurer"

        status = courier.carry(Received("POST", target, {"X-Request-Id": "1"}, b"{}"))

    assert status == 0


def test_the_sandbox_ends_while_an_answer_is_awaited(own_sandbox, box):
    mailbox = box()
    mailbox.open.clear()
    live = own_sandbox("--callbacks", mailbox.url)
    post(live)
    mailbox.first(1)
    begun = time.monotonic()

    ended = live.close()

    assert (ended, time.monotonic() - begun < 5) == (0, True)


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1:8080/callbacks",
        "http://192.0.2.1/callbacks",
        "http://example.org/callbacks",
        "http://user@127.0.0.1/callbacks",
        "http://127.0.0.1/callbacks?a=b",
        "http://127.0.0.1/callbacks#a",
        "http://127.0.0.1:0/callbacks",
        "http://127.0.0.1:99999/callbacks",
        "http:///callbacks",
        "file:///etc/passwd",
        "127.0.0.1:8080",
    ],
)
def test_an_address_elsewhere_is_refused(sandbox, url):
    status, _ = refusal(sandbox, "PUT", "callbacks", {"url": url})

    with pytest.raises(ValueError):
        courier.callback_address(url)
    assert status == 400


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8080/callbacks", "http://localhost/a", "http://[::1]:8080/b"]
)
def test_an_address_on_the_loopback_is_taken(url):
    assert courier.callback_address(url + "/") == url


def test_an_unfit_address_or_hurry_ends_the_sandbox_before_it_begins():
    for options in (["--callbacks", "http://192.0.2.1/"], ["--hurry", "0"]):
        command = [sys.executable, "-m", "sandbox", "--while-stdin", *options]

        ended = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False)

        assert (ended.returncode == 0, ended.stdout) == (False, b"")


def test_no_list_shows_what_news_says(own_sandbox, box, tmp_path):
    mailbox = box()
    live = own_sandbox("--callbacks", mailbox.url)

    post(live, "passport.status.changed", data={"passportNo": "Z7654321", "status": "LOST"})

    lists = [settled(live), live.control("GET", "journal"), live.control("GET", "state")]
    written = [path.read_text() for path in tmp_path.rglob("*") if path.is_file()]
    assert b"Z7654321" in mailbox.letters[0].body
    assert len(written) == 3
    assert [text for text in [*map(str, lists), *written] if "Z7654321" in text] == []
