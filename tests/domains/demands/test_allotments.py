"""Allotments and powers of attorney: every step, and every refusal with nothing changed."""

from datetime import date, timedelta

import pytest
from django.db import connection

from emigrate.domains.agents import actions as agents
from emigrate.domains.agents.queries import AgentBarred
from emigrate.domains.demands import actions, queries
from emigrate.domains.demands.models import PowerOfAttorney
from emigrate.domains.employers import actions as employers
from emigrate.foundation.clock import office_date
from emigrate.foundation.errors import (
    AlreadyExists,
    Blocked,
    Exhausted,
    InvalidInput,
    NotFound,
    NotPermitted,
    WrongState,
)
from emigrate.foundation.transactions import acting
from tests.factories.agents import a_protector_general
from tests.factories.contracts import later
from tests.factories.demands import (
    SYSTEM,
    a_market,
    a_sent_allotment,
    an_accepted_allotment,
    an_approved_demand,
    as_stored,
    first_line,
    in_scrutiny,
    with_another_agency,
)
from tests.factories.employers import an_applicant
from tests.snapshot import leaves_of, refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def market():
    yield a_market()
    connection.check_constraints()


def attorney_of(demand, agent):
    with acting(SYSTEM):
        return PowerOfAttorney.objects.get(demand=demand, agent=agent)


def test_an_allotment_takes_from_the_line_and_empowers_the_agent(market):
    demand = an_approved_demand(market)

    allotment = a_sent_allotment(market, 6, demand=demand)

    assert (allotment.state, allotment.quantity, allotment.used) == ("sent", 6, 0)
    assert first_line(demand).allotted == 6
    assert attorney_of(demand, market.agent).state == "signed"
    assert leaves_of(demand)[-1] == "demand.allotted"
    assert as_stored(demand).state == "approved"


def test_accepting_opens_the_demand_and_the_power_of_attorney(market):
    allotment = an_accepted_allotment(market)

    assert allotment.state == "acknowledged"
    assert as_stored(allotment.demand).state == "open"
    assert attorney_of(allotment.demand, market.agent).state == "active"
    assert [each.pk for each in in_open(market)] == [allotment.pk]


def in_open(market):
    with acting(market.owner):
        return list(queries.open_allotments(market.owner))


def test_declining_gives_the_vacancies_back_and_may_be_asked_again(market):
    allotment = a_sent_allotment(market, 6)
    demand = as_stored(allotment.demand)

    declined = actions.decline_allotment(allotment.pk, actor=market.owner)
    again = a_sent_allotment(market, 10, demand=demand)

    assert (declined.state, again.state, first_line(demand).allotted) == ("declined", "sent", 10)
    with refused(WrongState):
        actions.acknowledge_allotment(allotment.pk, actor=market.owner)


def test_releasing_returns_only_what_is_unused(market):
    allotment = an_accepted_allotment(market, 6)
    for _ in range(2):
        actions.take_vacancy(allotment.pk, actor=SYSTEM)

    actions.release_allotment(allotment.pk, actor=market.company)

    kept = as_stored(allotment)
    assert (kept.state, kept.quantity, kept.used) == ("released", 2, 2)
    assert first_line(kept.demand).allotted == 2
    with refused(Blocked, "allotment_not_accepted"):
        actions.take_vacancy(allotment.pk, actor=SYSTEM)
    with refused(WrongState):
        actions.release_allotment(allotment.pk, actor=market.company)


def test_never_more_is_allotted_than_was_demanded(market):
    demand = an_approved_demand(market)
    a_sent_allotment(market, 6, demand=demand)
    other = with_another_agency(market)

    with refused(Exhausted):
        actions.allot(first_line(demand).pk, other.agent.reference, 5, actor=market.company)
    a_sent_allotment(other, 4, demand=demand)
    assert first_line(demand).allotted == 10


def test_an_agent_has_one_allotment_of_a_line(market):
    demand = an_approved_demand(market)
    a_sent_allotment(market, 1, demand=demand)

    with refused(AlreadyExists):
        a_sent_allotment(market, 1, demand=demand)


@pytest.mark.parametrize("quantity", [0, -1])
def test_nothing_is_no_allotment(market, quantity):
    demand = an_approved_demand(market)

    with refused(InvalidInput, "quantity_out_of_range"):
        a_sent_allotment(market, quantity, demand=demand)


def test_a_power_of_attorney_does_not_end_before_it_begins(market):
    line = first_line(an_approved_demand(market))

    with refused(InvalidInput, "day_in_the_past"):
        actions.allot(
            line.pk,
            market.agent.reference,
            1,
            actor=market.company,
            attorney_ends=date(2020, 1, 1),
        )


def test_only_an_approved_demand_is_allotted(market):
    line = first_line(in_scrutiny(market))

    with refused(WrongState):
        actions.allot(line.pk, market.agent.reference, 1, actor=market.company)


