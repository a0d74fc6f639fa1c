"""Whatever a partner sends, the platform reads an answer of the contract or refuses to read."""

import json
from contextlib import suppress
from datetime import UTC, date, datetime
from enum import StrEnum
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emigrate.foundation.http import Refused, Reply, Unreadable
from emigrate.foundation.money import Money
from emigrate.partners.insurer import pbby
from emigrate.partners.news import news_of
from emigrate.partners.passport_registry import passport_seva
from emigrate.partners.payment_gateway import gateway
from emigrate.partners.wire import Fields, plain_reference
from tests.partners.bench import RECORDED

REQUEST_ID = UUID("3b4a5a3c-57f0-4a43-9d1e-0f3f8a1c9b11")


class Word(StrEnum):
    YES = "YES"


@pytest.mark.parametrize(
    ("read", "value", "expected"),
    [
        (lambda fields: fields.text("a"), "नमूना", "नमूना"),
        (lambda fields: fields.reference("a"), "PBBY-1.a_b", "PBBY-1.a_b"),
        (lambda fields: fields.choice("a", Word), "YES", Word.YES),
        (lambda fields: fields.flag("a"), False, False),
        (lambda fields: fields.whole("a", 100), 100, 100),
        (lambda fields: fields.day("a"), "2028-02-29", date(2028, 2, 29)),
        (
            lambda fields: fields.moment("a"),
            "2026-11-22T12:00:00+05:30",
            datetime(2026, 11, 22, 6, 30, tzinfo=UTC),
        ),
        (lambda fields: fields.part("a").text("b"), {"b": "c"}, "c"),
    ],
)
def test_a_value_of_its_form_is_read(read, value, expected):
    assert read(Fields({"a": value})) == expected


@pytest.mark.parametrize(
    ("read", "values"),
    [
        (lambda fields: fields.text("a"), ["", "x" * 201, "a\nb", 1, None]),
        (lambda fields: fields.reference("a"), ["../a", "a b", "", "x" * 65, "-a"]),
        (lambda fields: fields.choice("a", Word), ["yes", "NO", True]),
        (lambda fields: fields.flag("a"), [0, "true", None]),
        (lambda fields: fields.whole("a", 100), [-1, 101, True, 1.0, "1"]),
        (lambda fields: fields.day("a"), ["2027-02-29", "20280229", "2026-W47-7", "x"]),
        (lambda fields: fields.moment("a"), ["2026-11-22T12:00:00", "2026-11-22", "x"]),
        (lambda fields: fields.part("a"), ["x", [], None]),
        (lambda fields: fields.parts("a", 2), ["x", {}, None, [1], [{}, {}, {}]]),
    ],
)
def test_any_other_value_is_refused_by_the_name_of_its_field(read, values):
    for value in values:
        with pytest.raises(Unreadable) as fault:
            read(Fields({"a": value}))
        assert fault.value.field == "a"


@pytest.mark.parametrize(
    ("amount", "currency"),
    [("1.234", "INR"), ("-1.00", "INR"), ("1e3", "INR"), ("1.00", "inr"), (1, "INR"), ("1", None)],
)
def test_an_amount_outside_its_currency_is_refused(amount, currency):
    with pytest.raises(Unreadable):
        Fields({"amount": amount, "currency": currency}).money()


@settings(deadline=None)
@given(st.integers(0, 10**12), st.sampled_from(["INR", "KWD", "JPY", "OMR", "AED"]))
def test_money_goes_out_and_comes_back(minor, currency):
    money = Money(currency, minor)

    assert Fields(gateway.money_out(money)).money() == money


@pytest.mark.parametrize("text", ["", "a/b", "..", "a b", "x" * 65, "é", "a?b", "a%2f"])
def test_a_reference_that_could_change_a_path_is_refused(text):
    with pytest.raises(ValueError) as fault:
        plain_reference(text)

    assert str(fault.value) == "reference_not_plain"


def reply_of(value, status=200):
    return Reply(status, {"content-type": "application/json"}, json.dumps(value).encode())


def recorded(partner, name):
    text = (RECORDED / partner / f"{name}.json").read_text(encoding="utf-8")
    return json.loads(text)[-1]["reply"]["body"]


