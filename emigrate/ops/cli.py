"""The console script `emigrate`: a table of commands, each loaded only when it is asked for.

Every command's module offers `add_parser(subparsers)` and sets `run`, a function of the parsed
arguments that returns the exit code: 0 done, 1 a check found something, 2 bad usage or input.
"""

import argparse
import importlib
import json
import sys
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple, Protocol, TypeAlias

from emigrate.ops.outlet import OutputLost, outlet

DONE: Final = 0
FOUND: Final = 1
BAD_INPUT: Final = 2
INTERRUPTED: Final = 130


# argparse gives this type no public name.
Subparsers: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # noqa: SLF001 - above


class Command(NamedTuple):
    """Where a command lives, and one line about it for the list of commands."""

    module: str
    help: str


COMMANDS: Final[Mapping[str, Command]] = {
    "db": Command("emigrate.ops.db", "start, stop, migrate and look at the database"),
    "law": Command("emigrate.ops.law", "ask the law, list its figures, compare two days"),
    "run": Command("emigrate.ops.run", "the site, its jobs and the sandboxes, with accounts"),
    "worker": Command("emigrate.ops.worker", "run jobs until stopped"),
    "credentials": Command("emigrate.ops.credentials", "export what an offline gate needs"),
    "assurance": Command("emigrate.ops.assurance", "what an auditor checks the product through"),
    "replay": Command("emigrate.ops.replay", "a published year, scaled, in simulated time"),
    "demo": Command("emigrate.ops.demo", "three workers' roads, then the airport unplugged"),
}


class Refusal(Protocol):
    """What an expected error carries; the engine's `DomainError` has these names."""

    code: str
    message: str


class CommandRefused(Exception):
    """A command cannot be done as asked; `message` says what to do next."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class Parser(argparse.ArgumentParser):
    """A parser that takes no shortened options; its sub-commands are parsers of the same kind."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # argparse's own arguments
        super().__init__(*args, **{"allow_abbrev": False} | kwargs)


def add_json(parser: argparse.ArgumentParser) -> None:
    """Add the option that every command has: one JSON object on standard output."""
    parser.add_argument("--json", action="store_true", help="print JSON for machines")


def positive(text: str) -> int:
    """A whole number from 1 on, as an option's value."""
    number = int(text)
    if number < 1:
        message = f"not a number from 1 on: {text!r}"
        raise argparse.ArgumentTypeError(message)
    return number


def parser_for(asked: str | None, commands: Mapping[str, Command]) -> argparse.ArgumentParser:
    """Return a parser that knows every command's name, and all about the one asked for."""
    parser = Parser(
        prog="emigrate",
        description="Migration governance: database, law, demonstration, replay and checks.",
        epilog="Exit code: 0 done, 1 a check found something, 2 bad usage or input.",
    )
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, command in commands.items():
        if name == asked:
            importlib.import_module(command.module).add_parser(subparsers)
        else:
            subparsers.add_parser(name, help=command.help)
    return parser


def main(argv: Sequence[str] | None = None, commands: Mapping[str, Command] = COMMANDS) -> int:
    """Run one command and return its exit code; bad usage prints the usage and returns 2.

    What is expected to go wrong becomes one line and 2 here, and nowhere else. A reader that goes
    away (`| head`) changes nothing: the work goes on unheard, and ends with its own code.
    """
    words = list(sys.argv[1:] if argv is None else argv)
    try:
        with outlet():
            return _ran(words, commands)
    except OutputLost as lost:
        return _refuse(lost, as_json=False)


def _ran(words: list[str], commands: Mapping[str, Command]) -> int:
    asked = next((word for word in words if not word.startswith("-")), None)
    try:
        arguments = parser_for(asked, commands).parse_args(words)
        return int(arguments.run(arguments))
    except SystemExit as leaving:
        return leaving.code if isinstance(leaving.code, int) else BAD_INPUT
    except KeyboardInterrupt:
        return INTERRUPTED
    except CommandRefused as refusal:
        return _refuse(refusal, as_json="--json" in words)
    except (OSError, ValueError) as problem:
        meant = _meant(problem)
        if meant is None:
            raise
        return _refuse(meant, as_json="--json" in words)


def _meant(problem: OSError | ValueError) -> CommandRefused | None:
    """The refusal in what the system says, or an unfit key; None for a slip of our own."""
    if isinstance(problem, OSError):
        place = f"{problem.filename}: " if problem.filename is not None else ""
        return CommandRefused("refused_by_the_system", f"{place}{problem.strerror or problem}.")
    code = getattr(problem, "code", None)
    if not isinstance(code, str):
        return None
    text = f"A key of this installation (EMIGRATE_KEYS) cannot be used: {code}."
    return CommandRefused(code, text)


def _refuse(refusal: Refusal, *, as_json: bool) -> int:
    if as_json:
        print(json.dumps({"errors": [{"code": refusal.code, "message": refusal.message}]}))
    else:
        print(f"emigrate: {refusal.message}", file=sys.stderr)
    return BAD_INPUT
