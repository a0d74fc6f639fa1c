"""The road by HTTP, part by part; each part walks its operations as those whose work they are."""

import base64
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pikepdf

from emigrate.domains.accounts.models import Membership
from emigrate.domains.clearances.actions import record_checks, start_checks
from emigrate.domains.contracts.models import Contract
from emigrate.domains.contracts.queries import key_facts, terms_of
from emigrate.domains.credentials.models import StatusShard
from emigrate.domains.credentials.tasks import make_paper
from emigrate.domains.emigrants.actions import record_passport_check
from emigrate.domains.emigrants.models import Emigrant, PossibleDuplicate
from emigrate.domains.employers.actions import expire_licences, set_idle_inactive
from emigrate.domains.insurance.actions import record_policy
from emigrate.domains.insurance.models import Policy
from emigrate.domains.notifications.models import Message
from emigrate.domains.payments.actions import settle_from_gateway
from emigrate.domains.payments.models import Order
from emigrate.domains.reference.enums import Role
from emigrate.domains.reference.models import District
from emigrate.foundation.actors import Actor
from emigrate.foundation.money import Money
from emigrate.foundation.transactions import acting
from emigrate.ops.simulation import road
from emigrate.partners.passport_registry.contract import PassportResult
from tests.api.walk import SYSTEM, Walk
from tests.factories.clearances import the_insurers_word, the_registrys_word
from tests.factories.documents import a_pdf, a_picture
from tests.factories.payments import an_answer

WHY = {"reason": "Said in the test."}


def day(walk: Walk, days: int) -> str:
    """A day from the scene's moment on."""
    return (walk.scene.now + timedelta(days=days)).date().isoformat()


def pay(walk: Walk, who: Actor, order: str) -> None:
    """The payer says it is paid, and then the gateway does."""
    walk.post(who, f"/payments/{order}/confirm")
    walk.do(settle_from_gateway, order, an_answer(walk.row(Order, reference=order)), actor=SYSTEM)


def accounts(walk: Walk) -> None:
    """Oneself, tokens, organisations, users, memberships, notices."""
    chief, agent = walk.scene.officer(Role.PGE), walk.scene.agent
    walk.get(agent, "/me")
    membership = walk.get(agent, "/memberships")["items"][0]["id"]
    walk.post(agent, "/tokens", {"membership": membership, "name": "second", "days": 1})
    token = walk.get(agent, "/tokens")["items"][0]["id"]
    walk.post(agent, f"/tokens/{token}/revoke")
    walk.post(agent, "/staff", {"login": "clerk-1", "display_name": "A clerk"})
    new = {"kind": "insurer", "name": "Sample Insurer", "country": "IND"}
    insurer = walk.post(chief, "/organisations", new)["id"]
    walk.get(chief, "/organisations?kind=insurer")
    user = walk.post(chief, "/users", {"login": "insurer-1", "display_name": "Insurer"})["id"]
    place = {"user": user, "role": "insurer", "organisation": insurer}
    made = walk.post(chief, "/memberships", place)["id"]
    walk.post(chief, f"/memberships/{made}/end")
    walk.post(chief, f"/users/{user}/suspend")
    notice = walk.get(agent, "/notifications")["items"][0]["id"]
    walk.post(agent, f"/notifications/{notice}/seen")


def public(walk: Walk) -> None:
    """What anybody may read."""
    number = walk.scene.agency.case.rc_number
    assert walk.get(None, f"/public/agents?q={number}")["verdict"] == "registered"
    walk.get(None, "/reference/countries/SAU")
    walk.get(None, "/reference/occupations/7112")
    walk.get(None, "/reference/offices")
    walk.get(None, "/reference/missions?country=SAU")
    assert walk.get(None, "/root").startswith(b"-----BEGIN")
    walk.get(None, "/trust-list")
    walk.get(None, "/openapi.json")
    walk.get(None, "/health/live")
    walk.get(None, "/health/ready")


