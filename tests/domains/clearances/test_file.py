"""Drafting and handing in: what must be there, what the law says, what is taken and given back."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from emigrate.domains.agents import actions as agents
from emigrate.domains.agents.queries import AgentBarred
from emigrate.domains.clearances import actions
from emigrate.domains.clearances.actions.file import OpenClearance
from emigrate.domains.clearances.facts import law_answer
from emigrate.domains.contracts import actions as contracts
from emigrate.domains.demands import actions as demands
from emigrate.domains.demands.models import Demand
from emigrate.domains.emigrants import actions as emigrants
from emigrate.domains.employers import actions as employers
from emigrate.domains.employers.models import RecruitmentYear
from emigrate.domains.notifications.models import Message
from emigrate.domains.reference.enums import Role
from emigrate.foundation import clock
from emigrate.foundation.errors import Blocked, Exhausted, NotFound, NotPermitted
from emigrate.foundation.transactions import acting
from tests.factories.clearances import (
    SYSTEM,
    a_draft,
    a_job,
    a_scene,
    counters,
    everything,
    lead,
    row,
    taken,
    the_registrys_word,
)
from tests.factories.emigrants import a_new_passport

NOTHING = {"vacancies": 0, "capacity": 0, "workers": 0}
ONE = {"vacancies": 1, "capacity": 1, "workers": 1}


def what_is_missing(scene, filed, **options):
    before = everything(filed)
    with pytest.raises(Blocked) as refusal:
        scene.do(actions.submit_clearance, filed.reference, actor=filed.job.agency.actor, **options)
    assert everything(filed) == before
    return refusal.value.facts["codes"]


def again(filed, **changes):
    """An application on the same contract."""
    given = {
        "contract_reference": filed.contract.reference,
        "visa_number": "V1",
        "visa_expires_on": None,
        "departs_on": datetime(2026, 12, 20, tzinfo=UTC).date(),
    }
    return actions.NewClearance(**given | changes)


def test_an_application_is_handed_in(scene):
    filed = scene.drafts[0]

    case = scene.do(actions.submit_clearance, filed.reference, actor=scene.agent)

    assert (case.state, case.asked_on, counters(filed.job)) == ("submitted", scene.now.date(), ONE)
    assert {finding["severity"] for finding in case.findings} <= {"note", "warn", "refer"}
    with acting(SYSTEM):
        told = Message.objects.filter(event="clearance.submitted").values_list(
            "person_id", flat=True
        )
        assert list(told) == [filed.worker.case.pk]
    connection.check_constraints()


def test_one_open_application_a_person(scene):
    filed = scene.drafts[0]
    before = everything(filed)

    with pytest.raises(OpenClearance) as refusal:
        scene.do(actions.draft_clearance, again(filed), actor=scene.agent)

    assert refusal.value.reason_code == "clearance_already_open"
    assert everything(filed) == before


@pytest.mark.parametrize("state", ["withdrawn", "rejected", "lapsed", "cancelled", "expired"])
def test_after_an_ended_one_there_can_be_another(scene, state):
    filed = scene.drafts[0]
    lead(scene, filed.reference, state)

    case = scene.do(actions.draft_clearance, again(filed), actor=scene.agent)

    assert case.state == "draft"


def test_only_the_filing_agency_drafts(scene):
    filed = scene.drafts[0]
    lead(scene, filed.reference, "withdrawn")

    with pytest.raises(NotFound):
        scene.do(actions.draft_clearance, again(filed), actor=scene.other_agency.actor)
    with pytest.raises(NotPermitted):
        scene.do(actions.draft_clearance, again(filed), actor=scene.officer())


def test_a_contract_that_is_not_fixed_carries_nothing(scene):
    filed = scene.drafts[0]
    lead(scene, filed.reference, "withdrawn")
    scene.do(contracts.annul_contract, filed.contract.reference, "Post gone.", actor=SYSTEM)

    with pytest.raises(Blocked) as refusal:
        scene.do(actions.draft_clearance, again(filed), actor=scene.agent)

    assert refusal.value.facts["codes"] == ["contract_not_locked"]


def test_what_is_missing_is_said_at_once(scene):
    filed = a_draft(scene, fee=False, insured=False)

    assert what_is_missing(scene, filed)[:2] == ["fee_not_paid", "insurance_missing"]


def test_a_departure_in_the_past_and_a_short_visa(scene):
    filed = scene.drafts[0]
    scene.at(scene.now + timedelta(days=150))

    codes = what_is_missing(scene, filed)

    assert {"departure_in_past", "visa_ends_before_departure"} <= set(codes)


def test_a_new_passport_needs_a_new_application(scene):
    filed = scene.drafts[0]
    number = a_new_passport()
    scene.do(emigrants.add_passport, filed.worker.case.reference, number, actor=scene.agent)

    assert what_is_missing(scene, filed) == ["passport_changed"]


def test_a_void_contract_is_noticed(scene):
    filed = scene.drafts[0]
    scene.do(contracts.annul_contract, filed.contract.reference, "Post gone.", actor=SYSTEM)

    codes = what_is_missing(scene, filed)

    assert "contract_not_locked" in codes


def test_a_suspended_agent_sends_nobody(scene):
    filed = scene.drafts[0]
    reference = scene.agency.case.reference
    general = scene.officer(Role.PGE)
    scene.do(agents.suspend_agent, reference, reason="Complaints.", actor=general)

    assert what_is_missing(scene, filed) == ["agent_suspended"]
    with pytest.raises(AgentBarred):
        scene.do(actions.submit_clearance, filed.reference, actor=scene.agent, for_an_order=True)


def test_a_demand_that_ended_gives_no_vacancy(scene):
    filed = scene.drafts[0]
    scene.at(scene.now + timedelta(days=1))
    with acting(SYSTEM):
        demand = filed.job.line.demand.reference
    scene.do(demands.cancel_demand, demand, "The site closed.", actor=scene.company.actor)

    assert what_is_missing(scene, filed) == ["demand_not_open"]


def test_the_last_vacancy_and_no_more(scene):
    job = a_job(scene.world, scene.agency, scene.company, vacancies=1)
    first, second = a_draft(scene, job), a_draft(scene, job)
    taken(scene, "submit", first.reference)
    before = everything(second)

    with pytest.raises((Exhausted, Blocked)):
        taken(scene, "submit", second.reference)

    assert everything(second) == before
    taken(scene, "withdraw", first.reference)
    taken(scene, "submit", second.reference)
    assert counters(job)["vacancies"] == 1


def test_the_last_worker_of_a_small_agent_is_let_through(scene):
    """The law counts the workers before this one: the application's own place is not held up."""
    filed = scene.drafts[0]
    with acting(SYSTEM):
        type(scene.agency.case).objects.filter(pk=scene.agency.case.pk).update(
            category="small", capacity=1
        )
    lead(scene, filed.reference, "under_scrutiny")

    approved = taken(scene, "approve", filed.reference)

    assert approved.state == "approved"
    assert "agent_capacity_used" in what_is_missing(scene, scene.drafts[1])


