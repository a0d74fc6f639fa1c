"""The counter: its answer, a departure exactly once, off-loadings, arrival and return."""

from dataclasses import astuple, replace
from datetime import datetime, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from emigrate.domains.clearances.models import Clearance
from emigrate.domains.clearances.policies import CLEARANCE_POLICY
from emigrate.domains.clearances.queries import for_counter, for_counter_by_passport
from emigrate.domains.departures import actions
from emigrate.domains.departures.actions import AlreadyDeparted, Boarding, NotBoarded
from emigrate.domains.departures.enums import CounterReason, CounterVerdict
from emigrate.domains.departures.models import Departure, OffLoad
from emigrate.domains.departures.queries import (
    CounterQuestion,
    counter_answer,
    departure_answer,
    departures_for,
    off_loads_for,
)
from emigrate.domains.insurance import actions as insurance
from emigrate.domains.insurance.models import Policy
from emigrate.domains.notifications.models import Message
from emigrate.foundation import clock, events
from emigrate.foundation.actors import Actor
from emigrate.foundation.clock import OFFICE_ZONE
from emigrate.foundation.errors import (
    Blocked,
    InvalidInput,
    NotFound,
    NotPermitted,
    WrongState,
)
from emigrate.foundation.transactions import acting
from tests.factories.clearances import MOMENT, SYSTEM, TO_STATE, everything, lead, row, taken
from tests.races import race

WIDE = 32
COUNTER_COLUMNS = (
    "id", "reference", "state", "not_before", "expires_at", "country", "occupation",
    "insured_from", "passport__number_blind",
)  # fmt: skip


def boarding(filed, **changes):
    given = {
        "reference": filed.reference,
        "passport_number": filed.worker.drawn.passport_number,
        "airport": "DEL",
        "flight": "XX101",
    }
    return Boarding(**given | changes)


def ready(scene):
    """A worker with a clearance, at noon of the planned day."""
    filed = scene.drafts[0]
    case = lead(scene, filed.reference, "approved")
    scene.at(datetime.combine(case.departs_on, time(12), OFFICE_ZONE))
    return filed


def asked(scene, **question):
    officer = scene.border()
    with clock.simulate(scene.now), acting(officer):
        answer = counter_answer(CounterQuestion(**question), actor=officer)
    return answer.verdict, answer.reason


def departures():
    with acting(SYSTEM):
        return Departure.objects.count()


def test_a_departure_uses_the_clearance(scene):
    filed = ready(scene)

    gone = scene.do(actions.record_departure, boarding(filed), actor=scene.border())

    assert (gone.state, gone.departed_at, gone.country) == ("departed", scene.now, "SAU")
    assert row(filed.reference).state == "used"
    with acting(SYSTEM):
        told = Message.objects.get(event="departure.recorded")
    assert told.person_id == filed.worker.case.pk
    connection.check_constraints()


def test_a_second_departure_is_refused(scene):
    filed = ready(scene)
    scene.do(actions.record_departure, boarding(filed), actor=scene.border())
    before = everything(filed)

    with pytest.raises(AlreadyDeparted) as refusal:
        scene.do(actions.record_departure, boarding(filed), actor=scene.border())

    assert refusal.value.reason_code == "already_departed"
    assert (everything(filed), departures()) == (before, 1)


def test_thirty_two_counters_record_one_departure(committed_scene):
    scene = committed_scene
    filed = ready(scene)
    officer = scene.border()

    def record(_):
        with clock.simulate(scene.now):
            return actions.record_departure(boarding(filed), actor=officer).state

    outcomes = race(WIDE, record)

    refused = [type(each) for each in outcomes if each != "departed"]
    assert (refused, departures()) == ([AlreadyDeparted] * (WIDE - 1), 1)
    assert row(filed.reference).state == "used"


def test_a_departure_and_a_cancellation_at_once(committed_scene):
    scene = committed_scene
    filed = ready(scene)
    officer, poe = scene.border(), scene.officer()

    def turn(number):
        with clock.simulate(scene.now):
            if number % 2:
                return taken(scene, "cancel", filed.reference, actor=poe).state
            return actions.record_departure(boarding(filed), actor=officer).state

    outcomes = race(WIDE, turn)

    won = [each for each in outcomes if isinstance(each, str)]
    state = row(filed.reference).state
    assert (won, departures()) in ((["departed"], 1), (["cancelled"], 0))
    assert state == {"departed": "used", "cancelled": "cancelled"}[won[0]]


