"""Demands: filed by the employer, approved by the Mission, allotted to agents."""

from typing import Annotated, Any, Self

from pydantic import Field, StrictInt

from emigrate.api.cases import Cases, Verb
from emigrate.api.fields import (
    CaseOut,
    Count,
    Day,
    Identifier,
    In,
    MoneyIn,
    MoneyOut,
    Nothing,
    Out,
    Reason,
    Reference,
    RowId,
    TakeUpIn,
    Word,
    Words,
    case_columns,
    iso,
)
from emigrate.api.pages import USUAL, Cursor, Limit, Page, page, page_of
from emigrate.api.routes import Call, Routes
from emigrate.api.v1.terms import PromisesIn, PromisesOut
from emigrate.domains.demands import actions, queries
from emigrate.domains.demands.enums import AllotmentState, DemandState
from emigrate.domains.demands.models import Allotment, Demand, DemandLine, PowerOfAttorney
from emigrate.foundation.actors import Actor

routes = Routes("Demands")

BY_DUE_DAY = ("due_at", "state_since", "id")
Occupation = Annotated[str, Field(pattern=r"^[0-9]{4}$", description="ISCO-08 unit group.")]
Months = Annotated[StrictInt, Field(ge=1, le=600)]


class DemandOut(CaseOut):
    """A demand as lists show it."""

    country: str
    mission_code: str
    small: bool
    site: str
    valid_until: str | None

    @classmethod
    def of(cls, case: Demand) -> Self:
        """The demand as it is shown."""
        return cls(**_columns(case))


class LineOut(Out):
    """One category of workers."""

    id: int
    occupation: str
    title: str
    number: int
    allotted: int
    wage: MoneyOut
    months: int
    promises: PromisesOut

    @classmethod
    def of(cls, row: DemandLine) -> Self:
        """The line as it is shown."""
        return cls(
            id=row.pk,
            occupation=row.occupation,
            title=row.title,
            number=row.number,
            allotted=row.allotted,
            wage=MoneyOut.of(row.wage_minor, row.currency),
            months=row.months,
            promises=PromisesOut.of(row.terms, row.currency),
        )


class AttorneyOut(Out):
    """A power of attorney to an agent."""

    id: int
    agent: str
    state: str
    ends_on: str | None

    @classmethod
    def of(cls, row: PowerOfAttorney) -> Self:
        """The power of attorney as it is shown."""
        ends = iso(row.ends_on)
        return cls(id=row.pk, agent=row.agent.reference, state=row.state, ends_on=ends)


class WholeDemandOut(DemandOut):
    """A demand with its lines, and the powers of attorney that one may see."""

    employer: str
    lines: list[LineOut]
    attorneys: list[AttorneyOut]


class AllotmentOut(Out):
    """The part of a line that one agent may fill."""

    id: int
    demand: str
    line: int
    title: str
    agent: str
    quantity: int
    used: int
    state: str

    @classmethod
    def of(cls, row: Allotment) -> Self:
        """The allotment as it is shown."""
        return cls(
            id=row.pk,
            demand=row.line.demand.reference,
            line=row.line_id,
            title=row.line.title,
            agent=row.agent.reference,
            quantity=row.quantity,
            used=row.used,
            state=row.state,
        )


class LineIn(In):
    """One category: how many workers, for which basic wage a month, with which promises."""

    occupation: Occupation
    title: Annotated[Word, Field(min_length=1, max_length=120)]
    number: Count
    wage: MoneyIn
    months: Months
    promises: PromisesIn = PromisesIn()

    def line(self, pointer: str = "") -> actions.NewLine:
        """What the action takes."""
        return actions.NewLine(
            occupation=self.occupation,
            title=self.title,
            number=self.number,
            wage_minor=self.wage.minor(f"{pointer}/wage"),
            currency=self.wage.currency,
            months=self.months,
            terms=self.promises.kept(self.wage.currency, f"{pointer}/promises"),
        )


class DemandIn(In):
    """What an employer asks for, and where."""

    employer: Reference
    site: Annotated[Word, Field(min_length=1)]
    lines: Annotated[list[LineIn], Field(min_length=1, max_length=50)]


class AmendmentIn(In):
    """A line as it shall be, and why."""

    line: RowId
    change: LineIn
    reason: Words

    def arguments(self) -> dict[str, Any]:  # an action's arguments
        """What the action takes."""
        return {"line_id": self.line, "new": self.change.line("/change"), "reason": self.reason}


class DemandApprovalIn(In):
    """The number of the Mission's fee receipt."""

    fee_receipt: Annotated[Word, Field(max_length=40)]


