"""Recruitment charges: the agent records what was taken, the worker says what was paid."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emigrate.domains.payments.models import Charge
from emigrate.domains.payments.policies import CHARGE_POLICY
from emigrate.domains.payments.queries import charges_for
from emigrate.domains.reference.enums import HOME_CURRENCY
from emigrate.foundation import events
from emigrate.foundation.actors import Actor
from emigrate.foundation.errors import AlreadyExists, InvalidInput, NotFound, NotPermitted
from emigrate.foundation.transactions import action, now, refused_by, today
from emigrate.law.current import pack

LARGEST_MINOR = 10**15
LONGEST_RECEIPT = 60


class ChargeRecorded(AlreadyExists):
    """One charge for one head of one receipt."""

    code = "charge_recorded"
    text = gettext_lazy("This receipt is recorded for this charge already. Check its number.")


class ChargeAnswered(AlreadyExists):
    """The worker answers once."""

    code = "charge_answered"
    text = gettext_lazy(
        "You have answered this charge already. If the answer was wrong, file a complaint."
    )


refused_by("payments_one_charge_a_receipt", ChargeRecorded)


@dataclass(frozen=True, slots=True)
class NewCharge:
    """What was taken from a worker: a head of the law's list, minor units, the agent's receipt."""

    head: str
    amount_minor: int
    currency: str
    receipt_number: str


@action
def record_charge(
    new: NewCharge, *, subject_reference: str, person_id: int, actor: Actor
) -> Charge:
    """The agent's side; it never changes. Publishes `charge.recorded` with the charge.

    Whose contract it is and who its person is, the caller has asked
    (`contracts.actions.record_charge`). Raises InvalidInput, NotPermitted, ChargeRecorded.
    """
    CHARGE_POLICY.require_role(actor, "record")
    if actor.organisation_id is None:
        raise NotPermitted(permission="charge.record", role=actor.role)
    _require_valid(new)
    charge = Charge.objects.create(
        agency_id=actor.organisation_id,
        person_id=person_id,
        subject_reference=subject_reference,
        head=new.head,
        amount_minor=new.amount_minor,
        currency=new.currency,
        receipt_number=new.receipt_number.strip(),
        recorded_at=now(),
        recorded_by=actor.user_id,
    )
    events.publish("charge.recorded", charge, actor=actor)
    return charge


@action
def answer_charge(
    charge_id: int, amount_minor: int, *, actor: Actor, currency: str = HOME_CURRENCY
) -> Charge:
    """The worker's side, once: the amount that was really paid (0: nothing).

    Publishes `charge.answered` with the charge. Raises NotFound, NotPermitted, InvalidInput,
    ChargeAnswered.
    """
    charge = charges_for(actor).filter(pk=charge_id).first()
    if charge is None:
        raise NotFound(subject="charge")
    CHARGE_POLICY.require(actor, "answer", charge)
    _require_home(currency)
    _require_amount(amount_minor, least=0)
    at = now()
    rows = Charge.objects.filter(pk=charge_id, worker_answered_at=None)
    if not rows.update(worker_amount_minor=amount_minor, worker_answered_at=at):
        raise ChargeAnswered
    charge.worker_amount_minor, charge.worker_answered_at = amount_minor, at
    events.publish("charge.answered", charge, actor=actor)
    return charge


def _require_valid(new: NewCharge) -> None:
    if new.head not in heads():
        text = _("Choose a head of the law's list; an unknown charge may not be taken.")
        raise InvalidInput.at("/head", "head_unknown", text)
    _require_home(new.currency)
    if not 0 < len(new.receipt_number.strip()) <= LONGEST_RECEIPT:
        text = _("Give the number of the receipt that the worker got.")
        raise InvalidInput.at("/receipt_number", "receipt_missing", text)
    _require_amount(new.amount_minor, least=1)


def heads() -> list[str]:
    """The heads under which the law knows charges today: inside the cap, then outside it."""
    law = pack()
    return [
        *law.figure("ra.service_charge.heads", on=today()).value,
        *law.figure("ra.service_charge.other_heads", on=today()).value,
    ]


def _require_home(currency: str) -> None:
    """The cap on charges is in the home currency; nothing is converted, so nothing else counts."""
    if currency != HOME_CURRENCY:
        text = _("Give the rupee amount of the receipt, with the currency INR.")
        raise InvalidInput.at("/currency", "currency_not_home", text)


def _require_amount(amount_minor: int, *, least: int) -> None:
    if not least <= amount_minor <= LARGEST_MINOR:
        text = _("The amount is too small or too large.")
        raise InvalidInput.at("/amount", "amount_out_of_range", text)