def employers(walk: Walk) -> None:
    """From a draft to the lists and back; a licence that ends and is renewed."""
    scene = walk.scene
    mission, head = scene.mission(), scene.world.officer(Role.MISSION_HOM, "SAU")
    chief = scene.officer(Role.PGE)
    new = {"kind": "employer", "name": "Walk LLC", "country": "SAU"}
    organisation = walk.post(chief, "/organisations", new)["id"]
    owner = scene.world.member(Role.FE_ADMIN, "Walk", organisation_id=organisation, country="SAU")
    given = an_employer(walk, "Walk LLC", "CR-77001")
    case = walk.post(owner, "/employers", given)
    at = f"/employers/{case['reference']}"
    scene.at(scene.now + timedelta(minutes=2))
    walk.post(owner, f"{at}/send-code")
    code = walk.row(Message, event="employer.code", reference=case["reference"]).facts["code"]
    walk.post(owner, f"{at}/verify-email", {"code": code})
    walk.post(owner, f"{at}/correct", {**given, "workforce": 90})
    walk.post(owner, f"{at}/papers", {"paper": "licence", "document": "DC-1"})
    walk.post(owner, f"{at}/submit")
    walk.get(mission, "/queues/employers")
    walk.post(mission, f"{at}/take-up")
    walk.post(mission, f"{at}/query", WHY)
    walk.post(owner, f"{at}/answer", {"reply": "As asked."})
    walk.post(mission, f"{at}/send-to-check")
    walk.post(mission, f"{at}/record-check", {"report": "Seen."})
    walk.post(mission, f"{at}/approve")
    walk.get(owner, "/employers?state=active")
    walk.get(owner, at)
    walk.get(owner, f"{at}/contact")
    for verb in ("watch", "blacklist", "clear"):
        walk.post(head, f"{at}/{verb}", WHY)
        walk.post(chief, f"{at}/{verb}", WHY)
    refused = walk.post(owner, "/employers", an_employer(walk, "Walk Two LLC", "CR-77002"))
    _handed_in(walk, owner, refused["reference"])
    walk.post(mission, f"/employers/{refused['reference']}/take-up")
    walk.post(mission, f"/employers/{refused['reference']}/reject", WHY)
    before = scene.now
    scene.at(before + timedelta(days=450))
    walk.do(set_idle_inactive, actor=SYSTEM)
    walk._callers.clear()
    walk.post(mission, f"{at}/reactivate", WHY)
    scene.at(before + timedelta(days=1000))
    walk.do(expire_licences, actor=SYSTEM)
    walk._callers.clear()
    walk.post(owner, f"{at}/renew", {"valid_until": day(walk, 300)})
    scene.at(before)
    walk._callers.clear()


def an_employer(walk: Walk, name: str, number: str) -> dict[str, Any]:
    """What an employer says of itself."""
    return {
        "name": name,
        "country": "SAU",
        "mission_code": walk.scene.company.case.mission_code,
        "registration_number": number,
        "kind": "company",
        "contact": {"email": "office@example.org", "phone": "+966500000000"},
        "valid_until": day(walk, 900),
        "workforce": 80,
        "indian_workers": 10,
    }


def _handed_in(walk: Walk, owner: Actor, reference: str) -> None:
    code = walk.row(Message, event="employer.code", reference=reference).facts["code"]
    walk.post(owner, f"/employers/{reference}/verify-email", {"code": code})
    walk.post(owner, f"/employers/{reference}/submit")


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