@pytest.mark.parametrize(("state", "reason"), [
    ("draft", "no_clearance"), ("queued", "no_clearance"), ("rejected", "no_clearance"),
    ("suspended", "suspended"), ("cancelled", "revoked"), ("expired", "expired"),
])  # fmt: skip
def test_nobody_leaves_without_a_clearance_in_hand(scene, state, reason):
    filed = scene.drafts[0]
    lead(scene, filed.reference, state)
    before = everything(filed)

    with pytest.raises(Blocked) as refusal:
        scene.do(actions.record_departure, boarding(filed), actor=scene.border())

    assert refusal.value.facts["codes"] == [reason]
    assert (everything(filed), departures()) == (before, 0)


def test_nobody_leaves_on_anothers_passport(scene):
    filed, other = ready(scene), scene.drafts[1]
    wrong = boarding(filed, passport_number=other.worker.drawn.passport_number)

    with pytest.raises(Blocked) as refusal:
        scene.do(actions.record_departure, wrong, actor=scene.border())

    assert (refusal.value.facts["codes"], departures()) == (["passport_mismatch"], 0)


@pytest.mark.parametrize("number", ["", "  "])
def test_the_passport_must_be_in_hand(scene, number):
    filed = ready(scene)
    nothing = boarding(filed, passport_number=number)

    with pytest.raises(InvalidInput) as refusal:
        scene.do(actions.record_departure, nothing, actor=scene.border())

    assert refusal.value.errors[0]["pointer"] == "/passport_number"
    assert departures() == 0


AIRPORTS_UNKNOWN = ["XXX", "del", "", "DXB", "DELHI"]


@pytest.mark.parametrize("airport", AIRPORTS_UNKNOWN)
def test_nobody_leaves_from_an_airport_that_is_not_known(scene, airport):
    filed = ready(scene)
    before = everything(filed)

    with pytest.raises(InvalidInput) as refusal:
        scene.do(actions.record_departure, boarding(filed, airport=airport), actor=scene.border())

    wrong = refusal.value.errors[0]
    assert (wrong["pointer"], wrong["code"]) == ("/airport", "port_unknown")
    assert (everything(filed), departures()) == (before, 0)


@pytest.mark.parametrize(("destination", "codes"), [
    (None, None), ("SAU", None), ("ARE", ["dest_mismatch"]), ("ZZZ", ["dest_mismatch"]),
])  # fmt: skip
def test_nobody_leaves_for_another_country_than_the_clearances(scene, destination, codes):
    filed = ready(scene)
    leaving = boarding(filed, destination=destination)

    if codes is None:
        scene.do(actions.record_departure, leaving, actor=scene.border())
    else:
        with pytest.raises(Blocked) as refusal:
            scene.do(actions.record_departure, leaving, actor=scene.border())
        assert refusal.value.facts["codes"] == codes

    assert departures() == (1 if codes is None else 0)


def policy_runs(filed, first, last):
    """Let the policy run from one day to another, so many days from the planned departure."""
    begins = row(filed.reference).departs_on
    with acting(SYSTEM):
        Policy.objects.filter(pk=filed.policy.pk).update(
            from_date=begins + timedelta(days=first), to_date=begins + timedelta(days=last)
        )


@pytest.mark.parametrize(("first", "last", "hour", "departs"), [
    (0,    700,  12, True),
    (-700, 0,    12, True),     # its last day
    (-700, 0,    23, True),     # the flight is after midnight; the office's day decides
    (-700, -1,   12, False),    # ended yesterday
    (1,    700,  12, False),    # begins tomorrow
    (1,    700,  17, False),
    (1,    700,  18, True),     # the flight soon after midnight: it begins with the flight's day
    (2,    700,  23, False),
])  # fmt: skip
def test_nobody_leaves_without_insurance_for_the_day(scene, first, last, hour, departs):
    filed = ready(scene)
    scene.at(scene.now.replace(hour=hour))
    policy_runs(filed, first, last)
    before = everything(filed)

    if departs:
        scene.do(actions.record_departure, boarding(filed), actor=scene.border())
    else:
        with pytest.raises(Blocked) as refusal:
            scene.do(actions.record_departure, boarding(filed), actor=scene.border())
        assert refusal.value.facts["codes"] == ["policy_lapsed"]
        assert everything(filed) == before

    assert departures() == int(departs)


