"""What the Mission does with a demand, and every refusal with nothing changed."""

from datetime import timedelta

import pytest
from django.db import connection

from emigrate.domains.demands import actions, queries
from emigrate.domains.employers import actions as employers
from emigrate.domains.notifications.models import Message
from emigrate.foundation.clocks import escalate_overdue
from emigrate.foundation.errors import (
    Blocked,
    InvalidInput,
    NotFound,
    NotPermitted,
    OutOfTurn,
    ReasonRequired,
    WrongState,
)
from emigrate.foundation.models import AuditLeaf
from emigrate.foundation.transactions import acting
from tests.factories.contracts import later
from tests.factories.demands import (
    SYSTEM,
    a_draft,
    a_line,
    a_market,
    a_submitted_demand,
    an_accepted_allotment,
    an_approved_demand,
    as_stored,
    first_line,
    in_scrutiny,
)
from tests.factories.employers import a_head_of_mission, a_mission_officer, a_protector_general
from tests.snapshot import leaves_of, refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def market():
    yield a_market()
    connection.check_constraints()


def test_the_approval_stands_for_the_terms_and_for_its_days(market):
    demand = an_approved_demand(market)

    assert demand.state == "approved"
    assert bytes(demand.attested_hash) == bytes(demand.terms_hash)
    assert demand.valid_until == demand.approved_on + timedelta(days=180)
    assert leaves_of(demand) == [
        "demand.created",
        "demand.submitted",
        "demand.taken_up",
        "demand.approved",
    ]
    with acting(SYSTEM):
        told = Message.objects.filter(event="demand.approved", reference=demand.reference)
        assert told.get().organisation_id == market.company.organisation_id


def test_the_law_forbids_a_line_whose_contract_settles_too_little(market):
    demand = in_scrutiny(market, a_line(terms={"clauses": []}))

    with refused(Blocked, "matter_missing"):
        actions.approve_demand(demand.reference, actor=market.mission, fee_receipt="R-1")


def test_an_approval_names_the_missions_receipt(market):
    demand = in_scrutiny(market)

    with refused(InvalidInput, "fee_receipt_missing"):
        actions.approve_demand(demand.reference, actor=market.mission, fee_receipt=" ")


def test_a_demand_is_taken_up_before_it_is_approved(market):
    demand = a_submitted_demand(market)

    with refused(WrongState):
        actions.approve_demand(demand.reference, actor=market.mission, fee_receipt="R-1")


def test_a_draft_is_not_the_missions_to_take_up(market):
    demand = a_draft(market)

    with refused(WrongState):
        actions.take_up_demand(demand.reference, actor=market.mission)


def test_another_countrys_mission_sees_nothing(market):
    demand = in_scrutiny(market)
    elsewhere = a_mission_officer("ARE")

    assert not queries.demands_for(elsewhere).exists()
    with refused(NotFound):
        actions.approve_demand(demand.reference, actor=elsewhere, fee_receipt="R-1")


def test_the_employer_does_not_decide_its_own_demand(market):
    demand = in_scrutiny(market)

    with refused(NotPermitted):
        actions.approve_demand(demand.reference, actor=market.company, fee_receipt="R-1")
    with refused(NotPermitted):
        actions.reject_demand(demand.reference, "No.", actor=market.company)
    with refused(NotPermitted):
        actions.query_demand(demand.reference, "Which site?", actor=market.company)


def test_a_question_pauses_the_clock_and_the_answer_lets_it_run_on(market):
    demand = in_scrutiny(market)
    left = demand.due_at

    asked = actions.query_demand(demand.reference, "Which site?", actor=market.mission)
    paused = asked.clock_left
    with later(days=10):
        answered = actions.answer_query(demand.reference, "Riyadh.", actor=market.company)

    assert (asked.state, asked.held_by) == ("queried", "fe_admin")
    assert paused is not None
    assert (answered.state, answered.held_by, answered.clock_left) == (
        "mission_scrutiny",
        "mission_lw",
        None,
    )
    assert answered.due_at > left