def demands(walk: Walk) -> int:
    """A demand asked about, approved, allotted; another refused; the allotment's number."""
    scene = walk.scene
    owner, mission, agent = scene.company.actor, scene.mission(), scene.agent
    line = {
        "occupation": "7112",
        "title": "Mason",
        "number": 9,
        "months": 24,
        "wage": {"amount": "1800.00", "currency": "SAR"},
        "promises": {"clauses": list(scene.job.terms.clauses), "hours_per_day": 8},
    }
    new = {"employer": scene.company.case.reference, "site": "Riyadh", "lines": [line]}
    at = f"/demands/{walk.post(owner, '/demands', new)['reference']}"
    walk.post(owner, f"{at}/submit")
    walk.get(mission, "/queues/demands")
    walk.post(mission, f"{at}/take-up")
    walk.post(mission, f"{at}/query", {"question": "How many rooms?"})
    walk.post(owner, f"{at}/answer", {"answer": "Nine."})
    walk.post(mission, f"{at}/approve", {"fee_receipt": "R-1"})
    whole = walk.get(owner, at)
    number = whole["lines"][0]["id"]
    assert whole["lines"][0]["wage"] == {"amount": "1800.00", "currency": "SAR"}
    walk.get(owner, "/demands?state=approved")
    first = _allotted(walk, number, scene.agency.case.reference, 4)
    walk.post(agent, f"/allotments/{first}/acknowledge")
    second = _allotted(walk, number, scene.other_agency.case.reference, 2)
    walk.post(scene.other_agency.actor, f"/allotments/{second}/decline")
    walk.get(agent, "/allotments?state=acknowledged")
    attorneys = walk.get(owner, at)["attorneys"]
    walk.post(owner, f"/attorneys/{attorneys[-1]['id']}/revoke")
    other = f"/demands/{walk.post(owner, '/demands', new)['reference']}"
    walk.post(owner, f"{other}/submit")
    walk.post(mission, f"{other}/take-up")
    walk.post(mission, f"{other}/reject", WHY)
    third = f"/demands/{walk.post(owner, '/demands', new)['reference']}"
    walk.post(owner, f"{third}/cancel", WHY)
    return int(first)


def after_demands(walk: Walk, allotment: int) -> None:
    """What ends an allotment and an approval, after the road has used them."""
    owner = walk.scene.company.actor
    whole = walk.get(owner, "/demands?state=open")["items"][0]
    line = walk.get(owner, f"/demands/{whole['reference']}")["lines"][0]
    walk.post(owner, f"/allotments/{allotment}/release")
    change = {name: line[name] for name in ("occupation", "title", "wage", "months")}
    body = {"line": line["id"], "change": {**change, "number": line["number"] + 1}, **WHY}
    walk.post(owner, f"/demands/{whole['reference']}/amend", body)


def _allotted(walk: Walk, line: int, agent: str, quantity: int) -> int:
    body = {"line": line, "agent": agent, "quantity": quantity}
    return int(walk.post(walk.scene.company.actor, "/allotments", body)["id"])


def emigrants(walk: Walk) -> Emigrant:
    """A worker registered by the agency, checked, linked with another; the worker."""
    scene = walk.scene
    agent, poe = scene.agent, scene.officer()
    first = walk.post(agent, "/emigrants", _a_person(walk, "Z0900001"))
    at = f"/emigrants/{first['reference']}"
    walk.get(agent, "/emigrants")
    walk.get(agent, at)
    passport = walk.get(agent, f"{at}/passports")["items"][0]["id"]
    walk.get(agent, f"{at}/links")
    walk.post(agent, f"{at}/ask-registry")
    walk.post(agent, f"{at}/correct", {"address": "2 Sample Lane"})
    opened = walk.post(agent, f"{at}/open", {"purpose": "filing"})
    assert (opened["passport_number"], opened["given_names"]) == ("Z0900001", "WALKER")
    walk.post(agent, "/emigrants/find", {"passport_number": "Z0900001"})
    found = walk.post(agent, "/emigrants/search", {"name": "Walkar Sample", "birth_year": 1994})
    assert first["reference"] in [each["reference"] for each in found["items"]]
    differs = the_registrys_word(status=None)
    walk.do(record_passport_check, passport, _mismatch(differs), actor=SYSTEM)
    walk.post(poe, f"/passports/{passport}/settle", {"category": "ecr", **WHY})
    walk.post(poe, f"{at}/years-abroad", {"years": 0, **WHY})
    case = walk.row(Emigrant, reference=first["reference"])
    worker = scene.world.member(Role.EMIGRANT, "Walker", person_id=case.pk)
    walk.get(worker, "/readings")
    _linked(walk, worker, first["reference"])
    _doubted(walk, poe)
    return case


