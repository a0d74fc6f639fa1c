"""What the applicant does: draft, hand in, pay, answer, give the security, withdraw."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from stdnum.in_ import gstin, pan

from emigrate.domains.agents.enums import ApplicationKind, ApplicationState, Category, Entity
from emigrate.domains.agents.facts import LIVE, application_findings, blocking
from emigrate.domains.agents.models import Agent, AgentApplication, CapacityTranche, Guarantee
from emigrate.domains.agents.policies import APPLICATION_POLICY
from emigrate.domains.agents.queries import Officer, agents_for, sealed_officers, sealed_pan
from emigrate.domains.agents.workflow import APPLICATION, FEE, SUBJECT
from emigrate.domains.payments.actions import NewOrder, open_order
from emigrate.domains.reference import queries as reference_data
from emigrate.domains.reference.enums import HOME_CURRENCY
from emigrate.foundation import sealing
from emigrate.foundation.actors import Actor
from emigrate.foundation.errors import (
    AlreadyExists,
    Blocked,
    InvalidInput,
    NotFound,
    NotPermitted,
    WrongState,
)
from emigrate.foundation.identifiers.numbering import next_reference
from emigrate.foundation.names.organisations import look_alike_key
from emigrate.foundation.transactions import action, now, refused_by, today
from emigrate.law.current import pack
from emigrate.law.engine.dates import add_months, age_on

LONGEST_NAME = 200
LONGEST_ADDRESS = 300
LARGEST_AREA = 100_000
IFSC = re.compile(r"[A-Z]{4}0[A-Z0-9]{6}")


WORDS = {
    "name_missing": _("Give the name, at most 200 letters."),
    "too_long": _("At most 200 letters."),
    "kind_unknown": _("Choose one of the listed kinds."),
    "category_unknown": _("Choose one of the listed categories."),
    "entity_unknown": _("Choose one of the listed kinds."),
    "pan_malformed": _("Write the agency's PAN."),
    "gstin_malformed": _("Write the GSTIN of 15 signs."),
    "area_missing": _("Give the floor area in square metres."),
    "address_missing": _("Give the place of business, at most 300 letters."),
    "officers_missing": _("Name who runs the agency."),
    "district_unknown": _("Choose a district of the State."),
    "too_young": _("Everybody who runs an agency must be of the least age."),
}


class ApplicationOpen(AlreadyExists):
    """One open application an agency."""

    code = "application_open"


class GuaranteeUsed(AlreadyExists):
    """A guarantee stands behind one certificate or tranche only."""

    code = "guarantee_used"
    text = _("This guarantee stands behind another certificate. Give one of its own.")


refused_by("one_open_application_an_agency", ApplicationOpen)
refused_by("one_use_of_a_guarantee", GuaranteeUsed)


@dataclass(frozen=True, slots=True)
class NewApplication:
    """What an applicant says (Form I). `cause` explains a renewal that is filed late."""

    legal_name: str
    category: str
    entity: str
    state_code: str
    district_code: str
    address: str
    office_area: int
    pan: str
    officers: tuple[Officer, ...]
    kind: str = "new"
    trade_name: str = ""
    gstin: str = ""
    cause: str = ""


@dataclass(frozen=True, slots=True)
class NewGuarantee:
    """A bank guarantee; `amount_minor` in paise."""

    bank: str
    ifsc: str
    number: str
    amount_minor: int
    issued_on: date
    expires_on: date
    claim_until: date | None = None


@action
def apply_for_certificate(new: NewApplication, *, actor: Actor) -> AgentApplication:
    """Begin an application to a certificate, or to the renewal of the agency's own.

    Raises InvalidInput, NotFound (nothing to renew), ApplicationOpen.
    """
    APPLICATION_POLICY.require_role(actor, "file")
    if actor.organisation_id is None:
        raise NotPermitted(permission="agent_application.file", role=actor.role)
    _require_valid(new)
    columns = _columns(new)
    case = AgentApplication(
        reference=next_reference("AR", office=columns["office"]),
        organisation_id=actor.organisation_id,
        kind=new.kind,
        agent=_own_certificate(actor) if new.kind == ApplicationKind.RENEWAL else None,
        **columns,
    )
    case.officers_sealed = sealed_officers(case, new.officers)
    case.pan_sealed = sealed_pan(case, pan.compact(new.pan))
    return APPLICATION.begin(case, actor=actor)


@action
def correct_application(reference: str, new: NewApplication, *, actor: Actor) -> AgentApplication:
    """Change what was said, in a draft or while a question is open; the office stays."""
    case = _open_to_changes(reference, actor)
    _require_valid(new)
    columns = _columns(new)
    if columns["office"] != case.office or new.kind != case.kind:
        raise InvalidInput.at("/state_code", "office_fixed", _("Withdraw and apply there."))
    return APPLICATION.amend(
        "agent_application.corrected",
        case,
        actor=actor,
        **columns,
        officers_sealed=sealed_officers(case, new.officers),
        pan_sealed=sealed_pan(case, pan.compact(new.pan)),
    )


@action
def attach_paper(reference: str, paper: str, document: str, *, actor: Actor) -> AgentApplication:
    """Name the document that stands for a paper of the application."""
    case = _open_to_changes(reference, actor)
    papers = {**case.papers, paper[:40]: document}
    return APPLICATION.amend("agent_application.paper_attached", case, actor=actor, papers=papers)


@action
def submit_application(reference: str, *, actor: Actor) -> AgentApplication:
    """Hand in; the fee of the day is fixed and its order opened.

    Raises Blocked with the codes of the findings that forbid it (`renewal_after_expiry`,
    `renewal_cause_missing`, `agent_disqualified`, `certificate_live`).
    """
    case = APPLICATION.hold(_rows(), actor=actor, verb="submit", reference=reference)
    findings = application_findings(case, on=today())
    if codes := blocking(findings):
        raise Blocked(unmet=", ".join(codes), codes=codes, verb="submit")
    fee = pack().figure(f"ra.rc.fee.{case.category}", on=today()).value
    APPLICATION.take("submit", case, actor=actor, findings=findings, fee_minor=fee)
    open_order(
        NewOrder(
            head=FEE,
            amount_minor=fee,
            currency=HOME_CURRENCY,
            subject_kind=SUBJECT,
            subject_reference=case.reference,
            payer_organisation_id=case.organisation_id,
        ),
        actor=actor,
    )
    return case


@action
def confirm_fee(reference: str, *, actor: Actor) -> AgentApplication:
    """The fee has arrived, so the office may begin; Blocked with `fee_unpaid` otherwise."""
    return _take("confirm_fee", reference, actor)


@action
def answer_query(reference: str, *, reply: str, actor: Actor) -> AgentApplication:
    """Answer the office that asked; its clock goes on."""
    return _take("answer", reference, actor, reason=reply)


@action
def withdraw_application(reference: str, *, reason: str, actor: Actor) -> AgentApplication:
    """Take the application back; its guarantee is free again."""
    case = _take("withdraw", reference, actor, reason=reason)
    release_guarantees(case)
    return case


@action
def give_guarantee(reference: str, new: NewGuarantee, *, actor: Actor) -> Guarantee:
    """Give the security that was called for; Blocked when it is too small or too short."""
    case = APPLICATION.hold(_rows(), actor=actor, verb="give_guarantee", reference=reference)
    guarantee = recorded_guarantee(new, case, case.security_minor or 0)
    APPLICATION.take("give_guarantee", case, actor=actor)
    return guarantee


def recorded_guarantee(
    new: NewGuarantee, case: AgentApplication | CapacityTranche, least_minor: int
) -> Guarantee:
    """Keep a guarantee of a held case. Raises InvalidInput, Blocked, GuaranteeUsed."""
    ifsc = new.ifsc.strip().upper()
    if not IFSC.fullmatch(ifsc):
        raise InvalidInput.at("/ifsc", "ifsc_malformed", _("Write the branch's IFSC."))
    if not new.number.strip() or new.issued_on > today():
        raise InvalidInput.at("/number", "guarantee_malformed", _("Give number and day of issue."))
    months = pack().figure("ra.bg.validity_months", on=today()).value
    codes = []
    if new.amount_minor < least_minor:
        codes.append("guarantee_too_small")
    if new.expires_on < add_months(today(), months):
        codes.append("guarantee_too_short")
    if codes:
        raise Blocked(unmet=", ".join(codes), codes=codes, least_minor=least_minor, months=months)
    parent = "application" if isinstance(case, AgentApplication) else "tranche"
    return Guarantee.objects.create(
        organisation_id=case.organisation_id,
        bank=new.bank,
        ifsc=ifsc,
        number=new.number.strip().upper(),
        amount_minor=new.amount_minor,
        issued_on=new.issued_on,
        expires_on=new.expires_on,
        claim_until=new.claim_until,
        **{parent: case},
    )


def release_guarantees(case: AgentApplication | CapacityTranche) -> None:
    """Free the guarantees of a case that came to nothing."""
    case.guarantees.filter(released_at=None).update(released_at=now())


def _take(verb: str, reference: str, actor: Actor, *, reason: str = "") -> AgentApplication:
    case = APPLICATION.hold(_rows(), actor=actor, verb=verb, reference=reference)
    return APPLICATION.take(verb, case, actor=actor, reason=reason)


def _rows() -> QuerySet[AgentApplication]:
    return AgentApplication.objects.all()


def _own_certificate(actor: Actor) -> Agent:
    rows = agents_for(actor)
    found = rows.filter(state__in=LIVE).first()
    if found is None:
        raise NotFound("certificate_missing", subject="agent")
    return found


def _open_to_changes(reference: str, actor: Actor) -> AgentApplication:
    case = APPLICATION.lock(_rows(), actor=actor, permission="file", reference=reference)
    APPLICATION_POLICY.require(actor, "file", case)
    if case.state not in (
        ApplicationState.DRAFT,
        ApplicationState.QUERY_POE,
        ApplicationState.QUERY_PGE,
    ):
        raise WrongState(verb="correct", state=case.state)
    return case


def _columns(new: NewApplication) -> dict[str, Any]:  # columns of many types
    names = (
        "legal_name trade_name category entity state_code district_code address office_area cause"
    )
    return {name: getattr(new, name) for name in names.split()} | {
        "office": reference_data.office_for_state(new.state_code, new.district_code),
        "gstin": new.gstin.strip().upper(),
        "pan_blind": sealing.blind("agents_agentapplication.pan", pan.compact(new.pan)),
    }


def _require_valid(new: NewApplication) -> None:
    wrong = [
        {"pointer": pointer, "code": code, "message": str(WORDS[code])}
        for holds, pointer, code in _checks(new)
        if not holds
    ]
    if wrong:
        raise InvalidInput(wrong)


def _checks(new: NewApplication) -> list[tuple[bool, str, str]]:
    least = pack().figure("ra.applicant.min_age", on=today()).value
    of_age = all(age_on(officer.born, today()) >= least for officer in new.officers)
    named = bool(look_alike_key(new.legal_name)) and len(new.legal_name) <= LONGEST_NAME
    # fmt: off
    return [
        (named,                                        "/legal_name",  "name_missing"),
        (len(new.trade_name) <= LONGEST_NAME,          "/trade_name",  "too_long"),
        (new.kind in ApplicationKind.values,           "/kind",        "kind_unknown"),
        (new.category in Category.values,              "/category",    "category_unknown"),
        (new.entity in Entity.values,                  "/entity",      "entity_unknown"),
        (pan.is_valid(new.pan),                        "/pan",         "pan_malformed"),
        (not new.gstin or gstin.is_valid(new.gstin),   "/gstin",       "gstin_malformed"),
        (0 < new.office_area <= LARGEST_AREA,          "/office_area", "area_missing"),
        (reference_data.is_district(new.district_code, new.state_code),
                                                       "/district_code", "district_unknown"),
        (0 < len(new.address) <= LONGEST_ADDRESS,      "/address",     "address_missing"),
        (bool(new.officers),                           "/officers",    "officers_missing"),
        (of_age,                                       "/officers",    "too_young"),
    ]
    # fmt: on
