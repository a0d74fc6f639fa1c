"""Opening an order, sending its payer to the gateway's page, and asking for confirmation."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emigrate.domains.payments.actions.ledger import post
from emigrate.domains.payments.enums import STANDING, UNPAID, Head, OrderState, PostingKind
from emigrate.domains.payments.models import Order
from emigrate.domains.payments.policies import PAYMENT_POLICY
from emigrate.domains.payments.workflow import PAYMENT
from emigrate.domains.reference.enums import Role
from emigrate.foundation import jobs
from emigrate.foundation.actors import Actor
from emigrate.foundation.errors import AlreadyExists, InvalidInput, NotPermitted
from emigrate.foundation.identifiers.numbering import next_reference
from emigrate.foundation.money import Money
from emigrate.foundation.transactions import action, now, refused_by
from emigrate.law.engine.codes import currencies
from emigrate.partners.payment_gateway.contract import PaymentPage

OPEN_FOR = timedelta(hours=24)
ASK_AFTER = timedelta(minutes=10)
AT_ONCE = 500
DRAWS = 5
LARGEST_MINOR = 10**15


class OrderStands(AlreadyExists):
    """One order at a time for one head of one case."""

    code = "order_stands"
    text = gettext_lazy(
        "There is an order for this payment already. Pay that one, or wait until it expires."
    )


refused_by("payments_one_standing_order", OrderStands)


@dataclass(frozen=True, slots=True)
class NewOrder:
    """An order to be: `amount_minor` in minor units (paise, fils) of `currency`."""

    head: str
    amount_minor: int
    currency: str
    subject_kind: str
    subject_reference: str
    person_id: int | None = None
    payer_organisation_id: int | None = None

    @property
    def money(self) -> Money:
        """The amount with its currency."""
        return Money(self.currency, self.amount_minor)


@action
def open_order(new: NewOrder, *, actor: Actor) -> Order:
    """The order for this head of this case; the one that stands when it says the same.

    Raises InvalidInput, NotPermitted (somebody else would pay) or OrderStands (another amount
    or payer).
    """
    PAYMENT_POLICY.require_role(actor, "pay")
    _require_own(new, actor)
    _require_valid(new)
    _one_at_a_time(new)
    standing = _standing(new)
    if standing is None:
        order = _begun(new, actor)
        jobs.later("payments.place", queue=jobs.PARTNERS, reference=order.reference)
        return order
    if (standing.money, standing.person_id, standing.payer_organisation_id) != (
        new.money,
        new.person_id,
        new.payer_organisation_id,
    ):
        raise OrderStands(reference=standing.reference)
    return standing


@action
def record_page(reference: str, page: PaymentPage, *, actor: Actor) -> Order:
    """Keep the gateway's page for the payer; nothing happens to an order that has gone on."""
    order = _locked(reference, actor, "settle")
    if order.state != OrderState.INITIATED:
        return order
    return PAYMENT.take(
        "redirect", order, actor=actor, page_url=page.url, gateway_ref=page.gateway_ref
    )


@action
def confirm_order(reference: str, *, actor: Actor) -> Order:
    """The payer says it is paid: the gateway is asked, outside this transaction.

    What the browser brought back is not looked at.
    """
    order = _locked(reference, actor, "pay")
    if order.state in UNPAID:
        _ask("payments.confirm", reference)
    return order


@action
def ask_again(*, actor: Actor) -> int:
    """Ask the gateway about orders that it has not decided, oldest first; how many are asked."""
    PAYMENT_POLICY.require_role(actor, "settle")
    until = now() - ASK_AFTER
    undecided = Order.objects.filter(created_at__lt=until, dispute__isnull=True)
    asked = 0
    for name, states in (
        ("payments.confirm", UNPAID),
        ("payments.refund", (OrderState.REFUND_REQUESTED,)),
    ):
        rows = undecided.filter(state__in=states).order_by("created_at")
        for reference in rows.values_list("reference", flat=True)[:AT_ONCE]:
            _ask(name, reference)
            asked += 1
    return asked


@action
def bank_order(reference: str, *, actor: Actor) -> Order:
    """The bank's statement shows the money; once."""
    order = PAYMENT.hold(Order.objects.all(), actor=actor, verb="bank", reference=reference)
    PAYMENT.take("bank", order, actor=actor)
    post(order, PostingKind.BANKED, actor=Actor.system(actor.request_id))
    return order


@action
def close_disputed_order(reference: str, *, reason: str, actor: Actor) -> Order:
    """An officer ends an order whose payment differs from what was ordered; nothing is posted."""
    order = PAYMENT.hold(Order.objects.all(), actor=actor, verb="close", reference=reference)
    return PAYMENT.take("close", order, actor=actor, reason=reason)


def _ask(name: str, reference: str) -> None:
    jobs.later(name, queue=jobs.PARTNERS, once=f"{name}:{reference}", reference=reference)


def _locked(reference: str, actor: Actor, permission: str) -> Order:
    order = PAYMENT.lock(
        Order.objects.all(), actor=actor, permission=permission, reference=reference
    )
    PAYMENT_POLICY.require(actor, permission, order)
    return order


def _require_own(new: NewOrder, actor: Actor) -> None:
    """The payer is the actor; the platform opens orders for anybody."""
    if actor.role == Role.SYSTEM:
        return
    named, own = (
        ((new.person_id, new.payer_organisation_id), (actor.person_id, None))
        if actor.role == Role.EMIGRANT
        else ((new.payer_organisation_id,), (actor.organisation_id,))
    )
    if own[0] is None or named != own:
        raise NotPermitted(permission="payment.pay", role=actor.role)


def _require_valid(new: NewOrder) -> None:
    if new.head not in Head.values:
        raise InvalidInput.at("/head", "head_unknown", _("There is no such payment."))
    if new.currency not in currencies():
        raise InvalidInput.at("/currency", "currency_unknown", _("Use a code such as INR."))
    if not 0 < new.amount_minor <= LARGEST_MINOR:
        text = _("The amount must be more than nothing.")
        raise InvalidInput.at("/amount", "amount_out_of_range", text)


def _one_at_a_time(new: NewOrder) -> None:
    """Two openings of the same order wait for each other, so that the second sees the first."""
    key = f"payments:{new.subject_kind}:{new.subject_reference}:{new.head}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])


def _standing(new: NewOrder) -> Order | None:
    rows = Order.objects.filter(
        subject_kind=new.subject_kind, subject_reference=new.subject_reference, head=new.head
    )
    return rows.filter(state__in=STANDING).first()


def _begun(new: NewOrder, actor: Actor) -> Order:
    """Ten million numbers a year fill up: a number that is taken is drawn again."""
    for _draw in range(DRAWS - 1):
        try:
            with transaction.atomic():
                return _begin(new, actor)
        except IntegrityError as error:
            if "payments_order_reference" not in str(error):
                raise
    return _begin(new, actor)


def _begin(new: NewOrder, actor: Actor) -> Order:
    order = Order(
        reference=next_reference("PY"),
        head=new.head,
        amount_minor=new.amount_minor,
        currency=new.currency,
        subject_kind=new.subject_kind,
        subject_reference=new.subject_reference,
        person_id=new.person_id,
        payer_organisation_id=new.payer_organisation_id,
        expires_at=now() + OPEN_FOR,
    )
    return PAYMENT.begin(order, actor=actor)
