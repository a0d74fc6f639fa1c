"""Makes a harmless copy of a file that a stranger sent, in a process of its own.

Run by its path as a program: content on standard input, one line of JSON and the cleaned content
on standard output. It imports nothing of the platform, and may use little memory and time, so a
file made to exhaust or to break its parser ends with the child.
"""

import io
import json
import resource
import sys
from typing import Any

import pikepdf
import puremagic
from PIL import Image, ImageOps

PDF, JPEG, PNG = "application/pdf", "image/jpeg", "image/png"
SIGNATURES = {b"%PDF-": PDF, b"\xff\xd8\xff": JPEG, b"\x89PNG\r\n\x1a\n": PNG}
JPEG_END, JPEG_FILL = 0xD9, 0xFF
JPEG_STANDALONE = (0x00, 0x01, *range(0xD0, 0xD9))
FORMATS = {JPEG: "JPEG", PNG: "PNG"}
MOST_PIXELS = 16_000_000
LONGEST_SIDE = 10_000
MOST_PAGES = 40
MOST_OBJECTS = 20_000
MOST_FIELDS = 100
"""Of a form that is said to hold signatures alone."""
MEMORY = 1 << 30
SECONDS = 10
QUALITY = 88
DEEPEST = 60
"""Arrays and dictionaries inside each other."""

DICTIONARY_KEYS = {
    "/JS": "script", "/AA": "open_action", "/XFA": "form", "/EF": "attachment",
}  # fmt: skip
PDF_HEADER_REACH = 1024
"""Readers accept a PDF header anywhere in the first kilobyte."""

FOREIGN = (
    b"PK\x03\x04", b"PK\x05\x06", b"%PDF-", b"\x7fELF", b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c",
    b"<script", b"<html", b"<svg", b"<?php", b"MZ\x90\x00", b"\xca\xfe\xba\xbe",
)  # fmt: skip
ACTIONS = frozenset(
    f"/{name}"
    for name in (
        "JavaScript", "Launch", "SubmitForm", "ImportData", "GoToR", "GoToE", "Rendition", "Movie",
        "Sound", "RichMediaExecute", "URI", "Hide", "ResetForm", "SetOCGState", "Thread", "Trans",
    )
)  # fmt: skip
HARMLESS_ACTIONS = frozenset({"/URI"})
"""Taken out as well, but usual in honest files: no reason for a quarantine."""
ATTACHMENTS = frozenset(
    f"/{name}" for name in ("FileAttachment", "RichMedia", "Screen", "Movie", "Sound", "3D")
)
ROOT_KEYS = {
    "/OpenAction": "open_action", "/AA": "open_action", "/AF": "attachment",
    "/Collection": "attachment", "/Metadata": "", "/PieceInfo": "", "/URI": "",
    "/Perms": "", "/DSS": "",
}  # fmt: skip
"""What goes from a PDF's catalogue, with the word for it where it matters; forms besides."""
SIGNATURE = "/Sig"


class Refused(Exception):
    """The file is not taken; the text is a stable code."""


def cleaned(content: bytes) -> tuple[dict[str, Any], bytes]:
    """What it is (`media_type`, `pages`, `removed`), and its harmless copy; Refused."""
    media_type = type_of(content)
    if media_type == PDF:
        return _pdf(content)
    return _image(content, media_type)


def type_of(content: bytes) -> str:
    """The media type by content: the first bytes, and what a table of signatures makes of them."""
    if not content:
        raise Refused("empty")
    for signature, media_type in SIGNATURES.items():
        if content.startswith(signature):
            if media_type not in {match.mime_type for match in puremagic.magic_string(content)}:
                raise Refused("type_unclear")
            return media_type
    raise Refused("type_not_taken")


def _image(content: bytes, media_type: str) -> tuple[dict[str, Any], bytes]:
    end = _jpeg_end(content) if media_type == JPEG else _png_end(content)
    _refuse_foreign(content[end:])
    if b"%PDF-" in content[:PDF_HEADER_REACH]:
        raise Refused("two_formats_in_one")
    try:
        with Image.open(io.BytesIO(content), formats=[FORMATS[media_type]]) as picture:
            width, height = picture.size
            if width * height > MOST_PIXELS or max(width, height) > LONGEST_SIDE:
                raise Refused("too_many_pixels")
            return {"media_type": media_type, "pages": 1, "removed": []}, _redrawn(
                picture, media_type
            )
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Refused("too_many_pixels") from error
    except (OSError, ValueError, SyntaxError) as error:
        raise Refused("image_broken") from error


