import random
from datetime import date

from bench.names import control, readable, slipped
from bench.persons import Somebody

ASHA = Somebody(1, "ASHA", "KUMARI", "आशा कुमारी", date(1990, 1, 1))


def test_the_search_for_marks_finds_every_form():
    seen, size = readable([control()])

    assert (len(seen), size) == (7, len(control()))


def test_a_mark_across_two_pieces_is_found():
    text = control()

    assert readable([text[:3], text[3:]])[0] == readable([text])[0]


def test_nothing_is_found_where_nothing_is():
    assert readable([b"\\x0123456789abcdef" * 1000])[0] == set()


def test_a_slip_changes_one_letter():
    for script, name in (("latin", ASHA.name.lower()), ("devanagari", ASHA.local)):
        wrong = slipped(ASHA, script, random.Random(3))

        assert sum(a != b for a, b in zip(wrong, name, strict=True)) == 1
