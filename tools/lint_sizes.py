"""Refuse functions over 50 lines and files over 400; tables (workflow.py, policies.py) excepted.

Run: python -m tools.lint_sizes [FILE OR FOLDER ...]
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

ROOTS = ["emigrate", "gate", "sandbox", "verifier", "tools", "bench"]
FUNCTION, FILE = 50, 400
TABLES = ("workflow.py", "policies.py")


def main(arguments: list[str]) -> int:
    """Print everything that is too long; 1 when there is something."""
    found = [line for path in python_files(arguments) for line in too_long(path)]
    sys.stdout.writelines(f"{line}\n" for line in found)
    return 1 if found else 0


def python_files(arguments: list[str]) -> Iterator[Path]:
    """Every Python file of the named files and folders; by default all but the tests."""
    for name in arguments or ROOTS:
        path = Path(name)
        files = sorted(path.rglob("*.py")) if path.is_dir() else [path]
        yield from (each for each in files if not {"migrations", "node_modules"} & set(each.parts))


def too_long(path: Path) -> Iterator[str]:
    """What of a file is too long: the file itself, and its functions (decorators not counted)."""
    if path.name in TABLES:
        return
    source = path.read_text(encoding="utf-8")
    lines = len(source.splitlines())
    if lines > FILE:
        yield f"{path.as_posix()}:1: {lines} lines, stop at {FILE}: make a folder of this name"
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > FUNCTION:
                place = f"{path.as_posix()}:{node.lineno}"
                yield f"{place}: {node.name} has {length} lines, stop at {FUNCTION}: split it"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