def test_a_departure_before_the_planned_day_has_no_insurance_yet(scene):
    filed = scene.drafts[0]
    lead(scene, filed.reference, "approved")

    with pytest.raises(Blocked) as refusal:
        scene.do(actions.record_departure, boarding(filed), actor=scene.border())

    assert refusal.value.facts["codes"] == ["policy_lapsed"]
    assert (departures(), row(filed.reference).state) == (0, "approved")


@pytest.mark.parametrize(("days", "hour", "reason"), [
    (-1, 12, "policy_lapsed"), (-1, 18, "ok"), (0, 0, "ok"), (0, 12, "ok"),
])  # fmt: skip
def test_the_counter_knows_from_when_somebody_is_insured(scene, days, hour, reason):
    """What it calls clear is not refused in the same minute: the insurance begins at hour 0."""
    filed, officer = ready(scene), scene.border()
    begins = row(filed.reference).insured_from
    scene.at((scene.now + timedelta(days=days)).replace(hour=hour))
    question = CounterQuestion(filed.reference, destination="SAU")

    with clock.simulate(scene.now), acting(officer), CaptureQueriesContext(connection) as asked:
        answer = counter_answer(question, actor=officer)

    assert (len(asked), begins) == (1, row(filed.reference).departs_on)
    assert answer.reason == reason


@pytest.mark.parametrize(("last", "state", "departs"), [
    (700, "active", True), (-1, "expired", False),
])  # fmt: skip
def test_the_insurances_own_clock_changes_nothing(scene, last, state, departs):
    filed = ready(scene)
    policy_runs(filed, -700, last)
    for _ in ("in force", "ended"):
        scene.do(insurance.run_clocks, actor=SYSTEM)
    leaving = boarding(filed)

    if departs:
        scene.do(actions.record_departure, leaving, actor=scene.border())
    else:
        with pytest.raises(Blocked) as refusal:
            scene.do(actions.record_departure, leaving, actor=scene.border())
        assert refusal.value.facts["codes"] == ["policy_lapsed"]

    with acting(SYSTEM):
        assert Policy.objects.get(pk=filed.policy.pk).state == state
    assert departures() == int(departs)


def test_without_insurance_the_officer_asks_the_supervisor(scene):
    filed, officer = ready(scene), scene.border()
    with acting(SYSTEM):
        Policy.objects.filter(pk=filed.policy.pk).update(person_id=scene.drafts[1].worker.case.pk)
    question = CounterQuestion(filed.reference, boarding(filed).passport_number)

    with clock.simulate(scene.now), acting(officer):
        answer = departure_answer(question, actor=officer)

    assert (answer.verdict, answer.reason) == (CounterVerdict.REFER, CounterReason.POLICY_LAPSED)
    assert answer.reference == filed.reference


def test_the_check_stays_one_statement_and_asks_for_no_insurance(scene):
    filed, officer = ready(scene), scene.border()
    policy_runs(filed, -700, -1)
    question = CounterQuestion(filed.reference, destination="SAU")

    with clock.simulate(scene.now), acting(officer), CaptureQueriesContext(connection) as asked:
        answer = counter_answer(question, actor=officer)

    assert (len(asked), answer.reason) == (1, CounterReason.OK)


def test_only_the_border_records(scene):
    filed = ready(scene)
    others = (scene.agent, scene.officer(), filed.worker.actor, scene.mission(), Actor.public())

    for actor in others:
        with pytest.raises(NotPermitted):
            scene.do(actions.record_departure, boarding(filed), actor=actor)

    assert (departures(), row(filed.reference).state) == (0, "approved")


@pytest.mark.parametrize(("state", "answer"), [
    ("approved",  (CounterVerdict.CLEAR,     CounterReason.OK)),
    ("used",      (CounterVerdict.REFER,     CounterReason.ALREADY_DEPARTED)),
    ("suspended", (CounterVerdict.NOT_CLEAR, CounterReason.SUSPENDED)),
    ("cancelled", (CounterVerdict.NOT_CLEAR, CounterReason.REVOKED)),
    ("expired",   (CounterVerdict.NOT_CLEAR, CounterReason.EXPIRED)),
    ("queued",    (CounterVerdict.NOT_CLEAR, CounterReason.NO_CLEARANCE)),
])  # fmt: skip
def test_the_counters_answer(scene, state, answer):
    filed = scene.drafts[0]
    case = lead(scene, filed.reference, state)
    scene.at(datetime.combine(case.departs_on, time(12), OFFICE_ZONE))

    by_number = asked(scene, reference=filed.reference)
    by_passport = asked(scene, passport_number=filed.worker.drawn.passport_number)

    assert (by_number, by_passport) == (answer, answer)


