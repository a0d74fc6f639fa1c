"""Personal fields at rest: bound to person, column and row; gone with the person's key."""

import subprocess
import sys
from uuid import UUID

import pytest
from django.conf import settings

from emigrate.foundation import sealing
from emigrate.foundation.actors import Actor
from emigrate.foundation.crypto.envelope import SealBroken
from emigrate.foundation.crypto.secrets import write_once
from emigrate.foundation.crypto.vault import Vault, VaultError
from emigrate.foundation.errors import NotFound
from emigrate.foundation.models import WrappedKey
from emigrate.foundation.transactions import acting
from tests.races import race

PERSON, OTHER = "person:1", "person:2"
ROW, NEXT = UUID(int=1), UUID(int=2)
COLUMN = "emigrants_emigrant.identity"
SYSTEM = Actor.system("test")


@pytest.fixture
def as_the_platform(db):
    """Keys are read by somebody: without an actor there are none."""
    with acting(SYSTEM):
        yield


@pytest.mark.usefixtures("as_the_platform")
@pytest.mark.parametrize("text", ["RAMESH", "", "रमेश", "x" * 10_000])
def test_a_field_reads_back(text):
    sealed = sealing.seal(PERSON, COLUMN, ROW, text)

    assert sealing.open_sealed(PERSON, COLUMN, ROW, sealed) == text
    assert text.encode() not in sealed or not text


@pytest.mark.usefixtures("as_the_platform")
def test_two_seals_of_one_text_differ():
    assert sealing.seal(PERSON, COLUMN, ROW, "A") != sealing.seal(PERSON, COLUMN, ROW, "A")


@pytest.mark.usefixtures("as_the_platform")
@pytest.mark.parametrize(("subject", "column", "row"), [
    (OTHER, COLUMN, ROW), (PERSON, "emigrants_emigrant.contact", ROW), (PERSON, COLUMN, NEXT),
])  # fmt: skip
def test_a_moved_field_does_not_open(subject, column, row):
    sealing.seal(OTHER, COLUMN, ROW, "theirs")
    sealed = sealing.seal(PERSON, COLUMN, ROW, "mine")

    with pytest.raises(SealBroken):
        sealing.open_sealed(subject, column, row, sealed)


@pytest.mark.usefixtures("as_the_platform")
def test_a_changed_byte_does_not_open():
    sealed = bytearray(sealing.seal(PERSON, COLUMN, ROW, "mine"))
    sealed[-1] ^= 1

    with pytest.raises(SealBroken):
        sealing.open_sealed(PERSON, COLUMN, ROW, bytes(sealed))


@pytest.mark.usefixtures("as_the_platform")
def test_an_erased_person_cannot_be_read_again():
    sealed = sealing.seal(PERSON, COLUMN, ROW, "mine")
    kept = sealing.seal(OTHER, COLUMN, ROW, "theirs")

    sealing.erase(PERSON)

    with pytest.raises(NotFound) as refusal:
        sealing.open_sealed(PERSON, COLUMN, ROW, sealed)
    assert refusal.value.reason_code == "sealed_data_erased"
    assert sealing.open_sealed(OTHER, COLUMN, ROW, kept) == "theirs"


@pytest.mark.usefixtures("as_the_platform")
def test_a_new_key_after_erasure_opens_nothing_old():
    sealed = sealing.seal(PERSON, COLUMN, ROW, "mine")
    sealing.erase(PERSON)
    sealing.seal(PERSON, COLUMN, ROW, "new")

    with pytest.raises(SealBroken):
        sealing.open_sealed(PERSON, COLUMN, ROW, sealed)


def test_blinded_values_match_by_column_only():
    number = sealing.blind("emigrants_passport.number", "Z0000001")

    assert number == sealing.blind("emigrants_passport.number", " z0000001 ")
    assert number != sealing.blind("agents_agent.pan", "Z0000001")
    assert (len(number), len(sealing.name_key())) == (16, 32)


def test_many_hands_make_one_key(committed_database):
    def seal(n):
        with acting(SYSTEM):
            return sealing.seal(PERSON, COLUMN, UUID(int=n), str(n))

    sealed = race(32, seal)

    with acting(SYSTEM):
        opened = [
            sealing.open_sealed(PERSON, COLUMN, UUID(int=n), each) for n, each in enumerate(sealed)
        ]
        assert opened == [str(n) for n in range(32)]
        assert WrappedKey.objects.filter(subject=PERSON).count() == 1


def test_a_secret_is_written_once_and_for_its_owner(tmp_path):
    path = tmp_path / "keys" / "fields.json"

    write_once(path, b"first")
    write_once(path, b"second")

    assert path.read_bytes() == b"first"
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o077) == (0o600, 0)
    assert [each.name for each in path.parent.iterdir()] == ["fields.json"]


def test_many_processes_agree_on_the_first_secret(tmp_path):
    script = (
        "import os, sys; from pathlib import Path\n"
        "from emigrate.foundation.crypto.secrets import write_once\n"
        "path = Path(sys.argv[1]); write_once(path, os.urandom(4096)); "
        "print(path.read_bytes().hex())"
    )
    path = str(tmp_path / "fields.json")
    started = [
        subprocess.Popen([sys.executable, "-c", script, path], stdout=subprocess.PIPE, text=True)
        for _ in range(8)
    ]

    seen = {process.communicate(timeout=60)[0] for process in started}

    assert len(seen) == 1
    assert len(seen.pop()) == 2 * 4096 + 1


@pytest.fixture
def no_vault():
    sealing.vault.cache_clear()
    yield
    sealing.vault.cache_clear()


def test_a_demonstration_makes_its_key_and_keeps_it(tmp_path, monkeypatch, no_vault):
    monkeypatch.setattr(settings, "KEYS", tmp_path)

    first = sealing.vault()
    sealing.vault.cache_clear()

    assert isinstance(first, Vault)
    assert first.blind_root == sealing.vault().blind_root


def test_production_brings_its_own_key(tmp_path, monkeypatch, no_vault):
    monkeypatch.setattr(settings, "KEYS", tmp_path)
    monkeypatch.setattr(settings, "PRODUCTION", True)
    with pytest.raises((VaultError, OSError)):
        sealing.vault()
    nothing_made = list(tmp_path.iterdir())
    monkeypatch.setattr(settings, "PRODUCTION", False)
    sealing.vault()
    sealing.vault.cache_clear()
    monkeypatch.setattr(settings, "PRODUCTION", True)

    with pytest.raises(VaultError) as refusal:
        sealing.vault()

    assert (nothing_made, refusal.value.code) == ([], "vault_demo_keys")