DAY = date(2026, 11, 21)
A_PAGE = {
    "date": "2026-11-21",
    "policies": [
        {
            "proposalRef": "IP-1",
            "policyNo": "P-1",
            "status": "ISSUED",
            "premium": "275.00",
            "currency": "INR",
        }
    ],
}
A_CLAIM = {
    "eventId": str(REQUEST_ID),
    "type": "claim.settled",
    "at": "2026-11-22T06:30:00+00:00",
    "data": {"policyNo": "P-1", "claimNo": "C-1", "on": "2026-11-20", "outcome": "REFUSED"},
}
A_LOSS = {
    **A_CLAIM,
    "type": "passport.status.changed",
    "data": {"passportNo": "A4100017", "status": "LOST"},
}
READERS = [
    (
        lambda reply: passport_seva._answer(reply, REQUEST_ID),
        {**recorded("passport_registry", "match"), "requestId": str(REQUEST_ID)},
    ),
    (pbby._policy_or_none, recorded("insurer", "issued_asked_and_cancelled_twice")),
    (
        lambda reply: gateway._settlement(reply, "PY-1"),
        recorded("payment_gateway", "ordered_and_paid"),
    ),
    (lambda reply: pbby._page(reply, DAY, ""), A_PAGE),
    (lambda reply: pbby.told(news_of(reply.body)), A_CLAIM),
    (lambda reply: passport_seva.status_news(news_of(reply.body)), A_LOSS),
]
NAMES = ["passport", "insurer", "payment", "reconciliation", "claim", "loss"]
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.sampled_from(["YES", "P"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=6,
)


@pytest.mark.parametrize(("read", "good"), READERS, ids=NAMES)
@settings(deadline=None)
@given(chosen=st.data())
def test_a_reply_with_one_part_replaced_is_read_or_refused(read, good, chosen):
    name = chosen.draw(st.sampled_from(sorted(good)))
    spoilt = {**good, name: chosen.draw(ANYTHING)}

    with suppress(Unreadable):
        read(reply_of(spoilt))


@pytest.mark.parametrize(("read", "good"), READERS, ids=NAMES)
def test_a_reply_with_a_part_left_out_is_refused(read, good):
    optional = {"gatewayRef", "at", "gatewayTxn"}
    for name in sorted(good.keys() - optional):
        with pytest.raises(Unreadable):
            read(reply_of({key: value for key, value in good.items() if key != name}))


@pytest.mark.parametrize("status", ["STOLEN", "valid", "ACTIVE", ""])
def test_an_unknown_passport_status_is_never_read_as_a_good_one(status):
    read, good = READERS[0]
    spoilt = {**good, "passport": {**good["passport"], "status": status}}

    with pytest.raises(Unreadable) as fault:
        read(reply_of(spoilt))

    assert fault.value.field == "status"


@pytest.mark.parametrize(("read", "_good"), READERS[:4], ids=NAMES[:4])
@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 422])
def test_an_error_without_a_code_of_the_contract_is_a_refusal_not_an_answer(read, _good, status):
    with pytest.raises(Refused) as fault:
        read(reply_of({"title": "No"}, status))

    assert fault.value.code == f"http_{status}"


def page_of(*numbers, **other):
    policies = [{**A_PAGE["policies"][0], "policyNo": number} for number in numbers]
    return pbby._page(reply_of({**A_PAGE, "policies": policies, **other}), DAY, "P-1")


def test_a_page_goes_on_from_its_last_number():
    assert page_of("P-2", "P-3", next="P-3").next == "P-3"
    assert page_of("P-2").next is None
    assert page_of().policies == ()


@pytest.mark.parametrize(
    ("numbers", "other"),
    [
        (("P-1",), {}),
        (("P-3", "P-2"), {}),
        (("P-2", "P-2"), {}),
        (("P-2",), {"next": "P-9"}),
        ((), {"next": "P-1"}),
    ],
)
def test_a_page_that_does_not_go_on_is_refused(numbers, other):
    """It would be asked for without end."""
    with pytest.raises(Unreadable):
        page_of(*numbers, **other)


@pytest.mark.parametrize("event_id", ["", "1", str(REQUEST_ID).upper(), REQUEST_ID.hex])
def test_an_event_has_one_spelling_of_its_id(event_id):
    with pytest.raises(Unreadable) as fault:
        news_of(json.dumps({**A_CLAIM, "eventId": event_id}).encode())

    assert fault.value.field == "eventId"
