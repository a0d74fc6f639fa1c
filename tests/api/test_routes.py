"""The frame: permissions, versions, kept answers, and the document that describes it all."""

import json
import re

import pytest
from openapi_spec_validator import validate

from emigrate.api.openapi import document
from emigrate.api.permissions import PERMISSIONS, UNKEYED, Public, SignedIn, lifelong
from emigrate.api.routes import VERSIONED
from emigrate.api.v1 import api
from emigrate.domains.reference.enums import Role
from emigrate.foundation.policy import POLICIES
from emigrate.foundation.workflow import WORKFLOWS
from tests.api.caller import caller, code_of
from tests.factories.clearances import lead, leaves, row
from tools.openapi import COMMITTED, generated


def operations() -> set[tuple[str, str]]:
    """Every operation that the router really has."""
    found = set()
    for bound in api._get_bound_routers():
        for path, view in bound.path_operations.items():
            found |= {(method, path) for each in view.operations for method in each.methods}
    return found


def test_every_operation_stands_in_the_table_and_nothing_else_does():
    assert operations() == set(PERMISSIONS)


BY_ANOTHER_NAME = {
    ("agent_application", "confirm_fee"): "the gateway's word: POST /payments/.../confirm",
    ("agent_application", "forward_unchanged"): "POST /agent-applications/.../forward",
    ("agent", "renew"): "POST /agent-applications/.../issue of a renewal",
    ("policy", "pay"): "the gateway's word: POST /payments/.../confirm",
    ("departure", "arrive"): "POST /clearances/.../arrival",
    ("departure", "return"): "POST /clearances/.../return",
}


def test_every_verb_that_somebody_may_take_has_an_operation():
    posts = [path for method, path in PERMISSIONS if method == "POST"]

    missing = {
        (name, step.verb)
        for name, workflow in WORKFLOWS.items()
        for step in workflow.steps
        if set(workflow.policy.rules[step.may]) != {Role.SYSTEM}
        and not any(
            path.startswith("/" + name.replace("_", "-")[:-1])
            and path.endswith(f"}}/{step.verb.replace('_', '-')}")
            for path in posts
        )
    }

    assert missing == set(BY_ANOTHER_NAME)


def test_every_permission_is_one_that_some_role_holds():
    unknown = []
    for name, permission in PERMISSIONS.items():
        if isinstance(permission, str):
            subject, _, verb = permission.partition(".")
            if not POLICIES[subject].rules[verb].keys() <= set(Role.values):
                unknown.append(name)
            assert POLICIES[subject].rules[verb], name

    assert unknown == []


def test_exceptions_say_why():
    reasons = [each.reason for each in PERMISSIONS.values() if isinstance(each, Public | SignedIn)]

    assert all(reasons)
    assert all(UNKEYED.values())
    assert UNKEYED.keys() <= PERMISSIONS.keys()


def test_only_reads_are_public():
    public = {method for (method, _), each in PERMISSIONS.items() if isinstance(each, Public)}

    assert public == {"GET"}


def test_no_address_takes_a_number_of_a_person():
    parts = {part for _, path in PERMISSIONS for part in re.findall(r"{(\w+)}", path)}

    assert parts == {
        "allotment",
        "attorney",
        "bulk",
        "charge",
        "code",
        "doubt",
        "membership",
        "name",
        "notification",
        "passport",
        "reference",
        "token",
        "user",
    }


def test_money_and_clearances_keep_their_answers():
    kept = {path for method, path in PERMISSIONS if method == "POST" and lifelong(path)}

    assert {path.split("/")[1] for path in kept} == {
        "charges",
        "clearances",
        "departures",
        "off-loads",
        "payments",
        "policies",
        "queues",
    }


def test_the_committed_document_is_what_the_code_says():
    assert COMMITTED.read_text() == generated()


def test_the_document_is_openapi_3_1():
    described = document()

    validate(described)

    assert described["openapi"] == "3.1.0"
    named = {(m.upper(), p[3:]) for p, methods in described["paths"].items() for m in methods}
    assert named == set(PERMISSIONS)


def test_the_document_is_served(scene):
    response = caller().get("/openapi.json")

    assert json.loads(response.content) == document()


def test_no_body_takes_members_that_it_does_not_name():
    schemas = document()["components"]["schemas"]
    bodies = {name for name in schemas if name.endswith("In") or name in {"Nothing", "Reason"}}

    open_ones = [name for name in bodies if schemas[name].get("additionalProperties") is not False]
    assert (open_ones, len(bodies) > 50) == ([], True)


def test_a_case_has_an_etag_that_grows_with_its_steps(scene):
    agent = caller(scene.agent, moment=scene.now)
    reference = scene.drafts[0].reference

    read = agent.get(f"/clearances/{reference}")
    done = agent.post(
        f"/clearances/{reference}/withdraw",
        {"reason": "He stays at home."},
        If_Match=read.headers["ETag"],
    )

    assert (read.headers["ETag"], done.status_code) == ('"1"', 200)
    assert done.headers["ETag"] == f'"{done.json()["version"]}"'
    assert done.json()["version"] > 1


@pytest.mark.parametrize(
    ("tag", "status"),
    [
        ('"7"', 412),
        ('"7", "8"', 412),
        ('W/"1"', 412),
        ('"7", "1"', 200),
        ("*", 200),
        ("", 200),
    ],
)
def test_a_step_on_another_version_is_refused(scene, tag, status):
    agent = caller(scene.agent, moment=scene.now)
    reference, before = scene.drafts[0].reference, leaves()

    response = agent.post(
        f"/clearances/{reference}/withdraw", {"reason": "He stays at home."}, If_Match=tag
    )

    assert response.status_code == status
    if status == 412:
        assert (code_of(response), leaves()) == ((412, "version_mismatch"), before)


