"""The Merkle tree against the public vectors of RFC 6962's reference implementations."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emigrate.foundation.audit.leaves import entry_hash
from emigrate.foundation.audit.merkle import (
    EMPTY_ROOT,
    CompactRange,
    Tree,
    TreeError,
    TreeHead,
    consistency_proof,
    inclusion_proof,
    root_of,
    verify_consistency,
    verify_inclusion,
)

# The eight-leaf tree of the Certificate Transparency implementations.
ENTRIES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
N01 = ROOTS[2]
N03 = ROOTS[4]
L0 = ROOTS[1]
L1 = "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"
N23 = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
N47 = "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"
L4 = "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"
N67 = "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"
N45 = "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"

LEAVES = [entry_hash(entry) for entry in ENTRIES]
MANY = [hashlib.sha256(number.to_bytes(2, "big")).digest() for number in range(70)]


def head(leaves):
    return TreeHead(len(leaves), root_of(leaves))


@pytest.mark.parametrize("size", range(9))
def test_roots_are_the_published_ones(size):
    tree = CompactRange()

    tree.extend(LEAVES[:size])

    assert (tree.size, tree.root().hex()) == (size, ROOTS[size])


@pytest.mark.parametrize(("index", "size", "published"), [
    (0, 1, []), (0, 8, [L1, N23, N47]), (5, 8, [L4, N67, N03]), (2, 3, [N01]),
    (1, 5, [L0, N23, L4]),
])  # fmt: skip
def test_inclusion_proofs_are_the_published_ones(index, size, published):
    proof = inclusion_proof(Tree(LEAVES).node, index, size)

    assert [node.hex() for node in proof] == published
    assert verify_inclusion(LEAVES[index], index, head(LEAVES[:size]), proof)


@pytest.mark.parametrize(("old", "new", "published"), [
    (1, 1, []), (1, 8, [L1, N23, N47]), (2, 8, [N23, N47]), (6, 8, [N45, N67, N03]),
    (2, 5, [N23, L4]),
])  # fmt: skip
def test_consistency_proofs_are_the_published_ones(old, new, published):
    proof = consistency_proof(Tree(LEAVES).node, old, new)

    assert [node.hex() for node in proof] == published
    assert verify_consistency(head(LEAVES[:old]), head(LEAVES[:new]), proof)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 9, 31, 33, 64, 70])
def test_every_inclusion_proof_holds_and_for_one_place_only(size):
    tree = Tree(MANY)
    whole = head(MANY[:size])

    held = [
        (index, place)
        for index in range(size)
        for proof in [inclusion_proof(tree.node, index, size)]
        for place in range(-1, size + 2)
        if verify_inclusion(MANY[index], place, whole, proof)
    ]

    assert held == [(index, index) for index in range(size)]


def test_every_consistency_proof_holds_and_for_its_sizes_only():
    tree = Tree(MANY)
    heads = [head(MANY[:size]) for size in range(len(MANY) + 1)]

    for new in range(34):
        for old in range(new + 1):
            proof = consistency_proof(tree.node, old, new)

            assert verify_consistency(heads[old], heads[new], proof)
            if 0 < old < new:
                assert not verify_consistency(heads[old - 1], heads[new], proof)
                assert not verify_consistency(heads[old], heads[new + 1], proof)


@given(st.data())
def test_no_changed_proof_is_accepted(data):
    size = data.draw(st.integers(2, len(MANY)))
    index = data.draw(st.integers(0, size - 1))
    tree = Tree(MANY[:size])
    proof = inclusion_proof(tree.node, index, size)
    place = data.draw(st.integers(0, len(proof) - 1))
    byte, bit = data.draw(st.integers(0, 31)), data.draw(st.integers(0, 7))

    node = bytearray(proof[place])
    node[byte] ^= 1 << bit
    forged = [*proof[:place], bytes(node), *proof[place + 1 :]]

    whole = head(MANY[:size])
    answers = [
        verify_inclusion(MANY[index], index, whole, wrong)
        for wrong in (forged, proof[:-1], [*proof, proof[-1]], [])
    ]
    assert answers == [False] * 4


@given(st.data())
def test_a_rewritten_past_is_never_consistent(data):
    new = data.draw(st.integers(2, len(MANY)))
    old = data.draw(st.integers(1, new))
    place = data.draw(st.integers(0, old - 1))
    past = head([*MANY[:place], MANY[place][::-1], *MANY[place + 1 : old]])
    proof = consistency_proof(Tree(MANY[:new]).node, old, new)

    answer = verify_consistency(past, head(MANY[:new]), proof)

    assert not answer


@given(st.integers(0, 300), st.integers(0, 300))
def test_a_saved_state_continues_as_if_never_saved(before, after):
    nodes = [hashlib.sha256(bytes([n % 256, n // 256])).digest() for n in range(before + after)]
    straight = CompactRange()
    straight.extend(nodes)
    saved = CompactRange()
    saved.extend(nodes[:before])

    resumed = CompactRange.from_json(saved.to_json())
    resumed.extend(nodes[before:])

    assert resumed.head() == straight.head()
    assert resumed.hashes == straight.hashes


@pytest.mark.parametrize("text", [
    "", "[]", "{}", '{"size": 1, "hashes": []}', '{"size": 0, "hashes": ["00"]}',
    '{"size": 1, "hashes": ["00"]}', '{"size": 1, "hashes": ["zz"]}', '{"size": -1, "hashes": []}',
    '{"size": true, "hashes": ["' + "00" * 32 + '"]}', '{"size": 1, "hashes": 5}',
])  # fmt: skip
def test_a_spoiled_state_is_refused(text):
    with pytest.raises(TreeError):
        CompactRange.from_json(text)


def test_the_empty_tree_precedes_every_tree():
    empty = TreeHead(0, EMPTY_ROOT)

    answers = (
        verify_consistency(empty, head(MANY), []),
        verify_consistency(empty, empty, []),
        verify_consistency(TreeHead(0, MANY[0]), head(MANY), []),
        verify_consistency(head(MANY), empty, []),
        verify_consistency(empty, head(MANY), [MANY[0]]),
    )

    assert answers == (True, True, False, False, False)


@pytest.mark.parametrize(("index", "size"), [(0, 0), (-1, 3), (3, 3), (0, 71)])
def test_no_proof_for_a_place_outside(index, size):
    with pytest.raises(TreeError):
        inclusion_proof(Tree(MANY).node, index, size)


@pytest.mark.parametrize(("old", "new"), [(-1, 3), (4, 3), (1, 71)])
def test_no_proof_between_impossible_sizes(old, new):
    with pytest.raises(TreeError):
        consistency_proof(Tree(MANY).node, old, new)


def test_only_hashes_are_appended():
    with pytest.raises(TreeError):
        CompactRange().append(b"entry")
