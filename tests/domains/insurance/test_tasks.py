"""The jobs against the sandbox process, through the real door and protocol."""

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from structlog.testing import capture_logs

from emigrate.domains.insurance import actions, tasks
from emigrate.domains.insurance.models import Reconciliation
from emigrate.foundation import clock, jobs
from emigrate.foundation.errors import Busy
from emigrate.foundation.transactions import acting
from emigrate.partners import directory
from tests.factories.agents import an_agency_owner
from tests.factories.insurance import (
    SYSTEM,
    a_paid_policy,
    a_quote,
    as_stored,
    pay,
    the_order,
)
from tests.partners.bench import LiveSandbox, Replayer, address_of
from tests.snapshot import everything


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory):
    live = LiveSandbox(tmp_path_factory.mktemp("sandbox"))
    yield live
    assert live.close() == 0


@pytest.fixture
def insurer(sandbox, settings, tmp_path, committed_database):
    """The configured insurer and gateway are the sandbox; jobs run with committed rows."""
    del committed_database
    sandbox.control("DELETE", "scenarios")
    urls = sandbox.greeting["base_urls"]
    settings.PARTNERS = {"insurer": urls["insurer"], "payment_gateway": urls["payment-gateway"]}
    settings.KEYS = settings.HOME = tmp_path
    key = directory.caller_key()
    sandbox.control("PUT", f"keys/{key.key_id}", key.public_pem)
    return sandbox


def order(insurer, scenario, **other):
    insurer.control("POST", "scenarios", {"partner": "insurer", "scenario": scenario, **other})


def proposals(insurer):
    return insurer.control("GET", "state")["insurer"]["proposals"]


def tell(reference):
    """A job as a worker would run it: what is not decided yet is asked again later."""
    with suppress(Busy):
        tasks.propose(reference)


def test_a_paid_policy_is_issued_and_cancelled_at_the_insurer(insurer):
    policy = a_quote(an_agency_owner())
    pay(policy)

    jobs.run_waiting((jobs.PARTNERS,))
    issued = as_stored(policy)
    actions.cancel_policy(policy.reference, "clearance rejected", actor=SYSTEM)
    jobs.run_waiting((jobs.PARTNERS,))

    assert (issued.state, issued.number[:9]) == ("issued", "PBBY-SBX-")
    assert (as_stored(policy).state, as_stored(policy).to_tell) == ("cancelled", False)
    assert directory.insurer().policy(issued.number, request_id=uuid4()).state == "CANCELLED"


def test_a_decision_that_takes_time_is_asked_for(insurer):
    order(insurer, "pending_then_issued", operation="propose", value=1)
    policy = a_paid_policy()
    before = proposals(insurer)

    states = []
    for _ in range(3):
        tell(policy.reference)
        states.append(as_stored(policy).state)

    assert states == ["pending", "pending", "issued"]
    assert proposals(insurer) == before + 1


def test_a_refusal_of_the_insurer_cancels(insurer):
    order(insurer, "not_insurable", operation="propose")
    policy = a_paid_policy()

    tasks.propose(policy.reference)

    assert (as_stored(policy).state, the_order(policy).state) == ("cancelled", "refund_requested")


def test_a_reply_that_is_lost_makes_no_second_policy(insurer):
    order(insurer, "drop_after_commit", operation="propose")
    policy = a_paid_policy()
    before = proposals(insurer)

    tell(policy.reference)
    tell(policy.reference)

    assert (as_stored(policy).state, proposals(insurer)) == ("issued", before + 1)


def test_an_insurer_that_is_down_is_asked_again(insurer):
    order(insurer, "status", operation="propose", value=503, calls=3)
    policy = a_paid_policy()

    with pytest.raises(Busy):
        tasks.propose(policy.reference)
    assert as_stored(policy).state == "paid"

    tasks.propose(policy.reference)
    assert as_stored(policy).state == "issued"


def test_another_premium_is_not_taken(insurer):
    order(insurer, "premium_differs", operation="propose")
    policy = a_paid_policy()

    tasks.propose(policy.reference)
    tasks.propose(policy.reference)

    kept = as_stored(policy)
    assert (kept.state, kept.dispute, kept.number) == ("paid", "premium_differs", "")


def test_what_is_cancelled_while_the_insurer_decides_is_cancelled_there_too(insurer):
    order(insurer, "pending_then_issued", operation="propose", value=1)
    policy = a_paid_policy()
    tell(policy.reference)
    actions.cancel_policy(policy.reference, "clearance rejected", actor=SYSTEM)

    with pytest.raises(Busy):
        tasks.cancel(policy.reference)
    tasks.cancel(policy.reference)
    tasks.cancel(policy.reference)

    kept = as_stored(policy)
    assert (kept.state, kept.to_tell) == ("cancelled", False)
    assert directory.insurer().policy(kept.number, request_id=uuid4()).state == "CANCELLED"


