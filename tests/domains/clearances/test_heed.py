"""What a clearance rests on can go: what is certain suspends or cancels, the rest is looked at."""

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import Q

from emigrate.domains.agents import actions as agents
from emigrate.domains.clearances import actions, tasks
from emigrate.domains.clearances.models import Check
from emigrate.domains.clearances.queries import to_look_at_again
from emigrate.domains.clearances.workflow import CLEARANCE
from emigrate.domains.contracts import actions as contracts
from emigrate.domains.demands import actions as demands
from emigrate.domains.departures import actions as departures
from emigrate.domains.departures.actions import NotBoarded
from emigrate.domains.emigrants import actions as emigrants
from emigrate.domains.emigrants.models import Emigrant
from emigrate.domains.employers import actions as employers
from emigrate.domains.insurance import actions as insurance
from emigrate.domains.notifications.models import Message
from emigrate.domains.payments import actions as payments
from emigrate.domains.payments.models import Charge, Order
from emigrate.domains.reference.enums import Role
from emigrate.foundation import clock
from emigrate.foundation.clocks import escalate_overdue
from emigrate.foundation.errors import AlreadyExists, Blocked, NotFound
from emigrate.foundation.transactions import acting
from emigrate.ops.simulation import road
from tests.factories.clearances import SYSTEM, a_job, an_insurance, lead, row, taken


def check(reference, code):
    with acting(SYSTEM):
        found = Check.objects.filter(clearance__reference=reference, code=code)
        return found.values_list("outcome", "evidence").first()


def told_the_office(reference):
    with acting(SYSTEM):
        told = Message.objects.filter(reference=reference, event="clearance.look_again")
        return [(each.office, each.facts["code"]) for each in told]


def person_of(reference):
    with acting(SYSTEM):
        return Emigrant.objects.get(pk=row(reference).emigrant_id)


def die(scene, filed):
    person = person_of(filed.reference)
    day = clock.office_date(scene.now) - timedelta(days=1)
    officer = scene.officer()
    reason = "The hospital's paper."
    scene.do(emigrants.record_death, person.reference, day, reason=reason, actor=officer)


def hold_person(scene, filed):
    reference, officer = person_of(filed.reference).reference, scene.officer()
    scene.do(emigrants.hold_as_duplicate, reference, reason="Two records.", actor=officer)


def end_insurance(scene, filed):
    pge = scene.officer(Role.PGE)
    scene.do(insurance.cancel_policy, filed.policy.reference, "The insurer left.", actor=pge)


def the_fee(filed):
    with acting(SYSTEM):
        return Order.objects.get(
            subject_kind="clearance", subject_reference=filed.reference, head="ec_fee"
        )


def annul(scene, filed):
    reason = "The Protector General annuls it."
    pge = scene.officer(Role.PGE)
    scene.do(contracts.annul_contract, filed.contract.reference, reason, actor=pge)


CERTAIN = [
    (die, "cancelled"),
    (annul, "cancelled"),
    (hold_person, "suspended"),
    (end_insurance, "suspended"),
]
NAMES = ["death", "annulment", "held as a duplicate", "insurance cancelled"]


@pytest.mark.parametrize(("happens", "state"), CERTAIN, ids=NAMES)
def test_what_is_certain_ends_or_suspends_what_was_approved(scene, happens, state):
    filed = scene.drafts[0]
    lead(scene, filed.reference, "approved")

    happens(scene, filed)

    assert row(filed.reference).state == state


@pytest.mark.parametrize(("happens", "_state"), CERTAIN, ids=NAMES)
def test_and_nobody_approves_what_was_under_scrutiny(scene, happens, _state):
    filed = scene.drafts[0]
    lead(scene, filed.reference, "under_scrutiny")

    happens(scene, filed)

    with pytest.raises(Blocked):
        taken(scene, "approve", filed.reference)
    assert row(filed.reference).state == "under_scrutiny"


@pytest.mark.parametrize("happens", [die, hold_person])
def test_nobody_hands_in_for_the_dead_or_the_held(scene, happens):
    filed = scene.drafts[0]
    happens(scene, filed)

    with pytest.raises(Blocked) as refused:
        taken(scene, "submit", filed.reference)

    assert "emigrant_not_standing" in refused.value.facts["codes"]


