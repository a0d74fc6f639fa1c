"""The databases of simulations, called from anywhere."""

from uuid import uuid4

from emigrate.ops.database import drop_database, start
from emigrate.ops.simulation.databases import bring_up_to_date


def test_another_checkouts_code_is_not_run(tmp_path, monkeypatch):
    (tmp_path / "emigrate").mkdir()
    (tmp_path / "emigrate" / "__init__.py").write_text("raise SystemExit('another checkout')\n")
    monkeypatch.chdir(tmp_path)
    name = f"test_elsewhere_{uuid4().hex[:8]}"

    bring_up_to_date(name)

    made = name in start().databases
    drop_database(name)
    assert made
