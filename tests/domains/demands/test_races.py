"""Vacancies and allotments under many hands: the database is the referee."""

from collections import Counter

from emigrate.domains.demands import actions
from emigrate.domains.demands.models import Allotment
from emigrate.foundation.errors import AlreadyExists, Blocked, Exhausted
from emigrate.foundation.transactions import acting
from tests.factories.agents import an_agency_owner, an_agent
from tests.factories.demands import (
    SYSTEM,
    a_line,
    a_market,
    an_accepted_allotment,
    an_approved_demand,
    as_stored,
    first_line,
    with_another_agency,
)
from tests.races import race

WIDE = 40


def kinds(outcomes):
    return Counter(type(each) for each in outcomes)


def test_forty_hands_take_exactly_the_vacancies_there_are(committed_database):
    market = a_market()
    demand = an_approved_demand(market, a_line(number=13))
    allotment = an_accepted_allotment(market, 13, demand=demand)

    outcomes = race(WIDE, lambda _: actions.take_vacancy(allotment.pk, actor=SYSTEM))

    assert kinds(outcomes) == {int: 13, Exhausted: WIDE - 13}
    assert sorted(each for each in outcomes if isinstance(each, int)) == list(range(13))
    assert (as_stored(allotment).used, as_stored(demand).state) == (13, "filled")


def test_two_allotments_emptied_at_once_fill_the_demand(committed_database):
    market = a_market()
    demand = an_approved_demand(market, a_line(number=20))
    halves = [
        an_accepted_allotment(each, 10, demand=demand)
        for each in (market, with_another_agency(market))
    ]

    outcomes = race(WIDE, lambda n: actions.take_vacancy(halves[n % 2].pk, actor=SYSTEM))

    assert kinds(outcomes) == {int: 20, Exhausted: WIDE - 20}
    assert as_stored(demand).state == "filled"


def test_takers_and_givers_keep_the_sum(committed_database):
    market = a_market()
    demand = an_approved_demand(market, a_line(number=100))
    allotment = an_accepted_allotment(market, 100, demand=demand)
    for _ in range(50):
        actions.take_vacancy(allotment.pk, actor=SYSTEM)

    def turn(number):
        act = actions.take_vacancy if number % 2 else actions.give_back_vacancy
        for _ in range(2):
            act(allotment.pk, actor=SYSTEM)

    outcomes = race(WIDE, turn)

    assert (outcomes, as_stored(allotment).used) == ([None] * WIDE, 50)


def test_one_line_is_never_allotted_beyond_its_number(committed_database):
    market = a_market()
    line = first_line(an_approved_demand(market, a_line(number=7)))
    agents = [an_agent(an_agency_owner()) for _ in range(32)]

    outcomes = race(
        32, lambda n: actions.allot(line.pk, agents[n].reference, 1, actor=market.company)
    )

    assert kinds(outcomes) == {Allotment: 7, Exhausted: 25}
    with acting(SYSTEM):
        assert (Allotment.objects.count(), first_line(line.demand).allotted) == (7, 7)


def test_one_agent_gets_one_allotment_of_a_line(committed_database):
    market = a_market()
    line = first_line(an_approved_demand(market, a_line(number=100)))

    outcomes = race(
        32, lambda _: actions.allot(line.pk, market.agent.reference, 1, actor=market.company)
    )

    assert kinds(outcomes) == {Allotment: 1, AlreadyExists: 31}
    assert as_stored(line).allotted == 1


def test_after_a_change_commits_nothing_more_is_taken(committed_database):
    market = a_market()
    allotment = an_accepted_allotment(market, 10)
    demand = as_stored(allotment.demand)

    def turn(number):
        if number == WIDE // 2:
            actions.amend_demand(
                demand.reference,
                allotment.line_id,
                a_line(wage_minor=150_000),
                actor=market.company,
                reason="Cut.",
            )
            return "changed"
        return actions.take_vacancy(allotment.pk, actor=SYSTEM)

    outcomes = race(WIDE, turn)

    found = kinds(outcomes)
    assert outcomes[WIDE // 2] == "changed"
    assert found[int] + found[Blocked] + found[Exhausted] == WIDE - 1
    assert as_stored(allotment).used == found[int]
    last = race(1, lambda _: actions.take_vacancy(allotment.pk, actor=SYSTEM))
    assert kinds(last) == {Blocked: 1}
