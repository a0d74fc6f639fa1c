"""The whole machine of a document on one screen."""

from typing import TYPE_CHECKING

from emigrate.domains.documents.enums import DocumentState as S
from emigrate.domains.documents.policies import DOCUMENT_POLICY
from emigrate.domains.reference.enums import Role
from emigrate.domains.reference.queries import calendar_of
from emigrate.foundation.calendar import Calendar
from emigrate.foundation.workflow import Desk, Step, Workflow
from emigrate.law.current import pack

if TYPE_CHECKING:  # type checking
    from emigrate.domains.documents.models import Document


def nothing_removed(case: "Document") -> str | None:
    """Only what needed no cleaning beyond the usual is released without a person."""
    return "active_content_removed" if case.removed else None


def home_calendar(case: "Document") -> Calendar:
    """Officers of the home country look at documents, in its working days."""
    del case
    return calendar_of()


# fmt: off
DOCUMENT: Workflow["Document"] = Workflow(
    "document",
    table="documents_document",
    states=S,
    initial=S.QUARANTINED,
    policy=DOCUMENT_POLICY,
    calendar=home_calendar,
    filing="file",
    desks={
        S.QUARANTINED: Desk(Role.POE, pack().service_days("document.quarantine"),
                            escalates_to=Role.PGE),
    },
    content=("kind", "person_id", "organisation_id", "received_sha256", "stored_sha256"),
    steps=[
        #    verb            from           to          who may    event
        Step("pass_through", S.QUARANTINED, S.RELEASED, "keep",    "document.released",
             needs=(nothing_removed,)),
        Step("release",      S.QUARANTINED, S.RELEASED, "release", "document.released",
             reason=True, decides=True),
        Step("refuse",       S.QUARANTINED, S.REFUSED,  "release", "document.refused",
             reason=True, decides=True),
    ],
)
# fmt: on
