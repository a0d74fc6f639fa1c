"""Receiving a document: cleaned in a child process, sealed under its owner's key, kept."""

import hashlib
import json
import os
import random
import re
import subprocess
import sys
from base64 import b64encode
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from emigrate.domains.accounts.models import Organisation
from emigrate.domains.documents.models import Document
from emigrate.domains.documents.policies import DOCUMENT_POLICY
from emigrate.domains.documents.queries import (
    CONTENT,
    FILENAME,
    documents_for,
    place_of,
    subject_of,
)
from emigrate.domains.documents.workflow import DOCUMENT
from emigrate.domains.reference.enums import AGENT_ROLES, Role
from emigrate.foundation import sealing
from emigrate.foundation.actors import Actor
from emigrate.foundation.errors import Busy, InvalidInput, NotPermitted, TooLarge
from emigrate.foundation.identifiers.formats import looks_like_aadhaar
from emigrate.foundation.identifiers.references import new_reference
from emigrate.foundation.transactions import action, today

RANDOM = random.SystemRandom()
MOST_BYTES = 1_000_000
LONGEST_NAME = 120
PATIENCE = 20
CHILD = Path(__file__).with_name("cleaning.py")
KIND = re.compile(r"[a-z][a-z0-9_]{1,39}")
OWN_ORGANISATION_ROLES = (*AGENT_ROLES, Role.FE_ADMIN, Role.INSURER)

