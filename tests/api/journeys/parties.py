"""Accounts, public reads, employers and documents."""

import base64
from datetime import timedelta
from typing import Any

import pikepdf

from emigrate.domains.employers.actions import expire_licences, set_idle_inactive
from emigrate.domains.notifications.models import Message
from emigrate.domains.reference.enums import Role
from emigrate.foundation.actors import Actor
from tests.api.journeys.words import WHY, day
from tests.api.walk import SYSTEM, Walk
from tests.factories.documents import a_pdf, a_picture


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
    _idle_and_ended(walk, owner, at)


def _idle_and_ended(walk: Walk, owner: Actor, at: str) -> None:
    """Inactive after a year without recruitment, and expired with the licence."""
    scene, mission = walk.scene, walk.scene.mission()
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
