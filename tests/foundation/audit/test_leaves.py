"""Canonical bytes, hashes and chains of audit leaves."""

import hashlib
import json
from dataclasses import asdict, replace
from timeit import repeat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emigrate.foundation.audit.leaves import (
    LeafError,
    Problem,
    canonical,
    canonical_json,
    chain_ok,
    leaf_hash,
    parse,
    salted_hash,
)
from tests.foundation.audit.histories import digest, first, following, history

words = st.text(min_size=1, max_size=40).filter(lambda text: text.isprintable())
any_text = st.text(max_size=40)


def test_the_bytes_of_a_leaf_are_fixed_for_ever():
    leaf = first(on_behalf_of="household-2", before_state="new", findings_hash=digest("findings"))

    data = canonical(leaf)

    assert data.decode() == (
        '{"actor":"person-7f3a","actor_role":"emigrant",'
        '"after_hash":"ed7002b439e9ac845f22357d822bac1444730fbdb6016d3ec9432297b9ec9f73",'
        '"after_state":"draft","alg":"sha-256","before_hash":"","before_state":"new",'
        '"case":"case-a","db_time":"2026-11-22T04:30:00.000001Z","event":"clearance.opened",'
        f'"findings_hash":"{digest("findings")}",'
        '"on_behalf_of":"household-2","prev":"","reason_hash":"","request_id":"req-0001",'
        '"seq":1,"stream":"clearance","version":1}'
    )


def test_the_hash_of_a_leaf_is_that_of_rfc_6962():
    leaf = first()

    node = leaf_hash(leaf)

    assert node == hashlib.sha256(b"\x00" + canonical(leaf)).digest()


@given(actor=words, case=words, state=any_text.filter(bool), behalf=st.none() | any_text)
def test_two_ways_to_the_canonical_form_agree_and_lead_back(actor, case, state, behalf):
    leaf = first(case, actor=actor, after_state=state, on_behalf_of=behalf)

    data = canonical(leaf)

    assert data == canonical_json(asdict(leaf))
    assert parse(data) == leaf


# RFC 8785, section 3.2.3: names sort by UTF-16 code units, and section 3.2.2.2: escapes.
def test_names_and_strings_follow_rfc_8785():
    value = {
        "€": "Euro Sign",
        "\r": "Carriage Return",
        "\ufb33": "Hebrew Letter Dalet With Dagesh",
        "1": "One",
        "😀": "Emoji: Grinning Face",
        "\x80": "Control",
        "ö": '€$\x0f\nA\'B"\\\\"/',
    }

    data = canonical_json(value)

    assert data.decode() == (
        '{"\\r":"Carriage Return","1":"One","\x80":"Control",'
        '"ö":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/","€":"Euro Sign",'
        '"😀":"Emoji: Grinning Face","\ufb33":"Hebrew Letter Dalet With Dagesh"}'
    )


@given(
    st.dictionaries(
        st.text("abcXYZ_09", max_size=6),
        st.none() | any_text | st.integers(-(2**53) + 1, 2**53 - 1),
    )
)
def test_ascii_names_give_the_json_that_other_writers_give(value):
    data = canonical_json(value)

    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert data == text.encode()


@pytest.mark.parametrize("value", [1.5, True, [], {}, b"x", 2**53, -(2**53), "\ud800"])
def test_other_values_have_no_canonical_form(value):
    with pytest.raises(LeafError):
        canonical_json({"name": value})


@pytest.mark.parametrize(("field", "value"), [
    ("version", 2), ("version", True), ("alg", "md5"),
    ("seq", 0), ("seq", -1), ("seq", True), ("seq", 1.0), ("seq", 2**53),
    ("stream", ""), ("case", ""), ("event", ""), ("actor_role", ""), ("actor", ""),
    ("after_state", ""), ("actor", 5), ("on_behalf_of", 5), ("before_state", []),
    ("before_hash", "x" * 64), ("after_hash", "A" * 64), ("reason_hash", "a" * 63),
    ("findings_hash", None), ("prev", "a" * 64 + "\n"),
    ("db_time", "2026-11-22T04:30:00Z"), ("db_time", "2026-11-22T04:30:00.000001+00:00"),
    ("db_time", "2026-13-22T04:30:00.000001Z"), ("db_time", "2026-11-22T24:30:00.000001Z"),
    ("db_time", "٢026-11-22T04:30:00.000001Z"), ("actor", "\udfff"), ("actor", "x" * 65_536),
])  # fmt: skip
def test_a_leaf_in_the_wrong_form_is_never_written(field, value):
    leaf = replace(first(), **{field: value})

    with pytest.raises(LeafError):
        canonical(leaf)


@pytest.mark.parametrize("spoil", [
    lambda data: data + b"\n",
    lambda data: data.replace(b":", b": ", 1),
    lambda data: data.replace(b'"seq":1', b'"seq":1.0'),
    lambda data: data.replace(b'"seq":1', b'"seq":1,"seq":1'),
    lambda data: data.replace(b'"actor":"person-7f3a",', b""),
    lambda data: data.replace(b"{", b'{"a":null,', 1),
    lambda data: data.replace(b"person", b"\\u0070erson"),
    lambda data: data.replace(b"person", b"\xffperson"),
    lambda data: b"[" + data + b"]",
    lambda data: b"[" * 100_000,
    lambda data: data[:-1],
])  # fmt: skip
def test_only_canonical_bytes_are_read(spoil):
    data = spoil(canonical(first()))

    with pytest.raises(LeafError):
        parse(data)


def test_a_salted_hash_hides_and_the_salt_counts():
    one = salted_hash(b"s" * 16, "withdrew by phone")

    other = salted_hash(b"t" * 16, "withdrew by phone")

    assert one != other
    with pytest.raises(ValueError, match="16 bytes"):
        salted_hash(b"short", "reason")


def test_interleaved_cases_hold():
    leaves = history(200)

    problems = chain_ok(leaves)

    assert problems == []


def test_a_later_batch_is_checked_from_the_heads():
    leaves = history(200)
    heads = {leaf.key: leaf for leaf in leaves[:150]}

    problems = (chain_ok(leaves[150:], heads=heads), len(chain_ok(leaves[150:])) > 0)

    assert problems == ([], True)


@pytest.mark.parametrize(("changes", "codes"), [
    ({"seq": 4},                 ["seq_gap"]),
    ({"seq": 2},                 ["seq_repeated"]),
    ({"prev": ""},               ["prev_mismatch"]),
    ({"prev": digest("other")},  ["prev_mismatch"]),
    ({"before_state": "draft"},  ["state_mismatch"]),
    ({"before_state": None},     ["state_mismatch"]),
    ({"before_hash": ""},        ["content_mismatch"]),
    ({"case": "case-b"},         ["seq_gap", "prev_mismatch"]),
])  # fmt: skip
def test_every_break_is_named_with_its_place(changes, codes):
    one = first()
    two = following(one)
    three = following(two, **changes)

    problems = chain_ok([one, two, three])

    place = (2, three.case, three.seq)
    assert [(p.index, p.case, p.seq, p.code) for p in problems] == [(*place, c) for c in codes]


def test_a_first_leaf_with_a_past_is_a_break():
    leaf = first(prev=digest("elsewhere"))

    problems = chain_ok([leaf])

    assert problems == [Problem(0, "clearance", "case-a", 1, "prev_mismatch", "expected none")]


@pytest.mark.prove
def test_a_leaf_costs_less_than_thirty_microseconds():
    leaf = following(first())

    best = min(repeat(lambda: leaf_hash(leaf), number=500, repeat=20)) / 500

    assert best < 30e-6
