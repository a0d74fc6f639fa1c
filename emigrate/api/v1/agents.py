"""Recruiting agents: the application to a certificate, its life, and more capacity."""

from typing import Annotated, Any, Self

from pydantic import Field

from emigrate.api.cases import Cases, Verb
from emigrate.api.fields import (
    Amount,
    CaseOut,
    Code,
    Count,
    Day,
    In,
    MoneyOut,
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
from emigrate.api.routes import Call, Routes
from emigrate.domains.agents import actions, queries
from emigrate.domains.agents.enums import (
    AgentState,
    ApplicationKind,
    ApplicationState,
    Category,
    Entity,
    Ground,
    TrancheState,
)
from emigrate.domains.agents.models import Agent, AgentApplication, CapacityTranche, Guarantee
from emigrate.domains.reference.enums import HOME_CURRENCY
from emigrate.foundation.money import minor_units

routes = Routes("Agents")

BY_DUE_DAY = ("due_at", "state_since", "id")


class AgentOut(CaseOut):
    """A certificate of registration."""

    legal_name: str
    trade_name: str
    rc_number: str
    office: str
    category: str
    state_agency: bool
    valid_until: str
    capacity: int | None
    workers_used: int
    ground: str

    @classmethod
    def of(cls, case: Agent) -> Self:
        """The certificate as it is shown."""
        return cls(
            **case_columns(case),
            legal_name=case.legal_name,
            trade_name=case.trade_name,
            rc_number=case.rc_number,
            office=case.office,
            category=case.category,
            state_agency=case.state_agency,
            valid_until=case.valid_until.isoformat(),
            capacity=case.capacity,
            workers_used=case.workers_used,
            ground=case.ground,
        )


class ApplicationOut(CaseOut):
    """An application to a certificate; who runs the agency is not shown."""

    kind: str
    legal_name: str
    category: str
    entity: str
    office: str
    fee: MoneyOut | None
    security: MoneyOut | None

    @classmethod
    def of(cls, case: AgentApplication) -> Self:
        """The application as it is shown."""
        return cls(
            **case_columns(case),
            kind=case.kind,
            legal_name=case.legal_name,
            category=case.category,
            entity=case.entity,
            office=case.office,
            fee=_rupees(case.fee_minor),
            security=_rupees(case.security_minor),
        )


class TrancheOut(CaseOut):
    """A request for more capacity."""

    workers: int
    security: MoneyOut

    @classmethod
    def of(cls, case: CapacityTranche) -> Self:
        """The request as it is shown."""
        security = MoneyOut.of(case.security_minor, HOME_CURRENCY)
        return cls(**case_columns(case), workers=case.workers, security=security)


class GuaranteeOut(Out):
    """A bank guarantee."""

    bank: str
    ifsc: str
    number: str
    amount: MoneyOut
    expires_on: str
    verified_at: str | None

    @classmethod
    def of(cls, row: Guarantee) -> Self:
        """The guarantee as it is shown."""
        return cls(
            bank=row.bank,
            ifsc=row.ifsc,
            number=row.number,
            amount=MoneyOut.of(row.amount_minor, HOME_CURRENCY),
            expires_on=row.expires_on.isoformat(),
            verified_at=iso(row.verified_at),
        )


class OfficerIn(In):
    """A proprietor, partner or director."""

    name: Annotated[Word, Field(min_length=1)]
    born: Day
    designation: Word = ""
    pan: Annotated[Word, Field(max_length=10)] = ""


class ApplicationIn(In):
    """What an applicant says (Form I); `cause` explains a renewal that is filed late."""

    legal_name: Word
    category: Category
    entity: Entity
    state_code: Code
    district_code: Code
    address: Annotated[Word, Field(max_length=300)]
    office_area: Count
    pan: Annotated[Word, Field(max_length=10)]
    officers: Annotated[list[OfficerIn], Field(min_length=1, max_length=30)]
    kind: ApplicationKind = ApplicationKind.NEW
    trade_name: Word = ""
    gstin: Annotated[Word, Field(max_length=15)] = ""
    cause: Words = ""

    def arguments(self) -> dict[str, actions.NewApplication]:
        """What the action takes."""
        given = {name: getattr(self, name) for name in type(self).model_fields}
        given["officers"] = tuple(
            queries.Officer(each.name, each.born, each.designation, each.pan)
            for each in self.officers
        )
        return {"new": actions.NewApplication(**given)}


class GuaranteeIn(In):
    """A bank guarantee; the amount is in rupees."""

    bank: Annotated[Word, Field(min_length=1, max_length=120)]
    ifsc: Annotated[Word, Field(max_length=11)]
    number: Annotated[Word, Field(max_length=40)]
    amount: Amount
    issued_on: Day
    expires_on: Day
    claim_until: Day | None = None

    def new(self) -> actions.NewGuarantee:
        """What the action takes."""
        return actions.NewGuarantee(
            bank=self.bank,
            ifsc=self.ifsc,
            number=self.number,
            amount_minor=minor_units(self.amount, HOME_CURRENCY),
            issued_on=self.issued_on,
            expires_on=self.expires_on,
            claim_until=self.claim_until,
        )

    def arguments(self) -> dict[str, Any]:  # an action's arguments
        """What the action takes."""
        return {"new": self.new()}


class TrancheIn(GuaranteeIn):
    """The further guarantee behind more capacity."""

    def arguments(self) -> dict[str, Any]:  # as above
        """What the action takes."""
        return {"guarantee": self.new()}


class ApplicationPaperIn(In):
    """The document that stands for a paper."""

    paper: Annotated[Code, Field(max_length=40)]
    document: Reference


class ReplyIn(In):
    """The answer to the office's question."""

    reply: Words


class InspectionIn(In):
    """The floor area that was found, in square metres, and the report."""

    area: Count
    report: Words


class ReportIn(In):
    """A report."""

    report: Words


class BankIn(In):
    """The bank's own confirmation."""

    bank_reference: Annotated[Word, Field(max_length=60)]


class CancellationIn(In):
    """A ground of the Act (s.14) and the order's words."""

    ground: Ground
    reason: Words


def _rupees(minor: int | None) -> MoneyOut | None:
    return None if minor is None else MoneyOut.of(minor, HOME_CURRENCY)


# fmt: off
agents = Cases(routes, "/agents", queries.agents_for, AgentOut, AgentState)
agents.list()
agents.look_up()
agents.steps([
    Verb("suspend",           Reason,              actions.suspend_agent),
    Verb("extend-suspension", Reason,              actions.extend_suspension),
    Verb("restore",           Reason,              actions.restore_agent),
    Verb("cancel",            CancellationIn,      actions.cancel_agent),
    Verb("surrender",         Reason,              actions.surrender_certificate),
    Verb("capacity-tranches", TrancheIn,           actions.request_tranche, TrancheOut),
])

tranches = Cases(routes, "/capacity-tranches", queries.tranches_for, TrancheOut, TrancheState)
tranches.list()
tranches.look_up()
tranches.steps([
    Verb("confirm-guarantee", BankIn,              actions.confirm_tranche_guarantee),
    Verb("grant",             Nothing,             actions.grant_tranche),
    Verb("refuse",            Reason,              actions.refuse_tranche),
])

applications = Cases(
    routes, "/agent-applications", queries.applications_for, ApplicationOut, ApplicationState)
applications.list()
applications.look_up()
applications.steps([
    Verb("correct",           ApplicationIn,       actions.correct_application),
    Verb("papers",            ApplicationPaperIn,  actions.attach_paper),
    Verb("submit",            Nothing,             actions.submit_application),
    Verb("answer",            ReplyIn,             actions.answer_query),
    Verb("withdraw",          Reason,              actions.withdraw_application),
    Verb("give-guarantee",    GuaranteeIn,         actions.give_guarantee, GuaranteeOut),
    Verb("take-up",           TakeUpIn,            actions.take_up_application),
    Verb("query",             Reason,              actions.query_application),
    Verb("order-inspection",  Nothing,             actions.order_inspection),
    Verb("report-inspection", InspectionIn,        actions.report_inspection),
    Verb("report-police",     ReportIn,            actions.report_police),
    Verb("forward",           Reason,              actions.forward_unchanged),
    Verb("examine",           TakeUpIn,            actions.examine_application),
    Verb("query-further",     Reason,              actions.query_further),
    Verb("call-security",     Nothing,             actions.call_security),
    Verb("confirm-guarantee", BankIn,              actions.confirm_guarantee),
    Verb("return-guarantee",  Reason,              actions.return_guarantee),
    Verb("issue",             Nothing,             actions.issue_certificate, AgentOut),
    Verb("reject",            Reason,              actions.reject_application),
])
# fmt: on


@routes.post("/agent-applications", ApplicationOut, status=201)
def apply(call: Call, body: ApplicationIn) -> ApplicationOut:
    """Begin an application to a certificate, or to the renewal of one's own."""
    case = actions.apply_for_certificate(**body.arguments(), actor=call.actor)
    return ApplicationOut.of(case)


@routes.get("/queues/agent-applications", page_of(ApplicationOut))
def scrutiny_queue(
    call: Call, limit: Limit = USUAL, cursor: Cursor | None = None
) -> Page[ApplicationOut]:
    """What waits before the Protector of Emigrants, the nearest due day first."""
    rows = queries.scrutiny_queue(call.actor)
    return page(rows, ApplicationOut.of, limit=limit, cursor=cursor, order=BY_DUE_DAY)


@routes.get("/queues/agent-examinations", page_of(ApplicationOut))
def examination_queue(
    call: Call, limit: Limit = USUAL, cursor: Cursor | None = None
) -> Page[ApplicationOut]:
    """What waits before the Protector General, the nearest due day first."""
    rows = queries.examination_queue(call.actor)
    return page(rows, ApplicationOut.of, limit=limit, cursor=cursor, order=BY_DUE_DAY)
