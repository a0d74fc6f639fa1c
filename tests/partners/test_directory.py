"""Which partner answers, and the key we sign with: demonstration and production never mix."""

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_public_key,
)

from emigrate.foundation.http import Unavailable
from emigrate.partners import directory
from emigrate.partners.directory import DEMO_MARK, KEY_FILE, PartnerKeyUnfit

NAMES = {
    "passport_registry": directory.passport_registry,
    "insurer": directory.insurer,
    "payment_gateway": directory.payment_gateway,
}


@pytest.fixture(autouse=True)
def keys(settings, tmp_path):
    settings.KEYS = tmp_path / "keys"
    return settings.KEYS


def write(keys, key, mark=""):
    keys.mkdir(exist_ok=True)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    (keys / KEY_FILE).write_text(f"{mark}{pem}")


def test_a_demonstration_makes_its_own_key_once(keys):
    first = directory.caller_key()

    assert directory.caller_key() == first
    assert isinstance(load_pem_public_key(first.public_pem), ec.EllipticCurvePublicKey)
    assert (keys / KEY_FILE).stat().st_mode & 0o777 == 0o600
    assert [each.name for each in keys.iterdir()] == [KEY_FILE]


def test_many_at_once_make_one_key(keys):
    with ThreadPoolExecutor(32) as pool:
        found = set(pool.map(lambda _: directory.caller_key(), range(32)))

    assert len(found) == 1


def test_the_key_is_published_under_its_name(keys, tmp_path):
    path = directory.publish_key(tmp_path / "sandbox" / "keys")

    key = directory.caller_key()
    assert (path.name, path.read_bytes()) == (f"{key.key_id}.pem", key.public_pem)


def test_production_brings_its_own_key(keys, settings):
    settings.PRODUCTION = True

    with pytest.raises(PartnerKeyUnfit) as caught:
        directory.caller_key()
    assert caught.value.code == "partner_key_missing"
    assert not keys.exists()

    write(keys, ec.generate_private_key(ec.SECP256R1()))
    assert directory.caller_key().key_id.startswith("platform-")


@pytest.mark.parametrize(
    ("production", "mark", "code"),
    [(True, f"{DEMO_MARK}\n", "partner_key_demo"), (False, "", "partner_key_real")],
)
def test_each_refuses_the_others_key(keys, settings, production, mark, code):
    settings.PRODUCTION = production
    write(keys, ec.generate_private_key(ec.SECP256R1()), mark)

    with pytest.raises(PartnerKeyUnfit) as caught:
        directory.caller_key()

    assert caught.value.code == code


def test_another_kind_of_key_is_refused(keys):
    write(keys, ed25519.Ed25519PrivateKey.generate(), f"{DEMO_MARK}\n")

    with pytest.raises(PartnerKeyUnfit) as caught:
        directory.caller_key()

    assert caught.value.code == "partner_key_not_p256"


@pytest.mark.parametrize("name", NAMES)
def test_a_partner_without_an_address_cannot_be_reached(settings, name):
    settings.PARTNERS = {}

    with pytest.raises(Unavailable) as caught:
        NAMES[name]()

    assert (caught.value.code, caught.value.may_have_happened) == ("address_not_set", False)


def test_one_door_a_partner_and_address(settings):
    settings.PARTNERS = dict.fromkeys(NAMES, "http://127.0.0.1:9")
    first, again = directory.insurer(), directory.insurer()
    settings.PARTNERS = dict.fromkeys(NAMES, "http://127.0.0.1:10")
    other = directory.insurer()

    assert first._door is again._door
    assert first._door is not other._door
    assert sorted(directory.health()) == sorted(NAMES)


def test_only_named_hosts_show_payment_pages(settings):
    settings.PARTNERS = {
        "payment_gateway": "https://gateway.example.org/api",
        "payment_pages": "pay.example.org,pay.example.net",
    }

    pages = directory.payment_gateway()._page_hosts

    assert pages == {"gateway.example.org", "pay.example.org", "pay.example.net"}


def test_the_sandbox_accepts_the_key(sandbox, settings):
    settings.PARTNERS = {"insurer": sandbox.greeting["base_urls"]["insurer"]}
    request_id = uuid4()
    key = directory.caller_key()
    with pytest.raises(Unavailable):
        directory.insurer().policy("PBBY-NONE", request_id=uuid4())

    sandbox.control("PUT", f"keys/{key.key_id}", key.public_pem)

    assert directory.insurer().policy("PBBY-NONE", request_id=request_id) is None
    assert sandbox.journal(request_id)[0]["signature"] == "ok"
