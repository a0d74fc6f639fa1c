"""Whatever stands in an address: every read answers, and never with a fault of ours."""

import base64
import json
import re
from functools import cache
from urllib.parse import quote

import pytest

from emigrate.api.openapi import document
from emigrate.api.permissions import PERMISSIONS, Public, SignedIn
from emigrate.api.problems import PROBLEM_TYPE
from emigrate.domains.reference.enums import Role
from emigrate.foundation.policy import POLICIES
from tests.api.caller import caller

PLACE = re.compile(r"{\w+}")
READS = sorted(path for method, path in PERMISSIONS if method == "GET")
ODD = ("\x00", "A" * 300, "क😀", "٢٠٢٦", "a b", "..%2f..", "a\nb", "-1", "9" * 30, "9" * 5_000, "")
CURSORS = (
    [], [None], [None, None], ["x"], [True], [-1], [2**63], [2**63 - 1], {"a": 1},
    ["0001-01-01T00:00:00+14:00", 1], ["9999-12-31T23:59:59-14:00", 1], [None, 1], [[[]]],
    [{"pk": 1}],
)  # fmt: skip


@pytest.fixture
def asking(scene):
    """Who may ask what a route asks: the first of these that holds its permission."""
    actors = [
        scene.agent,
        scene.officer(),
        scene.officer(Role.PGE),
        scene.border(),
        scene.mission(),
        scene.company.actor,
        scene.drafts[0].worker.actor,
    ]
    callers = {actor.role: caller(actor, moment=scene.now) for actor in actors}

    def of(path):
        permission = PERMISSIONS["GET", path]
        if isinstance(permission, Public | SignedIn):
            return next(iter(callers.values()))
        subject, _, name = permission.partition(".")
        holders = POLICIES[subject].rules[name]
        return next(each for role, each in callers.items() if role in holders)

    return of


described_once = cache(document)


def parameters(path):
    """The names that a read takes in its query."""
    described = described_once()["paths"][f"/v1{path}"]["get"].get("parameters", ())
    return [each["name"] for each in described if each.get("in") == "query"]


def faults(answers):
    return [
        (address, answer.status_code, answer.content[:200])
        for address, answer in answers
        if answer.status_code >= 500
        or (answer.status_code >= 300 and answer["Content-Type"] != PROBLEM_TYPE)
    ]


@pytest.mark.parametrize("odd", ODD, ids=lambda odd: ascii(odd)[:16])
def test_odd_references_and_numbers(asking, odd):
    answers = []

    for path in READS:
        if "{" in path:
            address = PLACE.sub(lambda _: quote(odd, safe=""), path)
            answers.append((address, asking(path).get(address)))

    assert faults(answers) == []
    assert {answer.status_code for _, answer in answers} <= {404, 422}


@pytest.mark.parametrize("odd", ODD, ids=lambda odd: ascii(odd)[:16])
def test_odd_queries(asking, odd):
    answers = []

    for path in READS:
        for name in parameters(path):
            address = f"{PLACE.sub('NONE', path)}?{name}={quote(odd, safe='')}"
            answers.append((address, asking(path).get(address)))

    assert faults(answers) == []
    assert len(answers) > 50


@pytest.mark.parametrize("key", CURSORS, ids=str)
def test_odd_cursors(asking, key):
    cursor = base64.urlsafe_b64encode(json.dumps(key).encode()).decode().rstrip("=")
    answers = [
        (path, asking(path).get(f"{path}?cursor={cursor}"))
        for path in READS
        if "cursor" in parameters(path)
    ]

    assert faults(answers) == []
    assert len(answers) > 20
