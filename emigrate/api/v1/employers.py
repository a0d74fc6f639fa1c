"""Employers: registration by themselves, verification by the Mission, and the lists."""

from typing import Annotated, Self

from pydantic import Field

from emigrate.api.cases import Cases, Verb
from emigrate.api.fields import (
    CaseOut,
    Code,
    Count,
    Country,
    Day,
    Flag,
    In,
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
from emigrate.domains.employers import actions, queries
from emigrate.domains.employers.enums import EmployerKind, EmployerState, Paper
from emigrate.domains.employers.models import Employer
from emigrate.domains.employers.queries import Contact

routes = Routes("Employers")

BY_DUE_DAY = ("due_at", "state_since", "id")


class EmployerOut(CaseOut):
    """A registration; the contact is asked for apart."""

    name: str
    country: str
    mission_code: str
    registration_number: str
    kind: str
    small: bool
    valid_until: str | None
    workforce: int
    indian_workers: int

    @classmethod
    def of(cls, case: Employer) -> Self:
        """The registration as it is shown."""
        return cls(
            **case_columns(case),
            name=case.name,
            country=case.country,
            mission_code=case.mission_code,
            registration_number=case.registration_number,
            kind=case.kind,
            small=case.small,
            valid_until=iso(case.valid_until),
            workforce=case.workforce,
            indian_workers=case.indian_workers,
        )


class ContactFields(In):
    """How to reach an employer, and who signs for it."""

    email: Word
    phone: Word = ""
    address: Word = ""
    city: Word = ""
    signatory: Word = ""
    designation: Word = ""
    nationality: Word = ""
    signatory_id: Word = ""


class ContactOut(Out):
    """How to reach an employer, and who signs for it."""

    email: str
    phone: str
    address: str
    city: str
    signatory: str
    designation: str
    nationality: str
    signatory_id: str


class EmployerIn(In):
    """What an employer says of itself; `organisation` is asked for at the Mission's counter."""

    name: Word
    country: Country
    mission_code: Code
    registration_number: Annotated[Word, Field(max_length=60)]
    kind: EmployerKind
    contact: ContactFields
    small: Flag = False
    registered_on: Day | None = None
    valid_until: Day | None = None
    business: Annotated[Word, Field(max_length=120)] = ""
    website: Word = ""
    workforce: Count = 0
    indian_workers: Count = 0
    complaint_pending: Flag = False
    complaint_details: Words = ""
    manpower_permit: Annotated[Word, Field(max_length=60)] = ""
    organisation: RowId | None = None

    def arguments(self) -> dict[str, actions.NewEmployer]:
        """What the action takes."""
        given = {name: getattr(self, name) for name in type(self).model_fields}
        given["organisation_id"] = given.pop("organisation")
        given["contact"] = Contact(**self.contact.model_dump())
        return {"new": actions.NewEmployer(**given)}


class CodeIn(In):
    """The one-time code that came by e-mail."""

    code: Annotated[str, Field(pattern=r"^[0-9]{6}$")]


class EmployerPaperIn(In):
    """The document that stands for a paper."""

    paper: Paper
    document: Reference


class ReplyIn(In):
    """The answer to the Mission's question."""

    reply: Words


class RenewalIn(In):
    """The last day of the renewed licence."""

    valid_until: Day


class ReportIn(In):
    """What was found on the spot."""

    report: Words


class EmployerApprovalIn(In):
    """A note that is kept with the decision."""

    reason: Words = ""


class CodeSent(Out):
    """A code is on its way."""

    sent: bool = True


# fmt: off
employers = Cases(routes, "/employers", queries.employers_for, EmployerOut, EmployerState)
employers.list()
employers.look_up()
employers.steps([
    Verb("send-code",     Nothing,             actions.send_email_code, CodeSent,
         lambda _: CodeSent()),
    Verb("verify-email",  CodeIn,              actions.verify_email, keeps_refusal=True),
    Verb("papers",        EmployerPaperIn,     actions.attach_paper),
    Verb("correct",       EmployerIn,          actions.correct_details),
    Verb("submit",        Nothing,             actions.submit_registration),
    Verb("answer",        ReplyIn,             actions.answer_query),
    Verb("renew",         RenewalIn,           actions.renew_registration),
    Verb("take-up",       TakeUpIn,            actions.take_up_registration),
    Verb("query",         Reason,              actions.query_employer),
    Verb("send-to-check", Nothing,             actions.send_to_local_check),
    Verb("record-check",  ReportIn,            actions.record_local_check),
    Verb("approve",       EmployerApprovalIn,  actions.approve_employer),
    Verb("reject",        Reason,              actions.reject_employer),
    Verb("reactivate",    Reason,              actions.reactivate_employer),
    Verb("watch",         Reason,              actions.watch_employer),
    Verb("blacklist",     Reason,              actions.blacklist_employer),
    Verb("clear",         Reason,              actions.clear_employer),
])
# fmt: on


@routes.post("/employers", EmployerOut, status=201)
def register(call: Call, body: EmployerIn) -> EmployerOut:
    """Begin a registration; a one-time code goes to the e-mail address."""
    return EmployerOut.of(actions.register_employer(**body.arguments(), actor=call.actor))


@routes.get("/employers/{reference}/contact", ContactOut)
def contact(call: Call, reference: Reference) -> ContactOut:
    """How to reach an employer; for its own side, its Mission and the Protector General."""
    found = queries.contact(reference, actor=call.actor)
    return ContactOut(**{name: getattr(found, name) for name in ContactOut.model_fields})


@routes.get("/queues/employers", page_of(EmployerOut))
def verification_queue(
    call: Call, limit: Limit = USUAL, cursor: Cursor | None = None
) -> Page[EmployerOut]:
    """What waits on the Mission's desk, the nearest due day first."""
    rows = queries.verification_queue(call.actor)
    return page(rows, EmployerOut.of, limit=limit, cursor=cursor, order=BY_DUE_DAY)
