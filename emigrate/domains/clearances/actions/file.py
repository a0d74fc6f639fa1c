"""What the agent does: draft, submit, answer, withdraw."""

from dataclasses import dataclass
from datetime import date

from emigrate.domains.agents import actions as agents
from emigrate.domains.clearances.facts import personal_of, question_for
from emigrate.domains.clearances.models import Clearance
from emigrate.domains.clearances.policies import CLEARANCE_POLICY
from emigrate.domains.clearances.workflow import CLEARANCE
from emigrate.domains.contracts import queries as contracts
from emigrate.domains.contracts.enums import ContractState
from emigrate.domains.demands import actions as demands
from emigrate.domains.emigrants import queries as emigrants
from emigrate.domains.insurance import queries as insurance
from emigrate.domains.notifications.actions import Notice, notify
from emigrate.domains.payments import queries as payments
from emigrate.foundation import jobs
from emigrate.foundation.actors import Actor
from emigrate.foundation.errors import AlreadyExists, Blocked, NotFound
from emigrate.foundation.identifiers.numbering import next_reference
from emigrate.foundation.transactions import action, now, refused_by, today
from emigrate.law.current import pack


class OpenClearance(AlreadyExists):
    """One open clearance a person."""

    code = "clearance_already_open"


refused_by("one_open_clearance_a_person", OpenClearance)


@dataclass(frozen=True, slots=True)
class NewClearance:
    """What the agent adds to a locked contract: the visa and the planned departure."""

    contract_reference: str
    visa_number: str
    visa_expires_on: date | None
    departs_on: date


@action
def draft_clearance(new: NewClearance, *, actor: Actor) -> Clearance:
    """Begin an application on a contract that the emigrant has locked (Act, 1983, s.22)."""
    CLEARANCE_POLICY.require_role(actor, "file")
    rows = contracts.contracts_for(actor).select_related("allotment__line", "agent", "employer")
    contract = rows.filter(reference=new.contract_reference).first()
    if contract is None:
        raise NotFound(subject="contract")
    if contract.state != ContractState.LOCKED:
        raise Blocked(unmet="contract_not_locked", codes=["contract_not_locked"])
    passport = emigrants.current_passport(contract.emigrant_id)
    if passport is None:
        raise Blocked(unmet="passport_missing", codes=["passport_missing"])
    terms = contracts.terms_of(contract.pk)
    case = Clearance(
        reference=next_reference("EC", office=contract.agent.office),
        emigrant_id=contract.emigrant_id,
        passport=passport,
        contract=contract,
        allotment_id=contract.allotment_id,
        agent=contract.agent,
        employer=contract.employer,
        agency_id=contract.agent.organisation_id,
        employer_organisation_id=contract.employer.organisation_id,
        office=contract.agent.office,
        country=contract.employer.country,
        occupation=terms.occupation,
        contract_hash=terms.hash,
        visa_number=new.visa_number,
        visa_expires_on=new.visa_expires_on,
        departs_on=new.departs_on,
    )
    return CLEARANCE.begin(case, actor=actor)


@action
def submit_clearance(reference: str, *, actor: Actor) -> Clearance:
    """Hand the application in: the law is asked, a vacancy and the agent's capacity are taken.

    Refused with every code at once when the law forbids or something is missing; nothing changes.
    """
    rows = Clearance.objects.select_related("passport", "contract", "agent", "employer")
    case = CLEARANCE.hold(rows, actor=actor, verb="submit", reference=reference)
    unmet = list(_missing(case, actor))
    system = Actor.system(actor.request_id)
    question = question_for(
        case, personal_of(case, actor=system, purpose="submit"), on=today(), actor=system
    )
    answer = pack().answer(question)
    unmet += [found.code for found in answer.findings if found.severity == "block"]
    findings = answer.as_json()["findings"]
    if unmet:
        raise Blocked(unmet=", ".join(unmet), codes=unmet, findings=findings)
    demands.take_vacancy(case.allotment_id, actor=system)
    agents.use_capacity(case.agent_id, 1, actor=system)
    CLEARANCE.take(
        "submit",
        case,
        actor=actor,
        findings=findings,
        asked_on=today(),
        submitted_at=now(),
        vacancy_taken=True,
    )
    jobs.later("clearances.check", queue=jobs.PARTNERS, reference=case.reference)
    notify(
        Notice("clearance.submitted", person_id=case.emigrant_id, reference=case.reference),
        actor=system,
    )
    return case


def _missing(case: Clearance, actor: Actor) -> list[str]:
    missing = []
    if not payments.paid("clearance", case.reference, "ec_fee"):
        missing.append("fee_not_paid")
    policy = insurance.policy_for(case.emigrant_id, case.contract.reference, actor=actor)
    if policy is None:
        missing.append("insurance_missing")
    if contracts.terms_of(case.contract_id).hash != bytes(case.contract_hash):
        missing.append("contract_changed")
    return missing


@action
def answer_query(reference: str, answer: str, *, actor: Actor) -> Clearance:
    """Answer the officer's question; the officer's clock goes on."""
    case = CLEARANCE.hold(Clearance.objects.all(), actor=actor, verb="answer", reference=reference)
    return CLEARANCE.take("answer", case, actor=actor, reason=answer)


@action
def withdraw_clearance(reference: str, reason: str, *, actor: Actor) -> Clearance:
    """Withdraw before the decision; the vacancy and the capacity are free again."""
    rows = Clearance.objects.all()
    case = CLEARANCE.hold(rows, actor=actor, verb="withdraw", reference=reference)
    give_back(case, actor=actor)
    return CLEARANCE.take("withdraw", case, actor=actor, reason=reason, vacancy_taken=False)


def give_back(case: Clearance, *, actor: Actor) -> None:
    """Free what a submitted application had taken; once, because the row is held."""
    if not case.vacancy_taken:
        return
    system = Actor.system(actor.request_id)
    demands.give_back_vacancy(case.allotment_id, actor=system)
    agents.release_capacity(case.agent_id, 1, actor=system)