def test_the_last_worker_of_a_small_employer_needs_no_second_look(scene):
    filed = scene.drafts[0]
    with acting(SYSTEM):
        type(scene.company.case).objects.filter(pk=scene.company.case.pk).update(small=True)
        today = scene.now.date()
        RecruitmentYear.objects.create(
            employer_id=scene.company.case.pk, year=today.year, workers=9, last_on=today
        )

    case = lead(scene, filed.reference, "queued")
    second = lead(scene, scene.drafts[1].reference, "queued")

    assert "small_employer_full" not in {found["code"] for found in case.findings}
    assert "small_employer_full" in {found["code"] for found in second.findings}


@pytest.mark.parametrize("state", ["withdrawn", "rejected", "lapsed", "cancelled", "expired"])
def test_what_was_taken_is_given_back_once(scene, state):
    filed = scene.drafts[0]
    if state == "withdrawn":
        lead(scene, filed.reference, "queued")
        during = counters(filed.job)
        taken(scene, "withdraw", filed.reference)
    else:
        lead(scene, filed.reference, "queued")
        during = counters(filed.job)
        finish(scene, filed, state)

    assert (during, counters(filed.job)) == (ONE, NOTHING)
    assert row(filed.reference).vacancy_taken is False
    connection.check_constraints()


def finish(scene, filed, state):
    taken(scene, "take_up", filed.reference)
    if state == "rejected":
        taken(scene, "reject", filed.reference)
    elif state == "lapsed":
        taken(scene, "query", filed.reference)
        scene.at(scene.now + timedelta(days=90)).do(actions.lapse_unanswered, actor=SYSTEM)
    else:
        taken(scene, "approve", filed.reference)
        if state == "cancelled":
            taken(scene, "cancel", filed.reference)
        else:
            scene.at(scene.now + timedelta(days=400)).do(actions.expire_clearances, actor=SYSTEM)


