"""GNU gettext's catalogues, read, written and compiled without any program.

A message's key is that of a `.mo`: context and text joined by EOT, singular and plural by NUL.
"""

import ast
import re
import struct
from collections.abc import Iterable
from pathlib import Path

CONTEXT, PLURAL = "\x04", "\x00"
ENTRY = re.compile(
    r'^(msgctxt|msgid|msgid_plural|msgstr|msgstr\[\d\]) ((?:"(?:[^"\\]|\\.)*"\n?)+)', re.MULTILINE
)
HEAD = (
    "# {language} – draft, not yet read by a native translator.\n"
    'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n'
    '"Language: {language}\\n"\n"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n'
)
Known = dict[str, list[str]]


def read(path: Path) -> Known:
    """The translations that stand in a catalogue, by the key of a .mo."""
    known: Known = {}
    key, context = "", ""
    for kind, quoted in ENTRY.findall(path.read_text("utf-8") if path.exists() else ""):
        text = "".join(ast.literal_eval(line) for line in quoted.strip().splitlines())
        if kind == "msgctxt":
            context = text + CONTEXT
        elif kind == "msgid":
            key, context = context + text, ""
        elif kind == "msgid_plural":
            key += PLURAL + text
        elif text:
            known.setdefault(key, []).append(text)
    known.pop("", None)
    return known


def written(language: str, found: Iterable[tuple[str, str]], known: Known) -> str:
    """The catalogue's text: every message once, in order, with what is known of it."""
    places: dict[str, list[str]] = {}
    for key, place in found:
        if place not in places.setdefault(key, []):
            places[key].append(place)
    return HEAD.format(language=language) + "".join(
        _entry(key, where, known.get(key, [])) for key, where in places.items()
    )


def _entry(key: str, where: list[str], texts: list[str]) -> str:
    context, _, rest = key.rpartition(CONTEXT)
    single, _, plural = rest.partition(PLURAL)
    lines = ["", f"#: {' '.join(where)}"]
    lines += [f"msgctxt {_quoted(context)}"] if context else []
    lines += [f"msgid {_quoted(single)}"]
    if plural:
        both = [*texts, "", ""][:2]
        lines += [f"msgid_plural {_quoted(plural)}"]
        lines += [f"msgstr[{at}] {_quoted(text)}" for at, text in enumerate(both)]
    else:
        lines += [f"msgstr {_quoted(texts[0] if texts else '')}"]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def compiled(catalogue: str, known: Known) -> bytes:
    """The .mo (GNU gettext's format): sorted keys, two tables of lengths and offsets, texts."""
    head = "".join(
        ast.literal_eval(line) for line in catalogue.split("\n\n", maxsplit=1)[0].splitlines()[3:]
    )
    pairs = sorted((key.encode(), PLURAL.join(texts).encode()) for key, texts in known.items())
    pairs = [(b"", head.encode()), *pairs]
    start = 28 + 16 * len(pairs)
    tables, texts = [b"", b""], b""
    for side in (0, 1):
        for pair in pairs:
            tables[side] += struct.pack("<II", len(pair[side]), start + len(texts))
            texts += pair[side] + b"\0"
    sizes = (0x950412DE, 0, len(pairs), 28, 28 + 8 * len(pairs), 0, 0)
    return struct.pack("<7I", *sizes) + tables[0] + tables[1] + texts
