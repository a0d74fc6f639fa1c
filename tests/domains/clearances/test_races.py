"""Many hands at the same moment: one decision, one certificate, no place taken twice."""

from emigrate.domains.clearances import actions
from emigrate.domains.clearances.actions.file import OpenClearance
from emigrate.domains.clearances.models import Clearance
from emigrate.domains.credentials.models import Credential
from emigrate.foundation import clock
from emigrate.foundation.errors import DomainError, Exhausted, NotFound, WrongState
from emigrate.foundation.models import AuditLeaf
from emigrate.foundation.transactions import acting
from tests.factories.clearances import (
    SYSTEM,
    a_draft,
    a_job,
    a_rejection,
    another_day,
    counters,
    lead,
    row,
    taken,
)
from tests.races import race

WIDE = 32
ONE = {"vacancies": 1, "capacity": 1, "workers": 1}


def events_of(reference):
    with acting(SYSTEM):
        rows = AuditLeaf.objects.filter(case_reference=reference, stream="clearance")
        return list(rows.order_by("seq").values_list("event", flat=True))


def certificates():
    with acting(SYSTEM):
        return list(Credential.objects.values_list("subject_reference", "state"))


def test_approving_and_rejecting_at_once_decides_once(committed_scene):
    scene = committed_scene
    filed = scene.drafts[0]
    lead(scene, filed.reference, "under_scrutiny")
    officers = [scene.officer(number=1), scene.officer(number=2)]

    def decide(number):
        with clock.simulate(scene.now):
            officer = officers[number % 2]
            if number % 2:
                return actions.approve_clearance(filed.reference, actor=officer).state
            return actions.reject_clearance(filed.reference, a_rejection(), actor=officer).state

    outcomes = race(WIDE, decide)

    decided = [each for each in outcomes if isinstance(each, str)]
    refused = {type(each) for each in outcomes if not isinstance(each, str)}
    state = row(filed.reference).state
    assert (decided, refused) == ([state], {WrongState})
    approved = state == "approved"
    assert certificates() == ([(filed.reference, "valid")] if approved else [])
    events = events_of(filed.reference)
    assert sum(e in ("clearance.approved", "clearance.rejected") for e in events) == 1
    assert counters(filed.job) == (ONE if approved else dict.fromkeys(ONE, 0))


def test_one_approval_of_many(committed_scene):
    scene = committed_scene
    filed = scene.drafts[0]
    lead(scene, filed.reference, "under_scrutiny")
    officer = scene.officer()

    def approve(_):
        with clock.simulate(scene.now):
            return actions.approve_clearance(filed.reference, actor=officer).state

    outcomes = race(WIDE, approve)

    assert (outcomes.count("approved"), certificates()) == (1, [(filed.reference, "valid")])


def test_everybody_withdraws_and_one_place_comes_back(committed_scene):
    scene = committed_scene
    filed = scene.drafts[0]
    lead(scene, filed.reference, "queued")

    def withdraw(number):
        actor = scene.agent if number % 2 else filed.worker.actor
        with clock.simulate(scene.now):
            return actions.withdraw_clearance(filed.reference, "No.", actor=actor).state

    outcomes = race(WIDE, withdraw)

    assert outcomes.count("withdrawn") == 1
    assert counters(filed.job) == dict.fromkeys(ONE, 0)


def test_one_hand_hands_in(committed_scene):
    scene = committed_scene
    filed = scene.drafts[0]

    def submit(_):
        with clock.simulate(scene.now):
            return actions.submit_clearance(filed.reference, actor=scene.agent).state

    outcomes = race(WIDE, submit)

    assert (outcomes.count("submitted"), counters(filed.job)) == (1, ONE)


