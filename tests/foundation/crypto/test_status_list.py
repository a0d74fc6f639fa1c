import base64
import json
import re
import zlib
from datetime import UTC, datetime, timedelta

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emigrate.foundation.crypto.signing_keys import KeyUnfit, Purpose, make_key
from emigrate.foundation.crypto.status_list import StatusList, sign_status_list
from gate import Reason, Refused
from gate.cbor import decode
from gate.status import status_claims
from tests.shared import shared_path

NOW = datetime(2026, 11, 22, tzinfo=UTC)
WEEK = timedelta(days=7)
KEY = make_key(Purpose.STATUS, NOW, longest_validity=WEEK, demo=True)


def example(name: str) -> str:
    return shared_path("vectors", "token-status-list", "examples", f"{name}.md").read_text()


def hexadecimal(text: str) -> bytes:
    return bytes.fromhex(
        "".join(re.findall(r"^[0-9a-f]+$", text.partition("encoded:")[2] or text, re.MULTILINE))
    )


def listed(name: str) -> StatusList:
    """The list of an example of the draft, in JSON or CBOR, as our object."""
    text = example(name)
    if name.endswith("json"):
        found = json.loads(re.sub(r"\s", "", text[text.index("{") :]))
        padded = found["lst"] + "=" * (-len(found["lst"]) % 4)
        entries = zlib.decompress(base64.urlsafe_b64decode(padded))
    else:
        found = cbor2.loads(hexadecimal(text))
        entries = zlib.decompress(found["lst"])
    return StatusList(found["bits"], len(entries) * 8 // found["bits"], entries)


@pytest.mark.parametrize(("name", "bits", "values"), [
    ("status_list_encoding_json",  1, "1001110111000101"),
    ("status_list_encoding_cbor",  1, "1001110111000101"),
    ("status_list_encoding2_json", 2, "120301011233"),
    ("status_list_encoding2_cbor", 2, "120301011233"),
])  # fmt: skip
def test_the_short_examples_of_the_draft(name, bits, values):
    expected = [int(value) for value in values]

    found = listed(name)

    assert (found.bits, [found.get(index) for index in range(found.size)]) == (bits, expected)


@pytest.mark.parametrize(("name", "bits"), [
    ("status_list_encoding1_long_json", 1), ("status_list_encoding1_long_cbor", 1),
    ("status_list_encoding2_long_json", 2), ("status_list_encoding2_long_cbor", 2),
    ("status_list_encoding4_json", 4),      ("status_list_encoding4_cbor", 4),
    ("status_list_encoding8_json", 8),      ("status_list_encoding8_cbor", 8),
])  # fmt: skip
def test_the_long_examples_are_packed_again_to_the_same_values(name, bits):
    found = listed(name)

    again = StatusList(bits, found.size)
    for index in range(found.size):
        if found.entries[index * bits // 8]:
            again.set(index, found.get(index))

    assert (found.bits, found.size, again.entries) == (bits, 2**20, found.entries)


def test_both_forms_of_one_list_agree():
    forms = [
        (listed(f"status_list_encoding{n}_json"), listed(f"status_list_encoding{n}_cbor"))
        for n in ("", "1_long", "2", "2_long", "4", "8")
    ]

    assert [one.entries for one, _ in forms] == [other.entries for _, other in forms]


def test_our_encoder_writes_the_drafts_bytes():
    entries = StatusList(1, 16, bytes([0xB9, 0xA3]))

    assert entries.as_json() == {"bits": 1, "lst": "eNrbuRgAAhcBXQ"}
    assert cbor2.dumps(entries.as_cbor()) == hexadecimal(example("status_list_encoding_cbor"))


def test_the_signed_example_carries_the_claims_that_the_gate_reads():
    message = cbor2.loads(hexadecimal(example("status_list_cwt")))

    found = status_claims(cbor2.loads(message.value[2]))

    assert (found.uri, found.issued, found.expires, found.bits, found.entries) == (
        "https://example.com/statuslists/1",
        1686920170,
        2291720170,
        1,
        bytes([0xB9, 0xA3]),
    )


@pytest.mark.parametrize("name", ["status_list_cwt", "referenced_token_cwt"])
def test_the_drafts_tokens_are_refused_for_their_unsorted_claims(name):
    message = cbor2.loads(hexadecimal(example(name)))

    with pytest.raises(Refused) as refused:
        decode(message.value[2])

    assert refused.value.reason is Reason.BAD_CBOR


def test_the_referring_example_names_entry_0():
    message = cbor2.loads(hexadecimal(example("referenced_token_cwt")))

    claims = cbor2.loads(message.value[2])

    assert claims[65535] == {"status_list": {"idx": 0, "uri": "https://example.com/statuslists/1"}}


@given(
    st.sampled_from([1, 2, 4, 8]),
    st.dictionaries(st.integers(0, 1023), st.integers(0, 255), max_size=40),
)
def test_every_entry_keeps_its_value_and_disturbs_no_other(bits, values):
    fitting = {index: value % (1 << bits) for index, value in values.items()}
    entries = StatusList(bits, 1024)

    for index, value in fitting.items():
        entries.set(index, (1 << bits) - 1)
        entries.set(index, value)

    assert [entries.get(index) for index in range(1024)] == [
        fitting.get(index, 0) for index in range(1024)
    ]


@pytest.mark.parametrize("index", [-1, 2**17])
def test_an_index_outside_the_list_is_refused(index):
    entries = StatusList()

    with pytest.raises(IndexError):
        entries.get(index)
    with pytest.raises(IndexError):
        entries.set(index, 0)


@pytest.mark.parametrize("value", [-1, 4])
def test_a_value_that_does_not_fit_is_refused(value):
    with pytest.raises(ValueError, match="status_value"):
        StatusList().set(0, value)


@pytest.mark.parametrize("shape", [(3, 8, None), (2, 0, None), (1, 7, None), (2, 8, b"\0")])
def test_an_odd_shape_is_refused(shape):
    with pytest.raises(ValueError, match="status_list_shape"):
        StatusList(*shape)


def test_the_signed_list_says_where_when_and_for_how_long():
    entries = StatusList()
    entries.set(2**17 - 1, 2)

    message = cbor2.loads(sign_status_list(entries, uri="https://x/1", issued=NOW, key=KEY))

    claims = cbor2.loads(message.value[2])
    assert cbor2.loads(message.value[0]) == {
        1: -7,
        4: KEY.kid,
        16: "application/statuslist+cwt",
    }
    assert zlib.decompress(claims.pop(65533)["lst"]) == bytes(2**15 - 1) + b"\x80"
    issued = int(NOW.timestamp())
    assert claims == {2: "https://x/1", 4: issued + 48 * 3600, 6: issued, 65534: 900}


def test_only_a_status_key_signs_a_list():
    key = make_key(Purpose.EC_QR, NOW, longest_validity=WEEK, demo=True)

    with pytest.raises(KeyUnfit) as unfit:
        sign_status_list(StatusList(), uri="x", issued=NOW, key=key)

    assert unfit.value.code == "key_wrong_purpose"
