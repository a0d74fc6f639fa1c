"""The generated pages are what the code says, and a difference is found."""

import pytest

from emigrate.foundation.database.rows import ROWS
from emigrate.foundation.policy import POLICIES
from emigrate.foundation.workflow import WORKFLOWS
from tools import docs


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    """A checkout without any page."""
    monkeypatch.setattr(docs, "ROOT", tmp_path)
    return tmp_path


def test_everything_is_written_once_and_then_stands(elsewhere, capsys):
    missing = docs.main(["--check"])
    named = capsys.readouterr().out.split()
    nothing_written = list(elsewhere.iterdir()) == []
    written = docs.main([])
    capsys.readouterr()

    again = docs.main(["--check"])

    assert (missing, nothing_written, written, again) == (1, True, 0, 0)
    assert capsys.readouterr().out == ""
    assert {"docs/policy-matrix.md", "docs/events.md", "docs/operations/guards.sql"} <= set(named)
    assert {f"docs/domains/{name}.mmd" for name in WORKFLOWS} <= set(named)


@pytest.mark.parametrize("name", [
    "docs/policy-matrix.md", "docs/events.md", "docs/operations/guards.sql",
    "docs/domains/clearance.mmd", "emigrate/domains/clearances/README.md",
])  # fmt: skip
def test_a_page_that_differs_is_named(elsewhere, capsys, name):
    docs.main([])
    path = elsewhere / name
    path.write_text(path.read_text().replace("e", "E", 1) if "README" not in name else "Old.\n")
    capsys.readouterr()

    assert (docs.main(["--check"]), capsys.readouterr().out) == (1, f"{name}\n")


def test_only_what_stands_between_the_markers_is_ours():
    text = f"# x\n\nBefore.\n\n{docs.OPENING}\nold\n{docs.CLOSING}\n\nAfter.\n"

    once = docs.with_pictures(text, {"light": "stateDiagram-v2"})

    assert once == (
        f"# x\n\nBefore.\n\n{docs.OPENING}\n\nlight:\n\n```mermaid\nstateDiagram-v2\n```\n\n"
        f"{docs.CLOSING}\n\nAfter.\n"
    )
    assert docs.with_pictures(once, {"light": "stateDiagram-v2"}) == once


def test_markers_are_added_where_there_are_none():
    once = docs.with_pictures("# x\n\nWords.\n", {"light": "stateDiagram-v2"})

    assert once.startswith(f"# x\n\nWords.\n\n## States\n\n{docs.OPENING}\n")
    assert docs.with_pictures(once, {"light": "stateDiagram-v2"}) == once


def test_the_matrix_holds_every_permission():
    matrix = docs.policy_matrix()

    assert [s for s in POLICIES if f"\n## {s}\n" not in matrix] == []
    cells = "| decide | " in matrix, "in own office" in matrix
    assert cells == (True, True)


def test_the_guards_hold_every_table(elsewhere):
    docs.main([])
    sql = (elsewhere / "docs/operations/guards.sql").read_text()

    assert [t for t in ROWS if f'ALTER TABLE "{t}" FORCE ROW LEVEL SECURITY' not in sql] == []


def test_every_event_is_named():
    page = docs.events()

    assert [
        step.event
        for workflow in WORKFLOWS.values()
        for step in workflow.steps
        if f"| {step.event} |" not in page
    ] == []
    assert "emigrate.domains.insurance.subscribers" in page
