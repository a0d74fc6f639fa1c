"""Standard input and output as a command finds them: closed, full, or with nobody who listens."""

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

NOWHERE: Final = Path(os.devnull)
STANDARD_OUTPUT: Final = 1


class OutputLost(Exception):
    """Standard output cannot be written to; `code` says which way, `message` what to do."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class _Outlet(io.FileIO):
    """Goes on in silence when its reader has gone away (`| head`), which is no error.

    A disk that is full is one, on standard output: then too nothing is left that Python could trip
    over at its end.
    """

    def write(self, content: Any) -> int:  # a buffer, as FileIO takes it
        try:
            return super().write(content)
        except OSError as problem:
            self._fall_silent()
            if self.fileno() != STANDARD_OUTPUT or isinstance(problem, BrokenPipeError):
                return len(content)
            text = f"Standard output cannot be written to: {problem.strerror}."
            raise OutputLost("output_unwritable", text) from problem

    def _fall_silent(self) -> None:
        nowhere = os.open(NOWHERE, os.O_WRONLY)
        os.dup2(nowhere, self.fileno())
        os.close(nowhere)


@contextmanager
def outlet() -> Iterator[None]:
    """Within it a closed input is an empty one, and what is said is written as `_Outlet` says.

    Raises OutputLost when standard output is closed, or cannot take what was written at the end.
    """
    if sys.stdout is None:
        text = "Standard output is closed, so nothing can be answered: open it, to a file perhaps."
        raise OutputLost("output_closed", text)
    with _open("stdin", "r"), _open("stderr", "w"), _heard("stderr"), _heard("stdout"):
        yield


@contextmanager
def _open(name: str, mode: str) -> Iterator[None]:
    """Let a stream that was closed from the beginning lead nowhere."""
    if getattr(sys, name) is not None:
        yield
        return
    with NOWHERE.open(mode, encoding="utf-8") as stream:
        setattr(sys, name, stream)
        try:
            yield
        finally:
            setattr(sys, name, None)


@contextmanager
def _heard(name: str) -> Iterator[None]:
    before = getattr(sys, name)
    if before is not getattr(sys, f"__{name}__"):  # somebody in this process listens already
        yield
        return
    stream = _wrapped(before)
    setattr(sys, name, stream)
    try:
        yield
    finally:
        try:
            stream.flush()
        finally:
            setattr(sys, name, before)


def _wrapped(before: Any) -> io.TextIOWrapper:  # the interpreter's own TextIOWrapper
    before.flush()
    raw = _Outlet(before.fileno(), "w", closefd=False)
    content: Any = raw if before.write_through else io.BufferedWriter(raw)
    return io.TextIOWrapper(
        content,
        encoding=before.encoding,
        errors=before.errors,
        line_buffering=before.line_buffering,
        write_through=before.write_through,
    )
