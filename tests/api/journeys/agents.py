"""A recruiting agent, from the application to the end of its certificate."""

from typing import Any

from emigrate.domains.payments.models import Order
from emigrate.domains.reference.enums import Role
from emigrate.domains.reference.models import District
from emigrate.foundation.actors import Actor
from tests.api.journeys.words import WHY, day, pay
from tests.api.walk import Walk


def agents(walk: Walk) -> None:
    """A small agent from its application to more capacity, suspension and cancellation."""
    scene = walk.scene
    owner = _an_applicant(walk, "Walk Overseas Private Limited")
    poe = scene.officer()
    da, chief, second = (
        scene.officer(Role.PGE_DA),
        scene.officer(Role.PGE),
        scene.officer(Role.PGE, number=2),
    )
    at = _with_guarantee(walk, owner, "Walk Overseas Private Limited", "AAACW1234A")
    walk.post(da, f"{at}/return-guarantee", WHY)
    walk.post(owner, f"{at}/give-guarantee", _a_guarantee(walk, at, "BG-2"))
    walk.post(da, f"{at}/confirm-guarantee", {"bank_reference": "SFMS-1"})
    certificate = walk.post(chief, f"{at}/issue")["reference"]
    walk.get(owner, "/agent-applications?state=rc_issued")
    walk.get(owner, at)
    walk.get(chief, "/agents")
    agent = f"/agents/{certificate}"
    walk.get(chief, agent)
    for decide in ("grant", "refuse"):
        asked = walk.post(owner, f"{agent}/capacity-tranches", _a_bank(walk, "1000000.00", decide))
        tranche = f"/capacity-tranches/{asked['reference']}"
        walk.get(owner, tranche)
        walk.post(da, f"{tranche}/confirm-guarantee", {"bank_reference": "SFMS-2"})
        walk.post(chief, f"{tranche}/{decide}", WHY if decide == "refuse" else None)
    walk.get(owner, "/capacity-tranches")
    walk.post(chief, f"{agent}/suspend", WHY)
    walk.post(chief, f"{agent}/extend-suspension", WHY)
    for officer in (chief, second):
        walk.post(officer, f"{agent}/restore", WHY)
    for officer in (chief, second):
        walk.post(officer, f"{agent}/cancel", {"ground": "not_fit", **WHY})
    _given_up(walk, poe, chief)


def _given_up(walk: Walk, poe: Actor, chief: Actor) -> None:
    """An application that is refused, one that is withdrawn, a certificate given back."""
    refused = _an_applicant(walk, "Walk Second Private Limited")
    at = _forwarded(walk, refused, "Walk Second Private Limited", "AAACW1235A")
    walk.post(chief, f"{at}/examine")
    walk.post(chief, f"{at}/reject", WHY)
    gone = _an_applicant(walk, "Walk Third Private Limited")
    case = walk.post(gone, "/agent-applications", _an_application("Walk Third", "AAACW1236A"))
    walk.post(gone, f"/agent-applications/{case['reference']}/withdraw", WHY)
    own = walk.scene.other_agency
    renewal = {
        **_an_application(own.case.legal_name, "AAACW1237A"),
        "kind": "renewal",
        "state_code": "32",
        "district_code": _district(own.case.pk),
        "cause": "Late.",
    }
    _renewed(walk, own.actor, renewal)
    walk.post(own.actor, f"/agents/{own.case.reference}/surrender", WHY)
    del poe


def _renewed(walk: Walk, owner: Actor, renewal: dict[str, Any]) -> None:
    before = walk.scene.now
    with_agent = walk.scene.other_agency.case
    walk.scene.at(before.replace(year=with_agent.valid_until.year - 1))
    walk._callers.clear()
    case = walk.post(owner, "/agent-applications", renewal)
    at = f"/agent-applications/{case['reference']}"
    walk.post(owner, f"{at}/submit")
    pay(walk, owner, walk.row(Order, subject_reference=case["reference"]).reference)
    poe = walk.scene.world.officer(Role.POE, case["office"])
    walk.post(poe, f"{at}/take-up")
    walk.post(poe, f"{at}/forward", WHY)
    walk.scene.at(before)
    walk._callers.clear()


def _district(_: int) -> str:
    return District.objects.filter(state="32").order_by("code").first().code


def _an_applicant(walk: Walk, name: str) -> Actor:
    new = {"kind": "agent", "name": name, "country": "IND"}
    organisation = walk.post(walk.scene.officer(Role.PGE), "/organisations", new)["id"]
    return walk.scene.world.member(Role.RA_ADMIN, name, organisation_id=organisation)


def _an_application(name: str, pan: str) -> dict[str, Any]:
    return {
        "legal_name": name,
        "category": "small",
        "entity": "company",
        "state_code": "27",
        "district_code": "482",
        "address": "1 Sample Road",
        "office_area": 60,
        "pan": pan,
        "officers": [{"name": "Sample Director", "born": "1980-01-01"}],
    }


def _forwarded(walk: Walk, owner: Actor, name: str, pan: str) -> str:
    """An application that the Protector of Emigrants has forwarded."""
    given = _an_application(name, pan)
    case = walk.post(owner, "/agent-applications", given)
    at = f"/agent-applications/{case['reference']}"
    walk.post(owner, f"{at}/correct", {**given, "office_area": 61})
    walk.post(owner, f"{at}/papers", {"paper": "lease", "document": "DC-1"})
    walk.post(owner, f"{at}/submit")
    pay(walk, owner, walk.row(Order, subject_reference=case["reference"]).reference)
    poe = walk.scene.world.officer(Role.POE, case["office"])
    walk.get(poe, "/queues/agent-applications")
    walk.post(poe, f"{at}/take-up")
    walk.post(poe, f"{at}/query", WHY)
    walk.post(owner, f"{at}/answer", {"reply": "As asked."})
    walk.post(poe, f"{at}/order-inspection")
    walk.post(poe, f"{at}/report-inspection", {"area": 61, "report": "As stated."})
    walk.post(poe, f"{at}/report-police", {"report": "Nothing adverse."})
    return at


def _with_guarantee(walk: Walk, owner: Actor, name: str, pan: str) -> str:
    at = _forwarded(walk, owner, name, pan)
    da, chief = walk.scene.officer(Role.PGE_DA), walk.scene.officer(Role.PGE)
    walk.get(da, "/queues/agent-examinations")
    walk.post(da, f"{at}/examine")
    walk.post(da, f"{at}/query-further", WHY)
    walk.post(owner, f"{at}/answer", {"reply": "As asked."})
    walk.post(chief, f"{at}/call-security")
    walk.post(owner, f"{at}/give-guarantee", _a_guarantee(walk, at, "BG-1"))
    return at


def _a_guarantee(walk: Walk, at: str, number: str) -> dict[str, Any]:
    called = walk.get(walk.scene.officer(Role.PGE), at)["security"]
    return _a_bank(walk, called["amount"], number)


def _a_bank(walk: Walk, amount: str, number: str) -> dict[str, Any]:
    return {
        "bank": "Sample Bank",
        "ifsc": "ABCD0000001",
        "number": number,
        "amount": amount,
        "issued_on": day(walk, 0),
        "expires_on": day(walk, 4000),
    }
