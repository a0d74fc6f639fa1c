"""`assurance verify-log` on an exported log, from wherever it is called."""

import json
from argparse import Namespace
from pathlib import Path

from emigrate.ops.verify_log import verify_log
from tests.foundation.audit.histories import history
from tests.verifier.published import LOG, publish


def test_a_folder_and_a_checkpoint_may_be_named_from_where_one_stands(
    tmp_path, monkeypatch, capsys
):
    log = publish(tmp_path / "log", history(20))
    (log / "log.key").write_text(f"{LOG.verifier_key}\n")
    (tmp_path / "kept").write_bytes((log / "checkpoint").read_bytes())
    monkeypatch.chdir(tmp_path)

    done = verify_log(Namespace(dir=Path("log"), key=None, since=Path("kept"), json=True))

    assert (done, json.loads(capsys.readouterr().out)["size"]) == (0, 20)
