import io
import itertools
import re
from datetime import UTC, datetime

import pikepdf
import pytest

from sandbox.insurer import LONGEST_PAGE, Insurer
from sandbox.office import Request
from tests.partners.bench import LiveSandbox
from tests.sandbox.callers import ask, refusal

PASSPORTS = (f"D{number:07d}" for number in itertools.count(1))


def proposal(reference, passport):
    return {
        "proposalRef": reference,
        "insured": {
            "name": "Asha Devi",
            "dob": "1994-02-28",
            "sex": "F",
            "passportNo": passport,
            "mobile": "+919000000001",
        },
        "nominee": [{"name": "Mohan Lal", "relationship": "father", "share": 100}],
        "travel": {"country": "ARE", "employerRef": "FE-1", "contractEnd": "2028-12-31"},
        "coverFrom": "2026-12-01",
        "term": 24,
        "premium": {"base": "275.00", "gst": "49.50", "total": "324.50", "currency": "INR"},
        "paymentRef": "PY-1",
    }


def propose(live, reference, scenario=None):
    """The insurer's answer to a proposal for a passport of its own."""
    if scenario is not None:
        order(live, scenario, operation="propose", value=1000)
    body = proposal(reference, next(PASSPORTS))
    return ask(live, "POST", "/insurer/v1/proposals", body, key=reference)[1]


def order(live, scenario, **other):
    live.control("POST", "scenarios", {"partner": "insurer", "scenario": scenario, **other})


def document(live, number):
    return ask(live, "GET", f"/insurer/v1/policies/{number}/document")


def reconciliation(live, day, query=""):
    return ask(live, "GET", f"/insurer/v1/reconciliation/{day}{query}")


def cancel(live, number):
    body = {"policyNo": number, "reason": "clearance refused"}
    return ask(live, "POST", f"/insurer/v1/policies/{number}/cancel", body, key=number)


def number_of(reference):
    """The number that a policy has or will have in the world of the tests' seed."""
    insurer = Insurer(7, lambda: datetime.now(UTC), lambda _kind, _told: "")
    request = Request("propose", (), proposal(reference, "A0000001"), "", 1, "")
    return insurer.act(request).body["policyNo"]


def told_by(live, mailbox, event_id):
    """The one letter of an event, whose signature holds."""
    body = {"partner": "insurer", "type": "marker", "data": {}}
    marker = live.control("POST", "news", body)["eventId"]
    letters = mailbox.before(marker)
    (letter,) = [each for each in letters if each.told["eventId"] == event_id]
    assert letter.is_signed_by(live.greeting["senders"]["insurer"])
    return letter.told["type"], letter.told["data"]


def entry(policy, status):
    return {
        "proposalRef": policy["proposalRef"],
        "policyNo": policy["policyNo"],
        "status": status,
        "premium": "324.50",
        "currency": "INR",
    }


def test_the_paper_of_a_policy_is_a_whole_pdf_that_says_what_it_is(sandbox):
    policy = propose(sandbox, "DOC-1")
    assert policy["policyNo"] == number_of("DOC-1")

    status, paper, headers = document(sandbox, policy["policyNo"])

    assert (status, headers["Content-Type"], paper[:8]) == (200, "application/pdf", b"%PDF-1.4")
    with pikepdf.open(io.BytesIO(paper)) as pdf:
        assert (pdf.check_pdf_syntax(), pdf.get_warnings(), len(pdf.pages)) == ([], [], 1)
        shown = [
            str(operands[0])
            for operands, operator in pikepdf.parse_content_stream(pdf.pages[0])
            if str(operator) == "Tj"
        ]
    assert shown[2:] == [
        f"Policy number: {policy['policyNo']}",
        f"Passport number: {policy['passportNo']}",
        "Cover: 2026-12-01 to 2028-11-30",
        "Sum insured: INR 1000000.00",
        "Premium: INR 324.50",
    ]


def test_the_table_of_the_paper_names_the_place_of_each_object(sandbox):
    _, paper, _ = document(sandbox, propose(sandbox, "DOC-2")["policyNo"])

    table = int(re.search(rb"startxref\n(\d+)\n%%EOF\n\Z", paper)[1])
    entries = re.findall(rb"(\d{10}) (\d{5}) n \n", paper[table:])
    places = [match.start() for match in re.finditer(rb"^\d+ 0 obj$", paper, re.MULTILINE)]
    assert paper[table : table + 9] == b"xref\n0 6\n"
    assert [int(place) for place, _ in entries] == places