@pytest.mark.parametrize("state", sorted(TO_STATE))
def test_the_counters_statements_are_the_policys(scene, state):
    """They are written by hand; what they find is what the policy lets the border see."""
    filed, officer = scene.drafts[0], scene.border()
    lead(scene, filed.reference, state)

    with acting(officer):
        allowed = CLEARANCE_POLICY.narrow(Clearance.objects.all(), officer, "view")
        expected = allowed.filter(reference=filed.reference).values(*COUNTER_COLUMNS).first()
        by_number = for_counter(reference=filed.reference)
        by_passport = for_counter_by_passport(number=filed.worker.drawn.passport_number)

    shown = None if by_number is None else astuple(by_number)
    assert shown == (None if expected is None else tuple(expected.values()))
    assert by_passport == by_number


def test_the_counter_is_shown_the_newest_of_a_passport(scene):
    first, second = scene.drafts[:2]
    lead(scene, first.reference, "cancelled")
    lead(scene, second.reference, "approved")
    passport = row(first.reference).passport_id
    with acting(SYSTEM):
        Clearance.objects.filter(reference=second.reference).update(passport_id=passport)

    with acting(scene.border()):
        found = for_counter_by_passport(number=first.worker.drawn.passport_number)

    assert found is not None
    assert found.reference == second.reference


def test_the_counters_answer_at_its_edges(scene):
    filed = scene.drafts[0]
    case = lead(scene, filed.reference, "approved")
    reference, second = filed.reference, timedelta(seconds=1)

    scene.at(case.expires_at)
    last = asked(scene, reference=reference)
    scene.at(case.expires_at + second)
    late = asked(scene, reference=reference)
    scene.at(case.not_before - second)
    early = asked(scene, reference=reference)
    scene.at(MOMENT)
    elsewhere = asked(scene, reference=reference, destination="ARE")

    assert [each[1] for each in (last, late, early, elsewhere)] == [
        "ok", "expired", "not_yet_valid", "dest_mismatch",
    ]  # fmt: skip


def test_an_empty_or_unknown_question(scene):
    nothing = (CounterVerdict.NOT_CLEAR, CounterReason.NO_CLEARANCE)

    assert asked(scene) == nothing
    assert asked(scene, reference="EC-2026-DEL-0000000-0") == nothing
    assert asked(scene, passport_number="Z9999999") == nothing


def off(filed, **changes):
    given = {
        "passport_number": filed.worker.drawn.passport_number,
        "airport": "DEL",
        "reason": "work_on_visit_visa",
        "evidence": "A work contract in the hand luggage.",
        "reference": filed.reference,
    }
    return NotBoarded(**given | changes)


def messages_about(reference):
    with acting(SYSTEM):
        rows = Message.objects.filter(reference=reference)
        return set(rows.values_list("event", "person_id", "organisation_id", "office"))


def test_an_off_loading_is_told_to_worker_agent_and_office(scene):
    filed = scene.drafts[0]
    lead(scene, filed.reference, "approved")

    kept = scene.do(actions.record_off_load, off(filed), actor=scene.border())

    assert messages_about(kept.reference) == {
        ("departure.not_boarded", filed.worker.case.pk, None, None),
        ("departure.worker_off_loaded", None, scene.agent.organisation_id, None),
        ("departure.off_loaded", None, None, scene.office),
    }
    assert row(filed.reference).state == "approved"


def test_an_off_loading_says_whose_it_is(scene):
    filed = scene.drafts[0]
    case = lead(scene, filed.reference, "approved")

    kept = scene.do(actions.record_off_load, off(filed), actor=scene.border())

    assert (kept.clearance_id, kept.clearance_reference) == (case.pk, filed.reference)
    assert (kept.person_id, kept.agency_id, kept.office) == (
        filed.worker.case.pk, scene.agent.organisation_id, scene.office,
    )  # fmt: skip


