import hashlib
import time
from datetime import datetime
from pathlib import Path
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_public_key,
)

from sandbox.signatures import Received, Rejected, Verifier
from tests.partners.bench import TODAY, LiveSandbox
from tests.sandbox.callers import refusal
from tests.sandbox.mailbox import tried

CLAIM = {"policyNo": "PBBY-SBX-1", "claimNo": "C-1", "on": "2026-11-20"}
NEWS = {"partner": "insurer", "type": "claim.registered", "data": CLAIM}


def verdict(letter, senders):
    """What the sandbox's own verifier, which knows all senders, says of a letter."""
    verifier = Verifier()
    for sender in senders.values():
        verifier.add_key(sender["key_id"], sender["pem"].encode())
    try:
        return verifier.check(
            Received("POST", letter.target, letter.headers, letter.body), time.time()
        )
    except Rejected as rejected:
        return str(rejected)


@pytest.mark.parametrize("partner", ["insurer", "passport-registry"])
def test_news_comes_as_the_contract_says(sandbox, mailbox, partner):
    event_id = sandbox.control("POST", "news", NEWS | {"partner": partner})["eventId"]

    (letter,) = mailbox.first(1)
    told = letter.told
    assert (told.pop("eventId"), UUID(event_id).version) == (event_id, 4)
    age = datetime.fromisoformat(told.pop("at")) - datetime.fromisoformat(TODAY)
    assert 0 <= age.total_seconds() < 3600
    assert told == {"type": "claim.registered", "data": CLAIM}
    assert letter.target == f"{mailbox.url}/{partner}"
    assert letter.headers["x-request-id"] == event_id
    assert letter.headers["content-type"] == f"application/vnd.emigrate.{partner}.v1+json"
    assert letter.is_signed_by(sandbox.greeting["senders"][partner])
    assert abs(letter.created - time.time()) < 60


def test_news_keeps_the_partners_own_time(sandbox, mailbox, clock):
    clock("2031-01-02T03:04:05+00:00")

    sandbox.control("POST", "news", NEWS)

    (letter,) = mailbox.first(1)
    assert letter.told["at"].startswith("2031-01-02T03:04:0")


def test_one_event_many_times_is_the_same_and_signed_anew(sandbox, mailbox):
    sandbox.control("POST", "news", NEWS | {"times": 3})

    letters = mailbox.first(3)
    sender = sandbox.greeting["senders"]["insurer"]
    assert len({letter.body for letter in letters}) == 1
    assert len({letter.headers["signature"] for letter in letters}) == 3
    assert [letter.is_signed_by(sender) for letter in letters] == [True] * 3


def test_an_event_id_may_be_used_for_another_event(sandbox, mailbox):
    named = NEWS | {"eventId": "0f5c7e5e-6a0b-4c0f-9c53-6c1b6f0d7a11"}

    sandbox.control("POST", "news", named)
    sandbox.control("POST", "news", named | {"data": CLAIM | {"claimNo": "C-2"}})

    letters = mailbox.first(2)
    assert [letter.headers["x-request-id"] for letter in letters] == [named["eventId"]] * 2
    assert [letter.told["data"]["claimNo"] for letter in letters] == ["C-1", "C-2"]


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("tampered", "digest_differs"),
        ("unsigned", "signature_input_malformed"),
        ("stale", "created_out_of_window"),
        ("foreign_key", "unknown_key"),
    ],
)
def test_a_fault_makes_a_bad_request_and_nothing_else_bad(sandbox, mailbox, fault, reason):
    sandbox.control("POST", "news", NEWS | {"fault": fault})
    sandbox.control("POST", "news", NEWS)

    bad, good = mailbox.first(2)
    senders = sandbox.greeting["senders"]
    assert verdict(bad, senders) == reason
    assert verdict(good, senders) == senders["insurer"]["key_id"]
    assert bad.told["data"] == good.told["data"]


def test_what_is_stale_or_tampered_is_otherwise_whole(sandbox, mailbox):
    sandbox.control("POST", "news", NEWS | {"fault": "stale"})
    sandbox.control("POST", "news", NEWS | {"fault": "tampered"})

    stale, tampered = mailbox.first(2)
    tampered.body = tampered.body[:-1]
    sender = sandbox.greeting["senders"]["insurer"]
    assert (stale.is_signed_by(sender), tampered.is_signed_by(sender)) == (True, True)
    assert abs(stale.created + 600 - time.time()) < 60


def test_news_with_a_fault_is_sent_once(own_sandbox, box):
    mailbox = box(401)
    live = own_sandbox("--callbacks", mailbox.url, "--hurry", "1000000")

    event_id = live.control("POST", "news", NEWS | {"fault": "stale"})["eventId"]

    line = tried(live, event_id)
    assert (line["tries"], line["status"], line["state"]) == (1, 401, "parked")


@pytest.mark.parametrize(
    ("changed", "title"),
    [
        ({"partner": "payment-gateway"}, "partner_sends_no_news"),
        ({"partner": "bank"}, "partner_sends_no_news"),
        ({"fault": "rude"}, "malformed /fault"),
        ({"times": 0}, "not_a_number_in_range /times"),
        ({"times": 101}, "not_a_number_in_range /times"),
        ({"data": []}, "not_an_object /data"),
        ({"eventId": "a b"}, "malformed /eventId"),
        ({"eventId": "a\r\nX-Y: z"}, "malformed /eventId"),
        ({"type": ""}, "malformed /type"),
        ({"to": "me"}, "unknown_field /to"),
    ],
)
def test_news_that_cannot_be_composed_is_refused(sandbox, changed, title):
    before = len(sandbox.control("GET", "news")["news"])

    refused = refusal(sandbox, "POST", "news", NEWS | changed)

    assert refused == (400, title)
    assert len(sandbox.control("GET", "news")["news"]) == before


def keys_in(folder):
    found = sorted(Path(folder, "senders").glob("*/*.pem"))
    return {path.parent.name: {"key_id": path.stem, "pem": path.read_text()} for path in found}


def test_each_sender_has_a_key_of_its_own_in_the_greeting_and_the_folder(tmp_path):
    greetings = []
    for _ in range(2):
        live = LiveSandbox(tmp_path)
        greetings.append(live.greeting["senders"])
        assert keys_in(tmp_path) == live.greeting["senders"]
        assert live.close() == 0

    keys = [each[partner] for each in greetings for partner in ("insurer", "passport-registry")]
    assert len({key["pem"] for key in keys}) == 4
    for partner, sender in greetings[0].items():
        public = load_pem_public_key(sender["pem"].encode())
        der = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        digest = hashlib.sha256(der).hexdigest()
        assert (sender["key_id"], public.curve.name) == (f"{partner}-{digest[:16]}", "secp256r1")
