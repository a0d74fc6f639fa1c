from uuid import uuid4

import pytest

from tests.sandbox.callers import ask

UNTIL = "2026-12-31"
LATE_ON_THE_LAST_DAY = "2026-12-31T18:29:50+00:00"  # 23:59:50 in India
THE_DAY_AFTER = "2026-12-31T18:30:10+00:00"


def watch(live, numbers, until=UNTIL, *, request_id=None, key=None):
    request_id = request_id or str(uuid4())
    body = {"requestId": request_id, "passportNos": numbers, "until": until}
    path = "/passport-registry/v1/passports/watch"
    return ask(live, "POST", path, body, key=key or request_id, request_id=request_id)


def change(live, number, status):
    live.control("PUT", f"passports/{number}", {"status": status})


def told_so_far(live, mailbox):
    """What the registry told, up to a marker that is sent now."""
    body = {"partner": "passport-registry", "type": "marker", "data": {}}
    marker = live.control("POST", "news", body)["eventId"]
    letters = [letter.told for letter in mailbox.before(marker)]
    return [
        (told["data"]["passportNo"], told["data"]["status"])
        for told in letters
        if told["type"] == "passport.status.changed"
    ]


def test_a_watch_says_how_many_and_nothing_of_who_exists(sandbox):
    request_id = str(uuid4())

    status, body, _ = watch(sandbox, ["W1000001", "X9001001"], request_id=request_id)

    assert (status, body) == (202, {"requestId": request_id, "watched": 2, "until": UNTIL})


@pytest.mark.parametrize(
    ("numbers", "until", "title"),
    [
        ([], UNTIL, "not_a_list_of_1_to_500 /passportNos"),
        ([f"W{n:07d}" for n in range(501)], UNTIL, "not_a_list_of_1_to_500 /passportNos"),
        (["W1000001", "W1000001"], UNTIL, "repeated /passportNos"),
        (["w-1"], UNTIL, "malformed /passportNos"),
        (["W1000001", None], UNTIL, "malformed /passportNos"),
        ("W1000001", UNTIL, "not_a_list_of_1_to_500 /passportNos"),
        (["W1000001"], "2026-11-31", "malformed /until"),
        (["W1000001"], "2026-11-21", "until_in_the_past"),
    ],
)
def test_a_watch_outside_the_contract_is_refused(sandbox, numbers, until, title):
    status, body, _ = watch(sandbox, numbers, until)

    assert (status, body["code"], body["title"]) == (400, "PSP-400", title)


def test_five_hundred_until_today_are_watched(sandbox):
    status, body, _ = watch(sandbox, [f"W2{n:06d}" for n in range(500)], "2026-11-22")

    assert (status, body["watched"], body["until"]) == (202, 500, "2026-11-22")


def test_today_is_that_of_india(sandbox, clock):
    clock("2026-11-22T18:30:00+00:00")

    status, body, _ = watch(sandbox, ["W1000002"], "2026-11-22")

    assert (status, body["title"]) == (400, "until_in_the_past")


def test_a_key_that_differs_from_the_request_id_is_refused(sandbox):
    status, body, _ = watch(sandbox, ["W1000003"], key=str(uuid4()))

    assert (status, body["title"]) == (400, "idempotency_key_differs")


def test_a_repeated_watch_is_answered_again_and_told_once(sandbox, mailbox):
    request_id = str(uuid4())

    first = watch(sandbox, ["X9004101"], request_id=request_id)
    again = watch(sandbox, ["X9004101"], request_id=request_id)

    assert (again[0], again[1], again[2]["Idempotency-Replayed"]) == (202, first[1], "true")
    assert told_so_far(sandbox, mailbox) == [("X9004101", "IMPOUNDED")]


def test_a_request_id_belongs_to_one_watch(sandbox):
    request_id = str(uuid4())
    watch(sandbox, ["W1000004"], request_id=request_id)

    status, body, _ = watch(sandbox, ["W1000005"], request_id=request_id)

    assert (status, body["code"]) == (409, "PSP-409")


def test_what_is_unusable_already_is_told_at_once(sandbox, mailbox):
    change(sandbox, "W1100001", "LOST")
    change(sandbox, "W1100002", "EXPIRED")
    usable = ["W1100002", "W1100003", "X9001102", "X9007102", "X9008102", "X9009102"]
    bad = ["X9004102", "X9005102", "X9006102", "X9010102", "W1100001"]

    status, _, _ = watch(sandbox, usable + bad)

    statuses = ["IMPOUNDED", "REVOKED", "LOST", "REISSUED", "LOST"]
    assert status == 202
    assert told_so_far(sandbox, mailbox) == list(zip(bad, statuses, strict=True))