def test_the_fee_of_an_application_that_goes_on_stays(scene):
    filed = scene.drafts[0]
    lead(scene, filed.reference, "approved")
    pge = scene.officer(Role.PGE)

    with pytest.raises(Blocked) as refused:
        scene.do(payments.refund_order, the_fee(filed).reference, reason="asked", actor=pge)

    assert refused.value.facts["codes"] == ["clearance_stands"]
    assert the_fee(filed).state == "success"


def test_the_fee_of_a_draft_may_go_back(scene):
    filed = scene.drafts[0]
    pge = scene.officer(Role.PGE)

    scene.do(payments.refund_order, the_fee(filed).reference, reason="asked", actor=pge)

    assert the_fee(filed).state == "refund_requested"


def cancel_demand(scene, filed):
    with acting(SYSTEM):
        demand = filed.contract.allotment.demand
    scene.do(demands.cancel_demand, demand.reference, "No work.", actor=scene.company.actor)


def revoke_attorney(scene, filed):
    with acting(SYSTEM):
        demand = filed.contract.allotment.demand
        attorney = demand.attorneys.get(agent_id=row(filed.reference).agent_id)
    scene.do(demands.revoke_attorney, attorney.pk, actor=scene.company.actor)


def test_nothing_is_approved_on_a_demand_that_was_taken_back(scene):
    filed = scene.drafts[0]
    lead(scene, filed.reference, "under_scrutiny")

    cancel_demand(scene, filed)

    with pytest.raises(Blocked) as refused:
        taken(scene, "approve", filed.reference)
    assert {"demand_not_standing", "attorney_not_active"} <= set(refused.value.facts["codes"])
    assert check(filed.reference, "demand_not_standing")[0] == "refer"


def test_nothing_is_approved_without_a_power_of_attorney(scene):
    filed = scene.drafts[0]
    lead(scene, filed.reference, "under_scrutiny")

    revoke_attorney(scene, filed)

    with pytest.raises(Blocked) as refused:
        taken(scene, "approve", filed.reference)
    assert refused.value.facts["codes"] == ["attorney_not_active"]


def test_an_approved_one_on_a_cancelled_demand_is_put_before_the_office(scene):
    filed = scene.drafts[0]
    lead(scene, filed.reference, "approved")

    cancel_demand(scene, filed)

    assert row(filed.reference).state == "approved"
    assert told_the_office(filed.reference) == [(scene.office, "demand_not_standing")]


def stop_agent(scene):
    pge = scene.officer(Role.PGE)
    reference = scene.agency.case.reference
    scene.do(agents.suspend_agent, reference, reason="Charges.", actor=pge)
    scene.do(tasks.agent_news, scene.agency.case.pk, "suspended")


def bar_employer(scene):
    reference = scene.company.case.reference
    for number in (1, 2):
        scene.do(
            employers.blacklist_employer,
            reference,
            reason="Wages unpaid.",
            actor=scene.officer(Role.PGE, number=number),
        )
    scene.do(tasks.employer_news, scene.company.case.pk)


@pytest.mark.parametrize(
    ("happens", "code"), [(stop_agent, "agent_stopped"), (bar_employer, "employer_barred")]
)
def test_the_office_weighs_what_an_agent_or_employer_leaves_behind(scene, happens, code):
    """The Protector decides case by case: nothing is suspended by itself."""
    filed = scene.drafts[0]
    lead(scene, filed.reference, "approved")

    happens(scene)

    assert row(filed.reference).state == "approved"
    assert check(filed.reference, code)[0] == "refer"
    assert told_the_office(filed.reference) == [(scene.office, code)]


def test_the_same_news_again_is_told_once(scene):
    filed = scene.drafts[0]
    lead(scene, filed.reference, "approved")
    stop_agent(scene)
    before = row(filed.reference).audit_seq

    scene.do(tasks.agent_news, scene.agency.case.pk, "suspended")

    assert (row(filed.reference).audit_seq, len(told_the_office(filed.reference))) == (before, 1)