@pytest.fixture
def heard(monkeypatch):
    """What subscribers were told of off-loadings."""
    rows = []

    def hear(case, *, actor):
        rows.append((case, actor))

    others = events._subscribers["off_load.recorded"]
    monkeypatch.setitem(events._subscribers, "off_load.recorded", [*others, hear])
    return rows


def test_an_off_loading_is_published(scene, heard):
    filed = scene.drafts[0]
    lead(scene, filed.reference, "approved")
    officer = scene.border()

    kept = scene.do(actions.record_off_load, off(filed), actor=officer)

    ((case, actor),) = heard
    assert (case, actor) == (kept, officer)
    assert (case.clearance_reference, case.person_id) == (filed.reference, filed.worker.case.pk)


def test_an_off_loading_that_is_refused_is_not_published(scene, heard):
    filed = scene.drafts[0]
    lead(scene, filed.reference, "approved")

    with pytest.raises(InvalidInput):
        scene.do(actions.record_off_load, off(filed, reason="suspicion"), actor=scene.border())

    assert heard == []


@pytest.mark.parametrize(("changes", "pointer"), [
    ({"reason": "suspicion"}, "/reason"),
    ({"evidence": "  "}, "/evidence"),
    ({"passport_number": ""}, "/passport_number"),
    *(({"airport": airport}, "/airport") for airport in AIRPORTS_UNKNOWN),
])  # fmt: skip
def test_an_off_loading_says_why(scene, changes, pointer):
    filed = scene.drafts[0]
    lead(scene, filed.reference, "approved")

    with pytest.raises(InvalidInput) as refusal:
        scene.do(actions.record_off_load, off(filed, **changes), actor=scene.border())

    assert refusal.value.errors[0]["pointer"] == pointer
    with acting(SYSTEM):
        assert OffLoad.objects.count() == 0


def test_an_off_loading_without_a_clearance_is_of_the_passports_person(scene):
    filed = scene.drafts[0]

    kept = scene.do(actions.record_off_load, off(filed, reference=None), actor=scene.border())

    assert (kept.clearance_id, kept.clearance_reference) == (None, "")
    assert (kept.person_id, kept.agency_id, kept.office) == (filed.worker.case.pk, None, "")
    assert messages_about(kept.reference) == {
        ("departure.not_boarded", filed.worker.case.pk, None, None),
    }


def test_an_off_loading_of_somebody_unknown_is_told_to_nobody(scene):
    stranger = off(scene.drafts[0], reference=None, passport_number="Z9999999")

    kept = scene.do(actions.record_off_load, stranger, actor=scene.border())

    assert (kept.clearance_id, kept.person_id) == (None, None)
    assert messages_about(kept.reference) == set()


def seen_by(scene, filed, officer):
    """Who sees the one off-loading, by the policy and by row security; both agree."""
    office, elsewhere = scene.office, scene.other_agency.office
    counts = {}
    for name, actor in {
        "recorder": officer, "colleague": replace(officer, user_id=0), "pge": Actor("pge", 1),
        "auditor": Actor("auditor", 1), "poe": scene.officer(),
        "poe_da": Actor("poe_da", 1, office=office),
        "other poe": Actor("poe", 1, office=elsewhere), "poe of no office": Actor("poe", 1),
        "agent": scene.agent, "clerk": replace(scene.agent, role="ra_staff"),
        "other agent": scene.other_agency.actor, "agent of nobody": Actor("ra_admin", 1),
        "worker": filed.worker.actor, "other worker": scene.drafts[1].worker.actor,
        "worker of no person": Actor("emigrant", 1), "employer": scene.company.actor,
        "mission": scene.mission(), "anybody": Actor.public(),
    }.items():  # fmt: skip
        with acting(actor):
            counts[name] = (OffLoad.objects.count(), off_loads_for(actor).count())
    assert office != elsewhere
    assert set(counts.values()) == {(1, 1), (0, 0)}
    return {name for name, count in counts.items() if count == (1, 1)}


def test_off_loadings_are_seen_by_those_who_must_act(scene):
    """Reference 3.9: an off-loading makes a case for the office and a ticket for the worker.

    So the office of the clearance, the worker and the filing agency see it, besides the officer
    who recorded it and those who see all. (Before, the office was told and then saw nothing.)
    """
    filed = scene.drafts[0]
    lead(scene, filed.reference, "approved")
    officer = scene.border()

    scene.do(actions.record_off_load, off(filed), actor=officer)

    assert seen_by(scene, filed, officer) == {
        "recorder", "pge", "auditor", "poe", "poe_da", "agent", "clerk", "worker",
    }  # fmt: skip