def _redrawn(picture: Image.Image, media_type: str) -> bytes:
    """The pixels alone, upright: no EXIF, no comment, no profile, nothing between the chunks."""
    picture.load()
    upright = ImageOps.exif_transpose(picture)
    mode = "L" if upright.mode in ("1", "L", "I;16", "I") else "RGB"
    if media_type == PNG and upright.mode in ("RGBA", "LA", "PA", "P"):
        mode = "RGBA" if "A" in upright.mode or "transparency" in upright.info else "RGB"
    plain = upright.convert(mode)
    fresh = Image.frombytes(plain.mode, plain.size, plain.tobytes())
    out = io.BytesIO()
    if media_type == JPEG:
        fresh.save(out, "JPEG", quality=QUALITY)
    else:
        fresh.save(out, "PNG")
    return out.getvalue()


def _jpeg_end(content: bytes) -> int:
    """Where the picture ends: the first end marker outside the segments."""
    at = 2
    while at + 4 <= len(content):
        if content[at] != JPEG_FILL:
            at += 1  # entropy-coded data after a scan header
            continue
        marker = content[at + 1]
        if marker == JPEG_END:
            return at + 2
        if marker == JPEG_FILL:
            at += 1
            continue
        if marker in JPEG_STANDALONE:
            at += 2
            continue
        at += 2 + int.from_bytes(content[at + 2 : at + 4], "big")
    return len(content)


def _png_end(content: bytes) -> int:
    """Where the picture ends: after its IEND chunk."""
    at = 8
    while at + 12 <= len(content):
        length = int.from_bytes(content[at : at + 4], "big")
        kind = content[at + 4 : at + 8]
        at += 12 + length
        if kind == b"IEND":
            return at
    return len(content)


def _refuse_foreign(tail: bytes) -> None:
    lowered = tail.lower()
    if any(mark in tail or mark in lowered for mark in FOREIGN):
        raise Refused("two_formats_in_one")


def _pdf(content: bytes) -> tuple[dict[str, Any], bytes]:
    last = content.rfind(b"%%EOF")
    if last < 0:
        raise Refused("pdf_broken")
    _refuse_foreign(content[last + 5 :])
    try:
        with pikepdf.open(io.BytesIO(content), attempt_recovery=False) as pdf:
            if pdf.is_encrypted:
                raise Refused("pdf_encrypted")
            if len(pdf.pages) > MOST_PAGES or len(pdf.objects) > MOST_OBJECTS:
                raise Refused("too_many_pages")
            if not pdf.pages:
                raise Refused("pdf_broken")
            removed = _stripped(pdf)
            facts = {"media_type": PDF, "pages": len(pdf.pages), "removed": sorted(removed)}
            return facts, _saved(pdf)
    except pikepdf.PasswordError as error:
        raise Refused("pdf_encrypted") from error
    except (pikepdf.PdfError, ValueError, TypeError, KeyError) as error:
        raise Refused("pdf_broken") from error


def _stripped(pdf: pikepdf.Pdf) -> set[str]:
    """Take out what acts, what is attached and who made it; the words for what matters."""
    removed = _form_stripped(pdf)
    for key, word in ROOT_KEYS.items():
        if key in pdf.Root:
            del pdf.Root[key]
            removed.add(word)
    names = pdf.Root.get("/Names")
    if isinstance(names, pikepdf.Dictionary):
        for key, word in (("/JavaScript", "script"), ("/EmbeddedFiles", "attachment")):
            if key in names:
                del names[key]
                removed.add(word)
    for page in pdf.pages:
        removed |= _page_stripped(page)
    for each in pdf.objects:
        removed |= _tree_stripped(each, DEEPEST)
    if "/Info" in pdf.trailer:
        del pdf.trailer["/Info"]
    return removed - {""}


