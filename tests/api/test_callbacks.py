"""Partners' news: signed or refused, once for ever, in whatever order, and never believed."""

import itertools
import json
import random
import time
from uuid import uuid4

import pytest
import structlog
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.db import connection
from django.test import Client

from emigrate.api import callbacks
from emigrate.api.permissions import CALLBACKS
from emigrate.domains.insurance.models import Claim
from emigrate.foundation.http import Signer
from emigrate.foundation.http.signature import Signable
from emigrate.foundation.models import ReceivedEvent
from emigrate.foundation.transactions import acting
from emigrate.partners import directory
from tests.factories.emigrants import a_passport_number
from tests.factories.insurance import SYSTEM, a_paid_policy, an_issued_policy
from tests.races import race

INSURER, REGISTRY = "insurer", "passport-registry"
FORGERIES = 10_000
KEY = ec.generate_private_key(ec.SECP256R1())
FOREIGN = ec.generate_private_key(ec.SECP256R1())


@pytest.fixture(autouse=True)
def _trusted(settings, tmp_path):
    """Both partners sign with one key here; each has a folder of its own."""
    settings.KEYS = tmp_path
    pem = KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    for partner in ("insurer", "passport_registry"):
        directory.trust_sender_key(partner, "partner-1", pem)


def an_event(kind, data, *, event_id=None):
    at = "2026-11-22T06:30:00+00:00"
    return {"eventId": event_id or str(uuid4()), "type": kind, "at": at, "data": data}


def a_policy_event(kind="policy.issued", reference="IP-0", **other):
    return an_event(kind, {"proposalRef": reference}, **other)


def tell(event, partner=INSURER, *, client=None, **how):
    """Send news as a partner does; `how` changes what is signed or sent."""
    body = how.get("body") or json.dumps(event).encode()
    address = f"http://testserver/callbacks/{how.get('signed_for', partner)}"
    request_id = str(uuid4())
    signer = Signer("partner-1", how.get("key", KEY))
    signed = signer.headers(
        Signable("POST", address, how.get("signed_body", body), request_id),
        created=int(time.time()) + how.get("shift", 0),
    )
    headers = {"X-Request-Id": request_id, **signed, **how.get("headers", {})}
    kind = how.get("kind", f"application/vnd.emigrate.{partner}.v1+json")
    sender = client or Client(raise_request_exception=False)
    return sender.post(f"/callbacks/{partner}", body, content_type=kind, headers=headers)


def code_of(answer):
    return answer.status_code, answer.json()["code"]


def effects():
    """Everything that news can leave: events, jobs, claims."""
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs")
        jobs = cursor.fetchone()[0]
        return ReceivedEvent.objects.count(), jobs, Claim.objects.count()


def jobs_named(name):
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name = %s", [name])
        return cursor.fetchone()[0]


def test_every_address_stands_in_the_table():
    sent = {f"/callbacks/{sender.slug}": sender.partner for sender in callbacks.SENDERS}

    assert sent == {address: by.partner for address, by in CALLBACKS.items()}


@pytest.mark.django_db
def test_news_is_taken_once():
    event = a_policy_event()

    first, second = tell(event), tell(event)

    assert (first.status_code, first.json()) == (
        202,
        {"eventId": event["eventId"], "result": "accepted"},
    )
    assert (second.status_code, second.json()["result"]) == (200, "duplicate")
    assert first.headers["Cache-Control"] == "no-store"


@pytest.mark.django_db
def test_an_id_is_not_used_for_another_event():
    event = a_policy_event()
    tell(event)

    assert code_of(tell(event | {"data": {"proposalRef": "IP-1"}})) == (409, "event_id_reused")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "how",
    [
        {"key": FOREIGN},
        {"shift": -301},
        {"shift": 301},
        {"signed_for": REGISTRY},
        {"signed_body": b"{}"},
        {"headers": {"Signature": ""}},
        {"headers": {"X-Request-Id": str(uuid4())}},
    ],
    ids=["foreign key", "stale", "early", "another address", "another body", "none", "another id"],
)
def test_what_a_partner_did_not_sign_is_refused(how):
    before = effects()

    answer = tell(a_policy_event(), **how)

    assert (code_of(answer), effects()) == ((401, "signature_refused"), before)


@pytest.mark.django_db
def test_a_key_that_was_taken_away_signs_nothing(tmp_path):
    (tmp_path / "partners" / "insurer" / "partner-1.pem").unlink()

    assert code_of(tell(a_policy_event())) == (401, "signature_refused")


@pytest.mark.django_db
def test_one_partners_key_does_not_speak_for_another(tmp_path):
    (tmp_path / "partners" / "passport_registry" / "partner-1.pem").unlink()
    event = an_event("passport.status.changed", {"passportNo": "Q1234567", "status": "LOST"})

    assert code_of(tell(event, REGISTRY)) == (401, "signature_refused")


A_CLAIM = {"policyNo": "P1", "claimNo": "C1", "on": "2026-11-20"}
CONTRACT = [
    ("/body", b"[]"),
    ("/body", b"not json"),
    ("/body", b'{"eventId": "a", "eventId": "b"}'),
    ("/more", a_policy_event() | {"more": 1}),
    ("/eventId", a_policy_event() | {"eventId": "1"}),
    ("/at", a_policy_event() | {"at": "yesterday"}),
    ("/data", a_policy_event() | {"data": []}),
    ("/type", a_policy_event("policy.sold")),
    ("/proposalRef", an_event("policy.issued", {})),
    ("/proposalRef", an_event("policy.issued", {"proposalRef": "../x"})),
    ("/outcome", an_event("claim.settled", A_CLAIM)),
    ("/on", an_event("claim.registered", A_CLAIM | {"on": "soon"})),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("pointer", "event"), CONTRACT, ids=map(str, range(len(CONTRACT))))
