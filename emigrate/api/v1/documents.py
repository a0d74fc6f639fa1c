"""Documents: handed in, cleaned, held or released, opened on record."""

import base64
from typing import Annotated, Self

from django.utils.translation import gettext as _
from pydantic import Field

from emigrate.api.cases import Cases, Verb, one
from emigrate.api.fields import CaseOut, Code, In, Reason, Reference, Word, case_columns
from emigrate.api.pages import USUAL, Cursor, Limit, Page, page, page_of
from emigrate.api.routes import Call, Routes, Sent
from emigrate.domains.documents import queries
from emigrate.domains.documents.actions.open import (
    open_document,
    refuse_document,
    release_document,
)
from emigrate.domains.documents.actions.receive import NewDocument, receive
from emigrate.domains.documents.enums import DocumentState
from emigrate.domains.documents.models import Document
from emigrate.domains.emigrants.queries import emigrants_for
from emigrate.foundation.errors import InvalidInput

routes = Routes("Documents")


class DocumentOut(CaseOut):
    """A document, without its content and its file's name."""

    kind: str
    media_type: str
    size: int
    pages: int
    removed: list[str]

    @classmethod
    def of(cls, case: Document) -> Self:
        """The document as it is shown."""
        return cls(
            **case_columns(case),
            kind=case.kind,
            media_type=case.media_type,
            size=case.size,
            pages=case.pages,
            removed=[str(each) for each in case.removed],
        )


class DocumentIn(In):
    """A PDF, JPEG or PNG of at most one megabyte in base64; of a person or one's organisation."""

    kind: Annotated[Code, Field(max_length=40)]
    filename: Annotated[Word, Field(min_length=1, max_length=120)]
    content: Annotated[str, Field(max_length=1_400_000, description="Base64 (RFC 4648).")]
    emigrant: Reference | None = None

    def data(self) -> bytes:
        """The file itself."""
        try:
            return base64.b64decode(self.content, validate=True)
        except ValueError as error:  # a sign that is no base64 or no ASCII, or a wrong length
            message = _("Write the file in base64.")
            raise InvalidInput.at("/content", "base64_malformed", message) from error


class OpeningIn(In):
    """What the document is opened for; it is written down."""

    purpose: Annotated[Word, Field(min_length=3, max_length=60)] = "view"


# fmt: off
documents = Cases(routes, "/documents", queries.documents_for, DocumentOut, DocumentState)
documents.list()
documents.look_up()
documents.steps([
    Verb("release", Reason, release_document),
    Verb("refuse",  Reason, refuse_document),
])
# fmt: on


@routes.post("/documents", DocumentOut, status=201)
def hand_in(call: Call, body: DocumentIn) -> DocumentOut:
    """Hand a document in; the same file of the same owner is one document."""
    person = None
    if body.emigrant is not None:
        person = one(emigrants_for(call.actor), body.emigrant).pk
    new = NewDocument(kind=body.kind, filename=body.filename, content=body.data(), person_id=person)
    return DocumentOut.of(receive(new, actor=call.actor))


@routes.post("/documents/{reference}/open", None)
def open_content(call: Call, reference: Reference, body: OpeningIn) -> Sent:
    """The cleaned file; the opening is recorded with it."""
    case = one(queries.documents_for(call.actor), reference)
    content = open_document(reference, purpose=body.purpose, actor=call.actor)
    return Sent(content, headers={"Content-Type": case.media_type})


@routes.get("/queues/documents", page_of(DocumentOut))
def quarantine(call: Call, limit: Limit = USUAL, cursor: Cursor | None = None) -> Page[DocumentOut]:
    """What waits for an officer's look, oldest first."""
    rows = queries.quarantine(call.actor)
    return page(rows, DocumentOut.of, limit=limit, cursor=cursor, order=("id",))