def test_one_passport_number_is_on_one_open_application(scene):
    """Another record may hold the same number once it is not the first one's current passport."""
    first, second = scene.drafts[0], scene.drafts[1]
    taken_number = row(first.reference).passport_blind

    case = row(second.reference)
    with pytest.raises(AlreadyExists) as refused, acting(SYSTEM):
        CLEARANCE.amend("clearance.test", case, actor=SYSTEM, passport_blind=taken_number)
    assert refused.value.code == "passport_on_open_clearance"


def test_a_contract_that_is_annulled_during_the_approval_leaves_nothing_approved(committed_scene):
    """The annulment waits for the decision on its way, and then takes it back."""
    scene, filed = committed_scene, committed_scene.drafts[0]
    lead(scene, filed.reference, "under_scrutiny")
    annulling = threading.Thread(target=_annulled, args=(scene, filed))

    with clock.simulate(scene.now), acting(scene.officer()):
        actions.approve_clearance(filed.reference, actor=scene.officer())
        annulling.start()
        annulling.join(1)
        waited = annulling.is_alive()
    annulling.join(20)

    assert waited
    assert row(filed.reference).state == "cancelled"


def _annulled(scene, filed):
    try:
        annul(scene, filed)
    finally:
        connection.close()


def charge(scene, filed, rupees, *, said=None):
    """The agency records a service charge on the contract; the worker says what was paid."""
    new = payments.NewCharge("service", rupees * 100, "INR", f"R-{rupees}")
    reference = filed.contract.reference
    recorded = scene.do(contracts.record_charge, reference, new, actor=scene.agent)
    if said is not None:
        worker = filed.worker.actor
        scene.do(payments.answer_charge, recorded.pk, said * 100, actor=worker)


def test_a_worker_who_paid_more_than_was_recorded_is_heard(scene):
    filed = scene.drafts[0]
    charge(scene, filed, 1, said=9_00_000)

    lead(scene, filed.reference, "queued")

    evidence = {
        "agent": "20001.00",
        "worker": "920000.00",
        "code": "charges_above_cap",
        "taken": "920000.00",
    }
    assert check(filed.reference, "charges_disputed") == ("refer", evidence)


def test_a_worker_who_agrees_raises_no_doubt(scene):
    filed = scene.drafts[0]
    charge(scene, filed, 1_000, said=1_000)

    lead(scene, filed.reference, "queued")

    assert check(filed.reference, "charges_disputed") is None


@pytest.mark.parametrize("state", ["queued", "under_scrutiny", "approved", "suspended"])
def test_a_charge_above_the_cap_on_the_road_is_put_before_the_office(scene, state):
    filed = scene.drafts[0]
    lead(scene, filed.reference, state)

    charge(scene, filed, 90_000)

    assert row(filed.reference).state == state
    evidence = {"code": "charges_above_cap", "taken": "110000.00"}
    assert check(filed.reference, "charges_disputed") == ("refer", evidence)
    assert told_the_office(filed.reference) == [(scene.office, "charges_disputed")]


def test_a_further_charge_is_looked_at_although_the_earlier_one_was_let_stand(scene):
    filed = scene.drafts[0]
    lead(scene, filed.reference, "approved")
    charge(scene, filed, 90_000)
    officer = scene.officer()
    scene.do(actions.uphold_clearance, filed.reference, "It was paid back.", actor=officer)
    held_before = row(filed.reference).held_by

    charge(scene, filed, 50_000)

    assert (held_before, row(filed.reference).held_by) == ("emigrant", "poe")


def test_a_charge_within_the_cap_on_the_road_is_no_news(scene):
    filed = scene.drafts[0]
    lead(scene, filed.reference, "queued")

    charge(scene, filed, 1_000)

    assert (check(filed.reference, "charges_disputed"), told_the_office(filed.reference)) == (
        None,
        [],
    )


