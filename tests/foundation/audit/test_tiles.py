"""The published files: names, widths, bundles, and proofs out of them."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from emigrate.foundation.audit.checkpoints import Signer, sign_checkpoint
from emigrate.foundation.audit.leaves import canonical, leaf_hash
from emigrate.foundation.audit.merkle import (
    Tree,
    TreeHead,
    consistency_proof,
    inclusion_proof,
    root_of,
    verify_consistency,
    verify_inclusion,
)
from emigrate.foundation.audit.tiles import (
    TileError,
    bundle,
    index_path,
    tile_path,
    tile_reader,
    tile_sizes,
    unbundle,
    write_log,
)
from tests.foundation.audit.histories import history

LOG = Signer("log.example/clearances", Ed25519PrivateKey.from_private_bytes(b"l" * 32))
LEAVES = history(600, cases=40)


def checkpoint_of(leaves):
    root = root_of(leaf_hash(leaf) for leaf in leaves)
    return sign_checkpoint(LOG.name, len(leaves), root, LOG)


def files(directory):
    return sorted(p.relative_to(directory).as_posix() for p in directory.rglob("*") if p.is_file())


def entry_files(directory):
    return [name for name in files(directory) if name.startswith("tile/entries/")]


@pytest.mark.parametrize(("index", "path"), [
    (0, "000"), (67, "067"), (999, "999"), (1000, "x001/000"), (1234067, "x001/x234/067"),
])  # fmt: skip
def test_numbers_are_written_as_in_the_specification(index, path):
    written = index_path(index)

    assert written == path


def test_tiles_have_the_paths_of_the_specification():
    paths = (tile_path(0, 273, 112), tile_path(1, 0), tile_path("entries", 1234067, 8))

    assert paths == ("tile/0/273.p/112", "tile/1/000", "tile/entries/x001/x234/067.p/8")


def test_a_tile_has_no_negative_number():
    with pytest.raises(TileError):
        index_path(-1)


# The specification's examples: 70,000 leaves, and 256.
def test_a_tree_has_the_tiles_of_the_specification():
    tiles = list(tile_sizes(70_000))

    partial = [tile for tile in tiles if tile[2] < 256]
    assert partial == [(0, 273, 112), (1, 1, 17), (2, 0, 1)]
    assert len(tiles) == 273 + 1 + 3
    assert list(tile_sizes(256)) == [(0, 0, 256), (1, 0, 1)]
    assert list(tile_sizes(0)) == []


@given(st.lists(st.binary(max_size=300), max_size=30))
def test_bundles_give_back_their_entries(entries):
    data = bundle(entries)

    assert unbundle(data) == entries


@pytest.mark.parametrize("data", [b"\x00", b"\x00\x02a", b"\x00\x01ab"])
def test_a_bundle_cut_short_is_refused(data):
    with pytest.raises(TileError):
        unbundle(data)


def test_an_entry_too_long_is_refused():
    with pytest.raises(TileError):
        bundle([b"x" * 65_536])


def test_a_log_is_written_in_the_layout(tmp_path):
    head = write_log(tmp_path, iter(LEAVES), checkpoint_of(LEAVES))

    assert head.size == 600
    assert files(tmp_path) == [
        "checkpoint",
        "tile/0/000",
        "tile/0/001",
        "tile/0/002.p/88",
        "tile/1/000.p/2",
        "tile/entries/000",
        "tile/entries/001",
        "tile/entries/002.p/88",
    ]
    assert unbundle((tmp_path / "tile/entries/001").read_bytes())[3] == canonical(LEAVES[259])
    assert (tmp_path / "tile/0/001").read_bytes()[96:128] == leaf_hash(LEAVES[259])


def test_a_log_grows_in_place(tmp_path):
    write_log(tmp_path, LEAVES[:500], checkpoint_of(LEAVES[:500]))

    write_log(tmp_path, LEAVES, checkpoint_of(LEAVES))

    assert (tmp_path / "checkpoint").read_text() == checkpoint_of(LEAVES)
    assert "tile/0/001.p/244" in files(tmp_path)


@pytest.mark.parametrize("size", [0, 1, 255, 256, 257])
def test_sizes_at_the_edges_are_written(tmp_path, size):
    head = write_log(tmp_path, LEAVES[:size], checkpoint_of(LEAVES[:size]))

    tiles = {tile_path(*tile) for tile in tile_sizes(size)}
    hashes = set(files(tmp_path)) - {"checkpoint"} - set(entry_files(tmp_path))
    assert (head.size, hashes) == (size, tiles)


@pytest.mark.parametrize("shown", [LEAVES[:599], LEAVES[::-1], [*LEAVES, LEAVES[0]]])
def test_leaves_other_than_those_signed_are_not_published(tmp_path, shown):
    write_log(tmp_path, LEAVES[:300], checkpoint_of(LEAVES[:300]))
    before = {name: (tmp_path / name).read_bytes() for name in files(tmp_path)}

    with pytest.raises(TileError):
        write_log(tmp_path, shown, checkpoint_of(LEAVES))

    assert {name: (tmp_path / name).read_bytes() for name in files(tmp_path)} == before


def test_a_published_past_is_never_rewritten(tmp_path):
    write_log(tmp_path, LEAVES, checkpoint_of(LEAVES))
    other = history(600, cases=40, seed=2)

    with pytest.raises(TileError, match="other content"):
        write_log(tmp_path, other, checkpoint_of(other))

    assert (tmp_path / "checkpoint").read_text() == checkpoint_of(LEAVES)


def test_proofs_come_out_of_the_tiles_alone(tmp_path):
    head = write_log(tmp_path, LEAVES, checkpoint_of(LEAVES))
    node = tile_reader(lambda path: (tmp_path / path).read_bytes(), head.size)

    inclusion = inclusion_proof(node, 300, head.size)
    consistency = consistency_proof(node, 257, head.size)

    old = TreeHead(257, root_of(leaf_hash(leaf) for leaf in LEAVES[:257]))
    assert inclusion == inclusion_proof(Tree(map(leaf_hash, LEAVES)).node, 300, 600)
    assert verify_inclusion(leaf_hash(LEAVES[300]), 300, head, inclusion)
    assert verify_consistency(old, head, consistency)


@pytest.mark.parametrize(("level", "index"), [(0, 600), (8, 2), (16, 0), (0, -1)])
def test_subtrees_that_a_log_lacks_are_refused(tmp_path, level, index):
    head = write_log(tmp_path, LEAVES, checkpoint_of(LEAVES))
    node = tile_reader(lambda path: (tmp_path / path).read_bytes(), head.size)

    with pytest.raises(TileError):
        node(level, index)


def test_a_tile_of_the_wrong_length_is_refused():
    node = tile_reader(lambda _: b"short", 600)

    with pytest.raises(TileError):
        node(0, 0)
