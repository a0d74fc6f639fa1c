"""pbby-proposed-1: the same assertions on recorded answers and on the sandbox, then the faults."""

from dataclasses import replace
from datetime import date
from uuid import uuid4

import pytest

from emigrate.foundation.http import Door, Reason, Unavailable
from emigrate.foundation.money import Money
from emigrate.partners.insurer.contract import (
    DayPage,
    Insured,
    Nominee,
    Policy,
    PolicyDay,
    PolicyState,
    Premium,
    Proposal,
    Travel,
)
from emigrate.partners.insurer.pbby import PbbyInsurer
from tests.partners.bench import Replayer, address_of, settings


def proposal(reference, passport, **other):
    values = {
        "reference": reference,
        "insured": Insured("Asha Devi", date(1994, 2, 28), "F", passport, "+919000000001"),
        "nominees": (Nominee("Mohan Lal", "father"),),
        "travel": Travel("ARE", "FE-2026-0000001-X", date(2028, 12, 31)),
        "cover_from": date(2026, 12, 1),
        "term_months": 24,
        "premium": Premium(Money("INR", 27500), Money("INR", 4950)),
        "payment_reference": "PY-2026-0000001-X",
    }
    return Proposal(**{**values, **other})


def test_issued_asked_and_cancelled_twice(bench):
    insurer = PbbyInsurer(bench.door())

    issued = insurer.propose(proposal("IN-1", "A5100001"), request_id=bench.new_id())
    asked = insurer.policy(issued.number, request_id=bench.new_id())
    cancelled = insurer.cancel(issued.number, "clearance refused", request_id=bench.new_id())
    again = insurer.cancel(issued.number, "clearance refused", request_id=bench.new_id())

    assert (
        issued
        == asked
        == Policy(
            PolicyState.ISSUED,
            "IN-1",
            number=issued.number,
            passport_number="A5100001",
            cover_from=date(2026, 12, 1),
            cover_to=date(2028, 11, 30),
            sum_insured=Money("INR", 100_000_000),
            premium=Money("INR", 32450),
        )
    )
    assert cancelled == again == replace(issued, state=PolicyState.CANCELLED)


def test_three_years_from_a_leap_day(bench):
    leap = {"cover_from": date(2028, 2, 29), "term_months": 36}

    policy = PbbyInsurer(bench.door()).propose(
        proposal("IN-2", "A5100002", **leap), request_id=bench.new_id()
    )

    assert policy.cover_to == date(2031, 2, 27)


@pytest.mark.parametrize(("then", "state"), [("issued", "ISSUED"), ("rejected", "REJECTED")])
def test_pending_and_asked_until_decided(bench, then, state):
    insurer = PbbyInsurer(bench.door())
    bench.order(f"pending_then_{then}", value=1)
    reference = f"IN-3-{then}"

    first = insurer.propose(proposal(reference, f"A51003{len(then)}"), request_id=bench.new_id())
    second = insurer.proposal(reference, request_id=bench.new_id())
    third = insurer.proposal(reference, request_id=bench.new_id())

    assert first == second == Policy(PolicyState.PENDING, reference)
    assert third.state == state


def test_an_age_that_is_not_insured(bench):
    old = Insured("Asha Devi", date(1960, 1, 1), "F", "A5100004", "+919000000001")

    policy = PbbyInsurer(bench.door()).propose(
        proposal("IN-4", "A5100004", insured=old), request_id=bench.new_id()
    )

    assert policy == Policy(PolicyState.REJECTED, "IN-4", reason="not_insurable")


def test_a_second_policy_for_the_same_time(bench):
    insurer = PbbyInsurer(bench.door())

    insurer.propose(proposal("IN-5", "A5100005"), request_id=bench.new_id())
    second = insurer.propose(proposal("IN-6", "A5100005"), request_id=bench.new_id())

    assert second == Policy(PolicyState.REJECTED, "IN-6", reason="policy_exists")


def test_a_payment_the_insurer_does_not_know(bench):
    insurer = PbbyInsurer(bench.door())
    bench.order("payment_unknown")

    policy = insurer.propose(proposal("IN-7", "A5100007"), request_id=bench.new_id())

    assert policy == Policy(PolicyState.REJECTED, "IN-7", reason="payment_unknown")


def test_no_such_policy_and_no_such_proposal(bench):
    insurer = PbbyInsurer(bench.door())

    answers = [
        insurer.policy("PBBY-SBX-0", request_id=bench.new_id()),
        insurer.proposal("IN-NONE", request_id=bench.new_id()),
        insurer.cancel("PBBY-SBX-0", "never bought", request_id=bench.new_id()),
    ]

    assert answers == [None, None, None]


def test_another_premium_is_shown_to_the_caller(bench):
    insurer = PbbyInsurer(bench.door())
    bench.order("premium_differs")

    policy = insurer.propose(proposal("IN-8", "A5100008"), request_id=bench.new_id())

    assert policy.premium == Money("INR", 100)


