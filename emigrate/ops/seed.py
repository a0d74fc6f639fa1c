"""What every new database needs before anybody signs in."""

from importlib import import_module
from importlib.util import find_spec


def load_reference_data() -> None:
    """Load the reference tables (countries, States, offices, occupations ...) as the owner."""
    if find_spec("emigrate.domains.reference.actions") is not None:
        import_module("emigrate.domains.reference.actions").load_reference_data()
