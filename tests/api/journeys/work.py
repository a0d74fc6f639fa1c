"""Demands, workers and their contracts."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from emigrate.domains.accounts.models import Membership
from emigrate.domains.contracts.models import Contract
from emigrate.domains.contracts.queries import key_facts, terms_of
from emigrate.domains.emigrants.actions import record_passport_check
from emigrate.domains.emigrants.models import Emigrant, PossibleDuplicate
from emigrate.domains.notifications.models import Message
from emigrate.domains.reference.enums import Role
from emigrate.foundation.actors import Actor
from emigrate.foundation.money import decimal_text
from emigrate.foundation.transactions import acting
from emigrate.ops.simulation import road
from emigrate.partners.passport_registry.contract import PassportResult
from tests.api.journeys.words import WHY, a_person, day
from tests.api.walk import SYSTEM, Walk
from tests.factories.clearances import a_draft, the_registrys_word


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
    first = walk.post(agent, "/emigrants", a_person(walk, "Z0900001"))
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
    survivor = walk.post(agent, "/emigrants", a_person(walk, "Z0900002", given_names="TWICE"))
    again = walk.post(agent, "/emigrants", a_person(walk, "Z0900003", given_names="TWICE"))
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
    facts = said(road_terms(walk, row), scene.company.case.name)
    walk.post(actor, f"{at}/read-back", {"answers": facts, "language": "hi"})
    walk.post(actor, f"{at}/consent", {**agreed, "language": "hi"})
    scene.at(scene.now + timedelta(hours=26))
    walk.post(actor, f"{at}/lock")
    _not_agreed(walk, worker, allotment, actor)
    return str(case["reference"])


def said(terms: Any, employer: str) -> dict[str, str]:
    """The five facts as a caller writes them: money in decimals."""
    money = {name: decimal_text(getattr(terms, f"{name}_minor"), terms.currency)
             for name in ("wage", "deductions")}  # fmt: skip
    wage = {"wage": f"{money['wage']} {terms.currency}"}
    return {**key_facts(terms, employer), **money, **wage}


def road_terms(walk: Walk, row: Contract) -> Any:
    """The terms that stand."""
    with acting(SYSTEM):
        return terms_of(row.pk)


def _not_agreed(walk: Walk, worker: Emigrant, allotment: int, actor: Actor) -> None:
    """One declined, one withdrawn while thinking it over, one made void, one annulled."""
    scene = walk.scene
    job = scene.job
    fixed = a_draft(scene)
    walk.post(scene.officer(Role.PGE), f"/contracts/{fixed.contract.reference}/annul", WHY)
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
            facts = said(job.terms, scene.company.case.name)
            walk.post(actor, f"{at}/read-back", {"answers": facts, "language": "hi"})
            walk.post(actor, f"{at}/consent", {**agreed, "language": "hi"})
        walk.post(actor, f"{at}/{end}")