def test_there_is_no_paper_of_an_unknown_policy(sandbox):
    status, body, _ = document(sandbox, "PBBY-SBX-0")

    assert (status, body["code"]) == (404, "PBBY-404")


@pytest.mark.parametrize("state", ["CANCELLED", "PENDING"])
def test_there_is_no_paper_of_what_is_not_in_force(sandbox, state):
    reference = f"DOC-{state}"
    if state == "CANCELLED":
        number = propose(sandbox, reference)["policyNo"]
        cancel(sandbox, number)
    else:
        propose(sandbox, reference, "pending_then_issued")
        number = number_of(reference)

    status, body, _ = document(sandbox, number)

    assert (status, body["code"]) == (409, "PBBY-410")


def test_a_paper_may_be_ordered_to_be_missing_or_no_pdf(sandbox):
    number = propose(sandbox, "DOC-3")["policyNo"]

    order(sandbox, "document_missing", operation="document")
    missing = document(sandbox, number)
    order(sandbox, "document_not_a_pdf", operation="document")
    strange = document(sandbox, number)
    after = document(sandbox, number)

    assert (missing[0], missing[1]["code"]) == (404, "PBBY-404")
    assert (strange[0], strange[2]["Content-Type"]) == (200, "application/pdf")
    assert (strange[1].startswith(b"<!doctype html>"), after[1][:5]) == (True, b"%PDF-")


def test_a_day_has_what_was_issued_and_cancelled_on_it_as_it_stood_at_its_end(sandbox, clock):
    clock("2027-03-01T18:29:00+00:00")  # 23:59 in India
    stays = propose(sandbox, "REC-1")
    goes_later = propose(sandbox, "REC-2")
    goes_at_once = propose(sandbox, "REC-3")
    propose(sandbox, "REC-4", "pending_then_rejected")
    propose(sandbox, "REC-5", "pending_then_issued")
    sandbox.control("POST", "policies/REC-3", {"status": "CANCELLED"})
    clock("2027-03-01T18:31:00+00:00")  # the next day in India
    cancel(sandbox, goes_later["policyNo"])
    cancel(sandbox, goes_at_once["policyNo"])
    sandbox.control("POST", "policies/REC-4", {"status": "REJECTED"})
    issued_late = sandbox.control("POST", "policies/REC-5", {"status": "ISSUED"})
    clock("2027-03-03T06:00:00+00:00")

    days = [reconciliation(sandbox, f"2027-03-0{day}")[1] for day in (1, 2)]

    first = [entry(stays, "ISSUED"), entry(goes_later, "ISSUED"), entry(goes_at_once, "CANCELLED")]
    second = [entry(goes_later, "CANCELLED"), entry(issued_late, "ISSUED")]
    assert days == [
        {"date": "2027-03-01", "policies": sorted(first, key=lambda each: each["policyNo"])},
        {"date": "2027-03-02", "policies": sorted(second, key=lambda each: each["policyNo"])},
    ]


def test_what_is_issued_because_it_was_asked_for_is_issued_on_that_day(sandbox, clock):
    clock("2027-04-01T06:00:00+00:00")
    order(sandbox, "pending_then_issued", operation="propose", value=0)
    pending = propose(sandbox, "REC-6")
    clock("2027-04-02T06:00:00+00:00")
    policy = ask(sandbox, "GET", "/insurer/v1/proposals/REC-6")[1]
    clock("2027-04-03T06:00:00+00:00")

    days = [reconciliation(sandbox, f"2027-04-0{day}")[1]["policies"] for day in (1, 2)]

    assert (pending["status"], days) == ("PENDING", [[], [entry(policy, "ISSUED")]])


@pytest.mark.parametrize("day", ["2026-11-22", "2026-11-23"])
def test_a_day_that_is_not_over_is_not_told(sandbox, day):
    status, body, _ = reconciliation(sandbox, day)

    assert (status, body["code"], body["title"]) == (404, "PBBY-404", "day_not_closed")


def test_a_day_is_over_at_midnight_in_india(sandbox, clock):
    clock("2026-11-22T18:30:00+00:00")

    status, body, _ = reconciliation(sandbox, "2026-11-22")

    assert (status, body["date"]) == (200, "2026-11-22")


@pytest.mark.parametrize(
    ("day", "query", "title"),
    [
        ("2026-02-30", "", "malformed /date"),
        ("20261101", "", "malformed /date"),
        ("yesterday", "", "malformed /date"),
        ("2026-11-01", "?after=", "malformed /after"),
        ("2026-11-01", "?after=a%20b", "malformed /after"),
        ("2026-11-01", "?before=A", "unknown_parameter"),
        ("2026-11-01", "?after=A&after=B", "unknown_parameter"),
    ],
)
def test_a_day_or_page_that_cannot_be_is_refused(sandbox, day, query, title):
    status, body, _ = reconciliation(sandbox, day, query)

    assert (status, body["code"], body["title"]) == (400, "PBBY-400", title)