def test_what_was_cancelled_before_it_was_proposed_is_nothing_to_tell(insurer):
    policy = a_paid_policy()
    actions.cancel_policy(policy.reference, "clearance rejected", actor=SYSTEM)
    before = proposals(insurer)

    tasks.propose(policy.reference)
    tasks.cancel(policy.reference)

    assert (as_stored(policy).to_tell, proposals(insurer)) == (False, before)


def test_without_an_address_the_job_waits(insurer, settings):
    settings.PARTNERS = {}
    policy = a_paid_policy()

    with pytest.raises(Busy):
        tasks.propose(policy.reference)

    assert as_stored(policy).state == "paid"


# --- in force -----------------------------------------------------------------------------------

TODAY = date(2026, 11, 22)
NOON = datetime(2026, 11, 22, 6, 30, tzinfo=UTC)
"""The sandbox's own moment."""


@pytest.fixture
def both_clocks(insurer):
    """The platform and the sandbox believe in the same moments."""

    def at(moment):
        insurer.control("PUT", "clock", {"now": moment.isoformat()})
        return clock.simulate(moment)

    yield at
    insurer.control("PUT", "clock", {"now": NOON.isoformat()})


def an_insured_worker():
    policy = a_paid_policy()
    tasks.propose(policy.reference)
    return as_stored(policy)


def test_the_paper_of_an_issued_policy_is_fetched(insurer):
    policy = an_insured_worker()
    tasks.ask_about_undecided()

    jobs.run_waiting((jobs.PARTNERS, jobs.PAPERS))

    assert as_stored(policy).document_reference[:3] == "DC-"


@pytest.mark.parametrize("scenario", ["document_missing", "document_not_a_pdf"])
def test_a_paper_that_is_none_is_not_kept(insurer, scenario):
    policy = an_insured_worker()
    order(insurer, scenario, operation="document")

    with suppress(Busy):
        tasks.fetch_paper(policy.reference)

    assert as_stored(policy).document_reference == ""


def test_news_of_a_cancellation_there_ends_in_a_dispute(insurer):
    policy = an_insured_worker()
    insurer.control("POST", f"policies/{policy.reference}", {"status": "CANCELLED"})

    actions.take_policy_news(policy.reference, actor=SYSTEM)
    jobs.run_waiting((jobs.PARTNERS,))

    kept = as_stored(policy)
    assert (kept.state, kept.dispute) == ("issued", "withdrawn")


def test_news_of_nothing_changes_nothing(insurer):
    policy = an_insured_worker()
    jobs.run_waiting((jobs.PARTNERS,))
    before = everything("insurance")

    actions.take_policy_news(policy.reference, actor=SYSTEM)
    jobs.run_waiting((jobs.PARTNERS,))

    assert {**everything("insurance"), "jobs": []} == {**before, "jobs": []}


def test_news_of_an_issue_after_the_cancellation_here_cancels_there(insurer):
    order(insurer, "pending_then_issued", operation="propose", value=9)
    policy = a_paid_policy()
    tell(policy.reference)
    actions.cancel_policy(policy.reference, "clearance rejected", actor=SYSTEM)
    actions.record_told(policy.reference, "", actor=SYSTEM)
    insurer.control("POST", f"policies/{policy.reference}", {"status": "ISSUED"})

    actions.take_policy_news(policy.reference, actor=SYSTEM)
    jobs.run_waiting((jobs.PARTNERS,))

    kept = as_stored(policy)
    assert (kept.state, kept.to_tell, kept.number[:9]) == ("cancelled", False, "PBBY-SBX-")
    assert directory.insurer().policy(kept.number, request_id=uuid4()).state == "CANCELLED"


@pytest.mark.parametrize("name", ["propose", "confirm", "fetch_paper"])
def test_an_insurer_that_is_away_is_asked_later(insurer, settings, name):
    policy = an_insured_worker() if name != "propose" else a_paid_policy()
    settings.PARTNERS = {}
    before = as_stored(policy)

    with pytest.raises(Busy):
        getattr(tasks, name)(policy.reference)

    assert as_stored(policy).audit_seq == before.audit_seq


def test_what_is_not_in_force_is_not_confirmed(insurer, settings):
    policy = a_paid_policy()
    settings.PARTNERS = {}

    tasks.confirm(policy.reference)

    assert as_stored(policy).dispute == ""


