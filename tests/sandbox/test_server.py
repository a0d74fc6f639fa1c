import ast
import http.client
import json
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

import sandbox as sandbox_package
from emigrate.foundation.http.signature import Signable
from sandbox.scenarios import BUSINESS, TRANSPORT
from tests.partners.bench import LiveSandbox

QUESTION = {
    "passportNo": "A4100017",
    "surname": "SAMPLE",
    "givenNames": "ASHA",
    "dob": "1994-02-28",
    "sex": "F",
    "purpose": "emigration-clearance",
    "consentRef": "CONSENT-1",
}
PUBLIC_KEY = (
    ec.generate_private_key(ec.SECP256R1())
    .public_key()
    .public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
)
MEDIA_TYPE = "application/vnd.emigrate.passport-registry.v1+json"


def send(live, *, body=None, spoil=None, request_id=None, path="/v1/passports/verify", key=None):
    """One signed request by the standard library; `spoil` changes what was signed."""
    request_id = request_id or str(uuid4())
    content = json.dumps({"requestId": request_id, **(body or QUESTION)}).encode()
    port = live.greeting["port"]
    target = f"http://127.0.0.1:{port}/passport-registry{path}"
    message = Signable("POST", target, content, request_id)
    headers = live.signer().headers(message, created=int(time.time())) | {
        "X-Request-Id": request_id,
        "Idempotency-Key": key or request_id,
        "Content-Type": MEDIA_TYPE,
    }
    if spoil is not None:
        content, headers = spoil(content, headers)
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=5)) as connection:
        connection.request("POST", f"/passport-registry{path}", content, headers)
        answer = connection.getresponse()
        result = answer.status, json.loads(answer.read()), dict(answer.headers)
    return result, (request_id, content, headers)


def entry_of(live, request_id):
    (entry,) = live.journal(request_id)
    return entry


def checks(entry):
    return tuple(entry[name] for name in ("signature", "schema", "order", "accepted", "status"))


def test_a_whole_request_is_accepted_and_written_down(sandbox):
    (status, body, headers), (request_id, _, _) = send(sandbox)

    assert (status, body["result"], headers["X-Request-Id"]) == (200, "MATCH", request_id)
    assert checks(entry_of(sandbox, request_id)) == ("ok", "ok", "ok", True, 200)


def test_a_tampered_body_is_refused(sandbox):
    def tamper(content, headers):
        return content.replace(b'"F"', b'"M"'), headers

    (status, body, _), (request_id, _, _) = send(sandbox, spoil=tamper)

    assert (status, body["code"], body["title"]) == (401, "PSP-401", "digest_differs")
    expected = ("digest_differs", "not_reached", "not_reached", False, 401)
    assert checks(entry_of(sandbox, request_id)) == expected


def test_no_signature_is_refused(sandbox):
    def strip(content, headers):
        return content, {"X-Request-Id": headers["X-Request-Id"]}

    (status, body, _), _ = send(sandbox, spoil=strip)

    assert (status, body["title"]) == (401, "signature_input_malformed")


def test_the_same_octets_sent_again_are_refused(sandbox):
    _, (_, content, headers) = send(sandbox)

    (status, body, _), _ = send(sandbox, spoil=lambda _content, _headers: (content, headers))

    assert (status, body["title"]) == (401, "signature_replayed")


def test_the_same_question_signed_anew_gets_the_same_answer(sandbox):
    (_, first, _), (request_id, _, _) = send(sandbox)

    (status, again, headers), _ = send(sandbox, request_id=request_id)

    assert (status, again, headers["Idempotency-Replayed"]) == (200, first, "true")


@pytest.mark.parametrize(
    ("changed", "title"),
    [
        ({"dob": "28.02.1994"}, "malformed /dob"),
        ({"sex": None}, "malformed /sex"),
        ({"aadhaar": "x"}, "unknown_field /aadhaar"),
        ({"passportNo": "a-1"}, "malformed /passportNo"),
    ],
)
def test_a_question_outside_the_schema_is_refused(sandbox, changed, title):
    (status, body, _), (request_id, _, _) = send(sandbox, body={**QUESTION, **changed})

    assert (status, body["code"], body["title"]) == (400, "PSP-400", title)
    assert checks(entry_of(sandbox, request_id))[1] == title


def test_a_key_that_differs_from_the_signed_body_is_refused(sandbox):
    (status, body, _), (request_id, _, _) = send(sandbox, key=str(uuid4()))

    assert (status, body["title"]) == (400, "idempotency_key_differs")
    assert checks(entry_of(sandbox, request_id))[2] == "idempotency_key_differs"


def test_an_unknown_path_is_a_problem(sandbox):
    (status, body, headers), _ = send(sandbox, path="/v1/other")

    assert (status, body["code"]) == (404, "PSP-404")
    assert headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("scenario", sorted(TRANSPORT | BUSINESS["passport-registry"]))
