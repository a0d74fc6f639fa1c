"""A number's first letters say what it is a number of."""

import re
from collections import Counter
from pathlib import Path

import emigrate

KIND = re.compile(r'(?:next|new)_reference\(\s*"([A-Z]+)"')


def test_no_two_kinds_of_case_begin_their_numbers_alike():
    sources = Path(emigrate.__file__).parent.joinpath("domains").rglob("*.py")

    kinds = Counter(kind for path in sources for kind in KIND.findall(path.read_text()))

    assert {"EC", "CT", "DM", "RA"} <= set(kinds)
    assert [kind for kind, times in kinds.items() if times > 1] == []
