"""Many rows in one request: each its own transaction, each once, however often it is asked."""

from contextlib import contextmanager

import pytest

from emigrate.api.v1 import bulk
from emigrate.domains.accounts.actions import end_membership
from emigrate.domains.accounts.models import BulkRequest, Membership
from emigrate.domains.emigrants.models import Emigrant
from emigrate.foundation import clock, jobs
from emigrate.foundation.errors import Busy
from emigrate.foundation.models import WrappedKey
from emigrate.foundation.transactions import acting
from tests.api.caller import SYSTEM, caller, code_of

KEY = "the-bulk-key"


@pytest.fixture
def agent(scene):
    return caller(scene.agent, moment=scene.now)


def a_row(scene, number: int, **changes) -> dict:
    drawn = scene.drafts[0].worker.drawn
    return {
        "given_names": "BULK",
        "surname": "ROW",
        "sex": "M",
        "birth_date": "1990-01-01",
        "state_code": drawn.state_code,
        "district_code": drawn.district_code,
        "passport": {"category": "ecr", "number": f"Z07{number:05d}", "expires_on": "2033-01-01"},
        **changes,
    }


def registered() -> int:
    with acting(SYSTEM):
        return Emigrant.objects.count()


@contextmanager
def at_its_moment(scene):
    with clock.simulate(scene.now):
        yield


def test_every_row_is_answered_for_itself(agent, scene):
    before = registered()
    rows = [a_row(scene, 1), a_row(scene, 2, surnam="X"), a_row(scene, 1), a_row(scene, 3)]

    response = agent.post("/emigrants/bulk", {"rows": rows})

    results = response.json()["results"]
    assert response.status_code == 200
    assert [(each["row"], each["status"]) for each in results] == [
        (0, "done"),
        (1, "refused"),
        (2, "refused"),
        (3, "done"),
    ]
    assert results[1]["error"]["errors"][0]["pointer"] == "/surnam"
    assert results[2]["error"]["code"] == "passport_already_registered"
    assert registered() == before + 2


@pytest.mark.parametrize("row", [{"a\u0000b": 1}, {"a\ud800b": 1}, {"surname": "a\u0000b"}])
def test_text_that_cannot_be_kept_is_refused_with_the_whole_request(agent, scene, row):
    before = registered()

    response = agent.post("/emigrants/bulk", {"rows": [a_row(scene, 1), row]})

    pointer = "/rows/1" + ("/surname" if "surname" in row else "")
    assert response.json()["errors"][0]["pointer"] == pointer
    assert (code_of(response), registered()) == ((422, "invalid_input"), before)


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01"])
def test_a_row_with_a_day_of_another_age_is_refused_for_itself(agent, scene, day):
    rows = [a_row(scene, 1, birth_date=day), a_row(scene, 2)]

    results = agent.post("/emigrants/bulk", {"rows": rows}).json()["results"]

    assert [each["status"] for each in results] == ["refused", "done"]
    assert results[0]["error"]["errors"][0] == {
        "pointer": "/birth_date",
        "code": "out_of_range",
        "message": "Write a day in the years 1900 to 2199.",
    }


def test_a_repeated_request_does_nothing_twice(agent, scene):
    rows = {"rows": [a_row(scene, 1), a_row(scene, 2)]}

    first = agent.post("/emigrants/bulk", rows, Idempotency_Key=KEY)
    before = registered()
    again = agent.post("/emigrants/bulk", rows, Idempotency_Key=KEY)
    other = agent.post("/emigrants/bulk", {"rows": rows["rows"][:1]}, Idempotency_Key=KEY)

    assert again.json() == first.json()
    assert again.headers["Idempotency-Replayed"] == "true"
    assert code_of(other) == (422, "idempotency_key_reused")
    assert registered() == before


def test_a_request_that_broke_off_goes_on_where_it_stopped(agent, scene, monkeypatch):
    rows = {"rows": [a_row(scene, number) for number in (1, 2, 3)]}
    act, done = bulk.KINDS["emigrants"].act, []

    def breaks_off(body, actor):
        done.append(body)
        if len(done) == 2:
            raise Busy(part="database")
        return act(body, actor)

    monkeypatch.setitem(bulk.KINDS, "emigrants", bulk.Kind(bulk.EmigrantIn, breaks_off))
    before = registered()

    broken = agent.post("/emigrants/bulk", rows, Idempotency_Key=KEY)
    whole = agent.post("/emigrants/bulk", rows, Idempotency_Key=KEY)

    assert code_of(broken) == (503, "unavailable")
    assert [each["status"] for each in whole.json()["results"]] == ["done"] * 3
    assert (registered(), len(done)) == (before + 3, 4)


def test_more_than_fifty_rows_are_a_job(agent, scene):
    before = registered()
    rows = {"rows": [a_row(scene, number) for number in range(51)]}

    taken = agent.post("/emigrants/bulk", rows)
    address = taken.headers["Location"].removeprefix("/v1")
    waiting = agent.get(address).json()
    with at_its_moment(scene):
        jobs.run_waiting((jobs.PAPERS,))
    finished = agent.get(address).json()

    assert (taken.status_code, waiting["results"], waiting["finished_at"]) == (202, [], None)
    assert [each["status"] for each in finished["results"]] == ["done"] * 51
    assert (finished["finished_at"] is None, registered()) == (False, before + 51)


def test_a_job_of_a_member_who_left_does_nothing(agent, scene):
    before = registered()
    taken = agent.post("/emigrants/bulk", {"rows": [a_row(scene, n) for n in range(51)]})
    with acting(SYSTEM):
        membership = Membership.objects.get(user_id=scene.agent.user_id)
    end_membership(membership.pk, actor=SYSTEM)

    with at_its_moment(scene):
        bulk.work_off(taken.json()["id"])

    with acting(SYSTEM):
        rows = BulkRequest.objects.get(pk=taken.json()["id"]).answers.all()
        codes = {row.error["code"] for row in rows}
    assert (codes, registered()) == ({"not_permitted"}, before)


def test_what_was_sent_is_sealed_and_erased_when_it_is_done(agent, scene):
    taken = agent.post("/emigrants/bulk", {"rows": [a_row(scene, n) for n in range(51)]})
    number = taken.json()["id"]
    with acting(SYSTEM):
        before = bytes(BulkRequest.objects.get(pk=number).rows_sealed)

    with at_its_moment(scene):
        bulk.work_off(number)

    with acting(SYSTEM):
        after = bytes(BulkRequest.objects.get(pk=number).rows_sealed)
        keys = WrappedKey.objects.filter(subject=f"bulk:{number}").count()
    assert (b"BULK" in before, len(before) > 1000, after, keys) == (False, True, b"", 0)


def test_nobody_else_sees_a_request(agent, scene):
    number = agent.post("/emigrants/bulk", {"rows": [a_row(scene, 1)]}).json()["id"]
    other = caller(scene.other_agency.actor, moment=scene.now)

    assert code_of(other.get(f"/bulk/{number}")) == (404, "not_found")


@pytest.mark.parametrize(("count", "code"), [(0, "too_few"), (501, "too_many")])
def test_how_many_rows_are_taken(agent, count, code):
    response = agent.post("/emigrants/bulk", {"rows": [{}] * count})

    assert (response.status_code, response.json()["errors"][0]["code"]) == (422, code)
