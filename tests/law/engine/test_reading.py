"""Strict reading: every fault found, each at its place, nothing ever raised but `BadQuestion`."""

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emigrate.law.engine import reading
from emigrate.law.engine.reading import (
    MOST_CHARACTERS,
    MOST_PROBLEMS,
    BadQuestion,
    amount,
    code,
    day,
    flag,
    listed,
    number,
    one_of,
    read,
    record,
    text,
    whole,
)

READERS: dict[str, reading.Reader] = {
    "day": day,
    "flag": flag,
    "text": text,
    "whole": whole(1, 10),
    "number": number(0, 10),
    "word": one_of("a", "b"),
    "code": code(lambda: {"IND"}, "ISO 3166-1 alpha-3"),
    "amount": amount,
    "list": listed(whole(1, 10), 3),
    "inner": record(dict, {"day": day}, ("day",)),
}
READER = record(dict, READERS)


def faults(content: str) -> list[tuple[str, str]]:
    with pytest.raises(BadQuestion) as raised:
        read(content, READER)
    return [(error["pointer"], error["code"]) for error in raised.value.errors]


@pytest.mark.parametrize(
    ("content", "value"),
    [
        ('{"number": 1.50}', {"number": Decimal("1.50")}),
        ('{"number": 2}', {"number": Decimal(2)}),
        ('{"amount": "12.345"}', {"amount": Decimal("12.345")}),
        ('{"amount": 12}', {"amount": Decimal(12)}),
        ('{"list": [1, 2]}', {"list": (1, 2)}),
        ('{"text": "Erbil", "flag": false}', {"text": "Erbil", "flag": False}),
        ('{"code": "IND", "word": "b", "whole": 10}', {"code": "IND", "word": "b", "whole": 10}),
        ("{}", {}),
    ],
)
def test_good_values(content: str, value: dict[str, Any]) -> None:
    assert read(content, READER) == value


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ('{"day": "2026-02-30"}', ("/day", "bad_date")),
        ('{"day": "20260131"}', ("/day", "bad_date")),
        ('{"day": "٢٠٢٦-٠١-٣١"}', ("/day", "bad_date")),
        ('{"day": 20260131}', ("/day", "bad_date")),
        ('{"day": "1899-12-31"}', ("/day", "out_of_range")),
        ('{"day": "2200-01-01"}', ("/day", "out_of_range")),
        ('{"day": null}', ("/day", "bad_date")),
        ('{"flag": 1}', ("/flag", "wrong_type")),
        ('{"text": ""}', ("/text", "bad_text")),
        ('{"text": "  "}', ("/text", "bad_text")),
        ('{"text": "a\\u0000"}', ("/text", "bad_text")),
        ('{"text": "\\ud800"}', ("/text", "bad_text")),
        ('{"text": 5}', ("/text", "wrong_type")),
        ('{"whole": true}', ("/whole", "wrong_type")),
        ('{"whole": 1.0}', ("/whole", "wrong_type")),
        ('{"whole": 11}', ("/whole", "out_of_range")),
        ('{"number": true}', ("/number", "wrong_type")),
        ('{"number": "3"}', ("/number", "wrong_type")),
        ('{"number": -0.1}', ("/number", "out_of_range")),
        ('{"word": "c"}', ("/word", "bad_code")),
        ('{"word": ["a"]}', ("/word", "wrong_type")),
        ('{"code": "ind"}', ("/code", "unknown_code")),
        ('{"amount": 1.5}', ("/amount", "wrong_type")),
        ('{"amount": true}', ("/amount", "wrong_type")),
        ('{"amount": -1}', ("/amount", "bad_amount")),
        ('{"amount": 1000000000000}', ("/amount", "bad_amount")),
        ('{"amount": "-1"}', ("/amount", "bad_amount")),
        ('{"amount": "1e3"}', ("/amount", "bad_amount")),
        ('{"amount": "1,000"}', ("/amount", "bad_amount")),
        ('{"amount": "१००"}', ("/amount", "bad_amount")),
        ('{"list": {}}', ("/list", "wrong_type")),
        ('{"list": [1, 2, 3, 4]}', ("/list", "too_many")),
        ('{"list": [1, 99]}', ("/list/1", "out_of_range")),
        ('{"inner": []}', ("/inner", "wrong_type")),
        ('{"inner": {}}', ("/inner/day", "missing")),
        ('{"a/b~c": 1}', ("/a~1b~0c", "unknown_key")),
        ('{"flag": true, "flag": true}', ("/flag", "duplicate_key")),
        ('{"x": 1, "x": 2}', ("/x", "unknown_key")),
        ("[]", ("", "wrong_type")),
        ("", ("", "not_json")),
        ("{} {}", ("", "not_json")),
        ('{"number": NaN}', ("", "not_json")),
        ('{"number": 1e999999999999999999999}', ("", "not_json")),
        ('{"number": ' + "9" * 5000 + "}", ("", "not_json")),
        ("[" * 60_000, ("", "too_deep")),
        (" " * (MOST_CHARACTERS + 1), ("", "too_large")),
    ],
)
def test_faults(content: str, expected: tuple[str, str]) -> None:
    assert faults(content)[0] == expected


def test_every_fault_is_told_at_once() -> None:
    found = faults('{"inner": {"day": 1, "x": 1, "day": 2}, "list": [0, 1, 0], "flag": 0}')

    assert found == [
        ("/inner/day", "bad_date"),
        ("/inner/x", "unknown_key"),
        ("/inner/day", "duplicate_key"),
        ("/list/0", "out_of_range"),
        ("/list/2", "out_of_range"),
        ("/flag", "wrong_type"),
    ]


def test_faults_are_told_up_to_a_number() -> None:
    found = faults(json.dumps({f"x{i}": 1 for i in range(1000)}))

    assert len(found) == MOST_PROBLEMS


def test_messages_in_another_language() -> None:
    with pytest.raises(BadQuestion) as raised:
        read('{"x": 1}', READER)

    assert raised.value.translated("hi") == [
        {"pointer": "/x", "code": "unknown_key", "message": "ऐसी कोई कुंजी नहीं है।"}
    ]


def read_or_refused(content: str) -> str:
    try:
        read(content, READER)
    except BadQuestion as bad:
        return json.dumps(bad.errors, ensure_ascii=False).encode("utf-8").decode("utf-8")
    return "read"


@given(st.text())
def test_any_text_is_read_or_refused(content: str) -> None:
    assert read_or_refused(content) != "[]"


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text()),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(st.dictionaries(st.sampled_from(sorted(READERS)), JSON))
def test_any_json_is_read_or_refused(content: dict[str, Any]) -> None:
    assert read_or_refused(json.dumps(content)) != "[]"
