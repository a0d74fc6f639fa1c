"""The command line: `python -m gate verify`. One QR text in, one JSON line out."""

import argparse
import json
import re
import stat
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from gate.reasons import Unusable
from gate.trust import LARGEST, TrustList
from gate.verdict import LONGEST_TEXT, Verifier

DONE, UNUSABLE = 0, 2
_RFC3339 = re.compile(
    r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)", re.ASCII
)
_COUNT = re.compile(r"\d{1,9}", re.ASCII)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 for every verdict, 2 for wrong usage and files that cannot be used."""
    asked = _parser().parse_args(arguments)
    try:
        verifier = Verifier(
            _read(asked.root),
            _read(asked.trust),
            [_read(path) for path in asked.status],
            asked.max_age_hours,
        )
        if asked.state:
            _refuse_rollback(asked.state, verifier.trust)
        result = verifier.check(_qr_text(), asked.now or datetime.now(UTC))
        _answer(json.dumps(result.as_json()))
    except Unusable as unusable:
        if sys.stderr is not None:
            sys.stderr.write(f"gate: {unusable.code}: {unusable.message}\n")
        return UNUSABLE
    return DONE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="gate", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    verify = commands.add_parser("verify", help="check the QR text on standard input")
    verify.add_argument("--root", type=Path, required=True, help="public root key, PEM")
    verify.add_argument("--trust", type=Path, required=True, help="signed trust list")
    verify.add_argument(
        "--status",
        type=Path,
        required=True,
        nargs="+",
        action="extend",
        metavar="FILE",
        help="signed status lists",
    )
    verify.add_argument("--now", type=_moment, help="judge at this RFC 3339 time")
    verify.add_argument(
        "--max-age-hours", type=_hours, metavar="N", help="oldest status list accepted as fresh"
    )
    verify.add_argument(
        "--state", type=Path, help="remembers the newest trust list seen, so that none older passes"
    )
    return parser


def _moment(text: str) -> datetime:
    # Python reads more: weeks, no seconds, a comma. A clock that is misread judges wrongly.
    if not _RFC3339.fullmatch(text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a time such as 2026-11-22T09:30:00Z")
    return datetime.fromisoformat(text.upper())


def _hours(text: str) -> int:
    if not _COUNT.fullmatch(text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of whole hours")
    return int(text)


def _read(path: Path) -> bytes:
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # a pipe would keep the officer waiting
            raise Unusable("file_unreadable", f"{path} is not a plain file.")
        with path.open("rb") as source:
            return source.read(LARGEST + 1)
    except OSError as error:
        message = f"{path} cannot be read ({error.strerror})."
        raise Unusable("file_unreadable", message) from error


def _qr_text() -> str:
    if sys.stdin is None:
        raise Unusable("input_unreadable", "Standard input is closed.")
    try:
        # Latin-1 keeps one character for each byte; base45 then refuses what is not its own.
        text = sys.stdin.buffer.read(LONGEST_TEXT + 3).decode("latin-1")
    except OSError as error:
        message = f"Standard input cannot be read ({error.strerror})."
        raise Unusable("input_unreadable", message) from error
    return text.removesuffix("\n").removesuffix("\r")


def _answer(line: str) -> None:
    if sys.stdout is None:
        raise Unusable("output_unwritable", "Standard output is closed.")
    try:
        sys.stdout.write(line + "\n")
        sys.stdout.flush()
    except OSError as error:
        message = f"Standard output cannot be written ({error.strerror})."
        sys.stdout = None  # or Python tries once more as it ends
        raise Unusable("output_unwritable", message) from error


def _refuse_rollback(path: Path, trust: TrustList) -> None:
    """Remember the counter of the newest trust list of this issuer, and refuse an older one."""
    seen = _seen(path)
    name = f"{trust.mode}:{trust.issuer}"
    if trust.counter < seen.get(name, 0):
        raise Unusable("trust_rollback", "A newer trust list was used here before this one.")
    if seen.get(name) == trust.counter:
        return
    fresh = path.with_name(path.name + ".new")
    try:
        fresh.write_text(json.dumps({**seen, name: trust.counter}), encoding="utf-8")
        fresh.replace(path)
    except OSError as error:
        message = f"{path} cannot be written ({error.strerror})."
        raise Unusable("state_unusable", message) from error


def _seen(path: Path) -> dict[str, int]:
    try:
        if not path.exists():
            return {}
        seen = json.loads(_read(path))
    except OSError as error:
        message = f"{path} cannot be read ({error.strerror})."
        raise Unusable("state_unusable", message) from error
    except (ValueError, RecursionError) as error:
        raise Unusable("state_unusable", f"{path} does not hold the gate's memory.") from error
    if not isinstance(seen, dict) or not all(type(count) is int for count in seen.values()):
        raise Unusable("state_unusable", f"{path} does not hold the gate's memory.")
    return seen
