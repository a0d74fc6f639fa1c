import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emigrate.foundation.crypto.cose import deterministic
from gate import Reason, Refused, cbor

NUMBERS = st.integers(min_value=-(2**64), max_value=2**64 - 1)
KEYS = st.one_of(NUMBERS, st.text(max_size=30))
PLAIN = st.recursive(
    st.one_of(NUMBERS, st.text(max_size=300), st.binary(max_size=300)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=30), st.dictionaries(KEYS, inner, max_size=30)
    ),
    max_leaves=20,
)


def depth(value) -> int:
    if isinstance(value, dict):
        return 1 + max(map(depth, value.values()), default=0)
    return 1 + max(map(depth, value), default=0) if isinstance(value, list) else 0


@given(PLAIN.filter(lambda value: depth(value) <= cbor.MAX_DEPTH))
def test_what_the_issuer_writes_is_read_back(value):
    assert cbor.decode(deterministic(value)) == value


@given(st.binary(max_size=60))
def test_any_bytes_are_refused_or_are_the_only_encoding_of_their_value(content):
    try:
        value = cbor.decode(content)
    except Refused as refused:
        assert refused.reason is Reason.BAD_CBOR  # noqa: PT017 -- refusing is one of two right answers
    else:
        assert written(value) == content


def written(value) -> bytes:
    if isinstance(value, cbor.Tagged):
        return cbor2.dumps(cbor2.CBORTag(value.tag, 0))[:-1] + written(value.value)
    if isinstance(value, list):
        head = cbor2.dumps([0] * len(value))
        return head[: len(head) - len(value)] + b"".join(map(written, value))
    return deterministic(value)


@pytest.mark.parametrize("code", [
    "",           # nothing
    "1817",       # 23 in two bytes
    "190017", "1900ff", "1a0000ffff", "1b00000000ffffffff",
    "3817",       # -24 in two bytes
    "5801ff",     # a byte string's length in two bytes
    "1c", "1d", "1e", "1f",                     # reserved
    "5f40ff", "7f60ff", "9fff", "bfff",         # open lengths
    "a200000000", "a201000000",           # key repeated, keys unsorted
    "a14000",     # a key of bytes
    "a1a000",     # a key that is a map
    "a18000",     # a key that is an array
    "f4", "f6", "f7", "f93c00", "fb3ff0000000000000",  # false, null, undefined, floats
    "c000", "c249010000000000000000", "d81c00", "d9010000",  # other tags
    "0000",       # a tail
    "41", "61", "81", "a1", "a100", "19ff",     # cut short
    "61ff", "62c328", "63eda080",               # no UTF-8
    "81818181818181818100",                  # nine deep
])  # fmt: skip
def test_everything_else_is_refused(code):
    with pytest.raises(Refused) as refused:
        cbor.decode(bytes.fromhex(code))

    assert refused.value.reason is Reason.BAD_CBOR


@pytest.mark.parametrize("size", [0, 23, 24, 255, 256, 65535, 65536])
def test_byte_strings_have_the_shortest_head(size):
    assert cbor.byte_string(bytes(size)) == cbor2.dumps(bytes(size))