@pytest.mark.parametrize("status", ["IMPOUNDED", "REVOKED", "LOST", "REISSUED"])
def test_a_change_is_told_once(sandbox, mailbox, status):
    number = f"W12{len(status):05d}"
    watch(sandbox, [number])

    change(sandbox, number, status)
    change(sandbox, number, status)
    watch(sandbox, [number])

    assert told_so_far(sandbox, mailbox) == [(number, status)]


def test_another_status_and_the_same_after_a_good_one_are_told(sandbox, mailbox):
    watch(sandbox, ["W1300001"])

    for status in ("LOST", "REVOKED", "VALID", "REVOKED", "EXPIRED"):
        change(sandbox, "W1300001", status)

    told = [status for _, status in told_so_far(sandbox, mailbox)]
    assert told == ["LOST", "REVOKED", "REVOKED"]


def test_what_nobody_watches_is_not_told(sandbox, mailbox):
    change(sandbox, "W1400001", "LOST")

    assert told_so_far(sandbox, mailbox) == []


def test_a_watch_ends_with_its_last_day_in_india(sandbox, mailbox, clock):
    watch(sandbox, ["W1500001", "W1500002"])

    clock(LATE_ON_THE_LAST_DAY)
    change(sandbox, "W1500001", "LOST")
    clock(THE_DAY_AFTER)
    change(sandbox, "W1500002", "LOST")

    assert told_so_far(sandbox, mailbox) == [("W1500001", "LOST")]


def test_watching_again_prolongs_and_never_shortens(sandbox, mailbox, clock):
    watch(sandbox, ["W1600001", "W1600002"], UNTIL)
    watch(sandbox, ["W1600001"], "2027-01-31")
    watch(sandbox, ["W1600001", "W1600002"], "2026-12-01")

    clock(LATE_ON_THE_LAST_DAY)
    change(sandbox, "W1600002", "LOST")
    clock("2027-01-31T06:00:00+00:00")
    change(sandbox, "W1600001", "LOST")
    change(sandbox, "W1600002", "REVOKED")

    assert told_so_far(sandbox, mailbox) == [("W1600002", "LOST"), ("W1600001", "LOST")]


def test_a_watch_that_begins_anew_tells_anew(sandbox, mailbox, clock):
    watch(sandbox, ["X9006107"])

    clock(THE_DAY_AFTER)
    watch(sandbox, ["X9006107"], "2027-01-31")

    assert told_so_far(sandbox, mailbox) == [("X9006107", "LOST")] * 2


def test_the_state_counts_passports_watched_today(sandbox, clock):
    clock("2027-06-01T06:00:00+00:00")
    before = sandbox.control("GET", "state")["passport-registry"]["watched"]

    watch(sandbox, ["W1800001", "W1800002"], "2027-06-01")
    watch(sandbox, ["W1800002", "W1800003"], "2027-06-02")

    counted = [sandbox.control("GET", "state")["passport-registry"]["watched"]]
    clock("2027-06-02T06:00:00+00:00")
    counted.append(sandbox.control("GET", "state")["passport-registry"]["watched"])
    assert (before, counted) == (0, [3, 2])


@pytest.mark.parametrize(("number", "scenario"), [("X9010001", None), ("W1900001", "reissued")])
def test_a_reissued_passport_is_a_match_with_that_status(sandbox, number, scenario):
    if scenario:
        body = {"partner": "passport-registry", "scenario": scenario}
        sandbox.control("POST", "scenarios", body)
    request_id = str(uuid4())
    question = {
        "requestId": request_id,
        "passportNo": number,
        "surname": "SAMPLE",
        "givenNames": "ASHA",
        "dob": "1994-02-28",
        "sex": "F",
        "purpose": "emigration-clearance",
        "consentRef": "CONSENT-1",
    }

    path = "/passport-registry/v1/passports/verify"
    _, body, _ = ask(sandbox, "POST", path, question, key=request_id, request_id=request_id)

    assert (body["result"], body["passport"]["status"]) == ("MATCH", "REISSUED")