def test_a_policy_for_another_passport_is_no_answer(bench):
    insurer = PbbyInsurer(bench.door())
    bench.order("wrong_passport")

    with pytest.raises(Unavailable) as fault:
        insurer.propose(proposal("IN-9", "A5100009"), request_id=bench.new_id())

    assert (fault.value.reason, fault.value.code) == (Reason.UNREADABLE, "passportNo")


# --- the paper ----------------------------------------------------------------------------------


def test_the_paper_of_a_policy(bench):
    insurer = PbbyInsurer(bench.door())
    issued = insurer.propose(proposal("IN-P1", "A5110001"), request_id=bench.new_id())

    papers = [insurer.document(issued.number, request_id=bench.new_id()) for _ in range(2)]

    assert papers[0] == papers[1]
    assert (papers[0][:5], issued.number.encode() in papers[0]) == (b"%PDF-", True)


def test_no_paper_without_a_policy(bench):
    insurer = PbbyInsurer(bench.door())
    issued = insurer.propose(proposal("IN-P2", "A5110002"), request_id=bench.new_id())
    bench.order("document_missing", operation="document")

    missing = insurer.document(issued.number, request_id=bench.new_id())
    unknown = insurer.document("PBBY-SBX-0", request_id=bench.new_id())

    assert (missing, unknown) == (None, None)


def test_no_paper_of_what_is_not_in_force(bench):
    insurer = PbbyInsurer(bench.door())
    issued = insurer.propose(proposal("IN-P3", "A5110003"), request_id=bench.new_id())
    insurer.cancel(issued.number, "clearance refused", request_id=bench.new_id())

    with pytest.raises(Unavailable) as fault:
        insurer.document(issued.number, request_id=bench.new_id())

    assert (fault.value.lasting, fault.value.code) == (True, "PBBY-410")


def test_a_page_that_is_called_a_paper_is_no_answer(bench):
    insurer = PbbyInsurer(bench.door())
    issued = insurer.propose(proposal("IN-P4", "A5110004"), request_id=bench.new_id())
    bench.order("document_not_a_pdf", operation="document")

    with pytest.raises(Unavailable) as fault:
        insurer.document(issued.number, request_id=bench.new_id())

    assert (fault.value.reason, fault.value.code) == (Reason.UNREADABLE, "content-type")


# --- a day --------------------------------------------------------------------------------------


def test_a_day_as_it_stood_at_its_end(bench):
    insurer, day = PbbyInsurer(bench.door()), date(2027, 1, 5)
    bench.believe("2027-01-05T06:30:00+00:00")
    lines = []
    for number in (1, 2, 3):
        given = proposal(f"IN-D{number}", f"A512000{number}", cover_from=date(2027, 2, 1))
        issued = insurer.propose(given, request_id=bench.new_id())
        premium = Money("INR", 32450)
        lines.append(PolicyDay(given.reference, issued.number, PolicyState.ISSUED, premium))
    insurer.cancel(lines[0].number, "clearance refused", request_id=bench.new_id())
    lines[0] = replace(lines[0], state=PolicyState.CANCELLED)
    lines.sort(key=lambda line: line.number)

    early = insurer.reconciliation(day, request_id=bench.new_id())
    bench.believe("2027-01-06T06:30:00+00:00")
    whole = insurer.reconciliation(day, request_id=bench.new_id())
    rest = insurer.reconciliation(day, after=lines[0].number, request_id=bench.new_id())
    empty = insurer.reconciliation(date(2027, 1, 4), request_id=bench.new_id())

    assert early is None
    assert whole == DayPage(tuple(lines))
    assert rest == DayPage(tuple(lines[1:]))
    assert empty == DayPage(())


def test_the_office_day_ends_at_the_offices_midnight(bench):
    insurer, day = PbbyInsurer(bench.door()), date(2027, 1, 10)

    found = []
    for moment in ("2027-01-10T18:29:59+00:00", "2027-01-10T18:30:00+00:00"):
        bench.believe(moment)
        found.append(insurer.reconciliation(day, request_id=bench.new_id()))

    assert found == [None, DayPage(())]


LINE = {"proposalRef": "IP-1", "policyNo": "PB-1", "status": "ISSUED", "premium": "275.00",
        "currency": "INR"}  # fmt: skip
PAGE = {"date": "2026-11-22", "policies": [LINE]}


def page_of(body, *, after=None):
    """What a reply of this body to the question for a day is read as."""
    path = "/v1/reconciliation/2026-11-22" + (f"?after={after}" if after else "")
    reply = {"status": 200, "content-type": "application/json", "body": body}
    asked = {"method": "GET", "path": path, "body": None}
    replayer = Replayer([{"request": asked, "reply": reply}])
    try:
        with Door(settings("insurer", address_of(replayer))) as door:
            insurer = PbbyInsurer(door)
            return insurer.reconciliation(date(2026, 11, 22), after=after, request_id=uuid4())
    finally:
        replayer.shutdown()
        replayer.server_close()


