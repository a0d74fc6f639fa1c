"""Files for tests, drawn here: pictures and PDFs, honest ones and traps."""

import io
from typing import Any

import pikepdf
from PIL import Image

from emigrate.domains.documents.actions import NewDocument, receive
from emigrate.domains.documents.models import Document
from emigrate.foundation.actors import Actor

SYSTEM = Actor.system("test")


def a_picture(form: str = "JPEG", *, size: tuple[int, int] = (60, 40), **options: Any) -> bytes:
    """A small picture; `options` as Pillow's `save` has them (exif, comment, pnginfo)."""
    picture = Image.new("RGB", size, (200, 120, 40))
    out = io.BytesIO()
    picture.save(out, form, **options)
    return out.getvalue()


def a_pdf(*, pages: int = 1, change: Any = None, **options: Any) -> bytes:
    """A PDF of empty pages; `change(pdf)` may put anything into it; `options` go to `save`."""
    with pikepdf.new() as pdf:
        for _ in range(pages):
            pdf.add_blank_page()
        if change is not None:
            change(pdf)
        out = io.BytesIO()
        pdf.save(out, **options)
    return out.getvalue()


def a_document(*, actor: Actor = SYSTEM, **changes: Any) -> Document:
    """A received document; by default a picture of a person."""
    given = {"kind": "passport_copy", "filename": "scan.jpg", "content": a_picture()}
    if not {"person_id", "organisation_id"} & changes.keys() and actor == SYSTEM:
        changes["person_id"] = 4711
    return receive(NewDocument(**{**given, **changes}), actor=actor)
