"""The installation's keys: one at a time for a purpose, made once, published in time."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from emigrate.foundation.crypto.keyring import LONGEST, Keyring
from emigrate.foundation.crypto.signing_keys import (
    USAGE,
    KeyUnfit,
    Purpose,
    load_keys,
    make_key,
    make_root,
    save_key,
)
from gate.trust import load_root, load_trust

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)


def keyring(folder, *, demo=True):
    return Keyring(folder, "IN-TEST", demo=demo)


def published(ring, now):
    trust = load_trust(ring.trust_list(now), load_root(ring.root_pem()))
    return set(trust.keys)


def test_a_demonstration_makes_its_keys(tmp_path):
    ring = keyring(tmp_path / "signing")

    key = ring.signing(Purpose.EC_QR, NOW)

    assert (key.purpose, key.demo, key.signs_at(NOW)) == (Purpose.EC_QR, True, True)
    assert key.verify_until >= NOW + USAGE + LONGEST
    assert {each.purpose for each in load_keys(ring.folder)} == {Purpose.ROOT, Purpose.EC_QR}
    assert ring.folder.stat().st_mode & 0o077 == 0


def test_the_same_key_signs_again_also_after_a_restart(tmp_path):
    first = keyring(tmp_path).signing(Purpose.EC_QR, NOW)

    again = keyring(tmp_path).signing(Purpose.EC_QR, NOW + timedelta(days=1))

    assert first.kid == again.kid


def test_no_key_has_two_purposes(tmp_path):
    ring = keyring(tmp_path)

    kids = {ring.signing(purpose, NOW).kid for purpose in (Purpose.EC_QR, Purpose.STATUS)}

    assert len(kids) == 2


@pytest.mark.parametrize("step", [timedelta(days=91), timedelta(days=-400)])
def test_keys_rotate_with_time_in_either_direction(tmp_path, step):
    ring = keyring(tmp_path)
    first = ring.signing(Purpose.EC_QR, NOW)

    second = ring.signing(Purpose.EC_QR, NOW + step)

    assert (first.kid != second.kid, second.signs_at(NOW + step)) == (True, True)
    assert ring.signing(Purpose.EC_QR, NOW).kid == first.kid


def test_the_trust_list_holds_every_key_that_ever_signed(tmp_path):
    ring = keyring(tmp_path)
    later = NOW + timedelta(days=91)
    signed = {ring.signing(Purpose.EC_QR, moment).kid for moment in (NOW, later)}

    kids = published(ring, later)

    root = next(key for key in load_keys(tmp_path) if key.purpose is Purpose.ROOT)
    assert signed <= kids
    assert root.kid not in kids
    assert len(kids) == 3  # and one for the status lists


def test_a_fresh_demonstration_publishes_before_it_signs(tmp_path):
    ring = keyring(tmp_path)

    kids = published(ring, NOW)

    assert {ring.signing(p, NOW).kid for p in (Purpose.EC_QR, Purpose.STATUS)} == kids


def test_another_processs_key_is_published_too(tmp_path):
    ours, theirs = keyring(tmp_path), keyring(tmp_path)
    ours.trust_list(NOW)
    later = NOW + timedelta(days=91)

    made = theirs.signing(Purpose.EC_QR, later)

    assert made.kid in published(ours, later)


def test_many_threads_make_one_key(tmp_path):
    rings = [keyring(tmp_path) for _ in range(4)]

    with ThreadPoolExecutor(32) as pool:
        kids = set(pool.map(lambda n: rings[n % 4].signing(Purpose.EC_QR, NOW).kid, range(64)))

    assert len(kids) == 1
    assert len([key for key in load_keys(tmp_path) if key.purpose is Purpose.ROOT]) == 1


def test_production_makes_no_key(tmp_path):
    folder = tmp_path / "signing"

    with pytest.raises(KeyUnfit) as refusal:
        keyring(folder, demo=False).signing(Purpose.EC_QR, NOW)

    assert (refusal.value.code, folder.exists()) == ("no_key_in_use", False)


@pytest.mark.parametrize(("kept", "wanted", "code"), [
    (True, False, "demo_key_in_production"), (False, True, "real_key_in_demonstration"),
])  # fmt: skip
def test_demo_and_real_keys_never_mix(tmp_path, kept, wanted, code):
    key = make_key(Purpose.EC_QR, NOW, longest_validity=LONGEST, demo=kept)
    save_key(key, tmp_path)

    with pytest.raises(KeyUnfit) as refusal:
        keyring(tmp_path, demo=wanted).signing(Purpose.EC_QR, NOW)

    assert refusal.value.code == code


def test_production_reads_what_the_ceremony_signed(tmp_path):
    (tmp_path / "trust.cbor").write_bytes(b"signed elsewhere")
    (tmp_path / "root.pem").write_bytes(b"a root")
    ring = keyring(tmp_path, demo=False)

    assert (ring.trust_list(NOW), ring.root_pem()) == (b"signed elsewhere", b"a root")
    assert sorted(each.name for each in tmp_path.iterdir()) == ["root.pem", "trust.cbor"]


def test_without_a_root_there_is_none_to_show(tmp_path):
    with pytest.raises(KeyUnfit) as refusal:
        keyring(tmp_path, demo=False).root_pem()

    assert refusal.value.code == "no_root_here"


def test_a_brought_demo_root_is_kept(tmp_path):
    root = make_root(NOW - timedelta(days=1), demo=True)
    save_key(root, tmp_path)

    ring = keyring(tmp_path)
    ring.signing(Purpose.EC_QR, NOW)

    roots = [key.kid for key in load_keys(tmp_path) if key.purpose is Purpose.ROOT]
    assert roots == [root.kid]