def test_what_is_outside_the_contract_names_the_field(pointer, event):
    body = event if isinstance(event, bytes) else json.dumps(event).encode()
    before = effects()

    answer = tell(None, body=body)

    assert code_of(answer) == (422, "invalid_input")
    assert answer.json()["errors"][0]["pointer"] == pointer
    assert effects() == before


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("status", "pointer"),
    [("ACTIVE", "/status"), ("VALID", "/status"), ("EXPIRED", "/status"), ("GONE", "/status")],
)
def test_the_registry_tells_of_four_changes_alone(status, pointer):
    data = {"passportNo": a_passport_number(), "status": status}

    answer = tell(an_event("passport.status.changed", data), REGISTRY)

    assert answer.json()["errors"][0]["pointer"] == pointer


@pytest.mark.django_db
def test_other_methods_types_and_sizes_are_refused():
    client = Client()

    assert code_of(client.get("/callbacks/insurer")) == (405, "method_not_allowed")
    assert code_of(tell(a_policy_event(), kind="application/json")) == (
        415,
        "media_type_unsupported",
    )
    assert code_of(tell(None, body=b" " * 65_537)) == (413, "too_large")


@pytest.mark.django_db
def test_no_personal_data_is_logged(caplog):
    number = a_passport_number()
    event = an_event("passport.status.changed", {"passportNo": number, "status": "LOST"})

    with structlog.testing.capture_logs() as entries:
        tell(event, REGISTRY)
        tell(event, REGISTRY, key=FOREIGN)

    assert [entry["event"] for entry in entries] == ["partner.news", "partner.news_refused"]
    assert number not in f"{entries} {caplog.text}"


@pytest.mark.django_db
def test_no_forged_mutated_expired_or_replayed_news_has_an_effect():
    """Some changed octet of the body, a header or the signature; another key; another time."""
    draw = random.Random(11)
    event = a_policy_event(reference=a_paid_policy().reference)
    tell(event)
    before = effects()
    client = Client(raise_request_exception=False)
    body = json.dumps(event).encode()
    for _ in range(FORGERIES):
        place = draw.randrange(len(body))
        spoilt = body[:place] + bytes([body[place] ^ draw.randrange(1, 256)]) + body[place + 1 :]
        how = draw.choice(
            [
                {"body": spoilt, "signed_body": body},
                {"key": FOREIGN},
                {"shift": draw.choice([-1, 1]) * draw.randrange(301, 10**6)},
                {"headers": {"X-Request-Id": str(uuid4())}},
                {"signed_for": REGISTRY},
                {},  # a replay
            ]
        )
        answer = tell(event, client=client, **how)
        assert answer.status_code == (401 if how else 200)

    assert effects() == before


def a_claim_story(policy):
    """Five events of one policy, of which two are about its claim."""
    claim = {"policyNo": policy.number, "claimNo": f"C-{policy.pk}", "on": "2026-11-20"}
    paid = {"outcome": "PAID", "amount": "1000.00", "currency": "INR"}
    return [
        a_policy_event("policy.issued", policy.reference),
        a_policy_event("policy.cancelled", policy.reference),
        an_event("claim.registered", claim),
        an_event("claim.settled", claim | paid | {"on": "2026-11-25"}),
        a_policy_event("policy.issued", policy.reference),
    ]


def claim_of(policy):
    with acting(SYSTEM):
        kept = Claim.objects.filter(policy=policy)
        return list(
            kept.values_list(
                "number", "registered_on", "settled_on", "outcome", "amount_minor", "currency"
            )
        )


@pytest.mark.django_db
def test_the_order_of_news_means_nothing():
    """Every order of five events ends in one state; each of the 120 on a policy of its own."""
    ends = set()
    for order in itertools.permutations(range(5)):
        policy = an_issued_policy()
        story = a_claim_story(policy)
        before = jobs_named("insurance.confirm")
        answers = [tell(story[place]).status_code for place in order]
        claims = [tuple(map(str, claim[1:])) for claim in claim_of(policy)]
        ends.add((tuple(answers), tuple(claims), jobs_named("insurance.confirm") > before))

    kept = ("2026-11-20", "2026-11-25", "paid", "100000", "INR")
    assert ends == {((202,) * 5, (kept,), True)}


def test_thirty_two_at_the_same_moment_have_one_effect(committed_database):
    del committed_database
    policy = an_issued_policy()
    claim = {"policyNo": policy.number, "claimNo": "C-RACE", "on": "2026-11-20"}
    event = an_event("claim.registered", claim)
    body = json.dumps(event).encode()

    answers = race(32, lambda _: tell(event, body=body).status_code)

    assert sorted(answers) == [200] * 31 + [202]
    assert len(claim_of(policy)) == 1


def test_a_refusal_takes_no_event(committed_database, monkeypatch):
    """What broke here is told again by the partner, and then has its effect."""
    del committed_database
    event = a_policy_event()
    with monkeypatch.context() as broken:
        broken.setattr(
            "emigrate.domains.insurance.actions.take_policy_news",
            lambda *_, **__: 1 / 0,
        )
        refused = tell(event)

    assert code_of(refused) == (500, "internal_error")
    assert tell(event).status_code == 202
