import re

from bench.clearances import ALPHABET, pgbench_reference, reference
from emigrate.foundation.identifiers.references import valid_reference


def evaluated(serial):
    """What pgbench computes from the lines, by the same rules."""
    names = {"serial": serial}
    for line in pgbench_reference(1_000_000)[1:]:
        _, name, text = line.split(" ", 2)
        text = re.sub(r"CASE WHEN :c = 0 THEN 36 ELSE :c END", "(:c or 36)", text)
        text = text.replace("/", "//")
        text = re.sub(r":(\w+)", r"names['\1']", text)
        names[name] = eval(text, {"names": names, "mod": lambda a, b: a % b})
    return names["check"]


def test_pgbench_asks_for_references_that_exist():
    for serial in (1, 7, 36, 999_999, 123_456):
        assert valid_reference(reference(serial))
        assert ALPHABET[evaluated(serial) - 1] == reference(serial)[-1]