def test_a_page_that_is_not_the_last_says_where_the_next_begins():
    line = PolicyDay("IP-1", "PB-1", PolicyState.ISSUED, Money("INR", 27500))

    assert page_of(PAGE) == DayPage((line,))
    assert page_of({**PAGE, "next": "PB-1"}) == DayPage((line,), "PB-1")
    assert page_of(PAGE, after="PB-0") == DayPage((line,))


@pytest.mark.parametrize(
    ("body", "field", "after"),
    [
        ({**PAGE, "date": "2026-11-21"}, "date", None),
        ({"date": "2026-11-22"}, "policies", None),
        ({**PAGE, "policies": [LINE] * 2001}, "policies", None),
        ({**PAGE, "policies": [LINE, LINE]}, "policies", None),
        ({**PAGE, "policies": [{**LINE, "policyNo": "PB-2"}, LINE]}, "policies", None),
        (PAGE, "policies", "PB-1"),
        ({**PAGE, "next": "PB-2"}, "next", None),
        ({**PAGE, "policies": [], "next": "PB-1"}, "next", None),
        ({**PAGE, "policies": [{**LINE, "status": "PENDING"}]}, "status", None),
        ({**PAGE, "policies": [{**LINE, "status": "LAPSED"}]}, "status", None),
        ({**PAGE, "policies": [{**LINE, "premium": "275"}, 7]}, "policies", None),
        ({**PAGE, "policies": [{**LINE, "premium": "-1"}]}, "premium", None),
        ({**PAGE, "policies": [{**LINE, "policyNo": "../1"}]}, "policyNo", None),
    ],
)
def test_a_list_outside_the_contract_is_no_answer(body, field, after):
    with pytest.raises(Unavailable) as fault:
        page_of(body, after=after)

    assert (fault.value.reason, fault.value.code) == (Reason.UNREADABLE, field)


# --- faults -------------------------------------------------------------------------------------


def insurer_door(sandbox):
    sandbox.control("DELETE", "scenarios")
    base = settings("insurer", sandbox.greeting["base_urls"]["insurer"])
    return Door(base, signer=sandbox.signer())


@pytest.mark.parametrize("scenario", ["drop_after_commit", "truncated", "drop_before"])
def test_a_lost_answer_never_makes_a_second_policy(sandbox, scenario):
    before = sandbox.control("GET", "state")["insurer"]["proposals"]
    reference, passport = f"IN-L-{scenario}", f"B52{len(scenario):05d}"
    with insurer_door(sandbox) as door:
        body = {"partner": "insurer", "scenario": scenario, "calls": 2}
        sandbox.control("POST", "scenarios", body)
        request_id = uuid4()

        policy = PbbyInsurer(door).propose(proposal(reference, passport), request_id=request_id)

    after = sandbox.control("GET", "state")["insurer"]["proposals"]
    assert (policy.state, after - before) == (PolicyState.ISSUED, 1)
    assert len(sandbox.journal(request_id)) == 3


def test_an_unanswered_proposal_may_have_happened_and_is_found_by_asking(sandbox):
    with insurer_door(sandbox) as door:
        body = {"partner": "insurer", "scenario": "drop_after_commit", "calls": 3}
        sandbox.control("POST", "scenarios", body)
        insurer = PbbyInsurer(door)

        with pytest.raises(Unavailable) as fault:
            insurer.propose(proposal("IN-M", "B5300001"), request_id=uuid4())
        found = insurer.proposal("IN-M", request_id=uuid4())

    assert (fault.value.may_have_happened, found.state) == (True, PolicyState.ISSUED)


def test_one_reference_is_one_proposal(sandbox):
    with insurer_door(sandbox) as door:
        insurer = PbbyInsurer(door)
        insurer.propose(proposal("IN-N", "B5300002"), request_id=uuid4())

        with pytest.raises(Unavailable) as fault:
            insurer.propose(proposal("IN-N", "B5300003"), request_id=uuid4())

    assert (fault.value.reason, fault.value.code) == (Reason.REFUSED, "idempotency_key_reused")


def test_a_number_that_could_change_the_path_is_not_sent(sandbox):
    with insurer_door(sandbox) as door, pytest.raises(ValueError) as fault:
        PbbyInsurer(door).policy("../orders/1", request_id=uuid4())

    assert str(fault.value) == "reference_not_plain"


def test_a_premium_in_two_currencies_has_no_total():
    premium = Premium(Money("INR", 1), Money("AED", 1))

    with pytest.raises(ValueError) as fault:
        _ = premium.total

    assert str(fault.value) == "premium_in_two_currencies"
