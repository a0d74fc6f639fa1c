"""Structural attacks on a published log: each is seen, and named for what it is.

Two kinds of attacker: one who can write the files but not sign, and the operator, who signs
whatever suits. Against the second stand the chains of the cases and the checkpoints kept by others.
"""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from emigrate.foundation.audit.checkpoints import (
    Signer,
    Witnessing,
    cosign,
    sign_checkpoint,
)
from emigrate.foundation.audit.leaves import canonical, canonical_json, entry_hash
from emigrate.foundation.audit.merkle import root_of
from emigrate.foundation.audit.tiles import bundle, unbundle
from tests.foundation.audit.histories import digest, first, following, history, rechained
from tests.verifier.published import (
    LOG,
    ORIGIN,
    WITNESS,
    b64,
    checked,
    codes,
    note_of,
    publish,
    publish_raw,
    with_body_line,
)

LEAVES = history(300, cases=20)
THIEF = Signer(ORIGIN, Ed25519PrivateKey.from_private_bytes(b"t" * 32))
ENTRIES = "tile/entries/001.p/44"
TILE = "tile/0/001.p/44"


@pytest.fixture
def log(tmp_path):
    return publish(tmp_path / "log", LEAVES)


def rewrite(log: Path, change, *, tiles: bool) -> None:
    """Change the entries of the last bundle, and its tile to match when asked."""
    path = log / ENTRIES
    entries = change(unbundle(path.read_bytes()))
    path.write_bytes(bundle(entries))
    if tiles:
        (log / TILE).write_bytes(b"".join(entry_hash(entry) for entry in entries))


def swapped(items, one, two):
    items = list(items)
    items[one], items[two] = items[two], items[one]
    return items


def test_an_untouched_log_holds(log):
    report = checked(log)

    assert (report.counts, report.size, report.cases) == ({}, 300, 20)


