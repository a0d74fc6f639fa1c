"""A code means one thing, and the committed page says which."""

from collections import defaultdict

from tools.errors import COMMITTED, field_codes, generated, raised_codes, refusals


def test_the_committed_page_is_what_the_code_says():
    assert COMMITTED.read_text(encoding="utf-8") == generated()


def test_a_code_has_one_meaning():
    """One code, one kind of refusal: the same status and words wherever it is raised."""
    meanings = defaultdict(set)
    for kind in refusals():
        meanings[kind.code].add((kind.status, str(kind.text), kind.__name__))
    kinds = {kind.__name__: kind for kind in refusals()}
    for name, code in raised_codes():
        if name in kinds:
            meanings[code].add((kinds[name].status, str(kinds[name].text), name))

    assert {code: said for code, said in meanings.items() if len(said) > 1} == {}


def test_codes_are_plain_words():
    codes = {kind.code for kind in refusals()} | field_codes()

    assert [
        code for code in codes if not code.replace("_", "").isalpha() or code.lower() != code
    ] == []


def test_every_refusal_says_what_to_do():
    assert [kind.__name__ for kind in refusals()[1:] if len(str(kind.text)) < 15] == []
