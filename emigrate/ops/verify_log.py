"""`emigrate assurance verify-log`: the database against its leaves, the log by another's program.

Certificates are held against what was signed, too. The last part is the stand-alone verifier as a
process of its own. Only a key (`--key`) and a checkpoint (`--since`) that were kept elsewhere show
a log that was signed anew or cut back.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from emigrate.ops.cli import DONE, FOUND, CommandRefused
from emigrate.ops.database import CHECKOUT, Role
from emigrate.ops.django_setup import setup_django

if TYPE_CHECKING:  # type checking
    from emigrate.foundation.actors import Actor
    from emigrate.foundation.audit.agreement import Disagreement

EMPTY: dict[str, Any] = {
    "ok": True, "size": 0, "root": "", "cases": 0, "counts": {}, "findings": []
}  # fmt: skip


def verify_log(arguments: argparse.Namespace) -> int:
    """Print the findings as lines or one JSON object; 0 none, 1 some, 2 nothing to check."""
    if arguments.dir is not None:
        return _say([], _verified(arguments.dir.resolve(), arguments), arguments)
    setup_django(arguments.database, Role.WORKER)
    from emigrate.foundation.actors import Actor  # app ready
    from emigrate.foundation.audit.agreement import Disagreement, disagreements  # app ready
    from emigrate.foundation.audit.sequencer import export_log, place_waiting  # app ready

    actor = Actor.system("command-verify-log")
    found = [*disagreements(actor=actor), *_certificates(actor)]
    if not found:  # what is wrong already is not signed anew
        while place_waiting(actor=actor):
            pass
        found = disagreements(actor=actor)
    with tempfile.TemporaryDirectory() as folder:
        try:
            size = export_log(Path(folder), actor=actor)
        except ValueError as error:  # a leaf or tile that cannot be written
            return _say([*found, Disagreement("log_unwritable", str(error))], EMPTY, arguments)
        report = _verified(Path(folder), arguments) if size else EMPTY
    if not size and arguments.since:
        found += _erased(arguments)
    return _say(found, report, arguments)


def _erased(arguments: argparse.Namespace) -> "list[Disagreement]":
    """A log without a single leaf is no log to verify; a checkpoint that was kept tells of one."""
    from emigrate.foundation.audit import checkpoints  # app ready
    from emigrate.foundation.audit.agreement import Disagreement  # app ready
    from emigrate.foundation.audit.sequencer import log_signer  # app ready

    try:
        key = checkpoints.VerifierKey.parse(arguments.key or str(log_signer().verifier_key))
        kept = checkpoints.open_checkpoint(arguments.since.read_text("utf-8"), key)
    except (OSError, ValueError) as error:
        raise CommandRefused(
            "cannot_be_checked", f"The older checkpoint cannot be relied on: {error}"
        ) from error
    detail = f"size 0, but {kept.size} was signed before"
    return [Disagreement("rollback", detail)] if kept.size else []


def _certificates(actor: "Actor") -> "list[Disagreement]":
    """Certificates and clearances that are not what was signed."""
    from emigrate.domains.clearances.queries import unlike_their_certificates  # app ready
    from emigrate.domains.credentials.queries import altered_certificates  # app ready
    from emigrate.foundation.audit.agreement import Disagreement  # app ready
    from emigrate.foundation.transactions import acting  # app ready

    with acting(actor):
        found = [
            Disagreement("certificate_altered", what, "credential", number)
            for number, what in altered_certificates(actor)
        ]
        detail = "its days are not its certificate's"
        found += [
            Disagreement("clearance_unlike_certificate", detail, "clearance", case.reference)
            for case in unlike_their_certificates(actor)
        ]
    return found


def _verified(folder: Path, arguments: argparse.Namespace) -> dict[str, Any]:
    """What the stand-alone verifier says of an export."""
    if not (folder / "log.key").exists():
        raise CommandRefused("no_log", f"{folder} holds no exported log (log.key is missing).")
    key = arguments.key or (folder / "log.key").read_text().strip()
    command = [sys.executable, "-m", "verifier", "--dir", str(folder), "--key", key, "--json"]
    command += ["--since", str(arguments.since.resolve())] if arguments.since else []
    done = subprocess.run(command, cwd=CHECKOUT, check=False, capture_output=True, text=True)
    if done.returncode not in {DONE, FOUND}:
        said = json.loads(done.stdout)["unusable"] if done.stdout else done.stderr.strip()
        raise CommandRefused("cannot_be_checked", f"The log cannot be checked: {said}")
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def _say(found: "list[Disagreement]", report: dict[str, Any], arguments: argparse.Namespace) -> int:
    own = [
        {"code": each.code, "detail": each.detail, "stream": each.stream, "case": each.case}
        for each in found
    ]
    counts = Counter(each.code for each in found) + Counter(report["counts"])
    ok = not counts
    if arguments.json:
        whole = {"ok": ok, "counts": dict(counts), "findings": own + report["findings"]}
        print(json.dumps({**report, **whole}, ensure_ascii=False))
    else:
        lines = [str(each) for each in found]
        lines += [" ".join(f"{k}={v}" for k, v in each.items()) for each in report["findings"]]
        verdict = "the log holds" if ok else f"{counts.total()} findings"
        print("\n".join([*lines, f"{report['size']} entries, {report['cases']} cases: {verdict}"]))
    return DONE if ok else FOUND
