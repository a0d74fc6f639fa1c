"""`emigrate law`: ask the law one question, list its figures, compare two days."""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from emigrate.law.current import pack
from emigrate.law.engine.country import UnknownCountry
from emigrate.law.engine.figures import Change, Figure, all_figures, diff
from emigrate.law.engine.parameters import sheet
from emigrate.law.engine.reading import ISO_DAY, MOST_CHARACTERS, BadQuestion, Problem, printable
from emigrate.law.engine.texts import SOURCE_LANGUAGE, languages
from emigrate.ops.cli import BAD_INPUT, DONE, CommandRefused, Subparsers, add_json

BYTES_A_CHARACTER = 4
Run = Callable[[argparse.Namespace], int]


def add_parser(subparsers: Subparsers) -> None:
    """Add `law` and its three verbs."""
    parser = subparsers.add_parser("law", help="ask the law, list its figures, compare two days")
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    asking = _verb(verbs, "ask", "answer the JSON question on standard input with JSON", ask)
    asking.add_argument(
        "--lang", default=SOURCE_LANGUAGE, help="language of the reasons (default: %(default)s)"
    )
    listing = _verb(verbs, "figures", "list the figures of law with their references", figures)
    listing.add_argument("--on", type=_day, metavar="DATE", help="only what is in force that day")
    comparing = _verb(verbs, "diff", "show the figures that differ between two days", difference)
    comparing.add_argument("before", type=_day, metavar="DATE")
    comparing.add_argument("after", type=_day, metavar="DATE")


def ask(arguments: argparse.Namespace) -> int:
    """Print the answer, 0 whatever the verdict; print `{"errors"}` and give 2 for bad input."""
    lang = arguments.lang
    try:
        _known_language(lang)
        question = pack().parse_question(_standard_input())
    except BadQuestion as bad:
        _print({"errors": bad.translated(lang)})
        return BAD_INPUT
    _print(pack().answer(question).as_json(lang))
    return DONE


def figures(arguments: argparse.Namespace) -> int:
    """Print every value ever in force, or those of one day."""
    found = all_figures(arguments.on)
    if arguments.json:
        on = arguments.on and arguments.on.isoformat()
        _print({"on": on, "figures": [_as_json(each) for each in found]})
    else:
        _lines([f"{_name(each)}  {_described(each)}" for each in found])
    return DONE


def difference(arguments: argparse.Namespace) -> int:
    """Print what changes from the first day to the second."""
    changes = diff(arguments.before, arguments.after)
    if arguments.json:
        days = {"before": arguments.before.isoformat(), "after": arguments.after.isoformat()}
        _print(days | {"changes": [_change_as_json(change) for change in changes]})
    else:
        _lines([line for change in changes for line in _change_lines(change)])
    return DONE


def _verb(verbs: Subparsers, name: str, text: str, run: Run) -> argparse.ArgumentParser:
    parser = verbs.add_parser(name, help=text, description=f"{text[0].upper()}{text[1:]}.")
    add_json(parser)
    parser.set_defaults(run=lambda arguments: _refusing(run, arguments))
    return parser


def _refusing(run: Run, arguments: argparse.Namespace) -> int:
    try:
        return run(arguments)
    except UnknownCountry as unknown:
        message = f"EMIGRATE_LAW names no country's law: {unknown}."
        raise CommandRefused("unknown_country", message) from unknown


def _day(text: str) -> date:
    if not ISO_DAY.fullmatch(text):
        message = f"not a day (year-month-day): {text!r}"
        raise argparse.ArgumentTypeError(message)
    try:
        return date.fromisoformat(text)
    except ValueError as wrong:
        message = f"not a day of the calendar: {text!r}"
        raise argparse.ArgumentTypeError(message) from wrong


def _known_language(lang: str) -> None:
    if lang not in languages():
        facts = {"given": printable(lang), "choices": ", ".join(languages())}
        raise BadQuestion([Problem("", "unknown_language", facts)])


def _standard_input() -> str:
    # One byte more than any question may have, so that a long one is refused, never cut.
    content = sys.stdin.buffer.read(MOST_CHARACTERS * BYTES_A_CHARACTER + 1)
    if len(content) > MOST_CHARACTERS * BYTES_A_CHARACTER:
        raise BadQuestion([Problem("", "too_large", {"most": str(MOST_CHARACTERS)})])
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as wrong:
        raise BadQuestion([Problem("", "not_utf8", {})]) from wrong


def _print(content: dict[str, Any]) -> None:
    """One JSON object on one line; escaped where the terminal is not UTF-8."""
    plain = (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
    print(json.dumps(content, ensure_ascii=not plain, default=date.isoformat))


def _lines(lines: Sequence[str]) -> None:
    for line in lines:
        print(line)


def _name(figure: Figure) -> str:
    row = ", ".join(f"{name}={value}" for name, value in figure.of)
    return f"{figure.key}[{row}]" if row else figure.key


def _described(figure: Figure | None) -> str:
    if figure is None:
        return "-"
    value = json.dumps(figure.value, ensure_ascii=False)
    days = f"{figure.valid_from}..{figure.valid_to or ''}"
    return f"{value} ({figure.unit})  {days}  {figure.confidence}  {figure.reference}"


def _change_lines(change: Change) -> list[str]:
    figure = change.before or change.after
    name = _name(figure) if figure else change.key
    return [name, f"  - {_described(change.before)}", f"  + {_described(change.after)}"]


def _as_json(figure: Figure) -> dict[str, Any]:
    return {
        "key": figure.key,
        "of": dict(figure.of),
        "description": sheet(figure.key).description,
        "value": figure.value,
        "unit": figure.unit,
        "valid_from": figure.valid_from,
        "valid_to": figure.valid_to,
        "confidence": figure.confidence,
        "reference": figure.reference,
        "reviewed": figure.reviewed,
        "approved_by": figure.approved_by,
    }


def _change_as_json(change: Change) -> dict[str, Any]:
    return {
        "key": change.key,
        "of": dict(change.of),
        "before": _as_json(change.before) if change.before else None,
        "after": _as_json(change.after) if change.after else None,
    }
