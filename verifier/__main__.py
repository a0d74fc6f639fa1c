"""Command line: `python -m verifier --dir DIR --key VKEY`.

Exit status: 0 the log holds, 1 something is wrong with it, 2 it could not be checked.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from verifier.check import Task, check_log
from verifier.findings import Report, UnusableError
from verifier.notes import LOG_KEY, WITNESS_KEY, Key, NoteError

OK, FINDING, UNUSABLE = 0, 1, 2


def _arguments(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="verifier", description="Check a published audit log.")
    parser.add_argument("--dir", type=Path, required=True, help="the log's folder")
    parser.add_argument("--key", required=True, help="the log's key: name+id+base64")
    parser.add_argument(
        "--witness", action="append", default=[], help="key of a witness that must have cosigned"
    )
    parser.add_argument("--since", type=Path, help="a checkpoint that you kept from before")
    parser.add_argument("--json", action="store_true", help="report as JSON")
    parser.add_argument(
        "--limit", type=_positive, default=1000, help="findings to list (default 1000)"
    )
    return parser.parse_args(words)


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number


def _task(arguments: argparse.Namespace) -> Task:
    try:
        key = Key.read(arguments.key)
        witnesses = tuple(Key.read(text) for text in arguments.witness)
        since = arguments.since.read_bytes() if arguments.since else None
    except (NoteError, OSError) as error:
        raise UnusableError(str(error)) from error
    if key.kind != LOG_KEY or any(witness.kind != WITNESS_KEY for witness in witnesses):
        message = "--key takes a log's key (type 1), --witness a witness's (type 4)"
        raise UnusableError(message)
    return Task(arguments.dir, key, witnesses, since, arguments.limit)


def _print(report: Report, *, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(json.dumps(report.as_json(), ensure_ascii=False) + "\n")
        return
    for finding in report.findings:
        sys.stdout.write(f"{finding}\n")
    total = report.counts.total()
    verdict = f"{total} findings" if total else "the log holds"
    sys.stdout.write(f"{report.size} entries, {report.cases} cases: {verdict}\n")


def main(words: Sequence[str] | None = None) -> int:
    """Run the check and return the exit status."""
    arguments = _arguments(words)
    try:
        report = check_log(_task(arguments))
    except UnusableError as error:
        if arguments.json:
            sys.stdout.write(json.dumps({"ok": False, "unusable": str(error)}) + "\n")
        else:
            sys.stderr.write(f"cannot be checked: {error}\n")
        return UNUSABLE
    _print(report, as_json=arguments.json)
    return FINDING if report.counts else OK


if __name__ == "__main__":
    sys.exit(main())
