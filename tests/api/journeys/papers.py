"""Insurance, payments, the clearance, the departure, and many at once."""

from dataclasses import replace
from datetime import date, datetime, time
from typing import Any

from django.db.models import Q

from emigrate.domains.accounts.models import Membership
from emigrate.domains.clearances.actions import put_before_office, record_checks, start_checks
from emigrate.domains.clearances.models import Clearance
from emigrate.domains.credentials.models import StatusShard
from emigrate.domains.credentials.tasks import make_paper
from emigrate.domains.emigrants.models import Emigrant
from emigrate.domains.insurance.actions import (
    record_policy,
    record_reconciliation,
    take_claim_news,
)
from emigrate.domains.insurance.models import Policy
from emigrate.domains.payments.actions import settle_from_gateway
from emigrate.domains.payments.models import Order
from emigrate.domains.reference.enums import Role
from emigrate.foundation.actors import Actor
from emigrate.foundation.clock import OFFICE_ZONE
from emigrate.foundation.money import Money
from emigrate.partners.insurer.contract import ClaimNews, ClaimOutcome, PolicyDay, PolicyState
from tests.api.journeys.words import WHY, a_person, day, pay
from tests.api.walk import SYSTEM, Walk
from tests.factories.clearances import the_insurers_word, the_registrys_word
from tests.factories.payments import an_answer


def insurance(walk: Walk, contract: str) -> None:
    """Quoted and dropped, quoted again, paid, issued; a life cover; another cancelled."""
    agent, chief = walk.scene.agent, walk.scene.officer(Role.PGE)
    dropped = walk.post(agent, "/policies", {"contract": contract})
    walk.post(agent, f"/policies/{dropped['reference']}/drop")
    quoted = walk.post(agent, "/policies", {"contract": contract, "cover_from": day(walk, 30)})
    at = f"/policies/{quoted['reference']}"
    walk.get(agent, "/policies?state=quoted")
    walk.get(agent, at)
    walk.post(agent, f"{at}/life-cover", {"amount": "100000.00", "policy_number": "L-1"})
    pay(walk, agent, quoted["order"])
    policy = walk.row(Policy, reference=quoted["reference"])
    wrong = the_insurers_word(policy, "Z0900001")
    walk.do(record_policy, policy.reference, _cheaper(wrong), actor=SYSTEM)
    walk.post(chief, f"{at}/look-again", WHY)
    walk.do(record_policy, policy.reference, wrong, actor=SYSTEM)
    other = walk.scene.drafts[3].policy.reference
    walk.post(chief, f"/policies/{other}/cancel", WHY)
    _told_by_the_insurer(walk, chief, policy)


def _told_by_the_insurer(walk: Walk, chief: Actor, policy: Policy) -> None:
    """A claim on an issued policy, and a day whose list names one policy too many."""
    number = walk.row(Policy, pk=policy.pk).number
    paid = Money("INR", 100_000_000)
    news = ClaimNews(number, "CL-1", date(2026, 1, 2), ClaimOutcome.PAID, paid)
    walk.do(take_claim_news, news, actor=SYSTEM)
    listed = [PolicyDay("IP-1", "PBBY-1", PolicyState.ISSUED, Money("INR", 27_500))]
    walk.do(record_reconciliation, date(2026, 1, 2), listed, actor=SYSTEM)
    claim = walk.get(chief, "/claims")["items"][0]
    compared = walk.get(chief, "/insurance/reconciliations")["items"][0]
    assert (claim["policy"], claim["outcome"], claim["amount"]["amount"]) == (
        policy.reference,
        "paid",
        "1000000.00",
    )
    assert compared["differences"] == [
        {"code": "unknown_here", "reference": "IP-1", "number": "PBBY-1"}
    ]


def _cheaper(answer: Any) -> Any:
    return replace(answer, premium=Money("INR", 100))


def payments(walk: Walk, worker: Emigrant, contract: str) -> None:
    """Orders, receipts, a refund, a disputed order that is closed; a charge by both sides."""
    scene = walk.scene
    agent, chief = scene.agent, scene.officer(Role.PGE)
    order = walk.get(agent, "/payments?state=success")["items"][0]["reference"]
    walk.get(agent, f"/payments/{order}")
    walk.get(agent, "/receipts")
    person = walk.row(Membership, person_id=worker.pk)
    actor = Actor(Role.EMIGRANT, person.user_id, person_id=worker.pk)
    said = {"amount": "20000.00", "currency": "INR"}
    charge = {
        "emigrant": worker.reference,
        "subject": contract,
        "head": "service",
        "receipt_number": "S-1",
        **said,
    }
    number = walk.post(agent, "/charges", charge)["id"]
    walk.get(actor, "/charges")
    walk.post(actor, f"/charges/{number}/answer", said)
    paid = walk.row(Order, subject_reference=scene.drafts[2].reference).reference
    walk.post(chief, f"/payments/{paid}/refund", WHY)
    disputed = walk.post(agent, f"/clearances/{scene.drafts[2].reference}/fee")["reference"]
    other = an_answer(walk.row(Order, reference=disputed), amount_minor=1)
    walk.do(settle_from_gateway, disputed, other, actor=SYSTEM)
    weighed = walk.get(chief, "/queues/payments")["items"]
    assert [each["dispute"] is None for each in weighed if each["reference"] == disputed] == [False]
    walk.post(chief, f"/payments/{disputed}/close", WHY)


