"""What a PDF's page says: every run of glyphs with its place and the text a reader would copy."""

import io
import re
from typing import NamedTuple

import pikepdf

FONT_MAP = re.compile(rb"<([0-9A-F]{4})> <([0-9A-F]+)>\n")


class Run(NamedTuple):
    """Glyphs drawn in one go: the first one's place (points), their numbers, what each says."""

    x: float
    y: float
    glyphs: list[int]
    letters: list[str]


def runs(pdf: bytes) -> list[Run]:
    """The runs of the one page in the order of the file."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        (page,) = document.pages
        maps = {str(name): _map(font) for name, font in page.Resources.Font.items()}
        return _runs(pikepdf.parse_content_stream(page), maps)


def said(pdf: bytes) -> str:
    """The page's whole text, in the order of the file."""
    return "".join(letter for run in runs(pdf) for letter in run.letters)


def said_from_the_right(pdf: bytes) -> str:
    """The page's text from the last glyph to the first: what is set right to left reads well.

    The file holds glyphs as they stand, from left to right; numbers and Latin stay as they were.
    """
    backwards = [letter for run in reversed(runs(pdf)) for letter in reversed(run.letters)]
    return re.sub(r"[0-9A-Za-z-]+", lambda found: found[0][::-1], "".join(backwards))


def plain(text: str) -> str:
    """Without spaces and invisible signs; what the file repeats at once stands there once.

    typst gives a syllable twice where a mark stands on a ligature.
    """
    bare = re.sub(r"[\s\u200b-\u200f]+", "", text)
    return re.sub(r"(.{1,4}?)\1+", r"\1", bare)


def _map(font: pikepdf.Object) -> dict[int, str]:
    pairs = FONT_MAP.findall(font.ToUnicode.read_bytes())
    return {
        int(glyph, 16): bytes.fromhex(text.decode()).decode("utf-16-be") for glyph, text in pairs
    }


def _runs(content, maps) -> list[Run]:
    found, marks, font = [], [], ""
    page_at, text_at = (0.0, 0.0), 0.0
    for operands, operator in content:
        match str(operator):
            case "cm":
                page_at = (float(operands[4]), float(operands[5]))
            case "Tm":
                text_at = float(operands[4])
            case "Tf":
                font = str(operands[0])
            case "BMC":
                marks.append(None)
            case "BDC":
                spoken = operands[1].get("/ActualText") if len(operands) > 1 else None
                marks.append(None if spoken is None else [str(spoken)])
            case "EMC":
                marks.pop()
            case "Tj" | "TJ":
                glyphs = _glyphs(operands[0])
                spoken = next((mark for mark in reversed(marks) if mark is not None), None)
                letters = [maps[font].get(glyph, "") for glyph in glyphs]
                if spoken is not None:
                    letters = [spoken.pop()] if spoken else []
                found.append(Run(page_at[0] + text_at, page_at[1], glyphs, letters))
    return found


def _glyphs(shown) -> list[int]:
    strings = [shown] if isinstance(shown, pikepdf.String) else shown
    drawn = b"".join(bytes(each) for each in strings if isinstance(each, pikepdf.String))
    return [int.from_bytes(drawn[at : at + 2], "big") for at in range(0, len(drawn), 2)]
