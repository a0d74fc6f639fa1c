"""psp-proposed-1: the same assertions on recorded answers and on the sandbox, then each fault."""

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import uuid4

import pytest

from emigrate.foundation.http import Door, Reason, Signer, Unavailable, Unreadable
from emigrate.partners.news import News
from emigrate.partners.passport_registry.contract import (
    MatchScores,
    PassportAnswer,
    PassportQuestion,
    PassportResult,
    PassportStatus,
    StatusNews,
    Watch,
)
from emigrate.partners.passport_registry.passport_seva import PassportSeva, status_news
from emigrate.partners.wire import Fields
from tests.partners.bench import settings

QUESTION = PassportQuestion(
    number="A4100017",
    surname="नमूना",
    given_names="Asha Devi",
    birth_date=date(1994, 2, 28),
    sex="F",
    purpose="emigration-clearance",
    consent_ref="CONSENT-0001",
)


def ask(bench, question=QUESTION):
    return PassportSeva(bench.door()).verify(question, request_id=bench.new_id())


def test_match(bench):
    answer = ask(bench)

    day = date(2026, 11, 22)
    assert answer == PassportAnswer(
        PassportResult.MATCH,
        answer.as_of,
        scores=MatchScores(name=100, birth_date=True, sex=True),
        passport_type="P",
        issued=date(2021, 2, 18),
        expires=date(2031, 2, 17),
        status=PassportStatus.ACTIVE,
        ecr=True,
    )
    assert (answer.as_of.date(), answer.as_of.utcoffset().total_seconds()) == (day, 0)
    assert answer.raw.startswith(b"{")


@pytest.mark.parametrize(
    ("number", "result", "status", "ecr"),
    [
        ("X9002001", "NO_MATCH", "ACTIVE", True),
        ("X9003001", "PARTIAL", "ACTIVE", True),
        ("X9004001", "MATCH", "IMPOUNDED", True),
        ("X9005001", "MATCH", "REVOKED", True),
        ("X9006001", "MATCH", "LOST", True),
        ("X9007001", "MATCH", "EXPIRED", True),
        ("X9008001", "MATCH", "ACTIVE", False),
        ("X9010001", "MATCH", "REISSUED", True),
    ],
)
def test_reserved_number(bench, number, result, status, ecr):
    answer = ask(bench, replace(QUESTION, number=number))

    assert (answer.result, answer.status, answer.ecr) == (result, status, ecr)


def test_not_found(bench):
    answer = ask(bench, replace(QUESTION, number="X9001001"))

    assert answer == PassportAnswer(PassportResult.NOT_FOUND, answer.as_of)


def test_another_holder(bench):
    bench.register("A4100018", {"givenNames": "Ravi", "surname": "Sample", "dob": "1990-01-01"})

    answer = ask(bench, replace(QUESTION, number="A4100018", file_number="DL0000000000001"))

    assert (answer.result, answer.scores.birth_date) == (PassportResult.NO_MATCH, False)


def test_ordered_scenario(bench):
    bench.door()
    bench.order("impounded")

    answer = PassportSeva(bench.doors[0]).verify(QUESTION, request_id=bench.new_id())

    assert (answer.result, answer.status) == (PassportResult.MATCH, PassportStatus.IMPOUNDED)


WATCHED = Watch(("A4100017", "A4100018", "X9001001"), date(2026, 12, 22))


def test_passports_are_watched(bench):
    registry = PassportSeva(bench.door())
    request_id = bench.new_id()

    registry.watch(WATCHED, request_id=request_id)
    registry.watch(WATCHED, request_id=request_id)
    registry.watch(WATCHED, request_id=bench.new_id())


def test_a_watch_in_the_past_is_refused(bench):
    past = replace(WATCHED, until=date(2026, 11, 21))

    with pytest.raises(Unavailable) as fault:
        PassportSeva(bench.door()).watch(past, request_id=bench.new_id())

    assert (fault.value.reason, fault.value.code) == (Reason.REFUSED, "PSP-400")


@pytest.mark.parametrize("numbers", [(), ("A1", "A1"), tuple(f"A{n}" for n in range(501))])
def test_a_watch_of_none_twice_or_too_many_is_not_asked_for(numbers):
    with pytest.raises(ValueError, match=r"^watch"):
        Watch(numbers, WATCHED.until)


def test_as_many_as_the_contract_allows_are_watched(sandbox):
    with registry(sandbox) as door:
        numbers = tuple(f"B{n:07d}" for n in range(500))
        PassportSeva(door).watch(Watch(numbers, WATCHED.until), request_id=uuid4())


def told(kind="passport.status.changed", **data):
    fields = Fields({"passportNo": "A4100017", "status": "LOST", **data}, "data")
    return News(uuid4(), kind, datetime(2026, 11, 22, tzinfo=UTC), fields)


