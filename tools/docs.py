"""Write what the code already says: state pictures, the permission matrix, guards and events.

Run: python -m tools.docs [--check]; with --check nothing is written, and the exit code is 1 when a
committed file differs from what the code says.
"""

import os
import sys
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import django

ROOT = Path(__file__).resolve().parent.parent
OPENING, CLOSING = "<!-- states -->", "<!-- /states -->"
MADE = "Made by `python -m tools.docs`; do not edit."


def main(arguments: list[str]) -> int:
    """Write every file, or with --check name those that differ."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "emigrate.config.settings")
    django.setup()
    differing = [(path, text) for path, text in documents() if text != _read(path)]
    for path, text in differing:
        sys.stdout.write(f"{path.relative_to(ROOT)}\n")
        if "--check" not in arguments:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    return 1 if differing and "--check" in arguments else 0


def documents() -> Iterator[tuple[Path, str]]:
    """Every generated file with its text."""
    from emigrate.foundation.database.guards import (  # app ready
        declared_tables,
        guard_statements,
    )

    yield from _pictures()
    yield ROOT / "docs" / "policy-matrix.md", policy_matrix()
    yield ROOT / "docs" / "events.md", events()
    guards = ";\n\n".join(
        statement.strip().removesuffix(";")
        for statement in guard_statements(sorted(declared_tables()))
    )
    yield ROOT / "docs" / "operations" / "guards.sql", f"-- {MADE}\n\n{guards};\n"


def _pictures() -> Iterator[tuple[Path, str]]:
    from emigrate.foundation.clocks import case_model  # app ready
    from emigrate.foundation.workflow import WORKFLOWS  # app ready

    def domain(name: str) -> str:
        return case_model(WORKFLOWS[name])._meta.app_label  # noqa: SLF001 - Django's public name

    for owner, names in groupby(sorted(WORKFLOWS, key=lambda name: (domain(name), name)), domain):
        pictures = {name: WORKFLOWS[name].mermaid() for name in names}
        for name, picture in pictures.items():
            yield ROOT / "docs" / "domains" / f"{name}.mmd", f"{picture}\n"
        readme = ROOT / "emigrate" / "domains" / owner / "README.md"
        yield readme, with_pictures(_read(readme), pictures)


def with_pictures(text: str, pictures: dict[str, str]) -> str:
    """The README with the pictures between its markers; markers are added where there are none."""
    if OPENING not in text:
        text = f"{text.rstrip()}\n\n## States\n\n{OPENING}\n{CLOSING}\n".lstrip()
    before, _, rest = text.partition(OPENING)
    after = rest.partition(CLOSING)[2] if CLOSING in rest else rest
    drawn = "\n".join(
        f"{name}:\n\n```mermaid\n{picture}\n```\n" for name, picture in pictures.items()
    )
    return f"{before}{OPENING}\n\n{drawn}\n{CLOSING}{after}"


def policy_matrix() -> str:
    """Permission by role: the cell names the rows on which the role holds it."""
    from emigrate.foundation.policy import POLICIES  # app ready

    lines = ["# Who may do what, to which rows", "", MADE]
    for subject, table in sorted(POLICIES.items()):
        roles = sorted({str(role) for rule in table.rules.values() for role in rule})
        lines += ["", f"## {subject}", "", f"| permission | {' | '.join(roles)} |"]
        lines.append("|---" * (len(roles) + 1) + "|")
        for permission, rule in table.rules.items():
            named = {
                str(role): scope.__name__.strip("_").replace("_", " ")
                for role, scope in rule.items()
            }
            lines.append(f"| {permission} | {' | '.join(named.get(role, '') for role in roles)} |")
    return "\n".join(lines) + "\n"


def events() -> str:
    """Every event of every machine, and who hears it."""
    from emigrate.foundation.events import subscribed  # app ready
    from emigrate.foundation.workflow import WORKFLOWS  # app ready

    heard = subscribed()
    told = {f"{w.name}.created" for w in WORKFLOWS.values()}
    told |= {step.event for w in WORKFLOWS.values() for step in w.steps} | set(heard)
    rows = (f"| {name} | {'<br>'.join(heard.get(name, ()))} |" for name in sorted(told))
    return "\n".join(["# Events", "", MADE, "", "| event | heard by |", "|---|---|", *rows, ""])


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
