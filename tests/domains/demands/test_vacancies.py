"""Vacancies: taken, given back, filled and expired; nothing is ever overspent."""

import pytest
from django.db import connection

from emigrate.domains.demands import actions
from emigrate.domains.demands.models import PowerOfAttorney
from emigrate.domains.demands.tasks import clocks
from emigrate.foundation.errors import Blocked, Exhausted, NotFound, NotPermitted
from emigrate.foundation.transactions import acting
from tests.factories.contracts import later
from tests.factories.demands import (
    SYSTEM,
    a_line,
    a_market,
    a_sent_allotment,
    an_accepted_allotment,
    an_approved_demand,
    as_stored,
    first_line,
    with_another_agency,
)
from tests.snapshot import leaves_of, refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def market():
    yield a_market()
    connection.check_constraints()


def test_each_vacancy_is_taken_once(market):
    allotment = an_accepted_allotment(market, 2)

    left = [actions.take_vacancy(allotment.pk, actor=SYSTEM) for _ in range(2)]

    assert left == [1, 0]
    with refused(Exhausted, "vacancies_exhausted"):
        actions.take_vacancy(allotment.pk, actor=SYSTEM)


def test_a_vacancy_given_back_can_be_taken_again(market):
    allotment = an_accepted_allotment(market, 1)
    actions.take_vacancy(allotment.pk, actor=SYSTEM)

    actions.give_back_vacancy(allotment.pk, actor=SYSTEM)

    assert actions.take_vacancy(allotment.pk, actor=SYSTEM) == 0
    actions.give_back_vacancy(allotment.pk, actor=SYSTEM)
    with refused(Exhausted, "no_vacancy_taken"):
        actions.give_back_vacancy(allotment.pk, actor=SYSTEM)


def test_only_the_platform_takes_vacancies(market):
    allotment = an_accepted_allotment(market)

    for actor in (market.owner, market.company, market.mission):
        with refused(NotPermitted):
            actions.take_vacancy(allotment.pk, actor=actor)
        with refused(NotPermitted):
            actions.give_back_vacancy(allotment.pk, actor=actor)


def test_an_unknown_allotment_is_not_found(market):
    with refused(NotFound):
        actions.take_vacancy(10**9, actor=SYSTEM)


def test_an_allotment_is_accepted_before_it_is_filled(market):
    allotment = a_sent_allotment(market)

    with refused(Blocked, "allotment_not_accepted"):
        actions.take_vacancy(allotment.pk, actor=SYSTEM)


def test_a_demand_is_filled_by_its_last_vacancy_and_opened_by_the_first_given_back(market):
    demand = an_approved_demand(market, a_line(number=2))
    other = with_another_agency(market)
    first = an_accepted_allotment(market, 1, demand=demand)
    second = an_accepted_allotment(other, 1, demand=demand)

    actions.take_vacancy(first.pk, actor=SYSTEM)
    assert as_stored(demand).state == "open"
    actions.take_vacancy(second.pk, actor=SYSTEM)
    assert as_stored(demand).state == "filled"

    with refused(Exhausted, "vacancies_exhausted"):
        actions.take_vacancy(first.pk, actor=SYSTEM)
    actions.give_back_vacancy(first.pk, actor=SYSTEM)
    assert as_stored(demand).state == "open"
    assert leaves_of(demand)[-2:] == ["demand.filled", "demand.reopened"]


def test_a_demand_with_vacancies_that_nobody_holds_is_not_filled(market):
    allotment = an_accepted_allotment(market, 1)

    actions.take_vacancy(allotment.pk, actor=SYSTEM)

    assert as_stored(allotment.demand).state == "open"


def test_on_its_last_day_a_demand_stands_and_the_day_after_it_is_closed(market):
    allotment = an_accepted_allotment(market, 5)
    demand = as_stored(allotment.demand)
    actions.take_vacancy(allotment.pk, actor=SYSTEM)
    with later(days=180):
        clocks()
        actions.take_vacancy(allotment.pk, actor=SYSTEM)
        assert as_stored(demand).state == "open"

    with later(days=181):
        with refused(Blocked, "demand_not_open"):
            actions.take_vacancy(allotment.pk, actor=SYSTEM)
        clocks()

    kept = as_stored(allotment)
    with acting(SYSTEM):
        attorney = PowerOfAttorney.objects.get(demand=demand)
    assert (as_stored(demand).state, attorney.state) == ("expired", "expired")
    assert (kept.state, kept.quantity, kept.used) == ("released", 2, 2)
    assert first_line(demand).allotted == 2


def test_a_changed_demand_expires_too(market):
    demand = an_approved_demand(market)
    actions.amend_demand(
        demand.reference,
        first_line(demand).pk,
        a_line(number=11),
        actor=market.company,
        reason="More.",
    )

    with later(days=181):
        assert actions.expire_demands(actor=SYSTEM) >= 1

    assert as_stored(demand).state == "expired"
