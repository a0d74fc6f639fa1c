"""Contracts for tests: plain functions over the domain's own actions."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from emigrate.domains.contracts import actions
from emigrate.domains.contracts.actions import NewContract
from emigrate.domains.contracts.models import Contract, Terms
from emigrate.domains.contracts.queries import key_facts, terms_of
from emigrate.domains.demands.models import Allotment
from emigrate.domains.emigrants.models import Emigrant
from emigrate.foundation import clock
from emigrate.foundation.actors import Actor
from emigrate.foundation.transactions import acting
from tests.factories.demands import SYSTEM, Market, an_accepted_allotment, the_clauses
from tests.factories.emigrants import a_verified_emigrant, the_person


def the_terms(**changes: Any) -> Terms:
    """Terms that keep what the demand of `tests.factories.demands` promises."""
    given: dict[str, Any] = {
        "occupation": "7112",
        "title": "Mason",
        "workplace": "Riyadh",
        "wage_minor": 180_000,
        "currency": "SAR",
        "months": 24,
        "clauses": tuple(sorted(the_clauses())),
    }
    return Terms(**(given | changes))


def a_contract(
    market: Market,
    *,
    allotment: Allotment | None = None,
    person: Emigrant | None = None,
    **terms: Any,
) -> Contract:
    """A draft of the agency for a person of its own."""
    allotment = allotment or an_accepted_allotment(market)
    with acting(SYSTEM):
        person = person or a_verified_emigrant(actor=market.owner)
    new = NewContract(person.reference, allotment.pk, the_terms(**terms))
    return actions.draft_contract(new, actor=market.owner)


def a_signed_contract(market: Market, **made: Any) -> Contract:
    """A contract that the employer has signed."""
    case = a_contract(market, **made)
    return actions.sign_for_employer(case.reference, bytes(case.terms_hash), actor=market.company)


def an_offered_contract(market: Market, **made: Any) -> Contract:
    """A contract that the emigrant is to think about."""
    return actions.offer_contract(a_signed_contract(market, **made).reference, actor=market.owner)


def the_emigrant(case: Contract) -> Actor:
    """The contract's emigrant, signed in."""
    with acting(SYSTEM):
        return the_person(Emigrant.objects.get(pk=case.emigrant_id))


def the_answers(case: Contract) -> dict[str, str]:
    """The five facts as the contract has them."""
    with acting(SYSTEM):
        return key_facts(terms_of(case.pk), case.employer.name)


def an_agreed_contract(market: Market, **made: Any) -> Contract:
    """A contract that the emigrant has agreed to and may still take back."""
    case = an_offered_contract(market, **made)
    emigrant = the_emigrant(case)
    actions.read_back(case.reference, the_answers(case), actor=emigrant, language="hi")
    return actions.consent(case.reference, bytes(case.terms_hash), actor=emigrant, language="hi")


@contextmanager
def later(**time: float) -> Iterator[None]:
    """So much later than now."""
    with acting(SYSTEM):
        moment = clock.read_platform_now()
    with clock.simulate(moment + timedelta(**time)):
        yield


def a_fixed_contract(market: Market, **made: Any) -> Contract:
    """A contract whose cooling-off time has passed."""
    case = an_agreed_contract(market, **made)
    with later(hours=25):
        return actions.lock_contract(case.reference, actor=SYSTEM)
