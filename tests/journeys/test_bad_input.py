"""Whatever is sent wrongly to whichever operation: a clear refusal, and nothing has changed."""

import json
from uuid import uuid4

import pytest
from django.test import Client

from emigrate.api.permissions import UNKEYED
from emigrate.api.v1 import public
from emigrate.foundation import clock
from emigrate.foundation.errors import DomainError
from emigrate.foundation.transactions import acting
from tests.api.caller import Caller
from tests.journeys.matrix import REFUSED, SYSTEM
from tests.journeys.operations import BY_ROLE, KINDS
from tests.journeys.unchecked import KEPT_FOR_THE_ASKER, Unchecked

TOO_MUCH = b'{"reason": "' + b"x" * 2_200_000 + b'"}'
JSON = "application/json"

# fmt: off
SENT = [
    # what               body                            media type    status  code
    ("malformed",        b'{"reason": ',                 JSON,         400,    "json_malformed"),
    ("not UTF-8",        b'{"reason": "\xff"}',          JSON,         400,    "json_malformed"),
    ("not a number",     b'{"reason": NaN}',             JSON,         400,    "json_malformed"),
    ("too deep",         b'{"a":' * 40 + b"1" + b"}" * 40, JSON,       400,    "json_malformed"),
    ("too large",        TOO_MUCH,                       JSON,         413,    "too_large"),
    ("a list",           b"[1]",                         JSON,         422,    "invalid_input"),
    ("a repeated key",   b'{"reason": "a", "reason": "b"}', JSON,      422,    "duplicate_key"),
    ("an unknown field", b'{"surprise": 1}',             JSON,         422,    "field_unknown"),
    ("a NUL",            b'{"reason": "a\\u0000b"}',     JSON,         422,    "text_malformed"),
    ("a NUL in a name",  b'{"a\\u0000b": 1}',            JSON,         422,    "text_malformed"),
    ("half a sign",      b'{"\\ud83d": 1}',              JSON,         422,    "text_malformed"),
    ("plain text",       b"reason",                      "text/x",     415,    "media_type_unsupported"),  # noqa: E501
]
# fmt: on


@pytest.fixture(autouse=True)
def _prepared(settings, tmp_path_factory):
    settings.STATIC_ROOT = tmp_path_factory.mktemp("static")
    public._at.cache_clear()


def posts(matrix):
    return [route for route in sorted(matrix.operations.permissions) if route[0] == "POST"]


def permitted(matrix, route):
    """Somebody who holds the operation's permission, and a row on which it may go through."""
    with acting(SYSTEM):
        targets = matrix.operations.targets(route)
    subject, _, name = matrix.operations.permissions[route].partition(".")
    holders = [
        each
        for each in matrix.population.residents
        if matrix.declared.role_may(each.actor, subject, name)
    ]
    pairs = [(holder, target) for holder in holders for target in targets]
    fitting = (
        (holder, target)
        for holder, target in pairs
        if not target.judged
        or (target.begins_here and matrix._verdict(holder.actor, target) == (True, True))
    )
    return next(fitting, pairs[0])


def sent(matrix, resident, target, body, *, kind=JSON, key=True):
    """POST as it is; what it writes stays within the test."""
    headers = {"Authorization": f"Bearer {resident.token}"}
    headers |= {"Idempotency-Key": str(uuid4())} if key else {}
    client = Client(raise_request_exception=False)
    with clock.simulate(matrix.population.moment):
        return client.post(f"/v1{target.path}", body, content_type=kind, headers=headers)


def says_what_to_do(problem):
    return problem["detail"] not in {"", str(DomainError.text)} and "%(" not in problem["detail"]


def all_codes(problem):
    return {problem["code"], *(each["code"] for each in problem["errors"])}


@pytest.fixture
def unchanged(population):
    """The matrix over the population; at the end every row of every table is as before."""
    matrix = Unchecked.of(population)
    before = matrix.snapshot()

    yield matrix

    after = matrix.snapshot()
    kept = set(KEPT_FOR_THE_ASKER)
    assert {t for t in after if after[t] != before[t]} - kept == set()