# --- days ---------------------------------------------------------------------------------------


def days():
    with acting(SYSTEM):
        rows = Reconciliation.objects.order_by("day")
        return [(row.day, [each["code"] for each in row.differences]) for row in rows]


def test_a_day_is_compared_when_it_is_over_and_lost_news_is_caught_up(insurer, both_clocks):
    begins = NOON + timedelta(days=20)
    with both_clocks(begins):
        issued, ended = an_insured_worker(), an_insured_worker()
        order(insurer, "pending_then_issued", operation="propose", value=9)
        pending = a_paid_policy()
        jobs.run_waiting((jobs.PARTNERS,))  # asked, and again after a minute
        for policy, status in ((ended, "CANCELLED"), (pending, "ISSUED")):
            insurer.control("POST", f"policies/{policy.reference}", {"status": status})
        tasks.clocks()
        tasks.reconcile(begins.date().isoformat())  # too early
    assert days() == []

    with both_clocks(begins + timedelta(days=1)):
        for _ in range(2):
            tasks.clocks()
            jobs.run_waiting((jobs.PARTNERS,))
        tell(pending.reference)

        ((day, codes),) = days()
        assert (day, sorted(codes)) == (begins.date(), ["answer_missed", "cancelled_there"])
        stands = [as_stored(each) for each in (issued, ended, pending)]
        assert [(each.state, each.dispute) for each in stands] == [
            ("active", ""),
            ("active", "withdrawn"),
            ("issued", ""),
        ]


def test_a_list_that_lacks_a_policy_lets_it_be_confirmed(insurer, both_clocks):
    begins = NOON + timedelta(days=30)
    with both_clocks(begins):
        policy = an_insured_worker()
    order(insurer, "reconciliation_lacks_one", operation="reconciliation")

    with both_clocks(begins + timedelta(days=1)):
        tasks.clocks()
        jobs.run_waiting((jobs.PARTNERS,))

    assert days() == [(begins.date(), ["missing_there"])]
    assert as_stored(policy).dispute == ""


def test_a_list_with_another_premium_makes_a_dispute(insurer, both_clocks):
    begins = NOON + timedelta(days=40)
    with both_clocks(begins):
        policy = an_insured_worker()
    order(insurer, "reconciliation_premium_differs", operation="reconciliation")

    with both_clocks(begins + timedelta(days=1)):
        tasks.reconcile(begins.date().isoformat())

    assert days() == [(begins.date(), ["premium_differs"])]
    assert as_stored(policy).dispute == "premium_differs"


def test_a_day_that_was_compared_is_not_asked_for(insurer, settings):
    actions.record_reconciliation(TODAY, [], actor=SYSTEM)
    settings.PARTNERS = {}

    tasks.reconcile(TODAY.isoformat())

    assert days() == [(TODAY, [])]


def test_a_day_waits_while_the_insurer_is_away(insurer, settings):
    settings.PARTNERS = {}

    with pytest.raises(Busy):
        tasks.reconcile(TODAY.isoformat())

    assert days() == []


def test_a_list_of_several_pages_is_read_to_its_end_or_not_at_all(insurer, settings, monkeypatch):
    pages = [[1, 2], [3], [4]]
    exchanges = [page_of(pages, number) for number in range(3)]
    for most, kept in ((2, []), (3, [(TODAY, ["unknown_here"] * 4)])):
        monkeypatch.setattr(tasks, "MOST_PAGES", most)
        replayer = Replayer(exchanges)
        settings.PARTNERS = {"insurer": address_of(replayer)}

        with capture_logs() as logged:
            tasks.reconcile(TODAY.isoformat())
        replayer.shutdown()
        replayer.server_close()

        too_long = [line for line in logged if line["event"] == "insurance.day_too_long"]
        assert (days(), len(too_long)) == (kept, 0 if kept else 1)


def page_of(pages, number):
    """One page of a recorded list, and the question for it."""
    last = f"PBBY-{pages[number - 1][-1]}"
    lines = [
        {"proposalRef": f"IP-{each}", "policyNo": f"PBBY-{each}", "status": "ISSUED",
         "premium": "275.00", "currency": "INR"}
        for each in pages[number]
    ]  # fmt: skip
    body = {"date": TODAY.isoformat(), "policies": lines}
    if number < len(pages) - 1:
        body["next"] = lines[-1]["policyNo"]
    path = f"/v1/reconciliation/{TODAY.isoformat()}" + (f"?after={last}" if number else "")
    return {
        "request": {"method": "GET", "path": path, "body": None},
        "reply": {"status": 200, "content-type": "application/json", "body": body},
    }
