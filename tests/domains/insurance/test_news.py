"""What the insurer tells by itself: in any order, again, about strangers; believed by nobody."""

from datetime import UTC, date, datetime

import pytest
from structlog.testing import capture_logs

from emigrate.domains.insurance import actions
from emigrate.domains.insurance.models import Claim
from emigrate.domains.insurance.tasks import clocks
from emigrate.domains.notifications.models import Message
from emigrate.domains.notifications.queries import words
from emigrate.foundation import clock
from emigrate.foundation.errors import InvalidInput, NotPermitted
from emigrate.foundation.money import Money
from emigrate.foundation.transactions import acting
from emigrate.partners.insurer.contract import ClaimOutcome
from tests.domains.insurance.scene import NOW
from tests.factories.agents import a_protector_general
from tests.factories.insurance import (
    SYSTEM,
    a_claim_news,
    a_paid_policy,
    a_quote,
    a_settlement_news,
    an_answer,
    an_issued_policy,
    as_stored,
    the_insured,
)
from tests.snapshot import everything, jobs_waiting, refused, refused_by_database

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_a_monday")]


# --- policies -----------------------------------------------------------------------------------


def a_pending_policy():
    policy = a_paid_policy()
    return actions.record_policy(policy.reference, an_answer(policy, "PENDING"), actor=SYSTEM)


def an_active_policy():
    policy = an_issued_policy()
    clocks()
    return as_stored(policy)


def a_cancelled_policy():
    policy = a_paid_policy()
    return actions.cancel_policy(policy.reference, "clearance rejected", actor=SYSTEM)


def an_expired_policy():
    policy = an_issued_policy()
    with clock.simulate(datetime(2028, 11, 24, 6, 0, tzinfo=UTC)):
        clocks()
    return as_stored(policy)


@pytest.mark.parametrize(
    ("made", "state", "asked"),
    [
        (a_quote, "quoted", []),
        (a_paid_policy, "paid", ["insurance.propose"]),
        (a_pending_policy, "pending", ["insurance.propose"]),
        (an_issued_policy, "issued", ["insurance.confirm"]),
        (an_active_policy, "active", ["insurance.confirm"]),
        (a_cancelled_policy, "cancelled", ["insurance.propose"]),
        (an_expired_policy, "expired", []),
    ],
)
def test_news_of_a_policy_lets_the_insurer_be_asked_and_changes_nothing(made, state, asked):
    policy = made()
    assert policy.state == state
    before, waiting = everything("insurance", "notifications"), len(jobs_waiting())

    actions.take_policy_news(policy.reference, actor=SYSTEM)
    actions.take_policy_news(policy.reference, actor=SYSTEM)

    after = everything("insurance", "notifications")
    assert jobs_waiting()[waiting:] == asked * 2
    assert {**after, "jobs": []} == {**before, "jobs": []}


def test_news_of_an_unknown_policy_is_nothing():
    before = everything()

    actions.take_policy_news("IP-26-0000000-X", actor=SYSTEM)

    assert everything() == before


def test_only_the_platform_takes_news():
    policy = an_issued_policy()

    for actor in (the_insured(policy), a_protector_general()):
        with refused(NotPermitted):
            actions.take_policy_news(policy.reference, actor=actor)
        with refused(NotPermitted):
            actions.take_claim_news(a_claim_news(policy), actor=actor)


# --- claims -------------------------------------------------------------------------------------


def take(*news):
    for each in news:
        actions.take_claim_news(each, actor=SYSTEM)


def the_claim():
    with acting(SYSTEM):
        return Claim.objects.get()


def told():
    with acting(SYSTEM):
        rows = Message.objects.filter(event__startswith="claim.").order_by("id")
        return [(row.event, row.person_id, row.reference, row.facts) for row in rows]


def told_once(policy, *, first="registered"):
    notices = {
        "registered": (
            "claim.registered",
            policy.person_id,
            policy.reference,
            {"claim": f"CL-TEST-{policy.pk}", "on": "2026-11-20"},
        ),
        "settled": (
            "claim.settled",
            policy.person_id,
            policy.reference,
            {"claim": f"CL-TEST-{policy.pk}", "on": "2026-11-22"},
        ),
    }
    return [notices.pop(first), *notices.values()]


@pytest.mark.parametrize("first", ["registered", "settled"])
def test_a_claim_is_the_same_in_either_order_and_told_once(first):
    policy = an_issued_policy()
    news = [a_claim_news(policy), a_settlement_news(policy)]
    news = news if first == "registered" else news[::-1]

    take(*news)
    before = everything()
    take(*news, *news[::-1])

    claim = the_claim()
    assert (claim.policy_id, claim.person_id, claim.country, claim.number) == (
        policy.pk,
        policy.person_id,
        "SAU",
        f"CL-TEST-{policy.pk}",
    )
    assert (claim.registered_on, claim.settled_on) == (date(2026, 11, 20), date(2026, 11, 22))
    assert (claim.outcome, claim.amount_minor, claim.currency) == ("paid", 100_000_000, "INR")
    assert told() == told_once(policy, first=first)
    assert everything() == before


