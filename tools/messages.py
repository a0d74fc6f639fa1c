"""Collect the words that people read into catalogues, and compile these without any program.

Usage: python -m tools.messages [--check]
Every language's `emigrate/locale/<code>/LC_MESSAGES/django.po` gets the words of the code and the
templates in their order; translations that stand in it are kept, and the `.mo` is written beside.
With --check nothing is written, and what differs is named (exit 1).
"""

import ast
import re
import struct
import sys
from collections.abc import Iterator
from pathlib import Path

from jinja2 import Environment

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "emigrate"
CALLS = {"_": 0, "gettext": 0, "gettext_lazy": 0, "pgettext": 1, "pgettext_lazy": 1,
         "ngettext": 2, "ngettext_lazy": 2}  # fmt: skip
CONTEXT, PLURAL = "\x04", "\x00"
ENTRY = re.compile(r'^(msgctxt|msgid|msgid_plural|msgstr|msgstr\[\d\]) ((?:"(?:[^"\\]|\\.)*"\n?)+)',
                   re.MULTILINE)  # fmt: skip
HEAD = (
    "# {language} – draft, not yet read by a native translator.\n"
    'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n'
    '"Language: {language}\\n"\n"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n'
)


def words() -> Iterator[tuple[str, str]]:
    """Every message with the file that says it; context and plural are joined as in a .mo."""
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and (key := _key(node)):
                yield key, path.relative_to(ROOT).as_posix()
    environment = Environment(extensions=["jinja2.ext.i18n"], trim_blocks=True, autoescape=True)
    for path in sorted(PACKAGE.rglob("templates/**/*.html")):
        for _, _, message in environment.extract_translations(path.read_text("utf-8")):  # type: ignore[attr-defined]  # the extension adds it
            parts = [message] if isinstance(message, str) else [part for part in message if part]
            yield PLURAL.join(parts), path.relative_to(ROOT).as_posix()


def _key(call: ast.Call) -> str | None:
    name = getattr(call.func, "id", getattr(call.func, "attr", ""))
    texts = [str(each.value) for each in call.args if isinstance(each, ast.Constant)]
    if name not in CALLS or not texts:
        return None
    joined = {0: "", 1: CONTEXT, 2: PLURAL}[CALLS[name]]
    return joined.join(texts[: 2 if joined else 1])


def read(path: Path) -> dict[str, list[str]]:
    """The translations that stand in a catalogue, by the key of a .mo."""
    known: dict[str, list[str]] = {}
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


def written(language: str, known: dict[str, list[str]]) -> str:
    """The catalogue's text: every message once, in order, with what is known of it."""
    places: dict[str, list[str]] = {}
    for key, place in words():
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
        both = (texts + ["", ""])[:2]
        lines += [f"msgid_plural {_quoted(plural)}"]
        lines += [f"msgstr[{at}] {_quoted(text)}" for at, text in enumerate(both)]
    else:
        lines += [f"msgstr {_quoted(texts[0] if texts else '')}"]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def compiled(catalogue: str, known: dict[str, list[str]]) -> bytes:
    """The .mo (GNU gettext's format): sorted keys, two tables of lengths and offsets, texts."""
    head = "".join(ast.literal_eval(line) for line in catalogue.split("\n\n")[0].splitlines()[3:])
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


def main(arguments: list[str]) -> int:
    """Write or check every catalogue."""
    stale = []
    for path in sorted(PACKAGE.glob("locale/*/LC_MESSAGES/django.po")):
        known = read(path)
        text = written(path.parts[-3], known)
        for target, content in ((path, text.encode()), (path.with_suffix(".mo"), compiled(text, known))):
            if not target.exists() or target.read_bytes() != content:
                stale.append(target.relative_to(ROOT).as_posix())
                if "--check" not in arguments:
                    target.write_bytes(content)
    print("\n".join(stale) or "Catalogues are up to date.")
    return 1 if stale and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
