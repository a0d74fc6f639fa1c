"""What insurance hears: a contract that is fixed or undone, in the same transaction."""

import pytest
from django.db import connection

from emigrate.domains.contracts import actions as contracts
from emigrate.domains.insurance import actions, queries
from emigrate.foundation.errors import NotFound
from tests.factories.contracts import a_fixed_contract, an_agreed_contract, the_emigrant
from tests.factories.demands import a_market
from tests.factories.insurance import SYSTEM, an_answer, as_stored, pay, the_order

pytestmark = pytest.mark.django_db


@pytest.fixture
def market():
    yield a_market()
    connection.check_constraints()


def test_a_contract_is_insured_once_it_is_fixed(market):
    agreed = an_agreed_contract(market)
    with pytest.raises(NotFound):
        actions.quote_policy(agreed.reference, actor=market.owner)

    fixed = a_fixed_contract(market, months=30)
    policy = actions.quote_policy(fixed.reference, actor=market.owner)

    assert (policy.term_months, policy.person_id, policy.agency_id) == (
        36,
        fixed.emigrant_id,
        fixed.agency_id,
    )
    assert (policy.office, policy.country) == (fixed.office, fixed.country)
    assert policy.cover.employer_reference == market.employer.reference


def test_a_contract_undone_ends_its_insurance(market):
    contract = a_fixed_contract(market)
    policy = actions.quote_policy(contract.reference, actor=market.owner)
    pay(policy)
    actions.record_policy(policy.reference, an_answer(policy), actor=SYSTEM)

    contracts.annul_contract(contract.reference, "I stay.", actor=the_emigrant(contract))

    assert (as_stored(policy).state, the_order(policy).state) == ("cancelled", "refund_requested")
    assert queries.policy_for(contract.emigrant_id, contract.reference, actor=SYSTEM) is None
    with pytest.raises(NotFound):
        actions.quote_policy(contract.reference, actor=market.owner)
