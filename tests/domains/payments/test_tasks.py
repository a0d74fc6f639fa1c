"""The jobs against the sandbox process, through the real door and protocol."""

import pytest
from django.db import connection

from emigrate.domains.payments import tasks
from emigrate.domains.payments.actions import confirm_order, refund_order
from emigrate.domains.payments.models import LedgerEntry, Order
from emigrate.domains.payments.queries import paid
from emigrate.foundation import jobs
from emigrate.foundation.errors import Busy
from emigrate.foundation.transactions import acting
from emigrate.partners import directory
from tests.factories.accounts import SYSTEM
from tests.factories.payments import an_order
from tests.partners.bench import LiveSandbox


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory):
    live = LiveSandbox(tmp_path_factory.mktemp("sandbox"))
    yield live
    assert live.close() == 0


@pytest.fixture
def gateway(sandbox, settings, tmp_path, committed_database):
    """The configured gateway is the sandbox; jobs run with committed rows."""
    sandbox.control("DELETE", "scenarios")
    address = sandbox.greeting["base_urls"]["payment-gateway"]
    settings.PARTNERS = {"payment_gateway": address}
    settings.KEYS = tmp_path
    key = directory.caller_key()
    sandbox.control("PUT", f"keys/{key.key_id}", key.public_pem)


def again(order):
    with acting(SYSTEM):
        return Order.objects.get(pk=order.pk)


def balance():
    with acting(SYSTEM):
        return sum(LedgerEntry.objects.values_list("amount_minor", flat=True))


def waiting():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo' AND queue_name = %s",
            [jobs.PARTNERS],
        )
        return cursor.fetchone()[0]


def test_an_order_is_placed_confirmed_and_given_back(gateway):
    order = an_order()

    jobs.run_waiting((jobs.PARTNERS,))
    placed = again(order)
    confirm_order(order.reference, actor=SYSTEM)
    jobs.run_waiting((jobs.PARTNERS,))
    confirmed = again(order)
    refund_order(order.reference, reason="Refused", actor=SYSTEM)
    jobs.run_waiting((jobs.PARTNERS,))

    states = (placed.state, confirmed.state, again(order).state)
    assert states == ("redirected", "success", "refunded")
    assert (placed.page_url.startswith("http://127.0.0.1:"), placed.gateway_ref != "") == (
        True,
        True,
    )
    assert (confirmed.gateway_txn != "", waiting(), balance()) == (True, 0, 0)


def test_a_confirmation_places_an_order_that_is_not_placed_yet(gateway):
    order = an_order()

    tasks.confirm(order.reference)
    tasks.place(order.reference)
    tasks.confirm(order.reference)

    assert (again(order).state, again(order).audit_seq) == ("success", 3)


@pytest.mark.parametrize(
    ("amount", "state", "tries"),
    [(20091, "failed", 1), (20092, "pending", 2), (20093, "success", 3), (20094, "pending", 1)],
)
def test_the_gateways_moods(gateway, amount, state, tries):
    """Amounts that end in 91 fail, 92 stay pending, 93 are paid later, 94 are another amount."""
    order = an_order(amount_minor=amount)
    tasks.place(order.reference)

    asked = 0
    for _ in range(tries):
        try:
            tasks.confirm(order.reference)
        except Busy:
            asked += 1

    assert again(order).state == state
    assert paid("clearance", order.subject_reference, "ec_fee") is (state == "success")
    assert (again(order).dispute is not None) is (amount == 20094)
    assert asked == {20091: 0, 20092: 2, 20093: asked, 20094: 0}[amount]


def test_a_gateway_that_is_down_is_asked_again(gateway):
    order = an_order(amount_minor=20096)

    with pytest.raises(Busy):
        tasks.place(order.reference)
    with pytest.raises(Busy):
        tasks.confirm(order.reference)

    assert again(order).state == "initiated"


def test_a_refund_job_that_runs_twice_pays_once(gateway, sandbox):
    order = an_order()
    tasks.confirm(order.reference)
    refund_order(order.reference, reason="Refused", actor=SYSTEM)

    tasks.refund(order.reference)
    tasks.refund(order.reference)

    assert (again(order).state, balance()) == ("refunded", 0)


def test_open_orders_are_asked_about(gateway):
    order = an_order()

    tasks.ask_about_open_orders()

    assert again(order).state == "initiated"


def test_without_an_address_orders_wait(gateway, settings):
    order = an_order()
    settings.PARTNERS = {}

    with pytest.raises(Busy):
        tasks.confirm(order.reference)

    assert again(order).state == "initiated"


def test_a_refund_waits_for_a_gateway_that_is_down_and_ends_for_an_order_that_is_not_owed(
    gateway, settings
):
    order = an_order()
    tasks.confirm(order.reference)
    tasks.refund(order.reference)
    before = again(order).state
    refund_order(order.reference, reason="Refused", actor=SYSTEM)
    settings.PARTNERS = {}

    with pytest.raises(Busy):
        tasks.refund(order.reference)

    assert (before, again(order).state) == ("success", "refund_requested")


def test_a_gateway_that_goes_down_after_placing_is_asked_again(gateway, settings):
    order = an_order()
    tasks.place(order.reference)
    settings.PARTNERS = {}

    with pytest.raises(Busy):
        tasks.confirm(order.reference)

    assert again(order).state == "redirected"
