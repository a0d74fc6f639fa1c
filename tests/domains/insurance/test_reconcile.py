"""A day compared with the insurer's list: each difference, once, and the days caught up."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection

from emigrate.domains.insurance import actions, queries
from emigrate.domains.insurance.models import Policy, Reconciliation
from emigrate.domains.insurance.tasks import clocks
from emigrate.foundation import clock
from emigrate.foundation.errors import NotPermitted
from emigrate.foundation.money import Money
from emigrate.foundation.transactions import acting
from emigrate.partners.insurer.contract import PolicyDay, PolicyState
from tests.domains.insurance.scene import NOW
from tests.factories.agents import a_protector_general
from tests.factories.insurance import (
    SYSTEM,
    a_line,
    a_paid_policy,
    a_quote,
    an_answer,
    an_issued_policy,
    as_stored,
)
from tests.snapshot import everything, jobs_waiting, leaves_of, refused, refused_by_database

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_a_monday")]

DAY = date(2026, 11, 23)
NEXT = NOW + timedelta(days=1)


def compare(*lines, day=DAY, at=NEXT):
    """The insurer's list of a day arrives on the next one; row, and the jobs it asked for."""
    before = len(jobs_waiting("insurance."))
    with clock.simulate(at):
        row = actions.record_reconciliation(day, lines, actor=SYSTEM)
    return row, jobs_waiting("insurance.")[before:]


def noted(code, policy, number=None):
    number = policy.number or f"PBBY-TEST-{policy.pk}" if number is None else number
    return {"code": code, "reference": policy.reference, "number": number}


def cancelled(policy, *, heard=True):
    """Cancelled here, and the insurer was told, as far as the platform knows."""
    actions.cancel_policy(policy.reference, "clearance rejected", actor=SYSTEM)
    return actions.record_told(policy.reference, "", actor=SYSTEM) if heard else policy


def test_a_day_that_agrees():
    issued, ended = an_issued_policy(), cancelled(an_issued_policy())

    row, asked = compare(a_line(issued), a_line(ended, "CANCELLED"))

    assert (row.day, row.at, row.theirs, row.ours) == (DAY, NEXT, 2, 2)
    assert (row.differences, asked) == ([], [])
    assert [as_stored(each).listed_on for each in (issued, ended)] == [DAY, DAY]


def test_a_day_without_policies():
    row, asked = compare()

    assert (row.theirs, row.ours, row.differences, asked) == (0, 0, [], [])


@pytest.mark.parametrize("state", ["ISSUED", "CANCELLED"])
def test_an_answer_that_was_missed_is_asked_for(state):
    policy = a_paid_policy()

    row, asked = compare(a_line(policy, state))

    assert row.differences == [noted("answer_missed", policy)]
    assert (asked, as_stored(policy).state) == (["insurance.propose"], "paid")


def test_a_cancellation_that_the_insurer_never_heard_of_is_told():
    policy = cancelled(a_paid_policy())

    row, asked = compare(a_line(policy))

    assert row.differences == [noted("cancellation_missed", policy)]
    assert (asked, as_stored(policy).to_tell) == (["insurance.cancel"], True)
    assert leaves_of(policy)[-1] == "policy.cancellation_missed"


def test_two_policies_of_one_cancelled_proposal_are_told_of_once():
    policy = cancelled(a_paid_policy())

    row, asked = compare(a_line(policy, number="PBBY-1"), a_line(policy, number="PBBY-2"))

    assert row.differences == [
        noted("cancellation_missed", policy, "PBBY-1"),
        noted("cancellation_missed", policy, "PBBY-2"),
    ]
    assert asked == ["insurance.cancel"]


def test_a_cancellation_of_the_next_day_or_on_its_way_is_none():
    on_its_way, later = cancelled(an_issued_policy(), heard=False), an_issued_policy()
    with clock.simulate(NEXT - timedelta(hours=1)):
        cancelled(later)

    row, asked = compare(a_line(on_its_way), a_line(later))

    assert (row.differences, asked) == ([], [])


