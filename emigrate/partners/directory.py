"""Which partner answers for which capability in this installation, with the key we sign with.

Addresses come from `settings.PARTNERS`; an address that is not set is a partner that cannot be
reached. The key stands in `settings.KEYS / "partners.pem"`: a demonstration makes its own and
marks it, production must bring one, and each refuses the other's. The keys that partners sign their
news with stand in `settings.KEYS / "partners" / <partner> / <key id>.pem`.
"""

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)
from django.conf import settings

from emigrate.foundation.crypto.secrets import write_once
from emigrate.foundation.http import BreakerHealth, Door, DoorSettings, Reason, Signer, Unavailable
from emigrate.partners.insurer import pbby
from emigrate.partners.insurer.contract import ClaimNews, Insurer, PolicyNews
from emigrate.partners.news import News
from emigrate.partners.passport_registry import passport_seva
from emigrate.partners.passport_registry.contract import PassportRegistry, StatusNews
from emigrate.partners.payment_gateway import gateway
from emigrate.partners.payment_gateway.contract import PaymentGateway
from emigrate.partners.wire import plain_reference

KEY_FILE = "partners.pem"
SENDERS = "partners"
DEMO_MARK = "emigrate demonstration key: vouches for nothing"
PROTOCOLS: dict[str, ModuleType] = {
    "passport_registry": passport_seva,
    "insurer": pbby,
    "payment_gateway": gateway,
}


class PartnerKeyUnfit(ValueError):
    """The key we sign with is missing or of the other kind; `code` says which."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class CallerKey:
    """What a partner needs to accept our signatures: the key's name and its public half."""

    key_id: str
    public_pem: bytes


def passport_registry() -> PassportRegistry:
    """The registry of passports. Raises Unavailable when no address is set."""
    return passport_seva.PassportSeva(_door("passport_registry"))


def insurer() -> Insurer:
    """The insurer of emigrant workers. Raises Unavailable when no address is set."""
    return pbby.PbbyInsurer(_door("insurer"))


def insurer_name() -> str:
    """The insurer's name as it stands on a policy; a demonstration says that it is none."""
    return str(settings.PARTNERS.get("insurer_name") or "No insurer: demonstration")


def passport_news(news: News) -> StatusNews:
    """What the registry of passports told us. Raises Unreadable."""
    return passport_seva.status_news(news)


def insurer_news(news: News) -> PolicyNews | ClaimNews:
    """What the insurer told us. Raises Unreadable."""
    return pbby.told(news)


def payment_gateway() -> PaymentGateway:
    """The payment gateway; its pages stand on its own host or on those of `payment_pages`."""
    door = _door("payment_gateway")
    more = str(settings.PARTNERS.get("payment_pages", "")).split(",")
    own = urlsplit(door.settings.base_url).hostname or ""
    return gateway.Gateway(door, page_hosts=frozenset(filter(None, (own, *more))))


def health() -> dict[str, dict[str, BreakerHealth]]:
    """Every partner with an address, and the breakers of what it was asked so far."""
    named = [partner for partner in PROTOCOLS if settings.PARTNERS.get(partner)]
    return {partner: _door(partner).health() for partner in named}


def caller_key() -> CallerKey:
    """Our public key, to be given to partners. Raises PartnerKeyUnfit."""
    private = _private_key(Path(settings.KEYS) / KEY_FILE)
    public = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return CallerKey(_key_id(private), public)


def publish_key(folder: Path) -> Path:
    """Write our public key as `<key id>.pem` into the folder where a partner reads keys."""
    key = caller_key()
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{key.key_id}.pem"
    path.write_bytes(key.public_pem)
    return path


def sender_keys(partner: str) -> dict[str, ec.EllipticCurvePublicKey]:
    """The keys that a partner (`passport_registry`) signs its news with, by id; often none.

    Raises PartnerKeyUnfit for a file that is no public P-256 key.
    """
    folder = Path(settings.KEYS) / SENDERS / partner
    return {path.stem: _public_key(path) for path in sorted(folder.glob("*.pem"))}


def trust_sender_key(partner: str, key_id: str, pem: bytes) -> None:
    """From now on this key, and no other one, vouches for a partner's news."""
    folder = Path(settings.KEYS) / SENDERS / partner
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.pem"):
        old.unlink()
    (folder / f"{plain_reference(key_id)}.pem").write_bytes(pem)


def _public_key(path: Path) -> ec.EllipticCurvePublicKey:
    key = load_pem_public_key(path.read_bytes())
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise PartnerKeyUnfit("sender_key_not_p256")
    return key


def _door(partner: str) -> Door:
    address = settings.PARTNERS.get(partner, "")
    if not address:
        raise Unavailable(
            Reason.NO_CONNECTION,
            partner=partner,
            operation="connect",
            request_id="",
            code="address_not_set",
        )
    return _opened(partner, address, Path(settings.KEYS) / KEY_FILE)


@lru_cache(maxsize=32)
def _opened(partner: str, address: str, key_file: Path) -> Door:
    """One door a partner and address, so that its connections and breakers are shared."""
    protocol = PROTOCOLS[partner]
    private = _private_key(key_file)
    return Door(
        DoorSettings(
            partner=partner.replace("_", "-"),
            base_url=address,
            read_timeout=protocol.READ_TIMEOUT,
            total_budget=protocol.TOTAL_BUDGET,
        ),
        signer=Signer(_key_id(private), private),
    )


def _private_key(path: Path) -> ec.EllipticCurvePrivateKey:
    if not path.exists():
        if settings.PRODUCTION:
            raise PartnerKeyUnfit("partner_key_missing")
        _make_demo_key(path)
    pem = path.read_bytes()
    if pem.startswith(DEMO_MARK.encode()) == settings.PRODUCTION:
        raise PartnerKeyUnfit("partner_key_demo" if settings.PRODUCTION else "partner_key_real")
    key = load_pem_private_key(pem, password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise PartnerKeyUnfit("partner_key_not_p256")
    return key


def _make_demo_key(path: Path) -> None:
    """Whole or not at all, and the first of several processes or threads wins."""
    key = ec.generate_private_key(ec.SECP256R1())
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    write_once(path, f"{DEMO_MARK}\n{pem}".encode())


def _key_id(key: ec.EllipticCurvePrivateKey) -> str:
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return f"platform-{hashlib.sha256(public).hexdigest()[:16]}"
