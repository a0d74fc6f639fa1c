"""A policy in force of which the insurer says something else: an officer looks, once."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from emigrate.domains.emigrants.actions import record_passport_check
from emigrate.domains.emigrants.models import Emigrant
from emigrate.domains.insurance import actions, queries
from emigrate.domains.insurance.tasks import clocks
from emigrate.foundation import clock
from emigrate.foundation.errors import NotFound, NotPermitted, WrongState
from emigrate.foundation.money import Money
from emigrate.foundation.transactions import acting
from tests.domains.insurance.scene import NOW
from tests.factories.agents import a_protector_general, an_agency_owner
from tests.factories.emigrants import a_passport
from tests.factories.emigrants import an_answer as a_registry_answer
from tests.factories.insurance import (
    SYSTEM,
    a_paid_policy,
    a_quote,
    an_answer,
    an_issued_policy,
    as_stored,
    the_insured,
)
from tests.snapshot import everything, jobs_waiting, leaves_of, refused

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_a_monday")]


def stands(policy, answer):
    return actions.record_standing(policy.reference, answer, actor=SYSTEM)


@pytest.mark.parametrize("state", [None, "CANCELLED", "REJECTED"])
def test_a_policy_that_the_insurer_ended_waits_for_an_officer(state):
    policy = an_issued_policy()
    answer = None if state is None else an_answer(policy, state)

    disputed = stands(policy, answer)
    before = everything()
    stands(policy, answer)

    assert (disputed.state, disputed.dispute) == ("issued", "withdrawn")
    assert everything() == before
    assert leaves_of(policy)[-1] == "policy.disputed"
    assert list(queries.disputed_policies_for(SYSTEM)) == [disputed]


def test_a_policy_under_another_proposal_is_not_this_one():
    policy = an_issued_policy()

    disputed = stands(policy, replace(an_answer(policy), reference="IP-OTHER"))

    assert disputed.dispute == "withdrawn"


def test_a_policy_that_stands_again_is_withdrawn_no_more():
    policy = an_issued_policy()
    stands(policy, None)

    settled = stands(policy, an_answer(policy))
    before = everything()
    stands(policy, an_answer(policy))
    stands(policy, an_answer(policy, "PENDING"))

    assert (settled.state, settled.dispute) == ("issued", "")
    assert leaves_of(policy)[-1] == "policy.dispute_settled"
    assert everything() == before


@pytest.mark.parametrize(
    ("differs", "dispute"),
    [
        ({"premium": Money("INR", 27_499)}, "premium_differs"),
        ({"sum_insured": Money("INR", 99_999_999)}, "sum_too_low"),
        ({"cover_from": date(2026, 11, 24)}, "term_too_short"),
        ({"cover_to": date(2028, 11, 21)}, "term_too_short"),
        ({"cover_from": None}, "term_too_short"),
        ({"cover_to": None}, "term_too_short"),
        ({"passport_number": "Z0999999"}, "other_passport"),
        ({"passport_number": None}, "other_passport"),
    ],
)
def test_what_the_insurer_changed_waits_for_an_officer(differs, dispute):
    policy = an_issued_policy()
    answer = replace(an_answer(policy), **differs)

    disputed = stands(policy, answer)
    before = everything()
    stands(policy, answer)
    assert everything() == before
    untouched = stands(policy, an_answer(policy))

    assert (disputed.state, disputed.dispute) == ("issued", dispute)
    assert untouched.dispute == dispute


def test_a_passport_renewed_since_the_issue_is_no_dispute():
    policy = an_issued_policy()
    answer = an_answer(policy)
    with acting(SYSTEM):
        person = Emigrant.objects.get(pk=policy.person_id)
    renewed = a_passport(person)
    record_passport_check(renewed.pk, a_registry_answer(), actor=SYSTEM)
    assert an_answer(policy).passport_number != answer.passport_number

    assert stands(policy, answer).dispute == ""
    assert stands(policy, an_answer(policy)).dispute == ""


@pytest.mark.parametrize("made", [a_quote, a_paid_policy])
def test_what_is_not_in_force_is_left_alone(made):
    policy = made()
    before = everything()

    stands(policy, None)

    assert everything() == before


def test_months_later_it_reads_as_it_was_issued():
    policy = an_issued_policy()
    answer = an_answer(policy)

    with clock.simulate(NOW + timedelta(days=200)):
        clocks()
        assert (as_stored(policy).state, stands(policy, answer).dispute) == ("active", "")
        assert stands(policy, None).dispute == "withdrawn"


def test_an_officer_has_the_insurer_asked_again_or_cancels():
    policy, other = an_issued_policy(), an_issued_policy()
    officer = a_protector_general()
    for each in (policy, other):
        stands(each, None)

    settled = actions.look_again(policy.reference, "A mistake there.", actor=officer)
    actions.cancel_policy(other.reference, "Withdrawn by the insurer.", actor=officer)

    assert (settled.state, settled.dispute) == ("issued", "")
    assert jobs_waiting("insurance.")[-2:] == ["insurance.confirm", "insurance.cancel"]
    assert as_stored(other).state == "cancelled"
    with refused(WrongState):
        actions.look_again(policy.reference, "Again.", actor=officer)
    with refused(WrongState):
        actions.look_again(other.reference, "Again.", actor=officer)


def test_nobody_but_the_platform_says_where_it_stands():
    policy = an_issued_policy()

    for actor, error in ((the_insured(policy), NotPermitted), (an_agency_owner(), NotFound)):
        with refused(error):
            actions.record_standing(policy.reference, None, actor=actor)
