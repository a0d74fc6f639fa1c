"""The decision: the Protector authorises, or rejects in writing on a ground of the Act."""

from dataclasses import dataclass
from datetime import datetime, time

from emigrate.domains.clearances.actions.ending import settle_ended
from emigrate.domains.clearances.actions.file import give_back
from emigrate.domains.clearances.enums import Ground
from emigrate.domains.clearances.facts import law_answer, missing
from emigrate.domains.clearances.models import Clearance
from emigrate.domains.clearances.workflow import CLEARANCE
from emigrate.domains.contracts import queries as contracts
from emigrate.domains.credentials.actions import NewCredential, issue_credential
from emigrate.domains.credentials.facts import ClearanceClaims, Validity
from emigrate.domains.demands import queries as demands
from emigrate.domains.emigrants.queries import Personal
from emigrate.domains.insurance import queries as policies
from emigrate.domains.insurance.models import Policy
from emigrate.domains.notifications.actions import Notice, notify
from emigrate.foundation.actors import Actor
from emigrate.foundation.clock import OFFICE_ZONE
from emigrate.foundation.errors import Blocked, InvalidInput
from emigrate.foundation.transactions import action, now, today
from emigrate.law.current import pack

EVERYTHING = ("passport", "contract", "agent", "employer")


@action
def approve_clearance(reference: str, *, actor: Actor, note: str = "") -> Clearance:
    """Authorise the departure (Act, 1983, s.22): the certificate is signed as this commits.

    The law is asked once more as of today; a bar found now stops the approval.
    """
    rows = Clearance.objects.select_related(*EVERYTHING)
    case = CLEARANCE.hold(rows, actor=actor, verb="approve", reference=reference)
    unmet = [*missing(case, on=today()), *demands.fallen(case.allotment_id, on=today())]
    answer, personal = law_answer(case, purpose="decision", on=today(), actor=actor)
    unmet += [found.code for found in answer.findings if found.severity == "block"]
    findings = answer.as_json()["findings"]
    if unmet:
        raise Blocked(unmet=", ".join(unmet), codes=unmet, findings=findings)
    system = Actor.system(actor.request_id)
    policy = policies.policy_for(case.emigrant_id, case.contract.reference, actor=system)
    validity = _validity(case)
    CLEARANCE.take(
        "approve",
        case,
        actor=actor,
        reason=note,
        findings=findings,
        asked_on=today(),
        decided_at=now(),
        decided_by=actor.user_id,
        not_before=validity.not_before,
        expires_at=validity.expires_at,
        insured_from=policy.from_date if policy else None,
    )
    issue_credential(_certificate(case, personal, validity, policy), actor=system)
    notify(
        Notice("clearance.approved", person_id=case.emigrant_id, reference=case.reference),
        actor=system,
    )
    return case


def _validity(case: Clearance) -> Validity:
    moment = now().replace(microsecond=0)
    last = pack().clearance_validity(today(), case.visa_expires_on)
    return Validity(moment, moment, datetime.combine(last, time(23, 59, 59), OFFICE_ZONE))


def _certificate(
    case: Clearance, personal: Personal, validity: Validity, policy: Policy | None
) -> NewCredential:
    terms = contracts.terms_of(case.contract_id)
    claims = ClearanceClaims(
        ec_number=case.reference,
        name=personal.name_mrz,
        birth_date=personal.birth_date.strftime("%Y%m%d"),
        sex=personal.sex,
        nationality=personal.nationality,
        passport_number=personal.passport_number,
        destination=case.country,
        category=case.passport.category,
        occupation=case.occupation,
        agent=case.agent.rc_number,
        employer=case.employer.reference,
        policy=policy.number if policy else None,
        contract_end=terms.ends_on.strftime("%Y%m%d") if terms.ends_on else None,
    )
    return NewCredential(
        "clearance",
        case.reference,
        case.emigrant_id,
        case.agency_id,
        case.office,
        case.country,
        claims,
        validity,
        personal.language,
    )


@dataclass(frozen=True, slots=True)
class Rejection:
    """A ground of the Act and the order's words: reasons and the right of appeal (s.22, s.23)."""

    ground: str
    order: str


@action
def reject_clearance(reference: str, rejection: Rejection, *, actor: Actor) -> Clearance:
    """Reject by order in writing; the fee goes back and the insurance is cancelled."""
    if rejection.ground not in Ground.values:
        raise InvalidInput.at("/ground", "ground_unknown", "Choose a ground of the Act.")
    rows = Clearance.objects.select_related("contract")
    case = CLEARANCE.hold(rows, actor=actor, verb="reject", reference=reference)
    give_back(case, actor=actor)
    CLEARANCE.take(
        "reject",
        case,
        actor=actor,
        reason=rejection.order,
        ground=rejection.ground,
        decided_at=now(),
        decided_by=actor.user_id,
        vacancy_taken=False,
    )
    settle_ended(case, actor=actor)
    system = Actor.system(actor.request_id)
    for receiver in (
        Notice("clearance.rejected", person_id=case.emigrant_id, reference=case.reference),
        Notice("clearance.rejected", organisation_id=case.agency_id, reference=case.reference),
    ):
        notify(receiver, actor=system)
    return case
