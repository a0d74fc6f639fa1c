"""Insurance for tests: plain functions over the domain's own actions."""

from dataclasses import replace
from datetime import date
from itertools import count
from typing import Any

from emigrate.domains.emigrants.actions.links import link_registered
from emigrate.domains.emigrants.models import Emigrant
from emigrate.domains.emigrants.queries import passports_of, personal
from emigrate.domains.insurance import actions
from emigrate.domains.insurance.actions import NewCover
from emigrate.domains.insurance.models import Cover, Policy
from emigrate.domains.payments.actions import settle_from_gateway
from emigrate.domains.payments.models import Order
from emigrate.domains.reference.enums import HOME_CURRENCY
from emigrate.foundation.actors import Actor
from emigrate.foundation.money import Money
from emigrate.foundation.transactions import acting
from emigrate.partners.insurer.contract import ClaimNews, ClaimOutcome, PolicyDay, PolicyState
from emigrate.partners.insurer.contract import Policy as Answer
from tests.factories.agents import an_agency_owner
from tests.factories.emigrants import a_verified_emigrant, the_person
from tests.factories.payments import an_answer as a_settlement

SYSTEM = Actor.system("test")
_number = count(1)


def a_cover(owner: Actor | None = None, **changes: Any) -> Cover:
    """A fixed contract of an agency (the actor) that must be insured: two years from any day."""
    owner = owner or an_agency_owner()
    with acting(SYSTEM):
        person = changes.pop("person", None) or a_worker_of(owner, a_verified_emigrant())
    new = NewCover(
        contract_reference=f"CT-TEST-{next(_number)}",
        person_id=person.pk,
        agency_id=owner.organisation_id or 0,
        office="MUM",
        country="SAU",
        employer_reference="FE-TEST-1",
        months=24,
    )
    return actions.note_cover(replace(new, **changes), actor=SYSTEM)


def a_worker_of(owner: Actor, person: Emigrant) -> Emigrant:
    """Let the agency see a person, as if it had registered the person."""
    link_registered(person.pk, owner.organisation_id or 0, actor=SYSTEM)
    return person


def a_quote(
    owner: Actor | None = None, *, cover_from: date | None = None, **changes: Any
) -> Policy:
    """A quotation for a cover of its own, asked for by the agency."""
    owner = owner or an_agency_owner()
    cover = a_cover(owner, **changes)
    return actions.quote_policy(cover.contract_reference, actor=owner, cover_from=cover_from)


def the_order(policy: Policy) -> Order:
    """The order of a policy's premium as it stands."""
    with acting(SYSTEM):
        return Order.objects.get(reference=policy.order_reference)


def pay(policy: Policy, **other: Any) -> Order:
    """The gateway says that the premium arrived."""
    order = the_order(policy)
    return settle_from_gateway(order.reference, a_settlement(order, **other), actor=SYSTEM)


def a_paid_policy(owner: Actor | None = None, **changes: Any) -> Policy:
    """A policy that waits for the insurer."""
    policy = a_quote(owner, **changes)
    pay(policy)
    return as_stored(policy)


def an_answer(policy: Policy, state: str = "ISSUED", **other: Any) -> Answer:
    """What the insurer says; by default that it issued what was asked and paid for."""
    with acting(SYSTEM):
        person = Emigrant.objects.get(pk=policy.person_id)
        number = personal(person.pk, actor=SYSTEM, purpose="test").passport_number
        assert passports_of(person.pk, actor=SYSTEM).exists()
    given: dict[str, Any] = {
        "number": f"PBBY-TEST-{policy.pk}",
        "passport_number": number,
        "cover_from": policy.from_date,
        "cover_to": policy.to_date,
        "sum_insured": Money(HOME_CURRENCY, policy.sum_minor),
        "premium": Money(HOME_CURRENCY, policy.premium_minor),
    }
    given = given if state in ("ISSUED", "CANCELLED") else {}
    return Answer(PolicyState(state), policy.reference, **(given | other))


def an_issued_policy(owner: Actor | None = None, **changes: Any) -> Policy:
    """A policy with the insurer's number."""
    policy = a_paid_policy(owner, **changes)
    return actions.record_policy(policy.reference, an_answer(policy), actor=SYSTEM)


def a_claim_news(policy: Policy, **changes: Any) -> ClaimNews:
    """The insurer says that a claim was registered."""
    given = {
        "policy_number": policy.number,
        "claim_number": f"CL-TEST-{policy.pk}",
        "on": date(2026, 11, 20),
    }
    return ClaimNews(**(given | changes))


def a_settlement_news(policy: Policy, **changes: Any) -> ClaimNews:
    """The insurer says that a claim was settled: paid in full by default."""
    given = {
        "on": date(2026, 11, 22),
        "outcome": ClaimOutcome.PAID,
        "amount": Money(HOME_CURRENCY, 100_000_000),
    }
    return a_claim_news(policy, **(given | changes))


def a_line(policy: Policy, state: str = "ISSUED", **changes: Any) -> PolicyDay:
    """A policy in the insurer's list of a day; by default as it was paid for."""
    given = {
        "reference": policy.reference,
        "number": policy.number or f"PBBY-TEST-{policy.pk}",
        "state": PolicyState(state),
        "premium": Money(HOME_CURRENCY, policy.premium_minor),
    }
    return PolicyDay(**(given | changes))


def the_insured(policy: Policy) -> Actor:
    """The policy's person, signed in."""
    with acting(SYSTEM):
        return the_person(Emigrant.objects.get(pk=policy.person_id))


def as_stored(row: Any) -> Any:
    """The row as the platform sees it now."""
    with acting(SYSTEM):
        return type(row).objects.get(pk=row.pk)
