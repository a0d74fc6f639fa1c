"""The jobs against the sandbox process, through the real door and protocol."""

from contextlib import suppress
from uuid import uuid4

import pytest

from emigrate.domains.insurance import actions, tasks
from emigrate.foundation import jobs
from emigrate.foundation.errors import Busy
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
from tests.partners.bench import LiveSandbox


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
    settings.KEYS = tmp_path
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
