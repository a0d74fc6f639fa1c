"""Applications, tranches and guarantees through somebody's eyes; the hourly clock."""

from datetime import UTC, date, datetime

import pytest

from emigrate.domains.agents import actions, queries, tasks
from emigrate.domains.reference.enums import Role
from emigrate.foundation import clock
from emigrate.foundation.actors import Actor
from emigrate.foundation.errors import NotFound
from emigrate.foundation.transactions import acting
from tests.factories.agents import (
    SYSTEM,
    a_forwarded_application,
    a_guarantee,
    a_protector,
    a_protector_general,
    a_small_agent,
    a_submitted_application,
    an_agency_owner,
    an_agent,
    pay_fee,
    with_security_called,
)
from tests.factories.payments import a_paid_order

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def on_a_monday():
    with clock.simulate(NOW):
        yield


def seen_by(actor, rows):
    with acting(actor):
        return set(rows(actor).values_list("pk", flat=True))


def test_who_sees_which_applications():
    owner = an_agency_owner()
    mine, other = a_submitted_application(owner), a_submitted_application()
    rows = queries.applications_for

    assert seen_by(owner, rows) == {mine.pk}
    assert seen_by(a_protector(mine.office), rows) == {mine.pk, other.pk}
    assert seen_by(a_protector("DEL"), rows) == set()
    assert seen_by(a_protector_general(), rows) == {mine.pk, other.pk}
    assert seen_by(Actor(Role.MISSION_HOM, 1, country="SAU"), rows) == set()
    assert seen_by(Actor.public(), rows) == set()


def test_who_sees_which_certificates_and_guarantees():
    owner = an_agency_owner()
    mine, other = an_agent(owner), an_agent()

    assert seen_by(owner, queries.agents_for) == {mine.pk}
    assert seen_by(Actor(Role.EMIGRANT, 1, person_id=1), queries.agents_for) == {mine.pk, other.pk}
    assert len(seen_by(owner, queries.guarantees_for)) == 1
    assert len(seen_by(a_protector_general(), queries.guarantees_for)) == 2
    assert seen_by(a_protector(), queries.guarantees_for) == set()


def test_one_case_by_its_reference_or_none():
    owner, stranger = an_agency_owner(), an_agency_owner()
    agent = a_small_agent(owner)
    with acting(SYSTEM):
        case = queries.applications_for(SYSTEM).get(agent=agent)
    tranche = actions.request_tranche(agent.reference, a_guarantee(80_000_000), actor=owner)

    found = {}
    for look_up, reference in (
        (queries.agent, agent.reference),
        (queries.application, case.reference),
        (queries.tranche, tranche.reference),
    ):
        with acting(owner):
            found[look_up] = look_up(reference, actor=owner).reference == reference
        with acting(stranger), pytest.raises(NotFound):
            look_up(reference, actor=stranger)

    assert list(found.values()) == [True, True, True]


def test_queues_are_in_order_of_the_due_day():
    paid = a_submitted_application()
    pay_fee(paid.reference)
    with clock.simulate(datetime(2026, 11, 25, 6, tzinfo=UTC)):
        later = a_submitted_application()
        pay_fee(later.reference)
        forwarded = a_forwarded_application()
    protector, general = a_protector(paid.office), a_protector_general()

    with acting(protector):
        scrutiny = [case.pk for case in queries.scrutiny_queue(protector)]
    with acting(general):
        examination = [case.pk for case in queries.examination_queue(general)]

    assert (scrutiny, examination) == ([paid.pk, later.pk], [forwarded.pk])


def test_the_pan_opens_for_the_file():
    case = a_submitted_application(pan="AAACS4321A")

    with acting(SYSTEM):
        assert queries.open_pan(case) == "AAACS4321A"


def test_a_payment_for_something_else_moves_nothing():
    case = a_submitted_application()

    a_paid_order(subject_kind="clearance", subject_reference=case.reference)
    a_paid_order(subject_kind="agent_application", subject_reference="AR-NONE", head="rc_fee")

    with acting(SYSTEM):
        assert queries.application(case.reference, actor=SYSTEM).state == "submitted"


def test_every_hour_the_register_is_kept():
    agent, case = an_agent(), with_security_called()
    suspended = an_agent()
    actions.suspend_agent(suspended.reference, reason="x", actor=a_protector_general())

    with clock.simulate(datetime(2027, 6, 1, tzinfo=UTC)):
        tasks.keep_register()
        with acting(SYSTEM):
            middle = queries.agent(suspended.reference, actor=SYSTEM).state
    with clock.simulate(datetime(2031, 11, 23, tzinfo=UTC)):
        tasks.keep_register()

    with acting(SYSTEM):
        states = (
            queries.agent(agent.reference, actor=SYSTEM).state,
            queries.application(case.reference, actor=SYSTEM).state,
        )
    assert (middle, states) == ("active", ("expired", "lapsed"))
    assert agent.valid_until == date(2031, 11, 22)


def test_rows_are_written_as_people_read_them():
    owner = an_agency_owner()
    agent = a_small_agent(owner, legal_name="Sample Stores")
    tranche = actions.request_tranche(
        agent.reference, a_guarantee(80_000_000, number="BG-1"), actor=owner
    )

    with acting(SYSTEM):
        guarantee = queries.guarantees_for(SYSTEM).get(tranche=tranche)
        case = queries.applications_for(SYSTEM).get(agent=agent)
    assert [str(row) for row in (agent, guarantee, tranche, case)] == [
        f"Sample Stores ({agent.rc_number})",
        "Sample Bank BG-1",
        tranche.reference,
        f"Sample Stores ({case.reference})",
    ]