def test_a_policy_that_the_platform_never_asked_for_is_noted():
    quoted, issued = a_quote(), an_issued_policy()
    other = PolicyDay("IP-UNKNOWN", "PBBY-1", PolicyState.ISSUED, Money("INR", 1))

    row, asked = compare(other, a_line(quoted), a_line(issued, number="PBBY-2"), a_line(issued))

    assert row.differences == [
        {"code": "unknown_here", "reference": "IP-UNKNOWN", "number": "PBBY-1"},
        noted("unknown_here", quoted),
        noted("unknown_here", issued, "PBBY-2"),
    ]
    assert (asked, as_stored(quoted).listed_on) == ([], None)


def test_what_the_insurer_cancelled_is_confirmed():
    policy = an_issued_policy()

    row, asked = compare(a_line(policy, "CANCELLED", premium=Money("INR", 1)))

    assert row.differences == [noted("cancelled_there", policy)]
    assert (asked, as_stored(policy).dispute) == (["insurance.confirm"], "")


def test_another_premium_is_a_dispute():
    policy = an_issued_policy()

    row, asked = compare(a_line(policy, premium=Money("INR", 27_499)))

    assert row.differences == [noted("premium_differs", policy)]
    assert (asked, as_stored(policy).dispute) == ([], "premium_differs")
    assert leaves_of(policy)[-1] == "policy.disputed"


def test_what_the_list_lacks_is_confirmed_also_when_the_cover_began():
    policy, other, elsewhere = (an_issued_policy() for _ in range(3))
    clocks()
    assert as_stored(policy).state == "active"

    row, asked = compare(a_line(other), a_line(elsewhere, number="PBBY-3"))

    assert row.differences == [
        noted("unknown_here", elsewhere, "PBBY-3"),
        noted("missing_there", policy),
        noted("missing_there", elsewhere),
    ]
    assert (row.theirs, row.ours, asked) == (2, 3, ["insurance.confirm"] * 2)


def test_what_was_cancelled_or_disputed_since_is_not_missing():
    cancelled(an_issued_policy())
    disputed = a_paid_policy()
    answer = replace(an_answer(disputed), premium=None)
    actions.record_policy(disputed.reference, answer, actor=SYSTEM)

    row, asked = compare()

    assert (row.theirs, row.ours, row.differences, asked) == (0, 1, [], [])


def test_what_was_issued_there_before_midnight_is_in_the_earlier_list():
    policy = a_paid_policy()
    with clock.simulate(datetime(2026, 11, 23, 18, 31, tzinfo=UTC)):  # 00:01 at the offices
        issued = actions.record_policy(policy.reference, an_answer(policy), actor=SYSTEM)

    first, _ = compare(a_line(issued))
    second, asked = compare(day=DAY + timedelta(days=1), at=NEXT + timedelta(days=1))

    assert (first.ours, second.ours) == (0, 1)
    assert (first.differences, second.differences, asked) == ([], [], [])


@pytest.mark.parametrize(
    ("issued_at", "day"),
    [
        (datetime(2026, 11, 22, 18, 30, tzinfo=UTC), DAY),  # midnight at the offices
        (datetime(2026, 11, 23, 18, 29, 59, 999999, tzinfo=UTC), DAY),
        (datetime(2026, 11, 23, 18, 30, tzinfo=UTC), DAY + timedelta(days=1)),
    ],
)
def test_a_policy_is_missed_on_its_office_day_alone(issued_at, day):
    with clock.simulate(issued_at):
        an_issued_policy()

    missed = []
    for each in (DAY - timedelta(days=1), DAY, DAY + timedelta(days=1)):
        row, _ = compare(day=each, at=NEXT + timedelta(days=1))
        missed += [each] * len(row.differences)
        assert row.ours == len(row.differences)

    assert missed == [day]