def _a_person(walk: Walk, number: str, **changes: Any) -> dict[str, Any]:
    drawn = walk.scene.drafts[0].worker.drawn
    return {
        "given_names": "WALKER",
        "surname": "SAMPLE",
        "birth_date": "1994-05-06",
        "sex": "M",
        "state_code": drawn.state_code,
        "district_code": drawn.district_code,
        "phone": "7000012345",
        "family_phone": "7000012346",
        "address": "1 Sample Lane",
        "nominee": {"name": "NOMINEE SAMPLE", "relation": "wife", "phone": "7000012347"},
        "emergency": {"name": "RELATIVE SAMPLE", "relation": "brother", "phone": "7000012348"},
        "passport": {"category": "ecr", "number": number, "expires_on": day(walk, 2000)},
        **changes,
    }


def _mismatch(answer: Any) -> Any:
    return replace(answer, result=PassportResult.PARTIAL)


def _linked(walk: Walk, worker: Actor, reference: str) -> None:
    """The other agency asks for the code; the person reads it out, then takes it back."""
    other = walk.scene.other_agency.actor
    at = f"/emigrants/{reference}"
    walk.post(other, f"{at}/send-code")
    notice = walk.row(Message, event="emigrant.code", reference=reference)
    code = {} if notice is None else {"code": notice.facts["code"]}
    asked = {"organisation": other.organisation_id}
    walk.post(other if code else worker, f"{at}/link", {**asked, **code})
    walk.post(worker, f"{at}/unlink", asked)


def _doubted(walk: Walk, poe: Actor) -> None:
    """The same person twice: one held and merged, one cleared; a death."""
    agent = walk.scene.agent
    survivor = walk.post(agent, "/emigrants", _a_person(walk, "Z0900002", given_names="TWICE"))
    again = walk.post(agent, "/emigrants", _a_person(walk, "Z0900003", given_names="TWICE"))
    walk.get(poe, "/doubts")
    doubt = walk.row(
        PossibleDuplicate,
        emigrant__reference=again["reference"],
        other__reference=survivor["reference"],
    )
    walk.post(poe, f"/doubts/{doubt.pk}/decide", {"verdict": "same", **WHY})
    at = f"/emigrants/{again['reference']}"
    walk.post(poe, f"{at}/clear", WHY)
    walk.post(poe, f"{at}/hold", WHY)
    walk.post(poe, f"{at}/merge", {"survivor": survivor["reference"], **WHY})
    kept = f"/emigrants/{survivor['reference']}"
    new = {"category": "ecr", "number": "Z0900004", "expires_on": day(walk, 2100)}
    walk.post(agent, f"{kept}/passports", new)
    walk.post(poe, f"{kept}/record-death", {"died_on": day(walk, -1), **WHY})


def contracts(walk: Walk, worker: Emigrant, allotment: int) -> str:
    """A contract changed once, then agreed to and fixed; its reference."""
    scene = walk.scene
    agent, owner = scene.agent, scene.company.actor
    person = walk.row(Membership, person_id=worker.pk)
    actor = Actor(Role.EMIGRANT, person.user_id, person_id=worker.pk)
    terms = {
        "occupation": "7112",
        "title": "Mason",
        "workplace": "Riyadh",
        "wage": {"amount": "1800.00", "currency": "SAR"},
        "months": 24,
        "clauses": list(scene.job.terms.clauses),
    }
    new = {"emigrant": worker.reference, "allotment": allotment, "terms": terms}
    case = walk.post(agent, "/contracts", new)
    at = f"/contracts/{case['reference']}"
    walk.post(owner, f"{at}/sign", {"terms_hash": case["terms_hash"]})
    changed = {"terms": {**terms, "leave_days_per_year": 30}, **WHY}
    revised = walk.post(agent, f"{at}/revise", changed)
    agreed = {"terms_hash": revised["terms_hash"]}
    walk.post(owner, f"{at}/sign", agreed)
    walk.post(agent, f"{at}/offer")
    walk.get(actor, "/contracts?state=offered")
    assert walk.get(actor, at)["terms"]["leave_days_per_year"] == 30
    walk.get(actor, f"{at}/comparison")
    row = walk.row(Contract, reference=case["reference"])
    facts = key_facts(road_terms(walk, row), scene.company.case.name)
    walk.post(actor, f"{at}/read-back", {"answers": facts, "language": "hi"})
    walk.post(actor, f"{at}/consent", {**agreed, "language": "hi"})
    scene.at(scene.now + timedelta(hours=26))
    walk.post(actor, f"{at}/lock")
    _not_agreed(walk, worker, allotment, actor)
    return str(case["reference"])


