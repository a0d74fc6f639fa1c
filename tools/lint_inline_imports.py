"""Refuse an import inside a function without one of the three reasons on its line.

The reasons: `# slow import`, `# app ready`, `# type checking`.
Run: python -m tools.lint_inline_imports [FILE OR FOLDER ...]
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

ROOTS = ["emigrate", "gate", "sandbox", "verifier", "tools", "bench", "tests"]
REASONS = ("# slow import", "# app ready", "# type checking")


def main(arguments: list[str]) -> int:
    """Print every refused line; 1 when there is one."""
    found = [line for path in python_files(arguments) for line in refused(path)]
    sys.stdout.writelines(f"{line}\n" for line in found)
    return 1 if found else 0


def python_files(arguments: list[str]) -> Iterator[Path]:
    """Every Python file of the named files and folders; by default all of ours."""
    for name in arguments or ROOTS:
        path = Path(name)
        files = sorted(path.rglob("*.py")) if path.is_dir() else [path]
        yield from (file for file in files if "node_modules" not in file.parts)


def refused(path: Path) -> Iterator[str]:
    """The inline imports of a file that give no reason."""
    source = path.read_text(encoding="utf-8")
    lines = source.splitlines()
    for node in sorted(inline_imports(ast.parse(source)), key=lambda node: node.lineno):
        if not any(reason in lines[node.lineno - 1] for reason in REASONS):
            yield f"{path.as_posix()}:{node.lineno}: an inline import says why: {REASONS}"


def inline_imports(tree: ast.AST) -> set[ast.Import | ast.ImportFrom]:
    """The imports that stand inside a function, however deep."""
    functions = (n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef))
    return {
        node
        for function in functions
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
