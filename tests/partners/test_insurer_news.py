"""News of the insurer by pbby-proposed-1: what each type says, and all else unreadable."""

import json
from datetime import date

import pytest

from emigrate.foundation.http import Unreadable
from emigrate.foundation.money import Money
from emigrate.partners.insurer.contract import ClaimNews, ClaimOutcome, PolicyNews
from emigrate.partners.insurer.pbby import told
from emigrate.partners.news import news_of


def news(kind, **data):
    body = {
        "eventId": "0f5c7e5e-6a0b-4c0f-9c53-6c1b6f0d7a11",
        "type": kind,
        "at": "2026-11-22T06:30:00+00:00",
        "data": data,
    }
    return news_of(json.dumps(body).encode())


CLAIM = {"policyNo": "PBBY-1", "claimNo": "CL-1", "on": "2026-11-22"}
PAID = {**CLAIM, "outcome": "PAID", "amount": "1000.50", "currency": "INR"}


@pytest.mark.parametrize("kind", ["policy.issued", "policy.rejected", "policy.cancelled"])
@pytest.mark.parametrize("number", [{}, {"policyNo": "PBBY-1"}])
def test_news_of_a_policy_says_where_to_look(kind, number):
    assert told(news(kind, proposalRef="IP-1", **number)) == PolicyNews("IP-1")


def test_news_of_a_claim_is_what_was_told():
    day = date(2026, 11, 22)

    assert told(news("claim.registered", **CLAIM)) == ClaimNews("PBBY-1", "CL-1", day)
    assert told(news("claim.settled", **PAID)) == ClaimNews(
        "PBBY-1", "CL-1", day, ClaimOutcome.PAID, Money("INR", 100_050)
    )
    assert told(news("claim.settled", **{**PAID, "outcome": "REFUSED"})) == ClaimNews(
        "PBBY-1", "CL-1", day, ClaimOutcome.REFUSED
    )


@pytest.mark.parametrize(
    ("kind", "data", "field"),
    [
        ("policy.lapsed", {"proposalRef": "IP-1"}, "type"),
        ("claim.withdrawn", CLAIM, "type"),
        ("policy.issued", {"policyNo": "PBBY-1"}, "proposalRef"),
        ("policy.issued", {"proposalRef": "../1"}, "proposalRef"),
        ("claim.registered", {**CLAIM, "claimNo": ""}, "claimNo"),
        ("claim.registered", {**CLAIM, "policyNo": None}, "policyNo"),
        ("claim.registered", {**CLAIM, "on": "2026-11-31"}, "on"),
        ("claim.settled", CLAIM, "outcome"),
        ("claim.settled", {**PAID, "outcome": "HALF"}, "outcome"),
        ("claim.settled", {**CLAIM, "outcome": "PAID"}, "currency"),
        ("claim.settled", {**PAID, "amount": "1000.505"}, "amount"),
        ("claim.settled", {**PAID, "amount": 1000}, "amount"),
    ],
)
def test_news_outside_the_contract_is_unreadable(kind, data, field):
    with pytest.raises(Unreadable) as fault:
        told(news(kind, **data))

    assert fault.value.field == field
