"""Collect the words that people read into catalogues, and compile these without any program.

Usage: python -m tools.messages [--check]
Every language's `emigrate/locale/<code>/LC_MESSAGES/django.po` gets the words of the code and the
templates in their order; translations that stand in it are kept, and the `.mo` is written beside.
With --check nothing is written, and what differs is named (exit 1).
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

from jinja2 import Environment

from tools.catalogue import CONTEXT, PLURAL, compiled, read, written

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "emigrate"
CALLS = {"_": 0, "gettext": 0, "gettext_lazy": 0, "pgettext": 1, "pgettext_lazy": 1,
         "ngettext": 2, "ngettext_lazy": 2}  # fmt: skip


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


def main(arguments: list[str]) -> int:
    """Write or check every catalogue."""
    stale = []
    for path in sorted(PACKAGE.glob("locale/*/LC_MESSAGES/django.po")):
        known = read(path)
        text = written(path.parts[-3], words(), known)
        files = {path: text.encode(), path.with_suffix(".mo"): compiled(text, known)}
        for target, content in files.items():
            if not target.exists() or target.read_bytes() != content:
                stale.append(target.relative_to(ROOT).as_posix())
                if "--check" not in arguments:
                    target.write_bytes(content)
    print("\n".join(stale) or "Catalogues are up to date.")
    return 1 if stale and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
