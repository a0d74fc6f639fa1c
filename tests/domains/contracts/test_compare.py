"""Demand, contract and model side by side: the gravest loss for the worker first."""

from dataclasses import asdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emigrate.domains.contracts import queries
from emigrate.domains.contracts.queries import MODEL
from emigrate.domains.contracts.queries.compare import RULES, compared
from emigrate.domains.demands import actions as demands
from emigrate.domains.demands.models import Demand
from emigrate.foundation.errors import NotFound
from emigrate.foundation.transactions import acting
from tests.factories.contracts import a_contract, an_offered_contract, the_emigrant, the_terms
from tests.factories.demands import SYSTEM, a_market, with_another_agency


def harms(demand, **contract):
    found = compared(the_terms(**contract), demand, MODEL)
    return {each.term: each.harm for each in found if each.harm}


def promised(**changes):
    return {**asdict(the_terms()), **changes}


def test_a_contract_that_keeps_the_promise_harms_nobody():
    assert harms(promised()) == {}


@pytest.mark.parametrize(
    ("contract", "harm"),
    [
        ({"wage_minor": 179_999}, {"wage_minor": 100}),
        ({"wage_minor": 180_001}, {}),
        ({"hours_per_day": 9}, {"hours_per_day": 60}),
        ({"hours_per_day": 7}, {}),
        ({"deductions_minor": 1}, {"deductions_minor": 80}),
        ({"passport_custody": "employer"}, {"passport_custody": 90}),
        ({"recruitment_cost": "emigrant"}, {"recruitment_cost": 65}),
        ({"clauses": ()}, {"clauses": 40}),
        ({"leave_days_per_year": 14}, {"leave_days_per_year": 28}),
    ],
)
def test_only_what_is_worse_counts(contract, harm):
    assert harms(promised(), **contract) == harm


def test_where_the_demand_is_silent_the_model_is_the_measure():
    demand = promised()
    del demand["accommodation"]

    assert harms(demand, accommodation="none") == {"accommodation": 48}


def test_the_gravest_loss_stands_first():
    found = compared(
        the_terms(title="Helper", hours_per_day=12, wage_minor=90_000), promised(), MODEL
    )

    assert [each.term for each in found[:3]] == ["wage_minor", "hours_per_day", "title"]
    assert (found[0].demand, found[0].contract) == (180_000, 90_000)
    assert len(found) == len(RULES)


@given(
    wage=st.integers(1, 400_000),
    hours=st.integers(1, 24),
    deductions=st.integers(0, 5_000),
    months=st.integers(1, 60),
)
def test_every_term_is_shown_once_in_order_of_harm(wage, hours, deductions, months):
    terms = the_terms(
        wage_minor=wage, hours_per_day=hours, deductions_minor=deductions, months=months
    )

    found = compared(terms, promised(), MODEL)

    assert sorted(each.term for each in found) == sorted(RULES)
    assert [each.harm for each in found] == sorted((each.harm for each in found), reverse=True)


@pytest.mark.django_db
def test_the_emigrant_compares_also_when_the_demand_has_ended():
    market = a_market()
    case = an_offered_contract(market, wage_minor=150_000)
    demands.cancel_demand(_demand_of(case).reference, "Stopped.", actor=market.company)

    with acting(the_emigrant(case)):
        worst = queries.compare(case.pk)[0]

    assert (worst.term, worst.demand, worst.contract) == ("wage_minor", 180_000, 150_000)


def _demand_of(case):
    with acting(SYSTEM):
        return Demand.objects.get(allotments=case.allotment_id)


@pytest.mark.django_db
def test_a_stranger_compares_nothing():
    market = a_market()
    case = a_contract(market)

    with acting(with_another_agency(market).owner), pytest.raises(NotFound):
        queries.compare(case.pk)


@pytest.mark.django_db
def test_the_five_facts_are_those_of_the_version_that_stands():
    case = a_contract(a_market(), deductions_minor=500)

    with acting(SYSTEM):
        facts = queries.key_facts(queries.terms_of(case.pk), case.employer.name)

    assert facts == {
        "wage": "180000 SAR",
        "hours": "8",
        "employer": case.employer.name,
        "place": "Riyadh",
        "deductions": "500",
    }
