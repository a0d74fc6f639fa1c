"""Orders, receipts and charges through somebody's eyes; whether a fee is paid."""

from django.db.models import F, Q, QuerySet

from emigrate.domains.payments.enums import PAID, OrderState
from emigrate.domains.payments.models import Charge, Order, Receipt
from emigrate.domains.payments.policies import CHARGE_POLICY, PAYMENT_POLICY
from emigrate.foundation.actors import Actor
from emigrate.foundation.models import AuditLeaf
from emigrate.foundation.transactions import acting


def orders_for(actor: Actor) -> QuerySet[Order]:
    """Every order this actor may see, with its payer."""
    rows = Order.objects.select_related("payer_organisation")
    return PAYMENT_POLICY.narrow(rows, actor, "view")


def orders_of(subject_kind: str, subject_reference: str, actor: Actor) -> QuerySet[Order]:
    """The orders for one case that this actor may see, in order."""
    rows = orders_for(actor).filter(subject_kind=subject_kind)
    return rows.filter(subject_reference=subject_reference).order_by("pk")


def last_reason(order: Order) -> str:
    """Why an order that the reader already holds came to where it stands."""
    leaves = AuditLeaf.objects.filter(stream="payment", case_id=order.pk)
    return leaves.order_by("-seq").values_list("reason", flat=True)[0]


def to_weigh(actor: Actor) -> QuerySet[Order]:
    """Orders that an officer decides: the law leaves the refund open, or the gateway differs."""
    rows = Order.objects.select_related("payer_organisation")
    open_ones = Q(state=OrderState.REFUND_REFERRED) | Q(dispute__isnull=False)
    return PAYMENT_POLICY.narrow(rows, actor, "refund").filter(open_ones).order_by("pk")


def receipts_for(actor: Actor) -> QuerySet[Receipt]:
    """The receipts of the orders this actor may see."""
    return Receipt.objects.select_related("order").filter(order__in=orders_for(actor))


def charges_for(actor: Actor) -> QuerySet[Charge]:
    """Every recruitment charge this actor may see."""
    return CHARGE_POLICY.narrow(Charge.objects.all(), actor, "view")


def disputed_charges_for(actor: Actor) -> QuerySet[Charge]:
    """Charges of which worker and agent say different amounts."""
    answered = charges_for(actor).filter(worker_amount_minor__isnull=False)
    return answered.exclude(worker_amount_minor=F("amount_minor")).order_by("pk")


def charges_of(
    person_id: int, subject_reference: str, actor: Actor, agency_id: int
) -> QuerySet[Charge]:
    """The charges of one worker for one contract that its own agency recorded, in order.

    As far as this actor may see them. What another agency says of the contract never counts.
    """
    return charges_by(agency_id, person_id, actor).filter(subject_reference=subject_reference)


def charges_by(agency_id: int, person_id: int, actor: Actor) -> QuerySet[Charge]:
    """All that one agency recorded of one worker, in order, as far as this actor may see it."""
    return charges_for(actor).filter(agency_id=agency_id, person_id=person_id).order_by("pk")


def paid(subject_kind: str, subject_reference: str, head: str) -> bool:
    """Whether this head of this case is paid, by whomever.

    Asked as the platform: the answer is a yes or no, and the payer may be somebody whose orders
    the actor does not see (a worker who paid, asked about by the agent).
    """
    with acting(Actor.system()):
        rows = Order.objects.filter(
            subject_kind=subject_kind, subject_reference=subject_reference, head=head
        )
        return rows.filter(state__in=PAID).exists()
