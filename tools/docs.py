"""Write what the code already says: state pictures, the permission matrix, guards and events.

Run: python -m tools.docs [--check]; with --check nothing is written and a difference exits with 1.
"""

import os
import sys
from collections.abc import Iterator
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
            path.write_text(text)
    return int("--check" in arguments and bool(differing))


def documents() -> Iterator[tuple[Path, str]]:
    """Every generated file with its text."""
    from emigrate.foundation.database import guards  # app ready

    yield from _pictures()
    yield ROOT / "docs" / "policy-matrix.md", policy_matrix()
    yield ROOT / "docs" / "events.md", events()
    sql = guards.guard_statements(sorted(guards.declared_tables()))
    parts = (f"\n{each.strip().removesuffix(';')};\n" for each in sql)
    yield ROOT / "docs" / "operations" / "guards.sql", "".join([f"-- {MADE}\n", *parts])


def _pictures() -> Iterator[tuple[Path, str]]:
    from emigrate.foundation.clocks import case_model  # app ready
    from emigrate.foundation.workflow import WORKFLOWS  # app ready

    owners: dict[str, dict[str, str]] = {}
    for name, machine in sorted(WORKFLOWS.items()):
        owner = case_model(machine)._meta.app_label  # noqa: SLF001 - Django's public name
        owners.setdefault(owner, {})[name] = machine.mermaid()
    for owner, pictures in sorted(owners.items()):
        for name, picture in pictures.items():
            yield ROOT / f"docs/domains/{name}.mmd", f"{picture}\n"
        readme = ROOT / f"emigrate/domains/{owner}/README.md"
        yield readme, with_pictures(_read(readme), pictures)


def with_pictures(text: str, pictures: dict[str, str]) -> str:
    """The README with the pictures between its markers; markers are added where there are none."""
    if OPENING not in text:
        text = f"{text.rstrip()}\n\n## States\n\n{OPENING}\n{CLOSING}\n".lstrip()
    before, rest = text.split(OPENING, 1)
    drawn = "\n".join(f"{n}:\n\n```mermaid\n{each}\n```\n" for n, each in pictures.items())
    return f"{before}{OPENING}\n\n{drawn}\n{CLOSING}{rest.split(CLOSING, 1)[-1]}"


def policy_matrix() -> str:
    """Permission by role: the cell names the rows on which the role holds it."""
    from emigrate.foundation.policy import POLICIES  # app ready

    lines = ["# Who may do what, to which rows", "", MADE]
    for subject, table in sorted(POLICIES.items()):
        roles = sorted({str(role) for rule in table.rules.values() for role in rule})
        ruler = "|---" * (len(roles) + 1) + "|"
        lines += ["", f"## {subject}", "", f"| permission | {' | '.join(roles)} |", ruler]
        for permission, rule in table.rules.items():
            names = (rule[role].__name__ if role in rule else "" for role in roles)
            lines.append(f"| {permission} | {' | '.join(names).replace('_', ' ')} |")
    return "\n".join(lines) + "\n"


def events() -> str:
    """Every event of every machine, and who hears it."""
    from emigrate.foundation import events as news  # app ready
    from emigrate.foundation.workflow import WORKFLOWS  # app ready

    heard, machines = news.subscribed(), WORKFLOWS.values()
    told = {*heard, *(f"{each.name}.created" for each in machines)}
    told |= {step.event for each in machines for step in each.steps}
    rows = (f"| {name} | {'<br>'.join(heard.get(name, ()))} |" for name in sorted(told))
    return "\n".join(["# Events", "", MADE, "", "| event | heard by |", "|---|---|", *rows, ""])


def _read(path: Path) -> str:
    return path.read_text() if path.exists() else ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