def test_the_policy_alone_keeps_offices_agencies_and_workers_apart(scene):
    """Row security left out: asked as the platform, which sees every row."""
    filed = scene.drafts[0]
    lead(scene, filed.reference, "approved")
    officer = scene.border()
    scene.do(actions.record_off_load, off(filed), actor=officer)
    others = (
        Actor("poe", 1, office=scene.other_agency.office), Actor("poe_da", 1),
        scene.other_agency.actor, scene.drafts[1].worker.actor, replace(officer, user_id=0),
    )  # fmt: skip
    theirs = (scene.officer(), scene.agent, filed.worker.actor, officer)

    with acting(SYSTEM):
        kept_out = [off_loads_for(actor).count() for actor in others]
        let_in = [off_loads_for(actor).count() for actor in theirs]

    assert (kept_out, let_in) == ([0] * len(others), [1] * len(theirs))


@pytest.mark.parametrize(("passport", "seen"), [
    ({}, {"recorder", "pge", "auditor", "worker"}),
    ({"passport_number": "Z9999999"}, {"recorder", "pge", "auditor"}),
])  # fmt: skip
def test_an_off_loading_without_a_clearance_is_seen_by_fewer(scene, passport, seen):
    filed, officer = scene.drafts[0], scene.border()

    scene.do(actions.record_off_load, off(filed, reference=None, **passport), actor=officer)

    assert seen_by(scene, filed, officer) == seen


def test_an_off_loading_is_not_written_by_those_who_see_it(scene):
    filed = scene.drafts[0]
    lead(scene, filed.reference, "approved")
    scene.do(actions.record_off_load, off(filed), actor=scene.border())

    for actor in (scene.officer(), scene.agent, filed.worker.actor):
        with pytest.raises(NotPermitted):
            scene.do(actions.record_off_load, off(filed), actor=actor)


def test_departures_are_seen_by_those_concerned(scene):
    filed = ready(scene)
    scene.do(actions.record_departure, boarding(filed), actor=scene.border())
    seen = {}

    for name, actor in {
        "worker": filed.worker.actor, "other worker": scene.drafts[1].worker.actor,
        "agent": scene.agent, "other agent": scene.other_agency.actor,
        "mission": scene.mission(), "other mission": Actor("mission_lw", 1, country="ARE"),
        "border": scene.border(), "pge": Actor("pge", 1), "auditor": Actor("auditor", 1),
        "employer": scene.company.actor, "poe": scene.officer(), "anybody": Actor.public(),
    }.items():  # fmt: skip
        with acting(actor):
            seen[name] = (Departure.objects.count(), departures_for(actor).count())

    assert {name for name, counts in seen.items() if counts == (1, 1)} == {
        "worker", "agent", "mission", "border", "pge", "auditor",
    }  # fmt: skip
    assert set(seen.values()) == {(1, 1), (0, 0)}


@pytest.mark.parametrize("who", ["worker", "mission"])
def test_arrival_and_return(scene, who):
    filed = ready(scene)
    scene.do(actions.record_departure, boarding(filed), actor=scene.border())
    actor = filed.worker.actor if who == "worker" else scene.mission()

    there = scene.do(actions.record_arrival, filed.reference, actor=actor)
    back = scene.do(actions.record_return, filed.reference, actor=scene.border())

    assert (there.arrived_at, back.returned_at, back.state) == (scene.now, scene.now, "returned")
    with pytest.raises(WrongState):
        scene.do(actions.record_arrival, filed.reference, actor=actor)
    with pytest.raises(WrongState):
        scene.do(actions.record_return, filed.reference, actor=scene.border())
    connection.check_constraints()


def test_strangers_record_neither_arrival_nor_return(scene):
    filed = ready(scene)
    scene.do(actions.record_departure, boarding(filed), actor=scene.border())

    for actor in (scene.drafts[1].worker.actor, Actor("mission_lw", 1, country="ARE")):
        with pytest.raises(NotFound):
            scene.do(actions.record_arrival, filed.reference, actor=actor)
    for actor in (scene.agent, filed.worker.actor, scene.mission()):
        with pytest.raises(NotPermitted):
            scene.do(actions.record_return, filed.reference, actor=actor)

    with acting(SYSTEM):
        assert Departure.objects.get().state == "departed"
