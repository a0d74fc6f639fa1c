"""Write docs/errors.md from the code, or compare it: `python -m tools.errors [--check]`.

Every refusal has a stable code, a status, and words that say what to do; the codes of wrong fields
stand inside `invalid_input` and `blocked`.
"""

import ast
import importlib
import os
import pkgutil
import sys
from collections.abc import Iterator
from pathlib import Path

import django
from django.utils import translation

REPOSITORY = Path(__file__).resolve().parent.parent
COMMITTED = REPOSITORY / "docs" / "errors.md"
PACKAGE = "emigrate"
LEFT_OUT = {"migrations", "__main__", "ops"}
HEAD = """# Refusals and their codes

Made by `python -m tools.errors`; do not edit. A code is part of the interface and never changes its
meaning. `%(name)s` stands for a fact that is sent with the refusal.

| code | status | says |
|---|---|---|
"""


def generated() -> str:
    """The page as the code says it now, in English."""
    with translation.override("en"):
        return _page()


def _page() -> str:
    kinds = {kind.__name__: kind for kind in refusals()}
    rows = {kind.code: (kind.status, _words(kind)) for kind in kinds.values()}
    for name, code in sorted(raised_codes()):
        if name in kinds and code not in rows:
            rows[code] = (kinds[name].status, _words(kinds[name]))
    lines = [f"| `{code}` | {status} | {text} |" for code, (status, text) in sorted(rows.items())]
    fields = "\n".join(f"- `{code}`" for code in sorted(field_codes()))
    return f"{HEAD}{chr(10).join(lines)}\n\n## Codes of fields\n\n{fields}\n"


def refusals() -> list[type]:
    """Every kind of refusal in the code, the root included."""
    from emigrate.foundation.errors import DomainError  # app ready

    for name in _modules():
        importlib.import_module(name)
    found, waiting = [], [DomainError]
    while waiting:
        kind = waiting.pop()
        found.append(kind)
        waiting += kind.__subclasses__()
    return sorted(set(found), key=lambda kind: (kind.code, kind.__module__))


def raised_codes() -> set[tuple[str, str]]:
    """Name of a refusal and the code it is raised with, where that is not its own."""
    found = set()
    for call in _calls():
        name = call.func.id if isinstance(call.func, ast.Name) else ""
        given = [each.value for each in call.keywords if each.arg == "code"] or call.args[:1]
        found |= {(name, text) for each in given if (text := _text(each))}
    return found


def field_codes() -> set[str]:
    """The codes with which `InvalidInput.at` marks a field, and those of the API's schemas."""
    from emigrate.api.problems import CODES  # app ready

    found = {code for code, _ in CODES.values()} | {"malformed", "duplicate_key", "text_malformed"}
    for call in _calls():
        if isinstance(call.func, ast.Attribute) and call.func.attr == "at" and len(call.args) > 1:
            found |= {text for text in [_text(call.args[1])] if text}
    return found


def _calls() -> Iterator[ast.Call]:
    for path in sorted((REPOSITORY / PACKAGE).rglob("*.py")):
        if "migrations" not in path.parts:
            tree = ast.parse(path.read_text(encoding="utf-8"))
            yield from (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def _text(node: ast.expr) -> str:
    plain = isinstance(node, ast.Constant) and isinstance(node.value, str)
    return node.value if plain and node.value.replace("_", "").isalpha() else ""  # type: ignore[attr-defined]  # a Constant


def _words(kind: type) -> str:
    return str(kind.text).replace("|", "\\|")  # type: ignore[attr-defined]  # a DomainError


def _modules() -> Iterator[str]:
    package = importlib.import_module(PACKAGE)
    for module in pkgutil.walk_packages(package.__path__, f"{PACKAGE}."):
        if not LEFT_OUT & set(module.name.split(".")):
            yield module.name


def main(words: list[str]) -> int:
    """Write the file; with --check only compare it (exit 1 when it differs)."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "emigrate.config.settings")
    django.setup()
    text = generated()
    if "--check" not in words:
        COMMITTED.write_text(text, encoding="utf-8")
        return 0
    if COMMITTED.exists() and COMMITTED.read_text(encoding="utf-8") == text:
        return 0
    print("docs/errors.md is not what the code says: run `make docs`", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