def road_terms(walk: Walk, row: Contract) -> Any:
    """The terms that stand."""
    with acting(SYSTEM):
        return terms_of(row.pk)


def _not_agreed(walk: Walk, worker: Emigrant, allotment: int, actor: Actor) -> None:
    """One declined, one withdrawn while thinking it over, one made void."""
    scene = walk.scene
    job = scene.job
    for end in ("decline", "withdraw", "void"):
        drafted = walk.do(
            road.contracts.draft_contract,
            road.contracts.NewContract(worker.reference, job.allotment.pk, job.terms),
            actor=scene.agent,
        )
        at = f"/contracts/{drafted.reference}"
        agreed = {"terms_hash": job.terms.hash.hex()}
        if end == "void":
            walk.post(scene.agent, f"{at}/void", WHY)
            continue
        walk.post(scene.company.actor, f"{at}/sign", agreed)
        walk.post(scene.agent, f"{at}/offer")
        if end == "withdraw":
            facts = key_facts(job.terms, scene.company.case.name)
            walk.post(actor, f"{at}/read-back", {"answers": facts, "language": "hi"})
            walk.post(actor, f"{at}/consent", {**agreed, "language": "hi"})
        walk.post(actor, f"{at}/{end}")


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
    walk.post(chief, f"/payments/{disputed}/close", WHY)


def documents(walk: Walk) -> None:
    """Handed in and opened; one held is released, another refused."""
    agent, poe = walk.scene.agent, walk.scene.officer()
    clean = _sent(walk, agent, a_picture(), "scan.jpg")
    walk.get(agent, "/documents")
    walk.get(agent, f"/documents/{clean['reference']}")
    assert walk.post(agent, f"/documents/{clean['reference']}/open")
    for verb, pages in (("release", 1), ("refuse", 2)):
        held = _sent(walk, agent, _with_script(pages), "scan.pdf")
        assert held["state"] == "quarantined"
        walk.get(poe, "/queues/documents")
        walk.post(poe, f"/documents/{held['reference']}/{verb}", WHY)


def _with_script(pages: int) -> bytes:
    def change(pdf: Any) -> None:
        action = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
        pdf.Root.OpenAction = action

    return a_pdf(pages=pages, change=change)


def _sent(walk: Walk, who: Actor, content: bytes, name: str) -> Any:
    body = {"kind": "lease", "filename": name, "content": base64.b64encode(content).decode()}
    return walk.post(who, "/documents", body)


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
    walk.post(poe, f"/clearances/{second}/approve")
    walk.post(poe, f"/clearances/{second}/cancel", WHY)
    walk.post(scene.agent, f"/clearances/{scene.drafts[2].reference}/withdraw", WHY)


def departures(walk: Walk, worker: Emigrant, reference: str) -> None:
    """The check, the departure, the arrival and the way home; somebody off-loaded."""
    border, mission = walk.scene.border(), walk.scene.mission()
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
    rows = {"rows": [_a_person(walk, "Z0900050", given_names="BULK")]}
    done = walk.post(agent, "/emigrants/bulk", rows)
    assert [each["status"] for each in done["results"]] == ["done"]
    walk.get(agent, f"/bulk/{done['id']}")
    row = {"contract": "CT-UNKNOWN", "visa_number": "V", "departs_on": day(walk, 30)}
    refused = walk.post(agent, "/clearances/bulk", {"rows": [row]})
    assert refused["results"][0]["error"]["code"] == "not_found"