def another_contract(scene, filed):
    """The same worker agrees to a new contract with the agency, pays again, and is handed in."""
    world, worker = scene.world, filed.worker
    job = a_job(world, scene.agency, scene.company)
    contract = road.agree(world, worker, job)
    scene.at(scene.now + timedelta(hours=26))
    road.charge(world, worker, job, contract, 20_000_00)
    an_insurance(scene, worker, job, contract, issued=True)
    again = road.file(world, worker, job, contract).reference
    lead(scene, again, "queued")
    return again


def test_a_new_contract_is_no_new_cap_for_the_agency(scene):
    filed = scene.drafts[0]
    lead(scene, filed.reference, "withdrawn")
    annul(scene, filed)

    again = another_contract(scene, filed)

    evidence = {"code": "charges_above_cap", "taken": "40000.00"}
    assert check(again, "charges_disputed") == ("refer", evidence)


def test_what_was_taken_for_an_earlier_journey_does_not_count(scene):
    filed = scene.drafts[0]
    lead(scene, filed.reference, "used")

    again = another_contract(scene, filed)

    assert check(again, "charges_disputed") is None


def test_an_answer_on_the_road_is_heard(scene):
    filed = scene.drafts[0]
    charge(scene, filed, 1_000)
    lead(scene, filed.reference, "approved")
    with acting(SYSTEM):
        recorded = Charge.objects.get(receipt_number="R-1000")

    worker = filed.worker.actor
    scene.do(payments.answer_charge, recorded.pk, 5_000_00, actor=worker)

    evidence = {"agent": "21000.00", "worker": "25000.00"}
    assert check(filed.reference, "charges_disputed") == ("refer", evidence)


def turned_back(scene, filed):
    """The border did not let the worker of a clearance on board; the number of that."""
    off = NotBoarded(
        passport_number=filed.worker.drawn.passport_number,
        reference=filed.reference,
        airport="DEL",
        flight="AI 915",
        reason="visa_mismatch",
        evidence="A circular was shown.",
    )
    return scene.do(departures.record_off_load, off, actor=scene.border()).reference


def test_the_office_looks_at_who_was_not_let_on_board(scene):
    filed = scene.drafts[0]
    lead(scene, filed.reference, "approved")

    number = turned_back(scene, filed)

    evidence = {"off_load": number, "code": "visa_mismatch"}
    assert check(filed.reference, "earlier_off_load") == ("refer", evidence)
    assert row(filed.reference).state == "approved"


def test_a_later_application_knows_of_it(scene):
    filed = scene.drafts[0]
    lead(scene, filed.reference, "approved")
    number = turned_back(scene, filed)
    taken(scene, "cancel", filed.reference)
    an_insurance(scene, filed.worker, filed.job, filed.contract, issued=True)
    again = road.file(scene.world, filed.worker, filed.job, filed.contract).reference

    lead(scene, again, "queued")

    assert check(again, "earlier_off_load") == ("refer", {"references": [number]})


def test_a_third_application_names_the_off_loading_once(scene):
    filed = scene.drafts[0]
    lead(scene, filed.reference, "approved")
    number = turned_back(scene, filed)
    taken(scene, "cancel", filed.reference)
    for _ in range(2):
        an_insurance(scene, filed.worker, filed.job, filed.contract, issued=True)
        again = road.file(scene.world, filed.worker, filed.job, filed.contract).reference
        lead(scene, again, "queued")
        taken(scene, "withdraw", again)

    assert check(again, "earlier_off_load") == ("refer", {"references": [number]})


def the_insurer_knows_nothing_of_it(scene, filed):
    scene.do(insurance.record_standing, filed.policy.reference, None, actor=SYSTEM)


@pytest.mark.parametrize("state", ["queued", "approved"])
def test_a_policy_that_the_insurer_denies_is_put_before_the_office(scene, state):
    filed = scene.drafts[0]
    lead(scene, filed.reference, state)

    the_insurer_knows_nothing_of_it(scene, filed)

    evidence = {"policy": filed.policy.reference, "dispute": "withdrawn"}
    assert check(filed.reference, "insurance_disputed") == ("refer", evidence)
    assert told_the_office(filed.reference) == [(scene.office, "insurance_disputed")]


