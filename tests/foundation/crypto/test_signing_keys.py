import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from emigrate.foundation.crypto.signing_keys import (
    KeyUnfit,
    Purpose,
    load_key,
    load_keys,
    make_key,
    make_root,
    next_key_starts,
    public_pem,
    require_demo,
    save_key,
    signing_key_at,
)

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
DAY = timedelta(days=1)
EC, STATUS = Purpose.EC_QR, Purpose.STATUS


def key(purpose=EC, start=NOW, *, demo=True):
    return make_key(purpose, start, longest_validity=180 * DAY, demo=demo)


def test_a_key_signs_90_days_and_is_believed_for_what_it_signed_and_a_year():
    made = key()

    assert (made.alg, made.not_before, made.not_after) == (-7, NOW, NOW + 90 * DAY)
    assert made.verify_until == NOW + (90 + 180 + 365) * DAY


def test_a_root_is_on_p384():
    root = make_root(NOW, demo=True)

    assert (root.alg, root.purpose, root.not_after) == (-35, Purpose.ROOT, NOW + 3650 * DAY)


def test_the_kid_is_the_first_eight_bytes_of_the_hash_of_the_public_key():
    made = key()

    spki = made.public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    assert made.kid == hashlib.sha256(spki).digest()[:8]


def test_of_several_keys_in_their_window_the_newest_signs():
    old, new, other = key(), key(start=NOW + 80 * DAY), key(STATUS, NOW + 80 * DAY)
    keys = [new, old, other]

    found = [signing_key_at(keys, EC, NOW + days * DAY) for days in (79, 80, 90, 91)]

    assert found == [old, new, new, new]


@pytest.mark.parametrize("days", [-1, 91])
def test_outside_every_window_nothing_signs(days):
    with pytest.raises(KeyUnfit) as unfit:
        signing_key_at([key(), key(STATUS, NOW + days * DAY)], EC, NOW + days * DAY)

    assert unfit.value.code == "no_key_in_use"


@pytest.mark.parametrize(("at", "starts"), [
    (NOW + 59 * DAY,  None),
    (NOW + 60 * DAY,  NOW + 90 * DAY),   # published 30 days before its first use
    (NOW + 89 * DAY,  NOW + 90 * DAY),
    (NOW + 90 * DAY,  NOW + 90 * DAY),
    (NOW + 100 * DAY, NOW + 100 * DAY),
])  # fmt: skip
def test_when_the_next_key_is_due(at, starts):
    assert next_key_starts([key(), key(STATUS, NOW + 300 * DAY)], EC, at) == starts


def test_the_first_key_is_due_at_once():
    assert next_key_starts([], EC, NOW) == NOW


@pytest.mark.parametrize(("demo", "code"), [
    (False, "demo_key_in_production"), (True, "real_key_in_demonstration"),
])  # fmt: skip
def test_demonstration_and_production_do_not_mix(demo, code):
    with pytest.raises(KeyUnfit) as unfit:
        require_demo([key(demo=demo), key(demo=not demo)], demo=demo)

    assert unfit.value.code == code


@pytest.mark.parametrize("passphrase", [None, b"long and secret"])
def test_a_saved_key_is_read_back_whole(tmp_path, passphrase):
    made = key()

    path = save_key(made, tmp_path / "keys", passphrase=passphrase)

    (read,) = load_keys(tmp_path / "keys", passphrase=passphrase)
    assert (public_pem(read), read.purpose, read.demo) == (public_pem(made), EC, True)
    assert (read.not_before, read.verify_until) == (made.not_before, made.verify_until)
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)


def test_a_key_is_never_overwritten(tmp_path):
    made = key()
    save_key(made, tmp_path)

    with pytest.raises(FileExistsError):
        save_key(made, tmp_path)


@pytest.mark.parametrize(("suffix", "content"), [
    (".pem",  b"no key"),
    (".json", b"{}"),
    (".json", b"no note"),
    (".json", b'{"purpose": "ec-qr", "demo": 1}'),
    (".json", b'{"purpose": "other", "demo": true}'),
])  # fmt: skip
def test_a_damaged_key_is_refused(tmp_path, suffix, content):
    path = save_key(key(), tmp_path)
    path.with_suffix(suffix).write_bytes(content)

    with pytest.raises(KeyUnfit) as unfit:
        load_key(path)

    assert unfit.value.code == "key_unreadable"


def test_a_wrong_passphrase_is_refused(tmp_path):
    path = save_key(key(), tmp_path, passphrase=b"right")

    with pytest.raises(KeyUnfit) as unfit:
        load_key(path, passphrase=b"wrong")

    assert unfit.value.code == "key_unreadable"