@pytest.mark.slow
def test_what_no_operation_takes(unchanged):
    wrong, tried = [], 0

    for route in posts(unchanged):
        resident, target = permitted(unchanged, route)
        for what, body, kind, status, code in SENT:
            response = sent(unchanged, resident, target, body, kind=kind)
            problem = response.json()
            tried += 1
            fits = (response.status_code, code in all_codes(problem)) == (status, True)
            if not (fits and says_what_to_do(problem)):
                wrong.append((what, route, resident.actor.role, response.status_code, problem))

    assert (wrong[:5], tried > 1_000) == ([], True)


def test_without_a_key_nothing_is_taken(unchanged):
    wrong = []

    for route in posts(unchanged):
        if route in UNKEYED:
            continue
        resident, target = permitted(unchanged, route)
        response = sent(unchanged, resident, target, json.dumps(target.body).encode(), key=False)
        if (response.status_code, response.json()["code"]) != (400, "idempotency_key_missing"):
            wrong.append((route, response.content))

    assert wrong == []


def test_out_of_order(unchanged):
    wrong, tried = [], 0

    for route in posts(unchanged):
        with acting(SYSTEM):
            targets = _out_of_order(unchanged, route)
        for resident in unchanged.population.residents:
            for target in targets:
                if unchanged._verdict(resident.actor, target) != (True, True):
                    continue
                response = sent(unchanged, resident, target, json.dumps(target.body).encode())
                tried += 1
                if response.status_code < 300:  # said again without effect, which is compared
                    continue
                problem = response.json()
                if response.status_code not in {409, 422} or not says_what_to_do(problem):
                    wrong.append((str(resident), route, response.status_code, problem))

    assert (wrong[:5], tried > 100) == ([], True)


def _out_of_order(matrix, route):
    """Rows in a state in which the operation's step is not open."""
    if route in BY_ROLE or not any(route[1].startswith(kind) for kind in KINDS):
        return []
    return [target for target in matrix.operations.targets(route) if not target.begins_here]


def test_by_a_wrong_role_or_for_another_tenant(unchanged):
    wrong, tried = [], 0

    for route in posts(unchanged):
        for resident, target in _not_theirs(unchanged, route):
            response = sent(unchanged, resident, target, json.dumps(target.body).encode())
            tried += 1
            if response.status_code not in REFUSED | {409, 422}:
                wrong.append((str(resident), route, response.status_code))
            elif not says_what_to_do(response.json()):
                wrong.append((str(resident), route, response.json()))

    assert (wrong[:5], tried > 500) == ([], True)


def _not_theirs(matrix, route):
    """Everybody for whom the declared policy does not hold, on the first row that is not theirs."""
    with acting(SYSTEM):
        targets = matrix.operations.targets(route)
    subject, _, name = matrix.operations.permissions[route].partition(".")
    for resident in matrix.population.residents:
        holds = matrix.declared.role_may(resident.actor, subject, name)
        if not holds:
            yield resident, targets[0]
        elif route not in BY_ROLE:
            foreign = (t for t in targets if matrix._verdict(resident.actor, t) != (True, True))
            yield from ((resident, target) for target in list(foreign)[:1])


def test_replayed(population):
    matrix = Unchecked.of(population)
    resident, target = permitted(matrix, ("POST", "/clearances/{reference}/withdraw"))
    caller = Caller(resident.token, population.moment)
    body, key = {"reason": "He stays at home."}, "one-key-for-two"

    first = caller.post(target.path, body, Idempotency_Key=key)
    once = matrix.snapshot()
    again = caller.post(target.path, body, Idempotency_Key=key)
    other = caller.post(target.path, {"reason": "Another."}, Idempotency_Key=key)
    fresh = caller.post(target.path, body)

    assert (first.status_code, again.content) == (200, first.content)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert (fresh.status_code, fresh.json()["code"]) == (409, "wrong_state")
    assert matrix.snapshot() == once