class QuestionIn(In):
    """What is not clear."""

    question: Words


class AnswerIn(In):
    """The answer to a question."""

    answer: Words


class AllotmentIn(In):
    """How many vacancies of a line for which agent, with a power of attorney."""

    line: RowId
    agent: Reference
    quantity: Count
    attorney_ends: Day | None = None


def _columns(case: Demand) -> dict[str, Any]:
    return {
        **case_columns(case),
        "country": case.country,
        "mission_code": case.mission_code,
        "small": case.small,
        "site": case.site,
        "valid_until": iso(case.valid_until),
    }


def _whole(reference: str, actor: Actor) -> WholeDemandOut:
    case = queries.demand(reference, actor=actor)
    return WholeDemandOut(
        **_columns(case),
        employer=case.employer.reference,
        lines=[LineOut.of(row) for row in case.lines.order_by("id")],
        attorneys=[
            AttorneyOut.of(row) for row in case.attorneys.select_related("agent").order_by("id")
        ],
    )


# fmt: off
demands = Cases(routes, "/demands", queries.demands_for, DemandOut, DemandState)
demands.list()
demands.look_up(WholeDemandOut, _whole)
demands.steps([
    Verb("submit",  Nothing,          actions.submit_demand),
    Verb("answer",  AnswerIn,         actions.answer_query),
    Verb("amend",   AmendmentIn,      actions.amend_demand),
    Verb("cancel",  Reason,           actions.cancel_demand),
    Verb("take-up", TakeUpIn,         actions.take_up_demand),
    Verb("query",   QuestionIn,       actions.query_demand),
    Verb("approve", DemandApprovalIn, actions.approve_demand),
    Verb("reject",  Reason,           actions.reject_demand),
])
# fmt: on


@routes.post("/demands", DemandOut, status=201)
def draft(call: Call, body: DemandIn) -> DemandOut:
    """Begin a demand of a registered employer."""
    lines = [line.line(f"/lines/{index}") for index, line in enumerate(body.lines)]
    new = actions.NewDemand(body.employer, body.site, lines)
    return DemandOut.of(actions.draft_demand(new, actor=call.actor))


@routes.get("/queues/demands", page_of(DemandOut))
def mission_queue(
    call: Call, limit: Limit = USUAL, cursor: Cursor | None = None
) -> Page[DemandOut]:
    """What waits at the Mission, the nearest due day first."""
    rows = queries.mission_queue(call.actor)
    return page(rows, DemandOut.of, limit=limit, cursor=cursor, order=BY_DUE_DAY)


@routes.get("/allotments", page_of(AllotmentOut))
def allotments(
    call: Call,
    state: AllotmentState | None = None,
    limit: Limit = USUAL,
    cursor: Cursor | None = None,
) -> Page[AllotmentOut]:
    """The allotments that I may see, newest first."""
    rows = queries.allotments_for(call.actor)
    rows = rows if state is None else rows.filter(state=state)
    return page(rows, AllotmentOut.of, limit=limit, cursor=cursor)


@routes.post("/allotments", AllotmentOut, status=201)
def allot(call: Call, body: AllotmentIn) -> AllotmentOut:
    """Give an agent vacancies of a line; never more than are left."""
    row = actions.allot(
        body.line,
        body.agent,
        body.quantity,
        attorney_ends=body.attorney_ends,
        actor=call.actor,
    )
    return AllotmentOut.of(row)


@routes.post("/allotments/{allotment}/acknowledge", AllotmentOut)
def acknowledge(call: Call, allotment: Identifier) -> AllotmentOut:
    """Accept the vacancies and the power of attorney."""
    return AllotmentOut.of(actions.acknowledge_allotment(allotment, actor=call.actor))


@routes.post("/allotments/{allotment}/decline", AllotmentOut)
def decline(call: Call, allotment: Identifier) -> AllotmentOut:
    """Decline; the vacancies return to the line."""
    return AllotmentOut.of(actions.decline_allotment(allotment, actor=call.actor))


@routes.post("/allotments/{allotment}/release", AllotmentOut)
def release(call: Call, allotment: Identifier) -> AllotmentOut:
    """Take the unused part of an allotment back."""
    return AllotmentOut.of(actions.release_allotment(allotment, actor=call.actor))


@routes.post("/attorneys/{attorney}/revoke", AttorneyOut)
def revoke(call: Call, attorney: Identifier) -> AttorneyOut:
    """Revoke a power of attorney."""
    return AttorneyOut.of(actions.revoke_attorney(attorney, actor=call.actor))