def test_question_answer_and_rejection_need_words(market):
    demand = in_scrutiny(market)

    with refused(ReasonRequired):
        actions.query_demand(demand.reference, "", actor=market.mission)
    with refused(ReasonRequired):
        actions.reject_demand(demand.reference, " ", actor=market.mission)
    actions.query_demand(demand.reference, "Which site?", actor=market.mission)
    with refused(ReasonRequired):
        actions.answer_query(demand.reference, "", actor=market.company)


def test_taking_up_does_not_start_the_clock_again(market):
    demand = a_submitted_demand(market)

    taken_up = actions.take_up_demand(demand.reference, actor=market.mission)

    assert taken_up.due_at == demand.due_at


def test_new_and_changed_demands_are_taken_up_in_one_order(market):
    changed = an_approved_demand(market)
    new = a_submitted_demand(market)
    with later(hours=1):
        line = first_line(changed)
        actions.amend_demand(
            changed.reference, line.pk, a_line(number=12), actor=market.company, reason="More."
        )
        with refused(OutOfTurn):
            actions.take_up_demand(changed.reference, actor=market.mission)
        for each in (new, changed):
            actions.take_up_demand(each.reference, actor=market.mission)

    assert {as_stored(each).state for each in (new, changed)} == {"mission_scrutiny"}


def test_out_of_turn_a_demand_needs_a_recorded_reason(market):
    _first, second = a_submitted_demand(market), a_submitted_demand(market)

    actions.take_up_demand(second.reference, reason="The camp burnt down.", actor=market.mission)

    with acting(SYSTEM):
        leaf = AuditLeaf.objects.get(event="demand.taken_up", case_id=second.pk)
    assert leaf.reason == "The camp burnt down."


def test_an_overdue_demand_rises_to_the_head_of_the_mission(market):
    demand = a_submitted_demand(market)
    with later(days=30):
        escalate_overdue(actor=SYSTEM)
        with acting(market.mission):
            overdue = [each.reference for each in queries.overdue_at_mission(market.mission)]

    assert as_stored(demand).held_by == "mission_hom"
    assert overdue == [demand.reference]


def test_the_head_of_the_mission_may_decide_too(market):
    demand = in_scrutiny(market)

    approved = actions.approve_demand(
        demand.reference, actor=a_head_of_mission(), fee_receipt="R-1"
    )

    assert approved.state == "approved"


def test_the_missions_queue_holds_what_waits(market):
    waiting, approved = a_submitted_demand(market), an_approved_demand(market)

    queue = [each.reference for each in queries.mission_queue(market.mission)]

    assert waiting.reference in queue
    assert approved.reference not in queue


def test_rejecting_a_changed_demand_releases_what_agents_hold(market):
    allotment = an_accepted_allotment(market, 5)
    demand = as_stored(allotment.demand)
    line = first_line(demand)
    actions.amend_demand(
        demand.reference, line.pk, a_line(number=12), actor=market.company, reason="More."
    )
    actions.take_up_demand(demand.reference, actor=market.mission)

    actions.reject_demand(demand.reference, "No permits.", actor=market.mission)

    assert (as_stored(demand).state, as_stored(allotment).state) == ("rejected", "released")
    assert first_line(demand).allotted == 0


def test_of_a_watched_employer_only_the_head_of_the_mission_approves(market):
    demand = in_scrutiny(market)
    for _ in range(2):
        employers.watch_employer(
            market.employer.reference, reason="Complaints.", actor=a_protector_general()
        )

    with refused(NotPermitted):
        actions.approve_demand(demand.reference, actor=market.mission, fee_receipt="R-1")
    head = a_head_of_mission(market.employer.country)
    approved = actions.approve_demand(demand.reference, actor=head, fee_receipt="R-1")

    assert (approved.state, approved.prior_approval) == ("approved", True)


def test_the_approval_of_an_unwatched_employer_is_no_prior_approval(market):
    assert an_approved_demand(market).prior_approval is False
