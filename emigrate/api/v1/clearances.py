"""Clearances: filed, paid, checked, taken up in order, decided, followed; and their papers."""

from typing import Annotated, Any, Self

from pydantic import Field

from emigrate.api.cases import Cases, Verb, one
from emigrate.api.fields import (
    CaseOut,
    Day,
    In,
    Nothing,
    Out,
    Reason,
    Reference,
    TakeUpIn,
    Word,
    Words,
    case_columns,
    iso,
)
from emigrate.api.pages import USUAL, Cursor, Limit, Page, page, page_of
from emigrate.api.routes import Call, Routes, Sent
from emigrate.api.v1.payments import OrderOut
from emigrate.domains.clearances import actions, queries
from emigrate.domains.clearances.enums import ClearanceState, Ground
from emigrate.domains.clearances.models import Clearance
from emigrate.domains.credentials.queries import paper_pdf, qr_text
from emigrate.domains.payments.actions import NewOrder, open_order
from emigrate.domains.payments.enums import Head
from emigrate.domains.reference.enums import HOME_CURRENCY
from emigrate.foundation.actors import Actor
from emigrate.foundation.models import AuditLeaf
from emigrate.foundation.transactions import today
from emigrate.law.current import pack

routes = Routes("Clearances")

IN_ORDER = ("priority_at", "id")


class ClearanceOut(CaseOut):
    """An application for a clearance, and the clearance."""

    office: str
    country: str
    occupation: str
    departs_on: str
    submitted_at: str | None
    decided_at: str | None
    ground: str
    not_before: str | None
    expires_at: str | None

    @classmethod
    def of(cls, case: Clearance) -> Self:
        """The clearance as it is shown."""
        return cls(**_columns(case))


class CheckOut(Out):
    """One automatic check and its evidence."""

    code: str
    outcome: str
    evidence: dict[str, Any]  # JSON: codes, figures, references


class WholeClearanceOut(ClearanceOut):
    """A clearance with what it rests on, what the law found, and the automatic checks.

    What the reader may not see beside the clearance itself is null.
    """

    emigrant: str | None
    contract: str | None
    agent: str | None
    employer: str | None
    visa_number: str
    visa_expires_on: str | None
    asked_on: str | None
    findings: list[dict[str, Any]]  # the law's own shape
    checks: list[CheckOut]


class StepOut(Out):
    """One step of the case."""

    seq: int
    event: str
    state: str
    role: str
    at: str
    reason: str

    @classmethod
    def of(cls, leaf: AuditLeaf, actor: Actor) -> Self:
        """The step as it is shown to this reader."""
        return cls(
            seq=leaf.seq,
            event=leaf.event,
            state=leaf.after_state,
            role=leaf.actor_role,
            at=leaf.at.isoformat(),
            reason=queries.told(leaf, actor),
        )


class HistoryOut(Out):
    """The steps of a case, oldest first."""

    items: list[StepOut]


class ClearanceIn(In):
    """What the agent adds to a fixed contract: the visa and the planned departure."""

    contract: Reference
    visa_number: Annotated[Word, Field(min_length=1, max_length=40)]
    visa_expires_on: Day | None = None
    departs_on: Day

    def new(self) -> actions.NewClearance:
        """What the action takes."""
        return actions.NewClearance(
            contract_reference=self.contract,
            visa_number=self.visa_number,
            visa_expires_on=self.visa_expires_on,
            departs_on=self.departs_on,
        )


class RedateIn(In):
    """The new planned departure; `insure_anew` cancels an insurance that does not fit it."""

    departs_on: Day
    insure_anew: bool = False


class AnswerIn(In):
    """The answer to the officer's question."""

    answer: Words


class DeficiencyIn(In):
    """The deficiency, in writing (Act, 1983, s.22(4))."""

    question: Words


class AdviceIn(In):
    """The advice that was asked for."""

    advice: Words


class ReassignIn(In):
    """The office that is to decide, and why."""

    office: Annotated[Word, Field(min_length=1, max_length=8)]
    reason: Annotated[Words, Field(min_length=1)]


class ClearanceApprovalIn(In):
    """A note that is kept with the decision."""

    note: Words = ""


class RejectionIn(In):
    """A ground of the Act and the order's words."""

    ground: Ground
    order: Annotated[Words, Field(min_length=1)]

    def arguments(self) -> dict[str, Any]:  # an action's arguments
        """What the action takes."""
        return {"rejection": actions.Rejection(self.ground, self.order)}


def _columns(case: Clearance) -> dict[str, Any]:
    return {
        **case_columns(case),
        "office": case.office,
        "country": case.country,
        "occupation": case.occupation,
        "departs_on": case.departs_on.isoformat(),
        "submitted_at": iso(case.submitted_at),
        "decided_at": iso(case.decided_at),
        "ground": case.ground,
        "not_before": iso(case.not_before),
        "expires_at": iso(case.expires_at),
    }


def _whole(reference: str, actor: Actor) -> WholeClearanceOut:
    whole = queries.clearance(reference, actor=actor)
    columns: dict[str, Any] = {**_columns(whole), **queries.rests_on(whole)}  # by their names
    return WholeClearanceOut(
        **columns,
        visa_number=whole.visa_number,
        visa_expires_on=iso(whole.visa_expires_on),
        asked_on=iso(whole.asked_on),
        findings=whole.findings,
        checks=[
            CheckOut(code=each.code, outcome=each.outcome, evidence=each.evidence)
            for each in queries.checks_of(whole)
        ],
    )