def clearances(walk: Walk, contract: str) -> str:
    """From the draft to the certificate, with a question, a referral and a hold; its number."""
    scene = walk.scene
    agent, poe, mission = scene.agent, scene.officer(), scene.mission()
    new = {
        "contract": contract,
        "visa_number": "V900001",
        "visa_expires_on": day(walk, 120),
        "departs_on": day(walk, 30),
    }
    case = walk.post(agent, "/clearances", new)
    at = f"/clearances/{case['reference']}"
    pay(walk, agent, walk.post(agent, f"{at}/fee")["reference"])
    walk.post(agent, f"{at}/submit")
    _checked(walk, case["reference"])
    walk.get(poe, "/queues/clearances")
    walk.post(poe, "/queues/clearances/next")
    walk.get(poe, "/queues/clearances/mine")
    walk.post(poe, f"{at}/put-back", WHY)
    walk.post(poe, f"{at}/take-up")
    walk.post(poe, f"{at}/query", {"question": "Send the visa again."})
    walk.post(agent, f"{at}/answer", {"answer": "It is attached."})
    walk.post(poe, f"{at}/refer", WHY)
    walk.post(mission, f"{at}/advise", {"advice": "The site exists."})
    walk.post(poe, f"{at}/hold", WHY)
    walk.post(poe, f"{at}/release", WHY)
    walk.post(poe, f"{at}/take-up")
    walk.post(poe, f"{at}/approve", {"note": "Clean."})
    walk.post(poe, f"{at}/suspend", WHY)
    walk.post(poe, f"{at}/restore", WHY)
    walk.post(scene.officer(number=2), f"{at}/restore", WHY)
    changed = Q(reference=case["reference"])
    walk.do(put_before_office, changed, "demand_not_standing", {}, actor=SYSTEM)
    assert walk.get(poe, "/queues/clearances/again")["items"]
    walk.post(poe, f"{at}/uphold", WHY)
    walk.get(agent, "/clearances?state=approved")
    assert walk.get(agent, at)["checks"]
    walk.get(agent, f"{at}/history")
    _papers(walk, agent, at)
    _other_ends(walk, poe)
    return str(case["reference"])


def _checked(walk: Walk, reference: str) -> None:
    walk.do(start_checks, reference, actor=SYSTEM)
    walk.do(record_checks, reference, the_registrys_word(), actor=SYSTEM)


def _papers(walk: Walk, agent: Actor, at: str) -> None:
    """The QR, the paper once the job has made it, and the list that holds its status."""
    assert walk.get(agent, f"{at}/qr")
    walk.do(make_paper, at.rsplit("/", 1)[1])
    assert walk.get(agent, f"{at}/paper").startswith(b"%PDF")
    name = walk.row(StatusShard).name
    assert walk.get(None, f"/status-lists/{name}")


def _other_ends(walk: Walk, poe: Actor) -> None:
    """One rejected, one withdrawn, one approved and cancelled."""
    scene = walk.scene
    first, second = scene.drafts[0].reference, scene.drafts[1].reference
    for reference in (first, second):
        walk.post(scene.agent, f"/clearances/{reference}/submit")
        _checked(walk, reference)
        walk.post(poe, f"/clearances/{reference}/take-up")
    order = {"ground": "no_repatriation_arrangement", "order": "No arrangement is named."}
    walk.post(poe, f"/clearances/{first}/reject", order)
    back = {"office": scene.office, "reason": "The officer is ill."}
    walk.post(scene.officer(Role.PGE), f"/clearances/{second}/reassign", back)
    walk.post(poe, f"/clearances/{second}/take-up")
    walk.post(poe, f"/clearances/{second}/approve")
    walk.post(poe, f"/clearances/{second}/cancel", WHY)
    third = scene.drafts[2].reference
    walk.post(scene.agent, f"/clearances/{third}/redate", {"departs_on": day(walk, 40)})
    walk.post(scene.agent, f"/clearances/{third}/withdraw", WHY)
    officer = scene.officer(Role.PGE_DA)
    waiting = walk.get(officer, "/payments?state=refund_referred")["items"]
    fee = next(each["reference"] for each in waiting if each["subject"] == second)
    walk.post(officer, f"/payments/{fee}/keep", WHY)


def departures(walk: Walk, worker: Emigrant, reference: str) -> None:
    """The check, the departure, the arrival and the way home; somebody off-loaded."""
    border, mission = walk.scene.border(), walk.scene.mission()
    leaves = walk.row(Clearance, reference=reference).departs_on
    walk.later(datetime.combine(leaves, time(12), OFFICE_ZONE))
    number = {"passport_number": "Z0900001"}
    asked = walk.post(border, "/counter/check", {"reference": reference, **number})
    assert asked["verdict"] == "clear"
    leaving = {"reference": reference, **number, "airport": "DEL", "flight": "XX101"}
    walk.post(border, "/departures", leaving)
    walk.get(border, "/departures")
    walk.post(mission, f"/clearances/{reference}/arrival")
    walk.post(border, f"/clearances/{reference}/return")
    off = {
        "passport_number": "Z0900009",
        "airport": "DEL",
        "reason": "no_clearance",
        "evidence": "No certificate was shown.",
    }
    walk.post(border, "/off-loads", off)
    walk.get(border, "/off-loads")
    del worker


def bulk(walk: Walk) -> None:
    """A worker and an application by the bulk routes."""
    agent = walk.scene.agent
    rows = {"rows": [a_person(walk, "Z0900050", given_names="BULK")]}
    done = walk.post(agent, "/emigrants/bulk", rows)
    assert [each["status"] for each in done["results"]] == ["done"]
    walk.get(agent, f"/bulk/{done['id']}")
    row = {"contract": "CT-UNKNOWN", "visa_number": "V", "departs_on": day(walk, 30)}
    refused = walk.post(agent, "/clearances/bulk", {"rows": [row]})
    assert refused["results"][0]["error"]["code"] == "not_found"