WHY: dict[str, str | Promise] = {
    "empty": _("The file is empty."),
    "type_not_taken": _("Only PDF, JPEG and PNG files are taken."),
    "type_unclear": _("The file is not what it begins like. Scan or photograph the page again."),
    "two_formats_in_one": _("The file holds a second file inside. Scan the page again."),
    "too_many_pixels": _("The picture is too large. Send it smaller than 16 megapixels."),
    "image_broken": _("The picture is damaged. Take it again."),
    "pdf_encrypted": _("The PDF is locked with a password. Save it without one."),
    "pdf_broken": _("The PDF is damaged. Print or scan it again."),
    "too_many_pages": _("The PDF has too many pages. Send at most 40 at once."),
    "too_large_inside": _("The file is too large once it is unpacked."),
    "aadhaar_refused": _("The file's name holds what looks like an Aadhaar number. Rename it."),
    "name_malformed": _("Give the file a shorter, plain name."),
    "kind_malformed": _("The kind of document is unknown."),
    "owner_missing": _("Say whose document this is."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDocument:
    """A file as it came. The owner is a person, or an organisation (default: the actor's own)."""

    kind: str
    filename: str = field(repr=False)
    content: bytes = field(repr=False)
    person_id: int | None = None
    organisation_id: int | None = None


def receive(new: NewDocument, *, actor: Actor) -> Document:
    """Take in a document of at most one megabyte; the same file of the same owner is one document.

    Released at once when cleaning took nothing active out of it, else held for an officer. Raises
    TooLarge, InvalidInput (`/content` with a code of `WHY`), NotPermitted, Busy.
    """
    _require_takeable(new)
    facts, content = _cleaned(new.content)
    return _keep(new, facts, content, actor=actor)


def _require_takeable(new: NewDocument) -> None:
    if len(new.content) > MOST_BYTES:
        raise TooLarge(most=MOST_BYTES)
    if not new.content:
        raise _refusal("empty")
    if not KIND.fullmatch(new.kind):
        raise _refusal("kind_malformed", "/kind")
    if looks_like_aadhaar(new.filename):
        raise _refusal("aadhaar_refused", "/filename")
    if len(new.filename) > LONGEST_NAME or not new.filename.isprintable():
        raise _refusal("name_malformed", "/filename")


def _cleaned(content: bytes) -> tuple[dict[str, Any], bytes]:
    """Facts and harmless copy, made by a child process with limits."""
    command = [sys.executable, "-I", str(CHILD)]
    try:
        child = subprocess.run(
            command, input=content, capture_output=True, timeout=PATIENCE, check=False, env={}
        )
    except subprocess.TimeoutExpired as error:
        raise _refusal("too_large_inside") from error
    except OSError as error:
        raise Busy(part="documents") from error
    if child.returncode != 0:
        raise _refusal("too_large_inside")
    line, _separator, copy = child.stdout.partition(b"\n")
    facts: dict[str, Any] = json.loads(line)
    if "refused" in facts:
        raise _refusal(str(facts["refused"]))
    return facts, copy


@action
def _keep(new: NewDocument, facts: dict[str, Any], content: bytes, *, actor: Actor) -> Document:
    DOCUMENT_POLICY.require_role(actor, "file")
    case = _row(new, facts, content, actor)
    if known := _copy_of(case, actor):
        return known
    _write(case, content)
    try:
        with transaction.atomic():
            DOCUMENT.begin(case, actor=actor)
    except IntegrityError:
        known = _copy_of(case, actor)
        if known is None:
            raise
        place_of(case).unlink()
        return known
    if not case.removed:
        _pass_through(case, actor=Actor.system(actor.request_id))
    return case


@action
def _pass_through(case: Document, *, actor: Actor) -> None:
    DOCUMENT.take("pass_through", case, actor=actor)


def _row(new: NewDocument, facts: dict[str, Any], content: bytes, actor: Actor) -> Document:
    person_id, organisation_id = _owner(new, actor)
    case = Document(
        reference=new_reference("DC", year=today().year, office=None, random=RANDOM),
        kind=new.kind,
        person_id=person_id,
        organisation_id=organisation_id,
        country=_country(organisation_id),
        media_type=facts["media_type"],
        pages=facts["pages"],
        removed=facts["removed"],
        size=len(content),
        received_sha256=hashlib.sha256(new.content).digest(),
        stored_sha256=hashlib.sha256(content).digest(),
    )
    case.filename_sealed = sealing.seal(subject_of(case), FILENAME, case.seal_id, new.filename)
    return case


def _owner(new: NewDocument, actor: Actor) -> tuple[int | None, int | None]:
    """Person and organisation; the side's roles speak for themselves only."""
    person_id, organisation_id = new.person_id, new.organisation_id
    if actor.role == Role.EMIGRANT:
        person_id = actor.person_id if person_id is None else person_id
        if person_id != actor.person_id or organisation_id is not None:
            raise NotPermitted(permission="document.file", role=actor.role)
    if actor.role in OWN_ORGANISATION_ROLES:
        organisation_id = organisation_id or actor.organisation_id
        if organisation_id != actor.organisation_id:
            raise NotPermitted(permission="document.file", role=actor.role)
    if person_id is None and organisation_id is None:
        raise _refusal("owner_missing", "/person")
    return person_id, organisation_id


def _country(organisation_id: int | None) -> str | None:
    if organisation_id is None:
        return None
    rows = Organisation.objects.filter(pk=organisation_id)
    return rows.values_list("country", flat=True).first()


def _copy_of(case: Document, actor: Actor) -> Document | None:
    rows = documents_for(actor).filter(kind=case.kind, received_sha256=case.received_sha256)
    owner = Q(person_id=case.person_id, organisation_id=case.organisation_id)
    if case.organisation_id is None:
        owner = Q(person_id=case.person_id, organisation_id__isnull=True)
    elif case.person_id is None:
        owner = Q(person_id__isnull=True, organisation_id=case.organisation_id)
    return rows.filter(owner).first()


def _write(case: Document, content: bytes) -> None:
    """Sealed and on the disk before the row commits.

    A row that never commits leaves a file that nobody can open; the nightly sweep takes it away.
    """
    text = b64encode(content).decode()
    sealed = sealing.seal(subject_of(case), CONTENT, case.seal_id, text)
    place = place_of(case)
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = place.with_suffix(".new")
    fresh.touch(mode=0o600, exist_ok=False)
    with fresh.open("wb") as file:
        file.write(sealed)
        file.flush()
        os.fsync(file.fileno())
    fresh.rename(place)


def _refusal(code: str, pointer: str = "/content") -> InvalidInput:
    return InvalidInput.at(pointer, code, WHY.get(code, WHY["type_unclear"]))