def test_a_policy_that_was_denied_before_is_a_check_from_the_beginning(scene):
    filed = scene.drafts[0]
    the_insurer_knows_nothing_of_it(scene, filed)

    lead(scene, filed.reference, "queued")

    evidence = {"policy": filed.policy.reference, "dispute": "withdrawn"}
    assert check(filed.reference, "insurance_disputed") == ("refer", evidence)


def overdue(scene):
    """Past the office's time to look again, and the sweep has run."""
    with clock.simulate(scene.now + timedelta(days=30)):
        escalate_overdue(actor=SYSTEM)


def test_what_was_put_before_an_office_is_its_own_until_it_is_upheld(scene):
    filed = scene.drafts[0]
    lead(scene, filed.reference, "approved")
    cancel_demand(scene, filed)
    before, listed = row(filed.reference), to_be_looked_at(scene)

    upheld = taken(scene, "uphold", filed.reference)

    assert (before.held_by, before.due_at is not None, listed) == ("poe", True, [filed.reference])
    assert (upheld.state, upheld.held_by, upheld.due_at) == ("approved", "emigrant", None)
    assert to_be_looked_at(scene) == []


def test_what_happens_once_more_is_looked_at_once_more(scene):
    """The same words after an officer upheld it are news: an agent is suspended a second time."""
    filed = scene.drafts[0]
    lead(scene, filed.reference, "approved")
    stop_agent(scene)
    taken(scene, "uphold", filed.reference)

    scene.do(tasks.agent_news, scene.agency.case.pk, "suspended")

    assert row(filed.reference).held_by == "poe"
    assert to_be_looked_at(scene) == [filed.reference]


def test_a_second_reason_gives_the_office_no_new_time(scene):
    filed = scene.drafts[0]
    lead(scene, filed.reference, "approved")
    cancel_demand(scene, filed)
    before = row(filed.reference).due_at

    with clock.simulate(scene.now + timedelta(hours=30)):
        actions.put_before_office(Q(), "charges_disputed", {}, actor=SYSTEM)

    assert check(filed.reference, "charges_disputed") == ("refer", {})
    assert row(filed.reference).due_at == before


def test_what_nobody_looks_at_rises_to_the_protector_general(scene):
    filed = scene.drafts[0]
    lead(scene, filed.reference, "approved")
    cancel_demand(scene, filed)

    overdue(scene)

    assert (row(filed.reference).held_by, row(filed.reference).escalation) == ("pge", 1)
    assert to_be_looked_at(scene) == [filed.reference]
    pge = scene.officer(Role.PGE)
    scene.do(actions.uphold_clearance, filed.reference, "The work goes on.", actor=pge)
    assert row(filed.reference).held_by == "emigrant"


def test_nothing_is_upheld_that_nobody_doubted(scene):
    filed = scene.drafts[0]
    lead(scene, filed.reference, "approved")

    with pytest.raises(Blocked) as refused:
        taken(scene, "uphold", filed.reference)

    assert refused.value.facts["codes"] == ["nothing_to_look_at"]


def to_be_looked_at(scene):
    with acting(officer := scene.officer()):
        return [each.reference for each in to_look_at_again(officer)]


def test_another_office_is_not_asked(scene):
    filed = scene.drafts[0]
    lead(scene, filed.reference, "approved")
    cancel_demand(scene, filed)

    stranger = replace(scene.officer(), office="ZZZ")

    with acting(stranger):
        assert list(to_look_at_again(stranger)) == []
    with pytest.raises(NotFound):
        scene.do(actions.uphold_clearance, filed.reference, "No.", actor=stranger)


def test_nothing_is_restored_that_has_no_insurance_or_fee(scene):
    filed = scene.drafts[0]
    lead(scene, filed.reference, "approved")
    end_insurance(scene, filed)
    before = row(filed.reference).audit_seq

    with pytest.raises(Blocked) as refused:
        taken(scene, "restore", filed.reference, actor=scene.officer(number=1))

    assert refused.value.facts["codes"] == ["insurance_missing"]
    assert (row(filed.reference).state, row(filed.reference).audit_seq) == ("suspended", before)