def test_a_day_is_compared_once():
    policy, missed = an_issued_policy(), a_paid_policy()
    row, _ = compare(a_line(policy, "CANCELLED"), a_line(missed))
    before = everything()

    again, asked = compare()

    assert (again, asked) == (row, [])
    assert everything() == before


def test_what_ran_out_since_is_left_alone():
    policy = an_issued_policy()
    after = datetime(2028, 11, 24, 6, 0, tzinfo=UTC)
    with clock.simulate(after):
        clocks()

    row, asked = compare(a_line(policy, "CANCELLED"), at=after)

    assert (as_stored(policy).state, row.differences, asked) == ("expired", [], [])


def test_a_compared_day_is_never_written_again():
    row, _ = compare()

    with acting(SYSTEM), refused_by_database("permission denied"):
        Reconciliation.objects.filter(pk=row.pk).update(theirs=1)


def test_the_reading_grows_with_the_pages_and_not_with_the_policies(django_assert_max_num_queries):
    policies = [an_issued_policy() for _ in range(8)]

    with acting(SYSTEM), django_assert_max_num_queries(12):
        actions.record_reconciliation(DAY, [a_line(each) for each in policies], actor=SYSTEM)


def test_a_long_list_is_read_in_parts(monkeypatch):
    monkeypatch.setattr("emigrate.domains.insurance.actions.reconcile.ROWS_AT_ONCE", 2)
    policies = [an_issued_policy() for _ in range(5)]

    row, _ = compare(*(a_line(each) for each in policies))

    assert (row.theirs, row.ours, row.differences) == (5, 5, [])
    assert {as_stored(each).listed_on for each in policies} == {DAY}


def test_only_the_platform_compares():
    officer = a_protector_general()

    with refused(NotPermitted):
        actions.record_reconciliation(DAY, [], actor=officer)
    with refused(NotPermitted):
        actions.ask_for_reconciliations(actor=officer)


# --- which days ---------------------------------------------------------------------------------


def days_asked():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT args ->> 'day' FROM procrastinate_jobs WHERE status = 'todo' "
            "AND task_name = 'insurance.reconcile' ORDER BY id"
        )
        return [day for (day,) in cursor.fetchall()]


def test_before_the_first_policy_no_day_is_compared():
    a_paid_policy()

    clocks()

    assert days_asked() == []


@pytest.mark.parametrize(
    ("later", "days"),
    [(0, []), (1, ["2026-11-23"]), (3, ["2026-11-23", "2026-11-24", "2026-11-25"])],
)
def test_from_the_first_issue_on_every_past_day_is_compared(later, days):
    an_issued_policy()

    with clock.simulate(NOW + timedelta(days=later)):
        clocks()
        clocks()

    assert days_asked() == days


def test_a_week_is_caught_up_and_what_is_done_stays_done():
    an_issued_policy()
    with clock.simulate(NOW + timedelta(days=30)):
        actions.record_reconciliation(date(2026, 12, 20), [], actor=SYSTEM)

        asked = actions.ask_for_reconciliations(actor=SYSTEM)

    assert (asked, days_asked()) == (
        6,
        ["2026-12-16", "2026-12-17", "2026-12-18", "2026-12-19", "2026-12-21", "2026-12-22"],
    )


def test_the_office_day_begins_at_the_offices_midnight():
    an_issued_policy()

    for moment, days in (
        (datetime(2026, 11, 23, 18, 29, tzinfo=UTC), []),
        (datetime(2026, 11, 23, 18, 30, tzinfo=UTC), ["2026-11-23"]),
    ):
        with clock.simulate(moment):
            clocks()
        assert days_asked() == days


def test_policies_of_before_the_column_are_not_missed():
    """A policy that was issued by an older release has no moment of issue."""
    policy = an_issued_policy()
    with acting(SYSTEM):
        Policy.objects.filter(pk=policy.pk).update(issued_at=None)

    row, asked = compare()

    assert (row.differences, asked) == ([], [])
    with acting(SYSTEM):
        assert list(queries.reconciliations_for(SYSTEM)) == [row]