def test_every_scenario_of_the_registry_can_be_ordered_and_cancelled(sandbox, scenario):
    body = {"partner": "passport-registry", "scenario": scenario, "value": 0, "calls": 2}

    ordered = sandbox.control("POST", "scenarios", body)
    cancelled = sandbox.control("DELETE", "scenarios")
    (status, _, _), _ = send(sandbox)

    assert (ordered, cancelled, status) == ({"ordered": scenario, "calls": 2}, {}, 200)


@pytest.mark.parametrize(
    ("token", "call", "body", "status"),
    [
        ("wrong", "GET journal", b"", 401),
        ("", "GET state", b"", 401),
        (None, "GET nothing", b"", 404),
        (None, "POST scenarios", b"{", 400),
        (None, "POST scenarios", b'{"partner": "insurer", "scenario": "impounded"}', 400),
        (None, "POST scenarios", b'{"partner": "bank", "scenario": "garbage"}', 400),
        (None, "PUT keys/k", b"no key", 400),
        (None, "PUT passports/A1", b'{"dob": 1}', 400),
    ],
)
def test_control_refuses(sandbox, token, call, body, status):
    method, path = call.split()
    token = sandbox.greeting["control_token"] if token is None else token
    request = Request(
        f"{sandbox.greeting['control_url']}/{path}",
        data=body if method != "GET" else None,
        method=method,
        headers={"Authorization": f"Bearer {token}"},
    )

    with pytest.raises(HTTPError) as fault:
        urlopen(request, timeout=5)

    assert fault.value.code == status
    fault.value.close()


def test_the_report_counts_verdicts(sandbox):
    before = sandbox.control("GET", "report")["verdicts"]["passport-registry"]["accepted"]

    send(sandbox)

    after = sandbox.control("GET", "report")["verdicts"]["passport-registry"]["accepted"]
    assert after - before == 1


def test_the_same_seed_is_the_same_world_and_keys_come_from_the_folder(tmp_path):
    answers = []
    for name in ("one", "two"):
        (tmp_path / name / "keys").mkdir(parents=True)
        (tmp_path / name / "keys" / "neighbour.pem").write_bytes(PUBLIC_KEY)
        live = LiveSandbox(tmp_path / name)
        assert live.greeting["keys"] == ["neighbour"]
        (_, body, _), _ = send(live)
        answers.append(body["passport"])
        assert live.close() == 0

    assert answers[0] == answers[1]
    lines = (tmp_path / "one" / "journal.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["accepted"] for line in lines] == [True]


def test_weather_is_repeatable_and_off_by_default(tmp_path):
    ids = [f"00000000-0000-4000-8000-{n:012d}" for n in range(40)]
    seen = []
    for name in ("one", "two"):
        live = LiveSandbox(tmp_path / name, "--fault-rate", "0.3")
        for request_id in ids:
            try:
                send(live, request_id=request_id)
            except (http.client.HTTPException, ValueError, ConnectionError):
                continue
        entries = live.control("GET", "journal")["entries"]
        seen.append([entry["scenario"] for entry in entries])
        live.close()

    assert seen[0] == seen[1]
    assert 0 < sum(bool(name) for name in seen[0]) < len(ids)


def test_the_payers_page_decides_when_asked_to(tmp_path):
    live = LiveSandbox(tmp_path, "--pages")
    base = live.greeting["base_urls"]["payment-gateway"]

    def gateway(method, path, body):
        request_id = str(uuid4())
        content = json.dumps(body).encode() if body else b""
        message = Signable(method, base + path, content, request_id)
        headers = live.signer().headers(message, created=int(time.time())) | {
            "X-Request-Id": request_id,
            "Idempotency-Key": "PY-1",
            "Content-Type": MEDIA_TYPE,
        }
        if method == "GET":
            del headers["Idempotency-Key"]
        request = Request(base + path, content or None, headers, method=method)
        with urlopen(request, timeout=5) as answer:
            return json.load(answer)

    order = {"orderRef": "PY-1", "amount": "200.00", "currency": "INR", "head": "fee"}
    url = gateway("POST", "/v1/orders", order)["payUrl"]
    before = gateway("GET", "/v1/orders/PY-1", None)["status"]
    with urlopen(url, timeout=5) as page:
        shown = page.read().decode()
    with urlopen(Request(url, b"choice=pay"), timeout=5) as done:
        done.read()
    after = gateway("GET", "/v1/orders/PY-1", None)["status"]

    assert (before, "INR 200.00" in shown, after) == ("PENDING", True, "SUCCESS")
    live.close()


def test_it_listens_on_the_loopback_address_only(sandbox):
    port = sandbox.greeting["port"]

    sockets = Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]

    local = [line.split()[1] for line in sockets if line.split()[3] == "0A"]
    assert [one for one in local if one.endswith(f":{port:04X}")] == [f"0100007F:{port:04X}"]


def test_nothing_of_the_platform_is_imported():
    folder = Path(sandbox_package.__file__).parent
    names = {"emigrate", "gate", "verifier", "django"}
    imported = set()
    for path in folder.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                imported.add(str(node.module).split(".")[0])
    code = "import sandbox.__main__, sys; print(sorted(set(sys.modules) & {'emigrate', 'django'}))"

    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)

    assert imported & names == set()
    assert loaded.stdout == b"[]\n"