def test_a_refused_claim_has_no_amount():
    policy = an_issued_policy()

    take(a_settlement_news(policy, outcome=ClaimOutcome.REFUSED))  # an amount that came along

    claim = the_claim()
    assert (claim.registered_on, claim.settled_on) == (None, date(2026, 11, 22))
    assert (claim.outcome, claim.amount_minor, claim.currency) == ("refused", None, "")


@pytest.mark.parametrize(
    "other",
    [
        {"amount": Money("INR", 1)},
        {"amount": Money("USD", 100_000_000)},
        {"outcome": ClaimOutcome.REFUSED, "amount": None},
        {"on": date(2026, 11, 23)},
    ],
)
def test_the_first_word_stays_and_another_one_is_logged(other):
    policy = an_issued_policy()
    take(a_claim_news(policy), a_settlement_news(policy))
    before = everything()

    with capture_logs() as logged:
        take(a_settlement_news(policy, **other))

    claim = f"CL-TEST-{policy.pk}"
    event = "insurance.claim_contradicted"
    assert everything() == before
    assert logged == [{"event": event, "log_level": "warning", "claim": claim}]


def test_the_same_news_again_is_not_logged():
    policy = an_issued_policy()
    take(a_claim_news(policy), a_settlement_news(policy))

    with capture_logs() as logged:
        take(a_claim_news(policy), a_settlement_news(policy))

    assert logged == []


@pytest.mark.parametrize("news", [a_claim_news, a_settlement_news])
def test_a_claim_of_another_policy_is_refused(news):
    policy, other = an_issued_policy(), an_issued_policy()
    take(a_claim_news(policy))

    with refused(InvalidInput, "claim_of_another_policy"):
        take(news(other, claim_number=f"CL-TEST-{policy.pk}"))


@pytest.mark.parametrize("number", ["PBBY-UNKNOWN", ""])
def test_a_claim_on_a_policy_that_is_not_ours_is_not_kept(number):
    quoted = a_quote()
    before = everything()

    take(a_claim_news(quoted, policy_number=number))

    assert everything() == before


def test_what_has_ended_may_be_claimed_on():
    policy = an_expired_policy()

    take(a_claim_news(policy))

    assert the_claim().policy_id == policy.pk


def test_one_policy_has_several_claims():
    policy = an_issued_policy()

    take(a_claim_news(policy), a_claim_news(policy, claim_number="CL-TEST-SECOND"))

    with acting(SYSTEM):
        assert Claim.objects.filter(policy=policy).count() == 2
    assert len(told()) == 2


@pytest.mark.parametrize(
    ("constraint", "columns"),
    [
        ("claim_was_told_of", {}),
        ("claim_settled_with_an_outcome", {"settled_on": date(2026, 11, 22)}),
        ("claim_settled_with_an_outcome", {"registered_on": NOW.date(), "outcome": "refused"}),
        (
            "claim_settled_with_an_outcome",
            {"settled_on": NOW.date(), "outcome": "lost"},
        ),
        ("claim_paid_with_an_amount", {"settled_on": NOW.date(), "outcome": "paid"}),
        (
            "claim_paid_with_an_amount",
            {"settled_on": NOW.date(), "outcome": "paid", "amount_minor": 1},
        ),
        (
            "claim_paid_with_an_amount",
            {"settled_on": NOW.date(), "outcome": "paid", "amount_minor": -1, "currency": "INR"},
        ),
        (
            "claim_paid_with_an_amount",
            {"settled_on": NOW.date(), "outcome": "refused", "amount_minor": 1, "currency": "INR"},
        ),
    ],
)
def test_the_database_keeps_no_half_told_claim(constraint, columns):
    policy = an_issued_policy()
    claim = Claim(
        policy=policy, person_id=policy.person_id, country="SAU", number="CL-TEST-1", **columns
    )

    with acting(SYSTEM), refused_by_database(constraint):
        claim.save()


@pytest.mark.parametrize("language", ["en", "hi"])
def test_the_person_reads_what_became_of_the_claim(language):
    policy = an_issued_policy()
    take(a_claim_news(policy), a_settlement_news(policy))

    with acting(SYSTEM):
        rows = Message.objects.filter(event__startswith="claim.").order_by("id")
        said = [words(row, language) for row in rows]

    for text, day in zip(said, ("2026-11-20", "2026-11-22"), strict=True):
        assert all(part in text for part in (f"CL-TEST-{policy.pk}", policy.reference, day))
        assert text.isascii() == (language == "en")
