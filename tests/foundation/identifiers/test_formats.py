import json
from pathlib import Path

import pytest

from emigrate.domains import reference
from emigrate.foundation.identifiers.formats import (
    InvalidIdentifier,
    conforming,
    load_formats,
    looks_like_aadhaar,
)
from tests.shared import shared_path

FORMATS = load_formats(Path(reference.__file__).parent / "data/formats.yaml")


@pytest.fixture(scope="module")
def twelve_digits():
    """The test numbers that the issuing authority publishes for sandboxes; no persons."""
    vectors = json.loads(shared_path("vectors/known-answers/known-answers.json").read_text())
    found = vectors["verhoeff"]
    return {
        verdict: [n for n in found[verdict] if len(n) == 12] for verdict in ("valid", "invalid")
    }


@pytest.mark.parametrize("kind", sorted(FORMATS))
def test_every_example_conforms(kind):
    assert conforming(FORMATS[kind].example, FORMATS[kind]) == FORMATS[kind].example


@pytest.mark.parametrize(
    "kind,typed,stored",
    [
        ("gstin", "27 aapfu 0939f 1zv", "27AAPFU0939F1ZV"),
        ("pan", " aapfu0939f ", "AAPFU0939F"),
        ("ifsc", "abcd0000001", "ABCD0000001"),
        ("mobile", "99999 00000", "9999900000"),
        ("pin", "110 001", "110001"),
        ("passport", "z-0000000", "Z0000000"),
        ("udyam", "udyam-dl-01-0000001", "UDYAM-DL-01-0000001"),
        ("upi", "Sample.Name@upi", "Sample.Name@upi"),
    ],
)
def test_what_people_type_becomes_the_stored_form(kind, typed, stored):
    assert conforming(typed, FORMATS[kind]) == stored


@pytest.mark.parametrize(
    "kind,text,code",
    [
        ("gstin", "27AAPFU0939F1ZW", "identifier_check"),
        ("gstin", "98AAPFU0939F1ZV", "identifier_shape"),
        ("pan", "AAPXU0939F", "identifier_shape"),
        ("ifsc", "ABCD1000001", "identifier_shape"),
        ("pin", "010001", "identifier_shape"),
        ("mobile", "5999900000", "identifier_shape"),
        ("mobile", "99999000001", "identifier_shape"),
        ("passport", "1234567", "identifier_shape"),
        ("cin", "", "identifier_shape"),
    ],
)
def test_what_does_not_conform_says_why(kind, text, code):
    with pytest.raises(InvalidIdentifier) as refusal:
        conforming(text, FORMATS[kind])

    assert (refusal.value.code, refusal.value.kind) == (code, kind)


def test_an_unknown_check_is_refused_when_the_table_is_read(tmp_path):
    table = tmp_path / "formats.yaml"
    table.write_text("odd: {pattern: '[0-9]', check: guesswork, example: '1'}")

    with pytest.raises(KeyError):
        load_formats(table)


@pytest.mark.parametrize(
    "dress", ["{0}{1}{2}", "{0} {1} {2}", "{0}-{1}-{2}", "My no. is:{0}  {1} {2}."]
)
def test_aadhaar_like_numbers_are_found_in_free_text(dress, twelve_digits):
    texts = [dress.format(n[:4], n[4:8], n[8:]) for n in twelve_digits["valid"]]

    assert [looks_like_aadhaar(text) for text in texts] == [True] * 5


def test_aadhaar_like_numbers_are_found_in_other_scripts_and_after_other_digits(twelve_digits):
    number = twelve_digits["valid"][0]
    devanagari = number.translate(str.maketrans("0123456789", "०१२३४५६७८९"))
    beside = f"Flat 12, 2026 {number[:4]} {number[4:8]} {number[8:]}"

    assert (looks_like_aadhaar(devanagari), looks_like_aadhaar(beside)) == (True, True)


def test_other_numbers_pass(twelve_digits):
    number = twelve_digits["valid"][0]
    others = [
        *twelve_digits["invalid"],
        f"+{number}",
        f"{number}1",
        "0" + number[1:],
        "22 November 2026",
        "EC-2026-DEL-9586544-3",
        "",
    ]

    assert [text for text in others if looks_like_aadhaar(text)] == []
