"""Refuse writes of a case's state past its workflow.

`.update(state=...)`, `bulk_update`, `case.state = ...`, and SQL that sets a state. What the eye of
a reader cannot see either (`.update(**changes)`, fields in a variable) is refused as well.

Run: python -m tools.lint_state [FILE OR FOLDER ...]
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

from tools.state_writes import writes_state

ENGINE = ("emigrate/foundation/workflow.py", "emigrate/foundation/audit/record.py")

ALLOWED = {
    ("emigrate/domains/demands/actions/allot.py", "Allotment"): "a part of a demand, not a case",
    ("emigrate/domains/demands/actions/allot.py", "PowerOfAttorney"): "a paper, not a case",
    ("emigrate/domains/demands/actions/release.py", "Allotment"): "a part of a demand, not a case",
    ("emigrate/domains/demands/actions/release.py", "PowerOfAttorney"): "a paper, not a case",
    ("emigrate/domains/notifications/actions.py", "Message"): "an outbox row, not a case",
    ("emigrate/domains/reference/actions.py", "Office"): "reference tables; none holds cases",
}
"""(file, model) -> why its rows may be written so. The file must name the model."""


def main(arguments: list[str]) -> int:
    """Print every refused line; 1 when there is one."""
    found = [line for path in python_files(arguments) for line in refused(path)]
    sys.stdout.writelines(f"{line}\n" for line in found)
    return 1 if found else 0


def python_files(arguments: list[str]) -> Iterator[Path]:
    """Every Python file of the named files and folders; by default the platform's own."""
    for name in arguments or ["emigrate"]:
        path = Path(name)
        yield from sorted(path.rglob("*.py")) if path.is_dir() else [path]


def refused(path: Path) -> Iterator[str]:
    """The lines of a file that write a state past the engine."""
    name = path.as_posix()
    if name.endswith(ENGINE) or "/migrations/" in name:
        return
    source = path.read_text(encoding="utf-8")
    allowed = [model for (file, model) in ALLOWED if name.endswith(file) and f" {model}" in source]
    for node in ast.walk(ast.parse(source)):
        if writes_state(node) and not _is_one_of(allowed, node):
            line = getattr(node, "lineno", 0)
            yield f"{name}:{line}: a state changes only through Workflow.take"


def _is_one_of(models: list[str], node: ast.AST) -> bool:
    """Whether a model's own query writes, or a variable in a file that may write some model."""
    while isinstance(node, ast.Call | ast.Attribute):
        node = node.func if isinstance(node, ast.Call) else node.value
    model = node.id if isinstance(node, ast.Name) else ""
    return model in models if model[:1].isupper() else bool(models)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