def test_a_page_goes_on_after_a_number(sandbox, clock):
    clock("2027-05-01T06:00:00+00:00")
    numbers = sorted(propose(sandbox, f"REC-7{n}")["policyNo"] for n in range(3))
    clock("2027-05-02T06:00:00+00:00")

    _, body, _ = reconciliation(sandbox, "2027-05-01", f"?after={numbers[0]}")

    assert [each["policyNo"] for each in body["policies"]] == numbers[1:]
    assert "next" not in body


def test_a_page_has_two_thousand_and_names_the_last_if_more_follow():
    now = [datetime(2026, 11, 22, 6, 30, tzinfo=UTC)]
    insurer = Insurer(7, lambda: now[0], lambda _kind, _told: "")
    for n in range(2 * LONGEST_PAGE):
        body = proposal(f"P-{n}", f"E{n:07d}")
        insurer.act(Request("propose", (), body, "", 1, ""))
    now[0] = now[0].replace(day=23)
    pages, query = [], {}

    while len(pages) < 3:
        asked = Request("reconciliation", ("2026-11-22",), {}, "", 1, "", query)
        pages.append(insurer.act(asked).body)
        if "next" not in pages[-1]:
            break
        query = {"after": pages[-1]["next"]}

    numbers = [each["policyNo"] for page in pages for each in page["policies"]]
    assert [len(page["policies"]) for page in pages] == [2000, 2000]
    assert pages[0]["next"] == numbers[1999]
    assert (len(set(numbers)), numbers) == (4000, sorted(numbers))


def test_a_reconciliation_may_be_ordered_to_be_wrong(sandbox, clock):
    clock("2027-07-01T06:00:00+00:00")
    for n in range(2):
        propose(sandbox, f"REC-8{n}")
    clock("2027-07-02T06:00:00+00:00")

    order(sandbox, "reconciliation_lacks_one", operation="reconciliation")
    lacking = reconciliation(sandbox, "2027-07-01")[1]["policies"]
    order(sandbox, "reconciliation_premium_differs", operation="reconciliation")
    differing = reconciliation(sandbox, "2027-07-01")[1]["policies"]
    whole = reconciliation(sandbox, "2027-07-01")[1]["policies"]

    assert (len(whole), lacking) == (2, whole[1:])
    assert differing == [whole[0] | {"premium": "1.00"}, whole[1]]


@pytest.mark.parametrize("status", ["ISSUED", "REJECTED"])
def test_the_insurer_decides_what_is_pending_and_tells(sandbox, mailbox, status):
    reference = f"DEC-{status}"
    propose(sandbox, reference, "pending_then_issued")

    decided = sandbox.control("POST", f"policies/{reference}", {"status": status})

    policy = ask(sandbox, "GET", f"/insurer/v1/proposals/{reference}")[1]
    told = {"proposalRef": reference}
    if status == "ISSUED":
        told["policyNo"] = policy["policyNo"]
    event_id = decided.pop("eventId")
    assert (policy["status"], decided) == (status, told | {"status": status})
    assert told_by(sandbox, mailbox, event_id) == (f"policy.{status.lower()}", told)


def test_the_insurer_cancels_by_itself_and_tells(sandbox, mailbox):
    number = propose(sandbox, "DEC-1")["policyNo"]

    decided = sandbox.control("POST", "policies/DEC-1", {"status": "CANCELLED"})

    told = {"proposalRef": "DEC-1", "policyNo": number}
    assert told_by(sandbox, mailbox, decided["eventId"]) == ("policy.cancelled", told)
    assert ask(sandbox, "GET", f"/insurer/v1/policies/{number}")[1]["status"] == "CANCELLED"


def test_what_the_platform_asked_for_is_no_news(sandbox, mailbox):
    cancel(sandbox, propose(sandbox, "DEC-2")["policyNo"])
    order(sandbox, "pending_then_issued", operation="propose", value=0)
    propose(sandbox, "DEC-3")
    policy = ask(sandbox, "GET", "/insurer/v1/proposals/DEC-3")[1]

    body = {"partner": "insurer", "type": "marker", "data": {}}
    marker = sandbox.control("POST", "news", body)["eventId"]

    about = [letter.told["data"].get("proposalRef") for letter in mailbox.before(marker)]
    assert policy["status"] == "ISSUED"
    assert {"DEC-2", "DEC-3"} & set(about) == set()


