"""What may stand in a text that somebody wrote."""

import re

UNWANTED = re.compile("[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f\\u202a-\\u202e\\ud800-\\udfff]")
"""Control characters but tab and line ends, lone surrogates, and what turns the order of the text
around it, so that a reader sees other words than those that were written (Unicode TR 36, 2.10)."""


def storable(text: str) -> bool:
    """Whether text can be kept and is read as it is written."""
    return UNWANTED.search(text) is None
