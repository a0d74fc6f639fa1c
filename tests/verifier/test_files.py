"""The verifier's own reading of the layout, held against the platform's writing of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emigrate.foundation.audit.tiles import bundle, tile_path
from verifier.files import LayoutError, split_entries, split_hashes, tile_name


@given(st.sampled_from([0, 1, 63, "entries"]), st.integers(0, 10**12), st.integers(1, 256))
def test_names_agree_with_those_written(level, index, width):
    name = tile_name(level, index, width)

    assert name == tile_path(level, index, width)


@given(st.lists(st.binary(max_size=300), max_size=20))
def test_bundles_are_read_as_written(entries):
    data = bundle(entries)

    assert split_entries(data, len(entries)) == entries


@pytest.mark.parametrize(("data", "width"), [
    (b"", 1), (b"\x00\x01a", 2), (b"\x00\x01a\x00\x01b", 1), (b"\x00\x01a\x00", 1),
    (b"\x00\x02a", 1), (b"\x00", 0),
])  # fmt: skip
def test_bundles_of_another_length_are_refused(data, width):
    with pytest.raises(LayoutError):
        split_entries(data, width)


@pytest.mark.parametrize("length", [0, 31, 33, 63, 65])
def test_tiles_of_another_length_are_refused(length):
    with pytest.raises(LayoutError):
        split_hashes(b"h" * length, 2 if length > 33 else 1)