def test_two_vacancies_for_four(committed_scene):
    scene = committed_scene
    job = a_job(scene.world, scene.agency, scene.company, vacancies=2)
    filed = [a_draft(scene, job) for _ in range(4)]

    def submit(number):
        with clock.simulate(scene.now):
            reference = filed[number % 4].reference
            return actions.submit_clearance(reference, actor=scene.agent).state

    outcomes = race(WIDE, submit)

    refused = [each for each in outcomes if not isinstance(each, str)]
    assert (outcomes.count("submitted"), counters(job)["vacancies"]) == (2, 2)
    assert all(isinstance(each, DomainError) for each in refused)
    assert {type(each) for each in refused} >= {WrongState} or Exhausted in map(type, refused)


def test_one_open_application_of_many(committed_scene):
    scene = committed_scene
    filed = scene.drafts[0]
    case = lead(scene, filed.reference, "withdrawn")
    new = actions.NewClearance(filed.contract.reference, "V1", None, case.departs_on)

    def draft(_):
        with clock.simulate(scene.now):
            return actions.draft_clearance(new, actor=scene.agent).state

    outcomes = race(WIDE, draft)

    refused = [type(each) for each in outcomes if each != "draft"]
    assert refused == [OpenClearance] * (WIDE - 1)
    with acting(SYSTEM):
        assert Clearance.objects.filter(emigrant=filed.worker.case.pk, state="draft").count() == 1


def test_no_two_officers_take_the_same_case(committed_scene):
    scene = committed_scene
    for filed in scene.drafts:
        lead(scene, filed.reference, "queued")
    officers = [scene.officer(number=number) for number in range(1, 5)]

    def take(number):
        with clock.simulate(scene.now):
            return actions.take_up_next(actor=officers[number % 4]).reference

    outcomes = race(WIDE, take)

    taken_up = [each for each in outcomes if isinstance(each, str)]
    assert sorted(taken_up) == sorted(filed.reference for filed in scene.drafts)
    assert {type(each) for each in outcomes if not isinstance(each, str)} == {NotFound}


def test_two_officers_who_restore_at_once(committed_scene):
    scene = committed_scene
    filed = scene.drafts[0]
    lead(scene, filed.reference, "suspended")
    officers = [scene.officer(number=1), scene.officer(number=2)]

    def restore(number):
        with clock.simulate(scene.now):
            officer = officers[number % 2]
            return actions.restore_clearance(filed.reference, "Settled.", actor=officer).state

    race(WIDE, restore)

    events = events_of(filed.reference)
    assert events.count("clearance.restored") == 1
    assert (row(filed.reference).state, certificates()) == (
        "approved", [(filed.reference, "valid")],
    )  # fmt: skip


def test_many_certificates_have_places_of_their_own(committed_scene):
    scene = committed_scene
    for filed in scene.drafts:
        lead(scene, filed.reference, "under_scrutiny")
    officer = scene.officer()

    def approve(number):
        with clock.simulate(scene.now):
            filed = scene.drafts[number]
            return taken(scene, "approve", filed.reference, actor=officer).state

    outcomes = race(len(scene.drafts), approve)

    with acting(SYSTEM):
        places = set(Credential.objects.values_list("shard", "place"))
    assert (outcomes, len(places)) == (["approved"] * 4, 4)


def test_a_day_changed_while_an_officer_approves_is_never_approved_unseen(committed_scene):
    scene = committed_scene
    filed = scene.drafts[0]
    lead(scene, filed.reference, "under_scrutiny")
    officer, new = scene.officer(), another_day(filed.reference)

    def either(number):
        with clock.simulate(scene.now):
            if number % 2:
                return actions.approve_clearance(filed.reference, actor=officer).state
            return actions.redate_clearance(filed.reference, new, actor=scene.agent).state

    outcomes = race(WIDE, either)

    ends = events_of(filed.reference)[-2:]
    assert ends in (
        ["clearance.taken_up", "clearance.redated"],
        ["clearance.approved", "clearance.redated"],
    )
    assert {type(each) for each in outcomes if not isinstance(each, str)} <= {WrongState}
    assert row(filed.reference).departs_on == new