# fmt: off
clearances = Cases(routes, "/clearances", queries.clearances_for, ClearanceOut, ClearanceState)
clearances.list()
clearances.look_up(WholeClearanceOut, _whole)
clearances.steps([
    Verb("submit",   Nothing,              actions.submit_clearance),
    Verb("answer",   AnswerIn,             actions.answer_query),
    Verb("redate",   RedateIn,             actions.redate_clearance),
    Verb("withdraw", Reason,               actions.withdraw_clearance),
    Verb("take-up",  TakeUpIn,             actions.take_up),
    Verb("put-back", Reason,               actions.put_back),
    Verb("query",    DeficiencyIn,         actions.query_clearance),
    Verb("refer",    Reason,               actions.refer_clearance),
    Verb("advise",   AdviceIn,             actions.advise_clearance),
    Verb("reassign", ReassignIn,           actions.reassign_clearance),
    Verb("hold",     Reason,               actions.hold_clearance),
    Verb("release",  Reason,               actions.release_clearance),
    Verb("approve",  ClearanceApprovalIn,  actions.approve_clearance),
    Verb("reject",   RejectionIn,          actions.reject_clearance),
    Verb("suspend",  Reason,               actions.suspend_clearance),
    Verb("restore",  Reason,               actions.restore_clearance),
    Verb("uphold",   Reason,               actions.uphold_clearance),
    Verb("cancel",   Reason,               actions.cancel_clearance),
])
# fmt: on


@routes.post("/clearances", ClearanceOut, status=201)
def draft(call: Call, body: ClearanceIn) -> ClearanceOut:
    """Begin an application on a contract that the emigrant has fixed (Act, 1983, s.22)."""
    return ClearanceOut.of(actions.draft_clearance(body.new(), actor=call.actor))


@routes.post("/clearances/{reference}/fee", OrderOut, status=201)
def fee(call: Call, reference: Reference) -> OrderOut:
    """Open the order for the fee of the day; the amount is a figure of the law."""
    case = one(queries.clearances_for(call.actor), reference)
    new = NewOrder(
        head=Head.EC_FEE,
        amount_minor=pack().figure("ec.fee", on=today()).value,
        currency=HOME_CURRENCY,
        subject_kind="clearance",
        subject_reference=case.reference,
        person_id=case.emigrant_id,
        payer_organisation_id=call.actor.organisation_id,
    )
    return OrderOut.of(open_order(new, actor=call.actor))


@routes.get("/clearances/{reference}/history", HistoryOut)
def history(call: Call, reference: Reference) -> HistoryOut:
    """The steps of a case, oldest first: who acted in which role, when, and why if it is told."""
    case = one(queries.clearances_for(call.actor), reference)
    return HistoryOut(items=[StepOut.of(leaf, call.actor) for leaf in queries.history_of(case)])


@routes.get("/clearances/{reference}/qr", None)
def qr(call: Call, reference: Reference) -> Sent:
    """The signed text of the certificate, as its QR holds it."""
    text = qr_text(reference, actor=call.actor)
    return Sent(text.encode(), headers={"Content-Type": "text/plain; charset=us-ascii"})


@routes.get("/clearances/{reference}/paper", None)
def paper(call: Call, reference: Reference) -> Sent:
    """The certificate as a PDF; 404 until the job has made it."""
    content = paper_pdf(reference, actor=call.actor)
    return Sent(content, headers={"Content-Type": "application/pdf"})


@routes.get("/queues/clearances", page_of(ClearanceOut))
def queue(call: Call, limit: Limit = USUAL, cursor: Cursor | None = None) -> Page[ClearanceOut]:
    """What waits for an officer of my office, first come first."""
    rows = queries.clearances_for(call.actor).filter(state=ClearanceState.QUEUED)
    return page(rows, ClearanceOut.of, limit=limit, cursor=cursor, order=IN_ORDER)


@routes.get("/queues/clearances/mine", page_of(ClearanceOut))
def desk(call: Call, limit: Limit = USUAL, cursor: Cursor | None = None) -> Page[ClearanceOut]:
    """What I have taken up and not decided, the nearest due day first."""
    rows = queries.on_the_desk(call.actor)
    return page(rows, ClearanceOut.of, limit=limit, cursor=cursor, order=("due_at", "id"))


@routes.get("/queues/clearances/again", page_of(ClearanceOut))
def again(call: Call, limit: Limit = USUAL, cursor: Cursor | None = None) -> Page[ClearanceOut]:
    """Approved clearances that my office has to look at again, the nearest due day first."""
    rows = queries.to_look_at_again(call.actor)
    return page(rows, ClearanceOut.of, limit=limit, cursor=cursor, order=("due_at", "id"))


@routes.post("/queues/clearances/next", ClearanceOut)
def take_up_next(call: Call, body: Nothing) -> ClearanceOut:
    """Take the first case of my office's queue; two officers never get the same one."""
    del body
    return ClearanceOut.of(actions.take_up_next(actor=call.actor))
