import hmac

import pytest
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from emigrate.foundation.crypto.blind import derive, exact

ROOT = bytes(range(32))


def test_equal_values_have_equal_keys_of_sixteen_bytes():
    first = exact("Z1234567", column="emigrant.passport", key=ROOT)

    again = exact("Z1234567", column="emigrant.passport", key=ROOT)

    assert (first == again, len(first)) == (True, 16)


@pytest.mark.parametrize("typed", ["z1234567", " Z123 4567\n", "Ｚ１２３４５６７"])
def test_spaces_case_and_width_do_not_matter(typed):
    assert exact(typed, column="c", key=ROOT) == exact("Z1234567", column="c", key=ROOT)


def test_column_value_and_root_each_change_the_key():
    keys = {
        exact("Z1234567", column="emigrant.passport", key=ROOT),
        exact("Z1234567", column="emigrant.old_passport", key=ROOT),
        exact("Z1234568", column="emigrant.passport", key=ROOT),
        exact("Z1234567", column="emigrant.passport", key=bytes(32)),
    }

    assert len(keys) == 4


def test_the_key_is_an_hmac_under_a_derived_key():
    hkdf = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"emigrate/blind/exact/t.c")

    expected = hmac.digest(hkdf.derive(ROOT), b"z1234567", "sha256")[:16]

    assert exact("Z1234567", column="t.c", key=ROOT) == expected


def test_purposes_have_keys_of_their_own():
    keys = {derive(ROOT, purpose) for purpose in ("blind/names", "blind/exact/a", "sessions")}

    assert (len(keys), {len(key) for key in keys}, ROOT in keys) == (3, {32}, False)
