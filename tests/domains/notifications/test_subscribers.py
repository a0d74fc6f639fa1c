"""Whoever paid learns what became of the money."""

from datetime import timedelta

import pytest
from django.db import connection

from emigrate.domains.notifications.models import Message
from emigrate.domains.payments.actions import refund_order, settle_from_gateway
from emigrate.foundation import clock
from emigrate.foundation.transactions import acting
from tests.factories.accounts import SYSTEM, an_agency
from tests.factories.payments import a_paid_order, an_answer, an_order

pytestmark = pytest.mark.django_db


def told(order):
    with acting(SYSTEM):
        connection.check_constraints()
        rows = Message.objects.filter(reference=order.reference).order_by("id")
        return list(rows.values_list("event", "person_id", "organisation_id"))


def refund(order):
    refund_order(order.reference, reason="Refused", actor=SYSTEM)
    settle_from_gateway(order.reference, an_answer(order, "REFUNDED"), actor=SYSTEM)


def run_out(order):
    with clock.simulate(order.expires_at + timedelta(seconds=1)):
        settle_from_gateway(order.reference, None, actor=SYSTEM)


def test_a_person_who_paid_alone():
    order = a_paid_order()

    refund(order)

    assert told(order) == [
        ("payment.succeeded", 7, None),
        ("payment.refund_requested", 7, None),
        ("payment.refunded", 7, None),
    ]


def test_an_agency_that_paid_and_not_the_worker():
    agency = an_agency()

    order = a_paid_order(payer_organisation_id=agency.pk)

    assert told(order) == [("payment.succeeded", None, agency.pk)]


def test_what_failed_and_what_ran_out():
    failed, late = an_order(), an_order()

    settle_from_gateway(failed.reference, an_answer(failed, "FAILED"), actor=SYSTEM)
    run_out(late)

    assert told(failed) == [("payment.failed", 7, None)]
    assert told(late) == [("payment.expired", 7, None)]