@pytest.mark.parametrize("tag", ['"1"', "*", ""])
@pytest.mark.parametrize("path", ["/tokens", "/emigrants/search", "/documents/{}/open"])
def test_a_version_where_there_is_none_is_refused(scene, path, tag):
    agent = caller(scene.agent, moment=scene.now)
    headers = {"If-Match": tag, "Authorization": f"Bearer {agent.token}"}
    before = leaves()

    response = agent.client.post(
        f"/v1{path.format('DC-1')}", "{}" if "open" in path else json.dumps(BODIES[path]),
        content_type="application/json", headers=headers,
    )  # fmt: skip

    assert (code_of(response), leaves()) == ((400, "if_match_not_here"), before)


BODIES = {
    "/tokens": {"membership": 1, "name": "laptop", "days": 1},
    "/emigrants/search": {"name": "Example"},
}


def test_the_document_names_the_version_where_it_is_compared():
    named = {
        path.removeprefix("/v1")
        for path, methods in document()["paths"].items()
        if "#/components/parameters/IfMatch" in str(methods.get("post"))
    }

    compared = {path for _, path in VERSIONED}
    assert (named, "/clearances/{reference}/redate" in compared) == (compared, True)
    assert "/documents/{reference}/open" not in compared


READS = ["/health/live", "/openapi.json", "/reference/offices", "/clearances", "/clearances/{}"]


@pytest.mark.parametrize("path", READS)
def test_head_is_get_without_its_content(scene, path):
    agent = caller(scene.agent, moment=scene.now)
    address = path.format(scene.drafts[0].reference)

    read = agent.get(address, X_Request_Id="0123456789abcdef")
    head = agent.head(address, X_Request_Id="0123456789abcdef")

    assert (head.status_code, head.content) == (200, b"")
    length = {"Content-Length": str(len(read.content))}
    assert dict(head.headers) == {**read.headers, **length}


@pytest.mark.parametrize(
    ("who", "address", "status"),
    [
        ("nobody", "/clearances", 401),
        ("border", "/queues/clearances", 403),
        ("agent", "/clearances/EC-2026-DEL-0000000-0", 404),
        ("agent", "/clearances?limit=0", 422),
        ("agent", "/clearances/{}/submit", 405),
        ("agent", "/no/such/address", 404),
    ],
)
def test_head_is_refused_like_get(scene, who, address, status):
    asking = {"nobody": None, "border": scene.border(), "agent": scene.agent}[who]
    asker = caller(asking, moment=scene.now)
    address = address.format(scene.drafts[0].reference)

    read, head = asker.get(address), asker.head(address)

    assert (read.status_code, head.status_code, head.content) == (status, status, b"")
    assert head.headers["Content-Type"] == "application/problem+json"


def test_a_repeated_step_gets_its_first_answer(scene):
    agent = caller(scene.agent, moment=scene.now)
    path = f"/clearances/{scene.drafts[0].reference}/withdraw"
    body = {"reason": "He stays at home."}

    first = agent.post(path, body, Idempotency_Key="the-same-key")
    before = leaves()
    again = agent.post(path, body, Idempotency_Key="the-same-key")
    other = agent.post(path, {"reason": "Another."}, Idempotency_Key="the-same-key")
    fresh = agent.post(path, body)

    assert again.content == first.content
    assert (again.headers["Idempotency-Replayed"], again.headers["ETag"]) == (
        "true",
        first.headers["ETag"],
    )
    assert "Idempotency-Replayed" not in first.headers
    assert code_of(other) == (422, "idempotency_key_reused")
    assert (code_of(fresh), leaves()) == ((409, "wrong_state"), before)


def test_a_refused_step_may_be_asked_again_with_its_key(scene):
    reference = scene.drafts[0].reference
    officer = caller(scene.officer(), moment=scene.now)
    path = f"/clearances/{reference}/take-up"

    early = officer.post(path, Idempotency_Key="the-same-key")
    lead(scene, reference, "queued")
    later = officer.post(path, Idempotency_Key="the-same-key")

    assert (code_of(early), later.status_code) == ((409, "wrong_state"), 200)
    assert row(reference).state == "under_scrutiny"


def test_lists_go_on_where_the_page_ended(scene):
    agent = caller(scene.agent, moment=scene.now)
    seen, cursor = [], ""

    while True:
        page = agent.get(f"/clearances?limit=1{cursor}").json()
        seen += [each["reference"] for each in page["items"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"

    assert seen == [each.reference for each in reversed(scene.drafts)]


def test_a_list_can_be_of_one_state(scene):
    agent = caller(scene.agent, moment=scene.now)
    reference = scene.drafts[0].reference
    lead(scene, reference, "withdrawn")

    page = agent.get("/clearances?state=withdrawn").json()

    assert [each["reference"] for each in page["items"]] == [reference]


def test_the_queue_is_in_order_and_goes_on_by_its_cursor(scene):
    for each in scene.drafts[:3]:
        lead(scene, each.reference, "queued")
    officer = caller(scene.officer(), moment=scene.now)

    first = officer.get("/queues/clearances?limit=2").json()
    rest = officer.get(f"/queues/clearances?limit=2&cursor={first['next']}").json()

    seen = [each["reference"] for each in first["items"] + rest["items"]]
    assert (seen, rest["next"]) == ([each.reference for each in scene.drafts[:3]], None)
