"""Everything one sandbox process knows: offices, keys, ordered faults, journal, clock, news."""

import threading
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from sandbox.courier import Courier
from sandbox.insurer import Insurer
from sandbox.journal import Journal
from sandbox.news import Event, compose
from sandbox.office import Office
from sandbox.passport_registry import PassportRegistry
from sandbox.payment_gateway import PaymentGateway
from sandbox.policy import PolicyFile
from sandbox.scenarios import Scenarios
from sandbox.signatures import SenderKey, Verifier
from sandbox.weather import Weather

SENDERS = ("passport-registry", "insurer")
"""The partners that send news."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How a sandbox is started.

    `folder` may hold `keys/<key id>.pem`; it gets the journal and the public keys of the senders.
    """

    seed: int = 1
    folder: Path | None = None
    token: str = ""
    pages: bool = False
    latency: bool = False
    fault_rate: float = 0.0
    callbacks: str = ""
    hurry: float = 1.0
    keep: bool = False

    @property
    def policies(self) -> Path | None:
        """Where the insurer keeps its policies, if it is to know them after a restart."""
        return self.folder / "policies.jsonl" if self.keep and self.folder else None


class World:
    """The state of one sandbox; in memory, so a restart is a new world but for kept policies."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.scenarios = Scenarios()
        self.verifier = Verifier()
        self.journal = Journal(settings.folder)
        self.weather = Weather(settings.seed, settings.fault_rate, latency=settings.latency)
        self.senders = {partner: SenderKey(partner) for partner in SENDERS}
        self.courier = Courier(self.senders, settings.callbacks, settings.hurry)
        tell = self.announce
        self.passports = PassportRegistry(
            settings.seed, self.now, partial(tell, "passport-registry")
        )
        self.insurer = Insurer(
            settings.seed, self.now, partial(tell, "insurer"), PolicyFile(settings.policies)
        )
        self.payments = PaymentGateway(settings.seed, self.now, pages=settings.pages)
        self.offices: dict[str, Office] = {
            "passport-registry": self.passports,
            "insurer": self.insurer,
            "payment-gateway": self.payments,
        }
        self._shift = timedelta(0)
        self._lock = threading.Lock()
        self._load_keys()
        self._publish_keys()

    def now(self) -> datetime:
        """The day the partners believe in; signatures are always checked against real time."""
        return datetime.now(UTC) + self._shift

    def set_clock(self, moment: datetime | None) -> None:
        """Let it be this moment (aware) now and run on from there; None for real time."""
        with self._lock:
            self._shift = timedelta(0) if moment is None else moment - datetime.now(UTC)

    def announce(self, partner: str, kind: str, told: dict[str, object]) -> str:
        """Send a partner's news of something that happens now; the event's id."""
        news = compose(partner, Event(kind, told, self.now()))
        self.courier.post(news)
        return news.event_id

    def counts(self) -> dict[str, object]:
        """What exists, for checks of conservation."""
        return {
            "passport-registry": self.passports.counts(),
            "insurer": self.insurer.counts(),
            "payment-gateway": self.payments.counts(),
            "news": self.courier.counts(),
        }

    def _load_keys(self) -> None:
        if self.settings.folder is None:
            return
        for path in sorted((self.settings.folder / "keys").glob("*.pem")):
            self.verifier.add_key(path.stem, path.read_bytes())

    def _publish_keys(self) -> None:
        """Leave the public keys of this world's senders in the folder, and of no earlier one."""
        if self.settings.folder is None:
            return
        for partner, key in self.senders.items():
            folder = self.settings.folder / "senders" / partner
            folder.mkdir(parents=True, exist_ok=True)
            for old in folder.glob("*.pem"):
                old.unlink()
            (folder / f"{key.key_id}.pem").write_bytes(key.pem)
