"""The life of a certificate: suspension effective everywhere, two officers, clocks, capacity."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection

from emigrate.domains.agents import actions, queries
from emigrate.domains.agents.actions.capacity import CapacityUsed, TrancheOpen
from emigrate.domains.agents.models import Agent, Guarantee
from emigrate.domains.agents.queries import AgentBarred
from emigrate.domains.notifications.models import Message
from emigrate.domains.reference.enums import Role
from emigrate.foundation import clock
from emigrate.foundation.actors import Actor
from emigrate.foundation.errors import (
    Blocked,
    Exhausted,
    InvalidInput,
    NotFound,
    NotPermitted,
    OwnCase,
    ReasonRequired,
    WrongState,
)
from emigrate.foundation.transactions import acting
from emigrate.law.current import pack
from tests.factories.agents import (
    SYSTEM,
    a_guarantee,
    a_new_application,
    a_protector,
    a_protector_general,
    a_small_agent,
    an_agency_owner,
    an_agent,
    an_examiner,
)

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def on_a_monday():
    with clock.simulate(NOW):
        yield
        connection.check_constraints()


def stored(reference):
    with acting(SYSTEM):
        return Agent.objects.get(reference=reference)


def refused(refusal, act, reference):
    before = stored(reference)

    with pytest.raises(refusal) as caught:
        act()

    after = stored(reference)
    columns = ("state", "audit_seq", "workers_used", "capacity")
    assert [getattr(after, c) for c in columns] == [getattr(before, c) for c in columns]
    return caught.value


def test_a_suspension_stands_at_once_for_every_question():
    agent = an_agent()

    actions.suspend_agent(agent.reference, reason="Overcharging.", actor=a_protector_general())

    with acting(SYSTEM):
        assert queries.standing(agent.pk, actor=SYSTEM).status == "suspended"
        told = Message.objects.filter(reference=agent.reference).values_list("event", flat=True)
        assert list(told) == ["agent.suspended"]
    assert queries.public_register(agent.rc_number).verdict == "suspended"
    refused(AgentBarred, lambda: actions.use_capacity(agent.pk, 1, actor=SYSTEM), agent.reference)


def test_a_suspension_needs_its_reason():
    agent, general = an_agent(), a_protector_general()

    refused(
        ReasonRequired,
        lambda: actions.suspend_agent(agent.reference, reason=" ", actor=general),
        agent.reference,
    )


@pytest.mark.parametrize(("who", "refusal"), [
    (lambda: a_protector("MUM"),                   NotPermitted),
    (an_examiner,                                  NotPermitted),
    (an_agency_owner,                              NotFound),
    (lambda: Actor(Role.MISSION_HOM, 1, country="SAU"), NotPermitted),
    (lambda: Actor(Role.AUDITOR, 1),               NotPermitted),
    (Actor.public,                                 NotFound),
])  # fmt: skip
def test_only_the_protector_general_suspends(who, refusal):
    agent, actor = an_agent(), who()

    refused(
        refusal,
        lambda: actions.suspend_agent(agent.reference, reason="x", actor=actor),
        agent.reference,
    )


def test_two_officers_restore():
    agent, first, second = an_agent(), a_protector_general(), a_protector_general()
    actions.suspend_agent(agent.reference, reason="Complaint.", actor=first)

    proposed = actions.restore_agent(agent.reference, reason="Settled.", actor=first)
    refused(
        OwnCase,
        lambda: actions.restore_agent(agent.reference, reason="Settled.", actor=first),
        agent.reference,
    )
    restored = actions.restore_agent(agent.reference, reason="Agreed.", actor=second)

    assert (proposed.state, restored.state, restored.suspended_on) == ("suspended", "active", None)


def test_two_officers_cancel_on_a_ground_of_the_act():
    agent, first, second = an_agent(), a_protector_general(), a_protector_general()
    cancel = actions.cancel_agent
    refused(
        InvalidInput,
        lambda: cancel(agent.reference, ground="dislike", reason="x", actor=first),
        agent.reference,
    )

    for officer in (first, second):
        done = cancel(agent.reference, ground="terms_violated", reason="r.10.", actor=officer)

    assert (done.state, done.ground, done.disqualified_until) == (
        "cancelled",
        "terms_violated",
        date(2028, 11, 23),
    )


def test_after_a_cancellation_there_is_no_fresh_certificate_for_two_years():
    owner, generals = an_agency_owner(), (a_protector_general(), a_protector_general())
    agent = an_agent(owner)
    for officer in generals:
        actions.cancel_agent(agent.reference, ground="not_fit", reason="x", actor=officer)
    case = actions.apply_for_certificate(a_new_application(), actor=owner)

    last_day = clock.simulate(datetime(2028, 11, 23, 6, tzinfo=UTC))
    with last_day, pytest.raises(Blocked) as caught:
        actions.submit_application(case.reference, actor=owner)
    with clock.simulate(datetime(2028, 11, 24, 6, tzinfo=UTC)):
        submitted = actions.submit_application(case.reference, actor=owner)

    assert (caught.value.facts["codes"], submitted.state) == (["agent_disqualified"], "submitted")


@pytest.mark.parametrize(("days", "extended", "state"), [
    (30, False, "suspended"),
    (31, False, "active"),
    (31, True,  "suspended"),
])  # fmt: skip
def test_a_suspension_ends_after_its_days_unless_extended(days, extended, state):
    agent, general = an_agent(), a_protector_general()
    actions.suspend_agent(agent.reference, reason="Complaint.", actor=general)
    if extended:
        actions.extend_suspension(agent.reference, reason="Hearing set.", actor=general)

    with clock.simulate(NOW + timedelta(days=days)):
        count = actions.lapse_suspensions(actor=SYSTEM)

    assert (count, stored(agent.reference).state) == (int(state == "active"), state)


def test_a_suspension_waits_for_an_order_until_a_day_and_longer_when_it_is_extended():
    agent, general = an_agent(), a_protector_general()
    suspended = actions.suspend_agent(agent.reference, reason="Complaint.", actor=general)
    with clock.simulate(NOW + timedelta(days=20)):
        extended = actions.extend_suspension(agent.reference, reason="Hearing.", actor=general)

    until = [clock.office_date(case.due_at) for case in (suspended, extended)]
    assert until == [date(2026, 12, 23), date(2027, 1, 12)]
    assert {case.held_by for case in (suspended, extended)} == {"pge"}


def test_only_a_standing_suspension_is_extended():
    agent, general = an_agent(), a_protector_general()

    refused(
        WrongState,
        lambda: actions.extend_suspension(agent.reference, reason="x", actor=general),
        agent.reference,
    )
    actions.suspend_agent(agent.reference, reason="x", actor=general)
    refused(
        InvalidInput,
        lambda: actions.extend_suspension(agent.reference, reason="", actor=general),
        agent.reference,
    )


def test_a_certificate_expires_after_its_last_day_and_holds_through_it():
    agent = an_agent()

    with clock.simulate(datetime(2031, 11, 22, 18, 29, tzinfo=UTC)):
        last_day = actions.expire_agents(actor=SYSTEM)
        actions.use_capacity(agent.pk, 1, actor=SYSTEM)
    with clock.simulate(datetime(2031, 11, 22, 18, 31, tzinfo=UTC)):
        error = refused(
            AgentBarred, lambda: actions.use_capacity(agent.pk, 1, actor=SYSTEM), agent.reference
        )
        register = queries.public_register(agent.rc_number).verdict
        day_after = actions.expire_agents(actor=SYSTEM)

    assert (last_day, day_after, stored(agent.reference).state) == (0, 1, "expired")
    assert (error.facts["state"], register) == ("expired", "expired")


def test_an_agency_gives_its_certificate_back():
    owner = an_agency_owner()
    agent = an_agent(owner)

    gone = actions.surrender_certificate(agent.reference, reason="Closing.", actor=owner)

    assert gone.state == "surrendered"


def test_a_suspended_agency_does_not_slip_away():
    owner = an_agency_owner()
    agent = an_agent(owner)
    actions.suspend_agent(agent.reference, reason="x", actor=a_protector_general())

    refused(
        WrongState,
        lambda: actions.surrender_certificate(agent.reference, reason="Bye.", actor=owner),
        agent.reference,
    )


def test_capacity_ends_at_its_number_and_comes_back():
    agent = a_small_agent()
    actions.use_capacity(agent.pk, 99, actor=SYSTEM)

    refused(CapacityUsed, lambda: actions.use_capacity(agent.pk, 2, actor=SYSTEM), agent.reference)
    actions.use_capacity(agent.pk, 1, actor=SYSTEM)
    actions.release_capacity(agent.pk, 100, actor=SYSTEM)
    refused(Exhausted, lambda: actions.release_capacity(agent.pk, 1, actor=SYSTEM), agent.reference)

    assert stored(agent.reference).workers_used == 0


def test_the_normal_category_has_no_number():
    agent = an_agent()

    actions.use_capacity(agent.pk, 5000, actor=SYSTEM)

    assert stored(agent.reference).workers_used == 5000


def test_capacity_is_the_platforms_to_count():
    owner = an_agency_owner()
    agent = a_small_agent(owner)

    for act in (actions.use_capacity, actions.release_capacity):
        refused(NotPermitted, lambda act=act: act(agent.pk, 1, actor=owner), agent.reference)
        with pytest.raises(ValueError, match="at least one"):
            act(agent.pk, 0, actor=SYSTEM)
    with pytest.raises(NotFound):
        actions.use_capacity(agent.pk + 1_000_000, 1, actor=SYSTEM)


def test_a_tranche_raises_the_number_against_a_guarantee():
    owner, general = an_agency_owner(), a_protector_general()
    agent = a_small_agent(owner)
    actions.use_capacity(agent.pk, 100, actor=SYSTEM)

    tranche = actions.request_tranche(agent.reference, a_guarantee(80_000_000), actor=owner)
    with pytest.raises(TrancheOpen):
        actions.request_tranche(agent.reference, a_guarantee(80_000_000), actor=owner)
    actions.confirm_tranche_guarantee(tranche.reference, bank_reference="S", actor=an_examiner())
    granted = actions.grant_tranche(tranche.reference, actor=general)
    actions.use_capacity(agent.pk, 100, actor=SYSTEM)

    after = stored(agent.reference)
    assert (granted.state, after.capacity, after.workers_used) == ("granted", 200, 200)


def test_a_tranche_waits_for_the_bank_and_for_a_standing_certificate():
    owner, general, other = an_agency_owner(), a_protector_general(), a_protector_general()
    agent = a_small_agent(owner)
    tranche = actions.request_tranche(agent.reference, a_guarantee(80_000_000), actor=owner)

    with pytest.raises(WrongState):
        actions.grant_tranche(tranche.reference, actor=general)
    actions.confirm_tranche_guarantee(tranche.reference, bank_reference="S", actor=general)
    actions.suspend_agent(agent.reference, reason="x", actor=other)
    refused(
        AgentBarred,
        lambda: actions.grant_tranche(tranche.reference, actor=general),
        agent.reference,
    )
    refused(
        AgentBarred,
        lambda: actions.request_tranche(agent.reference, a_guarantee(), actor=owner),
        agent.reference,
    )
    refusal = actions.refuse_tranche(tranche.reference, reason="Suspended.", actor=general)

    assert refusal.state == "refused"
    with acting(SYSTEM):
        assert queries.guarantees_for(SYSTEM).get(tranche=tranche).released_at == NOW


def test_the_normal_category_asks_for_no_tranche():
    owner = an_agency_owner()
    agent = an_agent(owner)

    error = refused(
        Blocked,
        lambda: actions.request_tranche(agent.reference, a_guarantee(), actor=owner),
        agent.reference,
    )

    assert error.facts["codes"] == ["category_without_number"]


def test_nobody_asks_for_anothers_tranche():
    agent, stranger = a_small_agent(), an_agency_owner()

    refused(
        NotFound,
        lambda: actions.request_tranche(agent.reference, a_guarantee(), actor=stranger),
        agent.reference,
    )


def test_the_law_is_asked_with_the_agents_own_part():
    agent = a_small_agent(entity="state_corporation")
    actions.use_capacity(agent.pk, 7, actor=SYSTEM)

    with acting(SYSTEM):
        part = queries.standing(agent.pk, actor=SYSTEM)

    assert part == pack().Agent(
        category="small",
        status="active",
        valid_until=date(2031, 11, 22),
        workers_used=7,
        capacity=100,
        state_agency=True,
    )


def told(event, reference):
    with acting(SYSTEM):
        rows = Message.objects.filter(event=event, reference=reference).order_by("id")
        return [message.facts for message in rows]


def test_an_end_is_told_at_each_of_the_days_before_it():
    agent = an_agent()
    days = pack().figure("notice.certificate_days", on=NOW.date()).value
    seen = []
    for before in (max(days) + 1, *(day - late for day in days for late in (0, 1)), 0):
        with clock.simulate(NOW + (agent.valid_until - NOW.date()) - timedelta(days=before)):
            actions.tell_expiring(actor=SYSTEM)
        seen.append(len(told("agent.expiring", agent.reference)))

    end = agent.valid_until.isoformat()
    assert (days, seen) == ([180, 90, 30], [0, 1, 1, 2, 2, 3, 3, 3])
    assert told("agent.expiring", agent.reference) == [
        {"on": end, "days": str(day)} for day in days
    ]


def test_the_end_of_a_guarantee_is_told_with_its_case():
    agent = an_agent()
    with acting(SYSTEM):
        guarantee = Guarantee.objects.get(organisation_id=agent.organisation_id)

    with clock.simulate(NOW + (guarantee.expires_on - NOW.date()) - timedelta(days=30)):
        actions.tell_expiring(actor=SYSTEM)

    expected = [{"on": guarantee.expires_on.isoformat(), "days": "30"}]
    assert told("guarantee.expiring", guarantee.application.reference) == expected