@pytest.mark.parametrize("state", ["approved", "suspended", "used"])
def test_what_is_in_hand_keeps_its_place(scene, state):
    filed = scene.drafts[0]

    lead(scene, filed.reference, state)

    assert counters(filed.job) == ONE


def test_a_withdrawn_draft_gives_nothing_back(scene):
    filed = scene.drafts[0]

    lead(scene, filed.reference, "withdrawn")

    assert counters(filed.job) == NOTHING


def test_workers_of_last_year_are_given_back_to_last_year(scene):
    filed = scene.drafts[0]
    scene.at(datetime(2026, 12, 15, 5, 0, tzinfo=UTC))
    lead(scene, filed.reference, "queued")
    scene.at(datetime(2027, 1, 4, 5, 0, tzinfo=UTC))

    taken(scene, "withdraw", filed.reference)

    assert counters(filed.job) == NOTHING


AFTER_THE_FLOOR = datetime(2020, 9, 9, 5, 0, tzinfo=UTC)


class TestAWageBelowTheFloorOfItsDay:
    """The Emirates' floors of September 2020 stand from the 8th: AED 700 was allowed before."""

    @pytest.fixture
    def emirates(self, scene):
        """Applications of 3 August for a departure on 2 September."""
        begins = datetime(2020, 8, 3, 5, 0, tzinfo=UTC)
        return a_scene(2, begins=begins, country="ARE", wage=(700_00, "AED"), seed=2)

    def test_before_and_after(self, emirates):
        before, after = emirates.drafts
        taken(emirates, "submit", before.reference)
        emirates.at(AFTER_THE_FLOOR)

        codes = what_is_missing(emirates, after)

        assert codes == ["departure_in_past", "wage_below_floor"]

    def test_the_law_is_asked_again_by_the_decision(self, emirates):
        filed = emirates.drafts[0]
        lead(emirates, filed.reference, "under_scrutiny")
        emirates.at(AFTER_THE_FLOOR)
        before = everything(filed)

        with pytest.raises(Blocked) as refusal:
            taken(emirates, "approve", filed.reference)

        assert refusal.value.facts["codes"] == ["wage_below_floor"]
        assert everything(filed) == before
        assert taken(emirates, "reject", filed.reference).state == "rejected"

    def test_an_order_can_be_asked_for_all_the_same(self, scene):
        begins = AFTER_THE_FLOOR - timedelta(days=3)
        emirates = a_scene(1, begins=begins, country="ARE", wage=(700_00, "AED"), seed=2)
        filed = emirates.drafts[0]
        without = what_is_missing(emirates, filed)

        case = emirates.do(
            actions.submit_clearance, filed.reference, actor=emirates.agent, for_an_order=True
        )

        barred = [found["code"] for found in case.findings if found["severity"] == "block"]
        assert (without, case.state, barred) == (barred, "submitted", ["wage_below_floor"])


def test_checks_look_at_the_new_application_only(scene):
    filed = scene.drafts[0]
    lead(scene, filed.reference, "in_checks")

    case = scene.do(actions.record_checks, filed.reference, the_registrys_word(), actor=SYSTEM)

    assert {check.outcome for check in case.checks.all()} <= {"pass", "note", "warn", "refer"}


def test_the_other_agency_answers_nothing(scene):
    filed = scene.drafts[0]
    lead(scene, filed.reference, "queried")
    stranger = replace(scene.other_agency.actor, office=scene.office)

    with pytest.raises(NotFound):
        scene.do(actions.answer_query, filed.reference, "Here.", actor=stranger)


@pytest.mark.parametrize(("prior", "found"), [(False, True), (True, False)])
def test_a_watched_employer_refers_unless_the_head_of_the_mission_approved_the_demand(
    scene, prior, found
):
    filed = scene.drafts[0]
    company = scene.company.case.reference
    for number in (1, 2):
        general = scene.officer(Role.PGE, number=number)
        scene.do(employers.watch_employer, company, reason="Complaints.", actor=general)
    with acting(SYSTEM):
        demand = Demand.objects.filter(allotments=row(filed.reference).allotment_id)
        demand.update(prior_approval=prior)

    with clock.simulate(scene.now), acting(SYSTEM):
        case = row(filed.reference)
        answer, _ = law_answer(case, purpose="test", on=case.departs_on, actor=SYSTEM)

    codes = [each.code for each in answer.findings]
    assert ("employer_prior_approval" in codes) is found