def _form_stripped(pdf: pikepdf.Pdf) -> set[str]:
    """Take the form out; one that holds signatures alone is usual in honest files.

    What acts within it has its own word.
    """
    form = pdf.Root.get("/AcroForm")
    if form is None:
        return set()
    word = "" if _only_signatures(form) else "form"
    removed = _tree_stripped(form, DEEPEST)
    del pdf.Root["/AcroForm"]
    return removed | {word}


def _only_signatures(form: Any) -> bool:  # anything may stand in a catalogue
    if not isinstance(form, pikepdf.Dictionary):
        return False
    waiting = [(field, "") for field in _listed(form, "/Fields")]
    seen = 0
    while waiting:
        field, above = waiting.pop()
        seen += 1
        if seen > MOST_FIELDS or not isinstance(field, pikepdf.Dictionary):
            return False
        kind = str(field.get("/FT", above))
        kids = _listed(field, "/Kids")
        if kind != SIGNATURE and (kind or not kids):
            return False
        waiting += [(kid, kind) for kid in kids]
    return seen > 0


def _listed(each: pikepdf.Dictionary, key: str) -> list[Any]:
    """What stands in an array; an array that is none is one thing of no use."""
    value = each.get(key)
    if value is None:
        return []
    return list(value) if isinstance(value, pikepdf.Array) else [None]


def _page_stripped(page: pikepdf.Page) -> set[str]:
    notes = page.obj.get("/Annots")
    if not isinstance(notes, pikepdf.Array):
        return set()
    kept = [note for note in notes if not _attaches(note)]
    if len(kept) == len(notes):
        return set()
    page.obj["/Annots"] = pikepdf.Array(kept)
    return {"attachment"}


def _attaches(note: Any) -> bool:  # anything may stand in an array
    return isinstance(note, pikepdf.Dictionary) and str(note.get("/Subtype", "")) in ATTACHMENTS


def _tree_stripped(each: Any, depth: int) -> set[str]:
    """An object and everything written inside it; what it refers to has its own turn."""
    if depth == 0:
        raise Refused("pdf_broken")
    removed: set[str] = set()
    if isinstance(each, (pikepdf.Dictionary, pikepdf.Stream)):
        removed |= _object_stripped(each)
        children = [each.get(key) for key in each.keys()]  # noqa: SIM118 - not a dict
    elif isinstance(each, pikepdf.Array):
        children = list(each)
    else:
        return removed
    for child in children:
        if isinstance(child, pikepdf.Object) and not child.is_indirect:
            removed |= _tree_stripped(child, depth - 1)
    return removed


def _object_stripped(each: Any) -> set[str]:
    """One dictionary: scripts, triggers, and actions that do more than turn the page."""
    removed: set[str] = set()
    for key, word in DICTIONARY_KEYS.items():
        if key in each:
            del each[key]
            removed.add(word)
    if str(each.get("/FT", "")) == SIGNATURE and "/V" in each:
        del each["/V"]  # of the file that came; it does not sign the copy
    action = str(each.get("/S", ""))
    if action in ACTIONS:
        removed.add("" if action in HARMLESS_ACTIONS else "action")
        for key in list(each.keys()):
            del each[key]
    return removed


def _saved(pdf: pikepdf.Pdf) -> bytes:
    out = io.BytesIO()
    # Streams are copied as they are: decoding them would open a bomb.
    pdf.save(
        out,
        stream_decode_level=pikepdf.StreamDecodeLevel.none,
        compress_streams=False,
        object_stream_mode=pikepdf.ObjectStreamMode.disable,
        deterministic_id=True,
    )
    return out.getvalue()


def main() -> int:
    """Clean what comes on standard input, within limits."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    try:
        facts, content = cleaned(sys.stdin.buffer.read())
    except Refused as refusal:
        facts, content = {"refused": str(refusal)}, b""
    except MemoryError:
        facts, content = {"refused": "too_large_inside"}, b""
    sys.stdout.buffer.write(json.dumps(facts).encode() + b"\n" + content)
    return 0


if __name__ == "__main__":
    sys.exit(main())