@pytest.mark.parametrize("status", ["IMPOUNDED", "REVOKED", "LOST", "REISSUED"])
def test_what_the_registry_tells(status):
    assert status_news(told(status=status)) == StatusNews("A4100017", PassportStatus(status))


@pytest.mark.parametrize(
    "news",
    [told("passport.lost"), told(status="VALID"), told(status="EXPIRED"), told(passportNo="A 1")],
)
def test_what_it_does_not_tell_is_not_read(news):
    with pytest.raises(Unreadable):
        status_news(news)


def test_news_does_not_show_the_passport():
    assert "A4100017" not in f"{told()!r} {status_news(told())!r} {WATCHED!r}"


def registry(sandbox, **limits):
    sandbox.control("DELETE", "scenarios")
    base = settings("passport-registry", sandbox.greeting["base_urls"]["passport-registry"])
    return Door(replace(base, **limits), signer=sandbox.signer())


def order(sandbox, scenario, **other):
    body = {"partner": "passport-registry", "scenario": scenario, **other}
    sandbox.control("POST", "scenarios", body)


@pytest.mark.parametrize(
    ("scenario", "value"), [("status", 503), ("status", 504), ("drop_before", 1), ("latency", 0.4)]
)
@pytest.mark.parametrize("calls", [1, 2])
def test_a_passing_fault_is_repeated_and_answered(sandbox, scenario, value, calls):
    with registry(sandbox, read_timeout=0.2) as door:
        order(sandbox, scenario, value=value, calls=calls)
        request_id = uuid4()

        answer = PassportSeva(door).verify(QUESTION, request_id=request_id)

    assert answer.result is PassportResult.MATCH
    assert len(sandbox.journal(request_id)) in {calls, calls + 1}  # the slow entry may come late


@pytest.mark.parametrize(
    ("scenario", "value", "reason", "tries"),
    [
        ("status", 503, Reason.SERVER_ERROR, 3),
        ("status", 500, Reason.SERVER_ERROR, 1),
        ("status", 429, Reason.BUSY, 1),
        ("status", 403, Reason.REFUSED, 1),
        ("drop_before", 1, Reason.BROKEN_OFF, 3),
        ("drop_after_commit", 1, Reason.BROKEN_OFF, 3),
        ("truncated", 1, Reason.BROKEN_OFF, 3),
        ("garbage", 1, Reason.UNREADABLE, 1),
        ("huge", 2, Reason.TOO_LARGE, 1),
        ("redirect", 1, Reason.REDIRECTED, 1),
        ("wrong_echo", 1, Reason.UNREADABLE, 1),
    ],
)
def test_a_lasting_fault_is_unavailable(sandbox, scenario, value, reason, tries):
    with registry(sandbox) as door:
        order(sandbox, scenario, value=value, calls=3)
        request_id = uuid4()

        with pytest.raises(Unavailable) as fault:
            PassportSeva(door).verify(QUESTION, request_id=request_id)

    entries = sandbox.journal(request_id)
    assert (fault.value.reason, len(entries)) == (reason, tries)
    assert {entry["scenario"] for entry in entries} == {scenario}


def test_a_trickling_answer_ends_with_the_budget(sandbox):
    with registry(sandbox, read_timeout=0.5, total_budget=1.0) as door:
        order(sandbox, "trickle", calls=3)

        with pytest.raises(Unavailable) as fault:
            PassportSeva(door).verify(QUESTION, request_id=uuid4())

    assert fault.value.reason is Reason.TIMED_OUT


def test_the_source_being_down_is_unavailable(sandbox):
    with registry(sandbox) as door, pytest.raises(Unavailable) as fault:
        PassportSeva(door).verify(replace(QUESTION, number="X9009001"), request_id=uuid4())

    assert (fault.value.reason, fault.value.status) == (Reason.SERVER_ERROR, 503)


def test_a_request_id_belongs_to_one_question(sandbox):
    with registry(sandbox) as door:
        request_id = uuid4()
        first = PassportSeva(door).verify(QUESTION, request_id=request_id)
        again = PassportSeva(door).verify(QUESTION, request_id=request_id)

        with pytest.raises(Unavailable) as fault:
            PassportSeva(door).verify(replace(QUESTION, sex="M"), request_id=request_id)

    assert again == first
    assert (fault.value.reason, fault.value.code) == (Reason.REFUSED, "PSP-409")


def test_an_unknown_key_is_refused(sandbox):
    with registry(sandbox) as known:
        stranger = Signer("stranger", sandbox.key)
        with Door(known.settings, signer=stranger) as door, pytest.raises(Unavailable) as fault:
            PassportSeva(door).verify(QUESTION, request_id=uuid4())

    assert (fault.value.reason, fault.value.code, fault.value.lasting) == (
        Reason.REFUSED,
        "PSP-401",
        True,
    )


def test_a_question_and_an_answer_do_not_show_the_person():
    assert repr(QUESTION) == (
        "PassportQuestion(purpose='emigration-clearance', consent_ref='CONSENT-0001')"
    )
