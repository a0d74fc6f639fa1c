import json

import base45 as theirs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate import Reason, Refused, base45
from tests.shared import shared_path


def test_the_examples_of_rfc_9285():
    pairs = json.loads(shared_path("vectors", "known-answers", "known-answers.json").read_text())

    decoded = {base45.decode(code).decode(): code for code in pairs["base45"]["pairs"].values()}

    assert decoded == pairs["base45"]["pairs"]


@given(st.binary(max_size=400))
def test_what_another_encoder_writes_is_read_back(content):
    text = theirs.b45encode(content).decode()

    assert base45.decode(text) == content


@given(st.text(alphabet=base45.ALPHABET.decode(), max_size=60))
def test_a_text_is_refused_or_is_the_only_text_of_its_bytes(text):
    try:
        content = base45.decode(text)
    except Refused as refused:
        assert refused.reason is Reason.BAD_BASE45  # noqa: PT017 -- one of two right answers
    else:
        assert theirs.b45encode(content).decode() == text


@pytest.mark.parametrize(
    "text", ["A", "BB8A", ":::", "GGW", "::", "5 ", "bb8", "BB8\n", "é", "\ud800"]
)
def test_foreign_characters_stray_digits_and_overflow_are_refused(text):
    with pytest.raises(Refused) as refused:
        base45.decode(text)

    assert refused.value.reason is Reason.BAD_BASE45