@pytest.mark.parametrize("size", [0, 1, 2, 255, 256, 257])
def test_logs_of_edge_sizes_hold(tmp_path, size):
    log = publish(tmp_path, LEAVES[:size])

    report = checked(log, since=note_of(LEAVES[: size // 2]))

    assert report.counts == {}


# Attackers without the key.
@pytest.mark.parametrize(
    "change",
    [
        lambda entries: entries[:10] + entries[11:],  # delete
        lambda entries: [*entries[:10], entries[3], *entries[10:]],  # insert
        lambda entries: swapped(entries, 10, 11),  # reorder
        lambda entries: entries[:-1],  # truncate
        lambda entries: [],  # empty
        lambda entries: [*entries, entries[-1]],  # append
        lambda entries: [*entries[:10], entries[9], *entries[11:]],  # replace
    ],
)
@pytest.mark.parametrize("tiles", [False, True])
def test_changed_entries_are_seen_with_or_without_their_tile(log, change, tiles):
    rewrite(log, change, tiles=tiles)

    report = checked(log)

    assert codes(report) & {"root_mismatch", "bundle_malformed"}


@pytest.mark.parametrize(
    "name", ["tile/entries/000", ENTRIES, "tile/0/000", TILE, "tile/1/000.p/1"]
)
def test_a_deleted_file_is_missed(log, name):
    (log / name).unlink()

    report = checked(log)

    assert [f.file for f in report.findings if f.code == "file_missing"] == [name]


def test_swapped_files_are_seen(tmp_path):
    log = publish(tmp_path, history(512, cases=20))
    one, two = (log / "tile/entries/000", log / "tile/entries/001")
    whole = one.read_bytes()
    one.write_bytes(two.read_bytes())
    two.write_bytes(whole)

    report = checked(log)

    assert codes(report) >= {"root_mismatch", "tile_mismatch", "seq_gap"}


def test_a_tile_that_disagrees_with_sound_entries_is_named(log):
    path = log / TILE
    hashes = path.read_bytes()
    path.write_bytes(hashes[:64] + b"\0" * 32 + hashes[96:])

    report = checked(log)

    assert [(f.code, f.file, f.entry) for f in report.findings] == [("tile_mismatch", TILE, 258)]


def test_an_entry_changed_in_place_is_named(log):
    rewrite(log, lambda e: [*e[:5], e[5].replace(b'"poe"', b'"pox"'), *e[6:]], tiles=False)

    report = checked(log)

    places = {f.entry for f in report.findings if f.code == "tile_mismatch"}
    assert (places, "root_mismatch" in codes(report)) == ({261}, True)


@pytest.mark.parametrize("name", ["tile/0/999", "tile/0/001", "tile/2/000", "tile/notes.txt"])
def test_a_file_that_no_such_log_has_is_reported(log, name):
    path = log / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"?")

    report = checked(log)

    assert [(f.code, f.file) for f in report.findings] == [("file_unexpected", name)]


def test_older_partial_tiles_may_stay_but_not_change(log):
    path = log / "tile/0/001.p/40"
    path.write_bytes((log / TILE).read_bytes()[: 40 * 32])
    kept = checked(log)
    path.write_bytes(b"\0" * 32 * 40)

    report = checked(log)

    assert (kept.counts, codes(report)) == ({}, {"partial_mismatch"})


def test_an_unsigned_change_of_the_checkpoint_is_seen(log):
    note = note_of(LEAVES)
    for line, text in ((0, "log.example/other"), (1, "299"), (1, "301"), (2, b64(b"r" * 32))):
        (log / "checkpoint").write_text(with_body_line(note, line, text))

        report = checked(log)

        assert "signature_invalid" in codes(report)


def test_a_log_signed_again_by_another_key_is_refused(tmp_path):
    log = publish(tmp_path, LEAVES, THIEF)

    report = checked(log)

    assert codes(report) == {"signature_invalid"}


def test_a_checkpoint_without_its_witness_is_refused(log):
    note = note_of(LEAVES)
    (log / "checkpoint").write_text("".join(note.splitlines(keepends=True)[:-1]))

    report = checked(log)

    assert codes(report) == {"signature_invalid"}


def test_a_huge_size_without_files_ends_soon(log):
    note = with_body_line(note_of(LEAVES), 1, "9" * 19)
    (log / "checkpoint").write_text(note)

    report = checked(log)

    assert report.counts["file_missing"] <= 1001


# The operator, who holds the key.
def test_a_rollback_is_seen_with_an_older_checkpoint(tmp_path):
    log = publish(tmp_path, LEAVES[:200])

    report = checked(log, since=note_of(LEAVES))

    assert codes(report) == {"rollback"}


def test_an_old_copy_put_back_is_seen(log, tmp_path):
    old = publish(tmp_path / "backup", LEAVES[:280])
    shutil.rmtree(log)
    old.rename(log)

    report = checked(log, since=note_of(LEAVES[:281]))

    assert codes(report) == {"rollback"}


@pytest.mark.parametrize("kept", [1, 120, 256, 299, 300])
def test_a_fork_is_seen_with_an_older_checkpoint(tmp_path, kept):
    other = rechained(LEAVES, lambda leaf: replace(leaf, actor=f"{leaf.actor}-x"))
    log = publish(tmp_path, other)

    alone, report = checked(log), checked(log, since=note_of(LEAVES[:kept]))

    assert (alone.counts, codes(report)) == ({}, {"fork"})


def test_a_log_under_another_name_is_not_the_same_log(log):
    nodes = [entry_hash(canonical(leaf)) for leaf in LEAVES]
    renamed = sign_checkpoint("log.example/other", len(nodes), root_of(nodes), LOG)
    knowledge = Witnessing(LOG.verifier_key, None)
    (log / "checkpoint").write_text(cosign(renamed, knowledge, WITNESS, at=1))

    report = checked(log, since=note_of(LEAVES[:10]))

    assert codes(report) == {"other_log"}


def test_a_growing_log_holds_against_each_older_checkpoint(log):
    found = [checked(log, since=note_of(LEAVES[:n])).counts for n in (0, 1, 100, 256, 299, 300)]

    assert found == [{}] * 6


BROKEN = {"seq_gap", "seq_repeated", "prev_mismatch", "state_mismatch", "content_mismatch"}
ONE = first()
TWO = following(ONE)
THREE = following(TWO)
OTHER = first("case-b", actor="person-88c1")
OTHER_TWO = following(OTHER)


@pytest.mark.parametrize(("leaves", "expected"), [
    ([ONE, THREE],                                     BROKEN - {"seq_repeated"}),
    ([ONE, TWO, TWO],                                  BROKEN - {"seq_gap"}),
    ([ONE, THREE, TWO],                                BROKEN),
    ([TWO],                                            {"seq_gap", "prev_mismatch"}),
    ([ONE, replace(TWO, prev="")],                     {"prev_mismatch"}),
    ([ONE, replace(TWO, before_state="granted")],      {"state_mismatch"}),
    ([ONE, replace(TWO, before_state=None)],           {"state_mismatch"}),
    ([ONE, replace(TWO, before_hash=digest("other"))], {"content_mismatch"}),
    ([ONE, replace(TWO, before_hash="")],              {"content_mismatch"}),
    ([ONE, OTHER, replace(TWO, case="case-b"), replace(OTHER_TWO, case="case-a")],
                                                       {"prev_mismatch"}),
    ([replace(ONE, case="case-b"), replace(OTHER, case="case-a"), TWO],
                                                       {"prev_mismatch"}),
    ([ONE, replace(TWO, stream="refund")],             {"seq_gap", "prev_mismatch"}),
    ([ONE, replace(TWO, seq=3)],                       {"seq_gap"}),
    ([ONE, replace(ONE, request_id="req-2")],          BROKEN - {"seq_gap"}),
])  # fmt: skip
def test_a_signed_log_with_a_broken_case_is_seen(tmp_path, leaves, expected):
    log = publish(tmp_path, leaves)

    report = checked(log)

    assert codes(report) == expected


def test_a_leaf_dropped_and_the_rest_chained_again_still_lacks_a_number(tmp_path):
    victim = next(n for n, leaf in enumerate(LEAVES) if leaf.seq == 3)
    log = publish(tmp_path, rechained(LEAVES[:victim] + LEAVES[victim + 1 :], lambda leaf: leaf))

    report = checked(log)

    assert {f.case for f in report.findings} == {LEAVES[victim].case}
    assert codes(report) == {"seq_gap", "state_mismatch", "content_mismatch"}


@pytest.mark.parametrize("entry", [
    b"", b"{}", b"[]", b"null", b"\xff", b"{" * 50_000,
    canonical(ONE) + b" ",
    canonical(ONE).replace(b":", b": ", 1),
    canonical(ONE).replace(b'"seq":1', b'"seq":1.0'),
    canonical(ONE).replace(b'"seq":1', b'"seq":true'),
    canonical(ONE).replace(b'"seq":1', b'"seq":0'),
    canonical(ONE).replace(b'"version":1', b'"version":2'),
    canonical(ONE).replace(b'"version":1', b'"version":true'),
    canonical(ONE).replace(b"person", b"\\u0070erson"),
    canonical(ONE).replace(b"sha-256", b"md5"),
    canonical(ONE).replace(b'"prev":""', b'"prev":null'),
    canonical(ONE).replace(b'"prev":""', b'"prev":"00"'),
    canonical(ONE).replace(b"T04:30:00.000001Z", b" 04:30:00"),
    canonical(ONE).replace(b'"actor":"person-7f3a",', b""),
    canonical(ONE).replace(b"{", b'{"a":1,', 1),
    canonical(ONE).replace(b'"seq":1', b'"seq":1,"seq":1'),
    canonical_json({"version": 1, "seq": 1}),
])  # fmt: skip
def test_a_signed_entry_that_is_not_a_leaf_is_seen(tmp_path, entry):
    log = publish_raw(tmp_path, [canonical(OTHER), entry])

    report = checked(log)

    assert [(f.code, f.entry) for f in report.findings] == [("entry_malformed", 1)]