def test_a_decision_that_cannot_be_is_refused_and_not_told(sandbox, mailbox):
    propose(sandbox, "DEC-4")
    before = len(sandbox.control("GET", "news")["news"])

    refusals = [
        refusal(sandbox, "POST", "policies/DEC-4", {"status": "ISSUED"}),
        refusal(sandbox, "POST", "policies/DEC-4", {"status": "REJECTED"}),
        refusal(sandbox, "POST", "policies/DEC-4", {"status": "EXPIRED"}),
        refusal(sandbox, "POST", "policies/DEC-NONE", {"status": "ISSUED"}),
    ]

    assert refusals == [
        (400, "no_way_from_ISSUED"),
        (400, "no_way_from_ISSUED"),
        (400, "malformed /status"),
        (404, "no_such_policy"),
    ]
    assert len(sandbox.control("GET", "news")["news"]) == before


@pytest.mark.parametrize(
    ("claim", "kind"),
    [
        ({"claimNo": "C-1", "on": "2026-11-20"}, "claim.registered"),
        ({"claimNo": "C-1", "on": "2026-11-21", "outcome": "REFUSED"}, "claim.settled"),
        (
            {
                "claimNo": "C-1",
                "on": "2026-11-21",
                "outcome": "PAID",
                "amount": "50000.00",
                "currency": "INR",
            },
            "claim.settled",
        ),
    ],
)
def test_a_claim_is_told(sandbox, mailbox, claim, kind):
    number = propose(sandbox, f"CLM-{len(claim)}")["policyNo"]

    event_id = sandbox.control("POST", f"claims/{number}", claim)["eventId"]

    assert told_by(sandbox, mailbox, event_id) == (kind, {"policyNo": number, **claim})


def test_a_claim_that_cannot_be_is_refused(sandbox):
    number = propose(sandbox, "CLM-0")["policyNo"]
    propose(sandbox, "CLM-PENDING", "pending_then_issued")
    claim = {"claimNo": "C-1", "on": "2026-11-20"}

    refusals = [
        refusal(sandbox, "POST", "claims/PBBY-SBX-0", claim),
        refusal(sandbox, "POST", f"claims/{number_of('CLM-PENDING')}", claim),
        refusal(sandbox, "POST", f"claims/{number}", claim | {"on": "2026-02-30"}),
        refusal(sandbox, "POST", f"claims/{number}", claim | {"outcome": "LOST"}),
        refusal(sandbox, "POST", f"claims/{number}", claim | {"outcome": "PAID", "amount": "1"}),
        refusal(sandbox, "POST", f"claims/{number}", claim | {"amount": "1", "currency": "INR"}),
    ]

    assert refusals == [
        (404, "no_such_policy"),
        (404, "no_such_policy"),
        (400, "malformed /on"),
        (400, "malformed /outcome"),
        (400, "amount_currency_outcome_do_not_fit"),
        (400, "amount_currency_outcome_do_not_fit"),
    ]


def test_the_insurer_knows_its_policies_after_a_restart(tmp_path):
    first = LiveSandbox(tmp_path, "--keep")
    told = [propose(first, "IP-KEPT-1"), propose(first, "IP-KEPT-2")]
    cancel(first, told[1]["policyNo"])
    told.append(propose(first, "IP-KEPT-3", "pending_then_issued"))
    first.control("PUT", "clock", {"now": "2026-11-23T06:30:00+00:00"})
    day = reconciliation(first, "2026-11-22")[1]
    first.close()

    second = LiveSandbox(tmp_path, "--keep")
    second.control("PUT", "clock", {"now": "2026-11-23T06:30:00+00:00"})
    again = reconciliation(second, "2026-11-22")[1]
    states = [
        ask(second, "GET", f"/insurer/v1/proposals/{each['proposalRef']}")[1]["status"]
        for each in told
    ]
    second.close()

    assert (again, states) == (day, ["ISSUED", "CANCELLED", "PENDING"])
    assert len(day["policies"]) == 2


def test_without_being_told_to_keep_a_restart_is_a_new_world(tmp_path):
    first = LiveSandbox(tmp_path)
    propose(first, "IP-NEW-1")
    first.close()

    second = LiveSandbox(tmp_path)
    status = ask(second, "GET", "/insurer/v1/proposals/IP-NEW-1")[0]
    second.close()

    assert (status, (tmp_path / "policies.jsonl").exists()) == (404, False)
