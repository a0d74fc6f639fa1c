"""What the agent does: draft, submit, answer, withdraw."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_lazy as _

from emigrate.domains.agents import actions as agents
from emigrate.domains.clearances.actions.ending import settle_ended
from emigrate.domains.clearances.facts import law_answer, missing
from emigrate.domains.clearances.models import Clearance
from emigrate.domains.clearances.policies import CLEARANCE_POLICY
from emigrate.domains.clearances.workflow import CLEARANCE
from emigrate.domains.contracts import queries as contracts
from emigrate.domains.contracts.enums import ContractState
from emigrate.domains.demands import actions as demands
from emigrate.domains.emigrants import queries as emigrants
from emigrate.domains.employers import actions as employers
from emigrate.domains.notifications.actions import Notice, notify
from emigrate.foundation import jobs
from emigrate.foundation.actors import Actor
from emigrate.foundation.clock import office_date
from emigrate.foundation.errors import AlreadyExists, Blocked, NotFound
from emigrate.foundation.identifiers.numbering import next_reference
from emigrate.foundation.transactions import action, now, refused_by, today


class OpenClearance(AlreadyExists):
    """One open clearance a person."""

    code = "clearance_already_open"


class OpenForPassport(AlreadyExists):
    """One open clearance a passport number, whoever else has it on record."""

    code = "passport_on_open_clearance"
    text = _(
        "An application is open for this passport number on another record. Ask the office to look "
        "at both."
    )


refused_by("one_open_clearance_a_person", OpenClearance)
refused_by("one_open_clearance_a_passport", OpenForPassport)


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
        passport_blind=passport.number_blind,
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
def submit_clearance(reference: str, *, actor: Actor, for_an_order: bool = False) -> Clearance:
    """Hand the application in: the law is asked, a vacancy and the agent's capacity are taken.

    It counts among the employer's workers of the year. Refused with every code at once when the
    law forbids or something is missing; nothing changes.
    `for_an_order`: hand in although the law forbids, because the applicant wants the Protector's
    order in writing and the appeal that goes with it (Emigration Act, 1983, s.22 and s.23).
    """
    rows = Clearance.objects.select_related("passport", "contract", "agent", "employer")
    case = CLEARANCE.hold(rows, actor=actor, verb="submit", reference=reference)
    unmet = missing(case, on=today())
    if case.departs_on < today():
        unmet.append("departure_in_past")
    answer, _ = law_answer(case, purpose="submit", on=today(), actor=actor)
    barred = [found.code for found in answer.findings if found.severity == "block"]
    unmet += [] if for_an_order else barred
    findings = answer.as_json()["findings"]
    if unmet:
        raise Blocked(unmet=", ".join(unmet), codes=unmet, findings=findings)
    system = Actor.system(actor.request_id)
    demands.take_vacancy(case.allotment_id, actor=system)
    agents.use_capacity(case.agent_id, 1, actor=system)
    employers.record_recruitment(case.employer_id, 1, actor=system)
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


@action
def answer_query(reference: str, answer: str, *, actor: Actor) -> Clearance:
    """Answer the officer's question; the officer's clock goes on."""
    case = CLEARANCE.hold(Clearance.objects.all(), actor=actor, verb="answer", reference=reference)
    return CLEARANCE.take("answer", case, actor=actor, reason=answer)


@action
def withdraw_clearance(reference: str, reason: str, *, actor: Actor) -> Clearance:
    """Withdraw before the decision: vacancy and capacity are free, the law says of the money."""
    rows = Clearance.objects.all()
    case = CLEARANCE.hold(rows, actor=actor, verb="withdraw", reference=reference)
    give_back(case, actor=actor)
    CLEARANCE.take("withdraw", case, actor=actor, reason=reason, vacancy_taken=False)
    settle_ended(case, actor=actor)
    return case


def give_back(case: Clearance, *, actor: Actor) -> None:
    """Free what a submitted application had taken; once, because the row is held."""
    if not case.vacancy_taken or case.submitted_at is None:
        return
    system = Actor.system(actor.request_id)
    demands.give_back_vacancy(case.allotment_id, actor=system)
    agents.release_capacity(case.agent_id, 1, actor=system)
    counted_on = office_date(case.submitted_at)
    employers.release_recruitment(case.employer_id, 1, on=counted_on, actor=system)
