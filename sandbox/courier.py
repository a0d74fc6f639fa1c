"""Brings news to the platform, one at a time, and tries again as the contract says."""

import heapq
import http.client
import ipaddress
import threading
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from sandbox.news import News, sealed
from sandbox.signatures import Received, SenderKey

WAITS = (5, 300, 1800, 7200, 18_000, 36_000, 36_000)
"""Seconds between the tries; after the last one the news is parked."""

TIMEOUT = 10
"""Seconds for a connection, and for each part of an answer."""

PATIENCE = 1
"""Seconds that the end waits for a try on its way."""

LARGEST_ANSWER = 65_536
STATES = ("waiting", "delivered", "parked")


@dataclass(slots=True)
class Errand:
    """One sending of news and what became of it; `status` is that of the last try, or 0."""

    news: News
    tries: int = 0
    status: int = 0
    state: str = "waiting"

    def line(self) -> dict[str, object]:
        """The errand without what it says."""
        return {
            "eventId": self.news.event_id,
            "partner": self.news.partner,
            "type": self.news.type,
            "tries": self.tries,
            "status": self.status,
            "state": self.state,
        }


def callback_address(text: str) -> str:
    """An address of http on the loopback, or nothing; ValueError for any other."""
    if not text:
        return ""
    address = urlsplit(text)
    if address.scheme != "http" or address.username is not None or not text.isascii():
        raise ValueError("callbacks_not_plain_http")
    if address.query or address.fragment or address.port == 0:
        raise ValueError("callbacks_not_plain_http")
    host = address.hostname or ""
    if host != "localhost" and not ipaddress.ip_address(host).is_loopback:
        raise ValueError("callbacks_not_loopback")
    return text.rstrip("/")


class Courier:
    """Sends in the order of the posting; what has to be tried again holds up nothing else.

    Without an address all news waits. `hurry` divides the waits between tries. News with a fault
    is sent once: whoever forges does not keep to the contract.
    """

    def __init__(self, keys: Mapping[str, SenderKey], address: str, hurry: float) -> None:
        if hurry <= 0:
            raise ValueError("hurry_not_above_zero")
        self._keys = keys
        self._address = callback_address(address)
        self._hurry = hurry
        self._errands: list[Errand] = []
        self._queue: list[tuple[float, int, Errand]] = []
        self._places = 0
        self._changed = threading.Condition()
        self._closed = False
        self._thread = threading.Thread(target=self._work, daemon=True)

    def start(self) -> None:
        """Begin to send."""
        self._thread.start()

    def close(self) -> None:
        """Send nothing more."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._thread.join(PATIENCE)

    def send_to(self, address: str) -> None:
        """Send to this base from now on, or to nobody; ValueError for an unfit address."""
        with self._changed:
            self._address = callback_address(address)
            self._changed.notify()

    def post(self, news: News, times: int = 1) -> None:
        """Send this news, so many times over; ValueError for a partner that sends none."""
        if news.partner not in self._keys:
            raise ValueError("partner_sends_no_news")
        with self._changed:
            for _ in range(times):
                errand = Errand(news)
                self._errands.append(errand)
                self._line_up(errand, 0)

    def lines(self) -> list[dict[str, object]]:
        """Every errand in the order of the posting."""
        with self._changed:
            return [errand.line() for errand in self._errands]

    def counts(self) -> dict[str, int]:
        """How many errands are in which state."""
        with self._changed:
            found = Counter(errand.state for errand in self._errands)
        return {state: found[state] for state in STATES}

    def _line_up(self, errand: Errand, wait: float) -> None:
        self._places += 1
        heapq.heappush(self._queue, (time.monotonic() + wait, self._places, errand))
        self._changed.notify()

    def _work(self) -> None:
        while (found := self._next()) is not None:
            errand, base = found
            partner = errand.news.partner
            request = sealed(errand.news, f"{base}/{partner}", self._keys[partner])
            self._note(errand, carry(request))

    def _next(self) -> tuple[Errand, str] | None:
        """The next errand that is due, and where to; None at the end."""
        with self._changed:
            while not self._closed:
                wait = self._queue[0][0] - time.monotonic() if self._queue else None
                if self._address and wait is not None and wait <= 0:
                    return heapq.heappop(self._queue)[2], self._address
                self._changed.wait(wait if self._address else None)
            return None

    def _note(self, errand: Errand, status: int) -> None:
        with self._changed:
            errand.tries += 1
            errand.status = status
            if http.client.OK <= status < http.client.MULTIPLE_CHOICES:
                errand.state = "delivered"
            elif errand.news.fault or errand.tries > len(WAITS):
                errand.state = "parked"
            else:
                self._line_up(errand, WAITS[errand.tries - 1] / self._hurry)


def carry(request: Received) -> int:
    """Send a request once; the status of the answer, a redirect's too, or 0 if none came."""
    address = urlsplit(request.target)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=TIMEOUT)
    try:
        connection.request(request.method, address.path, request.body, dict(request.headers))
        with connection.getresponse() as answer:
            answer.read(LARGEST_ANSWER)
            return answer.status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()
