"""Which country's law is read: one setting, the environment variable EMIGRATE_LAW."""

import os
import re
from functools import cache
from pathlib import Path

DEFAULT = "india"
NAME = re.compile(r"[a-z][a-z_]{1,40}")


class UnknownCountry(LookupError):
    """EMIGRATE_LAW names no package below `emigrate/law`."""


@cache
def chosen() -> str:
    """The name of the country's package; raises `UnknownCountry`. Read once per process."""
    name = os.environ.get("EMIGRATE_LAW") or DEFAULT
    if not NAME.fullmatch(name) or not (_law() / name / "parameters").is_dir():
        raise UnknownCountry(name)
    return name


@cache
def folder() -> Path:
    """The folder that holds the chosen country's parameters, texts and cases."""
    return _law() / chosen()


def _law() -> Path:
    return Path(__file__).resolve().parent.parent
