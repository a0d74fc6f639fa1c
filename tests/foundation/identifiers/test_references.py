from random import Random, SystemRandom

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emigrate.foundation.identifiers.references import (
    InvalidReference,
    new_reference,
    normalise,
    valid_reference,
)

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
KINDS = ("RA", "FE", "DM", "CT", "EC", "EM", "PY", "GR")
references = st.builds(
    lambda kind, year, office, seed: new_reference(
        kind, year=year, office=office, random=Random(seed)
    ),
    st.sampled_from(KINDS),
    st.integers(2014, 2099),
    st.sampled_from(["DEL", "MAA", None]),
    st.integers(),
)


def test_a_reference_reads_kind_year_office_serial_check():
    reference = new_reference("EC", year=2026, office="DEL", random=Random(10))

    assert reference == "EC-2026-DEL-9586544-3"


def test_an_office_may_be_missing():
    reference = new_reference("EM", year=2026, office=None, random=SystemRandom())

    assert [len(part) for part in reference.split("-")] == [2, 4, 7, 1]


@given(references)
def test_every_new_reference_is_valid_and_normal(reference):
    assert (valid_reference(reference), normalise(reference)) == (True, reference)


@given(references, st.data())
def test_every_single_wrong_character_is_noticed(reference, data):
    places = [at for at, letter in enumerate(reference) if letter != "-"]
    at = data.draw(st.sampled_from(places))
    letter = data.draw(st.sampled_from(ALPHABET.replace(reference[at], "")))

    wrong = reference[:at] + letter + reference[at + 1 :]

    assert not valid_reference(wrong)


@pytest.mark.parametrize(
    "typed",
    [
        "ec-2026-del-9586544-3",
        " EC 2026 DEL 9586544 3 ",
        "EC2026DEL95865443",
        "EC\u20132026\u2013DEL\u20139586544\u20133",
        "ＥＣ-2026-DEL-9586544-3",
        "EC-२०२६-DEL-९५८६५४४-३",
    ],
)
def test_what_people_type_becomes_the_written_form(typed):
    assert normalise(typed) == "EC-2026-DEL-9586544-3"


@pytest.mark.parametrize(
    "text,code",
    [
        ("", "reference_malformed"),
        ("EC-2026-DEL-958654-3", "reference_malformed"),
        ("EC-2026-DEL-9586544", "reference_malformed"),
        ("EC-2026-DEL-9586544-9", "reference_check"),
        ("EC-2026-DEL-9586454-3", "reference_check"),
    ],
)
def test_a_wrong_reference_says_why(text, code):
    with pytest.raises(InvalidReference) as refusal:
        normalise(text)

    assert refusal.value.code == code


@pytest.mark.parametrize("kind,office", [("ec", "DEL"), ("E", "DEL"), ("EC", "D1L"), ("EC", "DE")])
def test_a_kind_or_office_of_another_shape_is_refused(kind, office):
    with pytest.raises(InvalidReference):
        new_reference(kind, year=2026, office=office, random=Random(1))
