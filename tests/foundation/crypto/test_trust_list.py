from dataclasses import replace
from datetime import UTC, datetime, timedelta

import cbor2
import pytest
from cryptography.hazmat.primitives.serialization import load_der_public_key

from emigrate.foundation.crypto.signing_keys import KeyUnfit, Purpose, make_key, make_root
from emigrate.foundation.crypto.trust_list import (
    KeyStatus,
    TrustList,
    compromised,
    entry_for,
    sign_trust_list,
)

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
WEEK = timedelta(days=7)
ROOT = make_root(NOW, demo=True)
KEY = make_key(Purpose.EC_QR, NOW, longest_validity=WEEK, demo=True)
ENTRY = entry_for(KEY, status=KeyStatus.ACTIVE)
PLAIN = TrustList(counter=3, issued=NOW, issuer="IN-MEA-PGE", demo=True, entries=[ENTRY])


def content(trust: TrustList) -> dict[str, object]:
    return cbor2.loads(cbor2.loads(sign_trust_list(trust, root=ROOT)).value[2])


def test_what_the_root_signs():
    signed = content(PLAIN)

    (key,) = signed.pop("keys")
    start = int(NOW.timestamp())
    assert signed == {
        "profile": 1,
        "counter": 3,
        "issued": start,
        "ttl": 86_400,
        "hold": 30 * 86_400,
        "max_age_hours": 24,
        "mode": "demo",
        "issuer": "IN-MEA-PGE",
    }
    assert load_der_public_key(key.pop("spki")) == KEY.public
    assert key == {
        "kid": KEY.kid,
        "alg": -7,
        "purpose": "ec-qr",
        "not_before": start,
        "not_after": start + 90 * 86_400,
        "verify_until": start + (90 + 7 + 365) * 86_400,
        "status": "active",
    }


def test_a_leak_is_published_with_its_day():
    (key,) = content(replace(PLAIN, entries=[compromised(ENTRY, since=NOW)]))["keys"]

    assert key["compromised_since"] == int(NOW.timestamp())


def test_only_a_root_signs_and_no_root_is_listed():
    with pytest.raises(KeyUnfit) as signing:
        sign_trust_list(PLAIN, root=KEY)
    with pytest.raises(KeyUnfit) as listing:
        entry_for(ROOT)

    assert (signing.value.code, listing.value.code) == ("key_wrong_purpose", "root_is_not_listed")


@pytest.mark.parametrize(("trust", "root"), [
    (replace(PLAIN, demo=False),                               ROOT),
    (replace(PLAIN, entries=[replace(ENTRY, demo=False)]),     ROOT),
    (PLAIN,                                                    replace(ROOT, demo=False)),
])  # fmt: skip
def test_demonstration_keys_never_stand_beside_real_ones(trust, root):
    with pytest.raises(KeyUnfit) as unfit:
        sign_trust_list(trust, root=root)

    assert unfit.value.code == "demo_mixed"
