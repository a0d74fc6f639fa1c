import os
import time
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emigrate.foundation.crypto.envelope import (
    OVERHEAD,
    DataKey,
    SealBroken,
    generation_of,
    open_,
    place,
    seal,
)

KEY = DataKey(bytes(range(32)))
HERE = place("emigrant", "given_names", 7)


def refusal(sealed, *, data_key=KEY, aad=HERE):
    with pytest.raises(SealBroken) as broken:
        open_(sealed, data_key=data_key, aad=aad)
    return broken.value.code


@given(st.binary(max_size=300))
def test_what_is_sealed_opens_at_its_place(plain):
    sealed = seal(plain, data_key=KEY, aad=HERE)

    assert open_(sealed, data_key=KEY, aad=HERE) == plain
    assert len(sealed) == len(plain) + OVERHEAD


def test_the_same_value_is_never_sealed_alike():
    sealed = {seal(b"Ram Sample", data_key=KEY, aad=HERE) for _ in range(1000)}

    assert len(sealed) == 1000


@pytest.mark.parametrize(
    "elsewhere",
    [
        place("emigrant", "given_names", 8),
        place("emigrant", "surname", 7),
        place("nominee", "given_names", 7),
        place("emigrant", "given_names", 7, version=1),
        place("emigrantg", "iven_names", 7),
        b"",
    ],
)
def test_a_value_copied_elsewhere_does_not_open(elsewhere):
    sealed = seal(b"Ram Sample", data_key=KEY, aad=HERE)

    assert refusal(sealed, aad=elsewhere) == "seal_broken"


def test_swapped_rows_and_columns_are_all_refused():
    places = [place("emigrant", column, row) for column in ("a", "b") for row in range(20)]
    sealed = [seal(b"secret", data_key=KEY, aad=aad) for aad in places]

    refused = [
        refusal(value, aad=aad)
        for own, value in zip(places, sealed, strict=True)
        for aad in places
        if aad != own
    ]

    assert refused == ["seal_broken"] * (40 * 39)


def test_an_old_value_put_back_is_refused_when_the_version_is_bound():
    old = seal(b"old address", data_key=KEY, aad=place("emigrant", "address", 7, version=1))

    now = place("emigrant", "address", 7, version=2)

    assert refusal(old, aad=now) == "seal_broken"


@given(st.data())
def test_every_changed_byte_is_noticed(data):
    sealed = bytearray(seal(b"A1234567", data_key=KEY, aad=HERE))
    at = data.draw(st.integers(0, len(sealed) - 1))
    sealed[at] ^= data.draw(st.integers(1, 255))

    code = refusal(bytes(sealed))

    assert code == ("seal_malformed" if at == 0 else "seal_other_key" if at < 3 else "seal_broken")


@pytest.mark.parametrize("kept", range(OVERHEAD + 8))
def test_every_truncation_is_noticed(kept):
    sealed = seal(b"A1234567", data_key=KEY, aad=HERE)

    assert refusal(sealed[:kept]) == ("seal_malformed" if kept < OVERHEAD else "seal_broken")


def test_another_persons_key_does_not_open():
    sealed = seal(b"A1234567", data_key=KEY, aad=HERE)

    assert refusal(sealed, data_key=DataKey.fresh()) == "seal_broken"


def test_a_value_names_the_generation_of_its_key():
    sealed = seal(b"A1234567", data_key=DataKey.fresh(generation=513), aad=HERE)

    assert (generation_of(sealed), refusal(sealed)) == (513, "seal_other_key")


def test_a_person_moves_to_a_new_generation_without_a_failed_read():
    keys = {1: DataKey.fresh(generation=1), 2: DataKey.fresh(generation=2)}
    places = [place("emigrant", "phone", row) for row in range(50)]
    stored = [seal(b"phone", data_key=keys[1], aad=aad) for aad in places]

    read = []
    for row, aad in enumerate(places):
        plain = open_(stored[row], data_key=keys[generation_of(stored[row])], aad=aad)
        stored[row] = seal(plain, data_key=keys[2], aad=aad)
        read += [
            open_(value, data_key=keys[generation_of(value)], aad=where)
            for value, where in zip(stored, places, strict=True)
        ]

    assert set(read) == {b"phone"}
    assert {generation_of(value) for value in stored} == {2}


def test_a_place_takes_numbers_texts_and_uuids():
    row = UUID(int=5)

    assert place("t", "c", row) == place("t", "c", str(row))


@pytest.mark.parametrize("secret,generation", [(b"short", 1), (bytes(32), 0), (bytes(32), 65536)])
def test_a_key_of_another_shape_is_refused(secret, generation):
    with pytest.raises(ValueError, match="32 bytes"):
        DataKey(secret, generation=generation)


def test_a_key_is_never_printed():
    key = DataKey(b"S" * 32)

    assert (repr(key), str(key)) == ("DataKey(generation=1)", "DataKey(generation=1)")


def test_a_page_of_values_opens_in_milliseconds():
    sealed = [seal(os.urandom(24), data_key=KEY, aad=HERE) for _ in range(2000)]

    started = time.process_time()
    for value in sealed:
        open_(value, data_key=KEY, aad=HERE)
    rate = len(sealed) / (time.process_time() - started)

    assert rate > 20_000