def test_a_demand_past_its_last_day_is_not_allotted(market):
    line = first_line(an_approved_demand(market))

    with later(days=181), refused(Blocked, "demand_not_open"):
        actions.allot(line.pk, market.agent.reference, 1, actor=market.company)


def test_a_demand_past_its_last_day_is_not_accepted(market):
    allotment = a_sent_allotment(market)

    with later(days=181), refused(Blocked, "demand_not_open"):
        actions.acknowledge_allotment(allotment.pk, actor=market.owner)


def test_a_suspended_agent_is_allotted_nothing(market):
    line = first_line(an_approved_demand(market))
    agents.suspend_agent(market.agent.reference, reason="Complaint.", actor=a_protector_general())

    with refused(AgentBarred, "agent_not_active"):
        actions.allot(line.pk, market.agent.reference, 1, actor=market.company)


def test_only_the_employer_of_the_demand_allots_and_releases(market):
    allotment = a_sent_allotment(market)
    stranger = an_applicant()

    with refused(NotFound):
        actions.allot(allotment.line_id, market.agent.reference, 1, actor=stranger)
    with refused(NotFound):
        actions.release_allotment(allotment.pk, actor=stranger)
    with refused(NotPermitted):
        actions.release_allotment(allotment.pk, actor=market.owner)
    with refused(NotFound):
        actions.allot(allotment.line_id, "RC-0000", 1, actor=market.company)


def test_only_the_agent_answers(market):
    allotment = a_sent_allotment(market)
    other = with_another_agency(market)

    with refused(NotFound):
        actions.acknowledge_allotment(allotment.pk, actor=other.owner)
    with refused(NotPermitted):
        actions.acknowledge_allotment(allotment.pk, actor=market.company)
    with refused(NotFound):
        actions.decline_allotment(allotment.pk + 1000, actor=market.owner)


def test_the_employer_revokes_a_power_of_attorney_once(market):
    allotment = an_accepted_allotment(market)
    attorney = attorney_of(allotment.demand, market.agent)

    with refused(NotFound):
        actions.revoke_attorney(attorney.pk, actor=an_applicant())
    with refused(NotPermitted):
        actions.revoke_attorney(attorney.pk, actor=market.owner)
    revoked = actions.revoke_attorney(attorney.pk, actor=market.company)

    assert revoked.state == "revoked"
    with refused(WrongState):
        actions.revoke_attorney(attorney.pk, actor=market.company)


def test_a_suspended_agent_accepts_nothing(market):
    allotment = a_sent_allotment(market)
    general = a_protector_general()
    agents.suspend_agent(market.agent.reference, reason="Overcharging.", actor=general)

    with refused(AgentBarred, "agent_not_active"):
        actions.acknowledge_allotment(allotment.pk, actor=market.owner)
    assert as_stored(allotment).state == "sent"
    assert actions.decline_allotment(allotment.pk, actor=market.owner).state == "declined"


def test_nothing_of_a_black_listed_employer_is_given_or_taken(market):
    demand = an_approved_demand(market)
    sent = a_sent_allotment(market, 2, demand=demand)
    another = with_another_agency(market)
    black_list(market)

    with refused(Blocked, "employer_blacklisted"):
        actions.acknowledge_allotment(sent.pk, actor=market.owner)
    with refused(Blocked, "employer_blacklisted"):
        a_sent_allotment(another, 1, demand=demand)


def black_list(market):
    for _ in range(2):
        employers.blacklist_employer(
            market.employer.reference, reason="Unpaid wages.", actor=a_protector_general()
        )


def test_without_a_power_of_attorney_nobody_is_recruited(market):
    allotment = an_accepted_allotment(market)
    attorney = attorney_of(allotment.demand, market.agent)

    actions.revoke_attorney(attorney.pk, actor=market.company)

    with refused(Blocked, "attorney_not_active"):
        actions.take_vacancy(allotment.pk, actor=SYSTEM)


def test_a_power_of_attorney_ends_on_its_day(market):
    demand = an_approved_demand(market)
    with acting(SYSTEM) as now:
        ends = office_date(now.now) + timedelta(days=3)
    sent = actions.allot(
        first_line(demand).pk, market.agent.reference, 2, actor=market.company, attorney_ends=ends
    )
    actions.acknowledge_allotment(sent.pk, actor=market.owner)
    with later(days=3):
        left = actions.take_vacancy(sent.pk, actor=SYSTEM)

    with later(days=4):
        with refused(Blocked, "attorney_not_active"):
            actions.take_vacancy(sent.pk, actor=SYSTEM)
        actions.expire_demands(actor=SYSTEM)

    assert left == 1
    assert attorney_of(demand, market.agent).state == "expired"
    assert as_stored(demand).state == "open"
