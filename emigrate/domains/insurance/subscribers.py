"""What insurance hears from others, in their transactions: contracts fixed or void, premiums paid.

A contract is another domain's case beside this one: only its plain columns are read.
"""

from typing import Any

from emigrate.domains.insurance.actions import (
    NewCover,
    cancel_refunded,
    end_cover,
    mark_paid,
    note_cover,
)
from emigrate.domains.insurance.enums import PolicyState
from emigrate.domains.insurance.models import Policy
from emigrate.domains.insurance.workflow import HEAD, SUBJECT
from emigrate.domains.payments.models import Order
from emigrate.foundation import jobs
from emigrate.foundation.actors import Actor
from emigrate.foundation.events import on
from emigrate.foundation.transactions import acting


@on("contract.locked")
def contract_fixed(case: Any, *, actor: Actor) -> None:  # any case with a contract's columns
    """A fixed contract must be insured before a clearance is asked for."""
    note_cover(
        NewCover(
            contract_reference=case.reference,
            person_id=case.emigrant_id,
            agency_id=case.agency_id,
            office=case.office,
            country=case.country,
            employer_reference=case.employer_reference,
            months=case.months,
            starts_on=case.starts_on,
        ),
        actor=Actor.system(actor.request_id),
    )


@on("contract.voided")
def contract_void(case: Any, *, actor: Actor) -> None:  # as above
    """What a void contract had insured is cancelled, and its premium goes back."""
    end_cover(case.reference, "contract void", actor=Actor.system(actor.request_id))


@on("payment.refund_requested")
def premium_given_back(order: Order, *, actor: Actor) -> None:
    """Nobody stays insured by a premium that was given back."""
    if (order.subject_kind, order.head) == (SUBJECT, HEAD):
        cancel_refunded(order.reference, actor=Actor.system(actor.request_id))


@on("payment.succeeded")
def premium_arrived(order: Order, *, actor: Actor) -> None:
    """A paid quotation goes to the insurer; any other premium goes back."""
    if (order.subject_kind, order.head) != (SUBJECT, HEAD):
        return
    system = Actor.system(actor.request_id)
    with acting(system):
        policy = Policy.objects.filter(reference=order.subject_reference).first()
    wanted = policy is not None and policy.state == PolicyState.QUOTED
    if policy is not None and wanted and policy.order_reference == order.reference:
        mark_paid(policy.reference, actor=system)
    else:
        jobs.later("insurance.return_premium", queue=jobs.PARTNERS, order_reference=order.reference)
