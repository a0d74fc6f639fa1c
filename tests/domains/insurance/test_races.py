"""News and lists that arrive many times at the same moment, in a database that commits."""

from emigrate.domains.insurance import actions
from emigrate.domains.insurance.models import Claim, Reconciliation
from emigrate.domains.notifications.models import Message
from emigrate.foundation.clock import office_date
from emigrate.foundation.errors import AlreadyExists
from emigrate.foundation.transactions import acting
from tests.factories.insurance import (
    SYSTEM,
    a_claim_news,
    a_line,
    a_settlement_news,
    an_issued_policy,
    as_stored,
)
from tests.races import race
from tests.snapshot import leaves_of


def test_a_claim_told_many_times_at_once_is_one_claim(committed_database):
    policy = an_issued_policy()
    news = [a_claim_news(policy), a_settlement_news(policy)]

    outcomes = race(8, lambda at: actions.take_claim_news(news[at % 2], actor=SYSTEM))

    assert outcomes == [None] * 8
    with acting(SYSTEM):
        claim = Claim.objects.get()
        told = Message.objects.filter(event__startswith="claim.")
        assert sorted(told.values_list("event", flat=True)) == [
            "claim.registered",
            "claim.settled",
        ]
    assert None not in (claim.registered_on, claim.settled_on)


def test_one_number_for_claims_of_two_policies_at_once_is_one_claim(committed_database):
    policies = [an_issued_policy(), an_issued_policy()]
    news = [a_claim_news(each, claim_number="CL-SAME") for each in policies]

    outcomes = race(4, lambda at: actions.take_claim_news(news[at % 2], actor=SYSTEM))

    assert sorted(str(each and type(each).__name__) for each in outcomes) == [
        *["InvalidInput"] * 2,
        *["None"] * 2,
    ]
    with acting(SYSTEM):
        assert Claim.objects.count() == 1


def test_a_day_compared_many_times_at_once_is_compared_once(committed_database):
    policy = an_issued_policy()
    cancelled = an_issued_policy()
    line = a_line(cancelled)
    actions.cancel_policy(cancelled.reference, "clearance rejected", actor=SYSTEM)
    actions.record_told(cancelled.reference, "", actor=SYSTEM)
    day = office_date(as_stored(cancelled).state_since)

    outcomes = race(
        6, lambda _at: actions.record_reconciliation(day, [a_line(policy), line], actor=SYSTEM)
    )

    with acting(SYSTEM):
        row = Reconciliation.objects.get()
    assert {each if each == row else type(each) for each in outcomes} <= {row, AlreadyExists}
    assert len(row.differences) == leaves_of(cancelled).count("policy.cancellation_missed") == 1
