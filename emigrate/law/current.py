"""The chosen country's law, so that nothing above names a country."""

from importlib import import_module
from types import ModuleType

from emigrate.law.engine.country import chosen


def pack() -> ModuleType:
    """The country's package: `answer`, `Question`, `parse_question`, `figure` and the windows.

    Raises `emigrate.law.engine.country.UnknownCountry` when EMIGRATE_LAW names no country.
    """
    return import_module(f"emigrate.law.{chosen()}")
