"""Our own linters, each shown what it refuses, what it lets pass, and the whole tree."""

import subprocess
import sys
from pathlib import Path

import pytest

from tools import lint_inline_imports, lint_sizes, lint_state

CHECKOUT = Path(__file__).resolve().parents[2]


def written(folder, text, name="emigrate/domains/samples/actions.py"):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def answer(lint, path, capsys):
    code = lint.main([str(path)])
    return code, capsys.readouterr().out


@pytest.mark.parametrize("line", [
    "case.state = 'approved'",
    "case.state: str = 'approved'",
    "case.state, other = 'approved', 1",
    "Clearance.objects.filter(pk=1).update(state='approved')",
    "rows.update(visa='x', state='approved')",
    "Clearance.objects.bulk_update(rows, ['state'])",
    "Clearance.objects.update_or_create(pk=1, defaults={'state': 'approved'})",
    "setattr(case, 'state', 'approved')",
    "rows.update(state=F('former'))",
    "rows.update(**{'state': 'approved'})",
    "rows.update(visa='x', **changes)",
    "Clearance.objects.bulk_update(rows, fields=['visa', 'state'])",
    "Clearance.objects.bulk_update(rows, COLUMNS)",
    "Clearance.objects.bulk_update(rows, ['visa', *COLUMNS])",
    "Clearance.objects.bulk_create(rows, update_conflicts=True, update_fields=['state'])",
    "Clearance.objects.update_or_create(pk=1, defaults=changes)",
    "object.__setattr__(case, 'state', 'approved')",
    "case.__dict__['state'] = 'approved'",
    "cursor.execute('UPDATE clearances_clearance SET visa = 1, state = %s WHERE id = 1')",
    "cursor.execute(f'update {table} set state = 1')",
    "cursor.execute('UPDATE c SET (visa, state) = (1, 2)')",
    "cursor.execute('WITH x AS (SELECT 1) UPDATE c SET state=v FROM x')",
])  # fmt: skip
def test_a_state_written_past_the_engine_is_refused(tmp_path, capsys, line):
    path = written(tmp_path, f"def act(case, rows, Clearance, other):\n    {line}\n")

    code, said = answer(lint_state, path, capsys)

    assert (code, said) == (
        1, f"{path.as_posix()}:2: a state changes only through Workflow.take\n",
    )  # fmt: skip


@pytest.mark.parametrize("line", [
    "Clearance.objects.filter(state='approved').update(visa='x')", "state = case.state",
    "rows.update({'state': 1})", "setattr(case, 'visa', 'x')", "case.state_since = 1",
    "Clearance.objects.bulk_update(rows, ['visa'])", "Clearance.objects.bulk_create(rows)",
    "cursor.execute('UPDATE c SET visa = 1 WHERE state = 2')",
    "cursor.execute('UPDATE c SET visa = CASE WHEN state = 2 THEN 1 ELSE 3 END, x = 1')",
    "answers['state'] = 1",
])  # fmt: skip
def test_reading_a_state_passes(tmp_path, capsys, line):
    path = written(tmp_path, f"def act(case, rows, Clearance):\n    {line}\n")

    assert answer(lint_state, path, capsys) == (0, "")


def test_what_is_no_case_is_listed_with_its_reason(tmp_path, capsys):
    name = "emigrate/domains/notifications/actions.py"
    allowed = written(tmp_path, "from x import Message\nMessage.objects.update(state='x')\n", name)
    own = answer(lint_state, allowed, capsys)
    allowed.write_text("from x import Message\nClearance.objects.update(state='x')\n")

    assert (own, answer(lint_state, allowed, capsys)[0]) == ((0, ""), 1)
    assert all(reason for reason in lint_state.ALLOWED.values())


def test_the_engine_and_migrations_write_states(tmp_path, capsys):
    for name in (*lint_state.ENGINE, "emigrate/domains/samples/migrations/0001_initial.py"):
        path = written(tmp_path, "case.state = 1\n", name)
        assert answer(lint_state, path, capsys) == (0, "")


def test_every_listed_file_is_there():
    for file, model in lint_state.ALLOWED:
        assert f" {model}" in (CHECKOUT / file).read_text(), file


INLINE = "def act():\n    if True:\n        {line}\n"


@pytest.mark.parametrize("line", ["import json", "from json import loads  # because"])
def test_an_inline_import_says_why(tmp_path, capsys, line):
    path = written(tmp_path, INLINE.format(line=line))

    code, said = answer(lint_inline_imports, path, capsys)

    assert (code, said.startswith(f"{path.as_posix()}:3: ")) == (1, True)


@pytest.mark.parametrize("reason", ["slow import", "app ready", "type checking"])
def test_three_reasons_are_good(tmp_path, capsys, reason):
    path = written(tmp_path, "import json\n" + INLINE.format(line=f"import csv  # {reason}"))

    assert answer(lint_inline_imports, path, capsys) == (0, "")


def test_an_import_in_a_method_and_an_async_function(tmp_path, capsys):
    text = "class A:\n    async def act(self):\n        def inner():\n            import json\n"
    path = written(tmp_path, text)

    code, said = answer(lint_inline_imports, path, capsys)

    assert (code, len(said.splitlines())) == (1, 1)


def function(lines, name="act"):
    return f"def {name}():\n" + "    x = 1\n" * (lines - 1)


@pytest.mark.parametrize(("lines", "code"), [(50, 0), (51, 1)])
def test_a_function_stops_at_fifty(tmp_path, capsys, lines, code):
    path = written(tmp_path, "\n\n@decorated\n" + function(lines))

    assert answer(lint_sizes, path, capsys)[0] == code


@pytest.mark.parametrize(("lines", "code"), [(400, 0), (401, 1)])
def test_a_file_stops_at_four_hundred(tmp_path, capsys, lines, code):
    path = written(tmp_path, "x = 1\n" * lines)

    assert answer(lint_sizes, path, capsys)[0] == code


def test_tables_may_be_long(tmp_path, capsys):
    for name in lint_sizes.TABLES:
        path = written(tmp_path, function(500), f"emigrate/domains/samples/{name}")
        assert answer(lint_sizes, path, capsys) == (0, "")


@pytest.mark.parametrize("name", ["lint_state", "lint_inline_imports", "lint_sizes"])
def test_as_a_command(tmp_path, name):
    good = written(tmp_path, "x = 1\n")
    command = [sys.executable, "-m", f"tools.{name}", str(tmp_path)]

    done = subprocess.run(command, capture_output=True, text=True, cwd=CHECKOUT, check=False)

    assert (done.returncode, done.stdout, good.exists()) == (0, "", True)


def test_our_tools_are_short():
    ours = ("docs", "lint_state", "state_writes", "lint_inline_imports", "lint_sizes")

    lengths = {name: len((CHECKOUT / f"tools/{name}.py").read_text().splitlines()) for name in ours}

    assert {name: length for name, length in lengths.items() if length >= 100} == {}
