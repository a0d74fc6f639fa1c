"""The door: every request to a partner leaves here, and no other module opens a connection."""

import logging
import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self, TypeVar
from urllib.parse import urlsplit

import httpx2
import stamina
import structlog

from emigrate.foundation.http.breaker import Breaker, BreakerHealth, BreakerLimits
from emigrate.foundation.http.deadline import Deadline, DeadlineTransport
from emigrate.foundation.http.errors import Reason, Refused, Unavailable, Unreadable
from emigrate.foundation.http.messages import Call, Reply
from emigrate.foundation.http.signature import Signable, Signer

Answer = TypeVar("Answer")

LOG = structlog.get_logger("emigrate.partners")
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
PASSING_STATUSES = frozenset({502, 503, 504})
WISH_DIGITS = 5
PASSING_FAULTS = frozenset({Reason.TIMED_OUT, Reason.BROKEN_OFF})

# These libraries log whole URLs at INFO, and a URL may hold a policy number.
for _name in ("httpx2", "httpcore2"):
    logging.getLogger(_name).setLevel(logging.WARNING)


@dataclass(frozen=True, slots=True)
class DoorSettings:
    """One partner's address and limits; all times in seconds, sizes in octets.

    `total_budget` ends everything, retries and waits included, except a name look-up that hangs.
    Plain http is accepted for loopback addresses only.
    """

    partner: str
    base_url: str
    read_timeout: float
    total_budget: float
    connect_timeout: float = 3.0
    attempts: int = 3
    first_wait: float = 0.2
    longest_wait: float = 2.0
    largest_reply: int = 1_000_000
    connections: int = 20
    authority_file: str | None = None
    certificate_file: str | None = None
    certificate_key_file: str | None = None
    breaker: BreakerLimits = field(default_factory=BreakerLimits)

    def __post_init__(self) -> None:
        address = urlsplit(self.base_url)
        plain = address.scheme == "http" and address.hostname in LOOPBACK
        if not plain and address.scheme != "https":
            raise ValueError("partner_address_not_https")
        if address.username or address.query or address.fragment:
            raise ValueError("partner_address_not_plain")


class Door:
    """Calls one partner. Safe between threads; close it when the process ends.

    `clock` is monotonic seconds, `wall_clock` seconds since 1970 for the signature (a partner
    checks it against real time, also when the platform simulates another day).
    """

    def __init__(
        self,
        settings: DoorSettings,
        *,
        signer: Signer | None = None,
        clock: Callable[[], float] = time.monotonic,
        wall_clock: Callable[[], float] = time.time,
    ) -> None:
        self.settings = settings
        self._signer = signer
        self._clock = clock
        self._wall_clock = wall_clock
        self._deadline = Deadline(clock)
        self._breakers: dict[str, Breaker] = {}
        self._lock = threading.Lock()
        # The transport alone: a client would keep cookies and follow what partners say.
        self._transport = DeadlineTransport(
            _tls(settings), self._deadline, connections=settings.connections
        )
        self._base = settings.base_url.rstrip("/")
        wait = httpx2.Timeout(settings.read_timeout, connect=settings.connect_timeout)
        self._extensions = {"timeout": wait.as_dict()}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give the connections back."""
        self._transport.close()

    def health(self) -> dict[str, BreakerHealth]:
        """The breaker of each operation called so far, for the health page."""
        with self._lock:
            breakers = dict(self._breakers)
        return {operation: breaker.health() for operation, breaker in breakers.items()}

    def send(self, call: Call, read: Callable[[Reply], Answer]) -> Answer:
        """What `read` makes of the partner's reply (any 2xx or 4xx but 429), or Unavailable.

        `read` raises Unreadable for a reply outside the contract and Refused when the partner
        calls our request wrong; both become Unavailable, the first counts against the partner.
        """
        breaker = self._breaker(call.operation)
        until = self._clock() + self.settings.total_budget
        uncertain = False
        for attempt in stamina.retry_context(
            on=lambda error: self._clock() < until and _worth_repeating(call, error),
            attempts=self.settings.attempts,
            timeout=self.settings.total_budget,
            wait_initial=self.settings.first_wait,
            wait_max=self.settings.longest_wait,
            wait_jitter=self.settings.first_wait,
        ):
            with attempt:
                try:
                    return self._guarded(call, read, breaker, until)
                except Unavailable as fault:
                    uncertain = fault.may_have_happened = uncertain or fault.may_have_happened
                    raise
        raise AssertionError("the retry loop returns or raises")  # pragma: no cover

    def _breaker(self, operation: str) -> Breaker:
        with self._lock:
            if operation not in self._breakers:
                self._breakers[operation] = Breaker(self.settings.breaker, clock=self._clock)
            return self._breakers[operation]

    def _guarded(
        self, call: Call, read: Callable[[Reply], Answer], breaker: Breaker, until: float
    ) -> Answer:
        started = self._clock()
        ticket = breaker.admit()
        try:
            if ticket is None:
                raise self._unavailable(call, Reason.CIRCUIT_OPEN)
            answer = self._attempt(call, read, until)
        except Unavailable as fault:
            if ticket is not None:
                _tell(breaker, ticket, fault)
            self._log(call, started, fault.reason.value, fault.status, fault.code)
            raise
        breaker.succeeded(ticket)
        self._log(call, started, "answer", None, "")
        return answer

    def _attempt(self, call: Call, read: Callable[[Reply], Answer], until: float) -> Answer:
        try:
            return read(self._exchange(call, until))
        except Unreadable as fault:
            raise self._unavailable(call, Reason.UNREADABLE, code=fault.field) from fault
        except Refused as fault:
            raise self._unavailable(call, Reason.REFUSED, code=fault.code) from fault
        except (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout) as fault:
            raise self._unavailable(call, Reason.NO_CONNECTION) from fault
        except httpx2.TimeoutException as fault:
            raise self._unavailable(call, Reason.TIMED_OUT) from fault
        except httpx2.TransportError as fault:
            raise self._unavailable(call, Reason.BROKEN_OFF) from fault

    def _exchange(self, call: Call, until: float) -> Reply:
        request = self._request(call)
        self._deadline.at = until
        try:
            response = self._transport.handle_request(request)
            try:
                self._refuse_status(call, response)
                body = self._body(call, response)
            finally:
                response.close()
        finally:
            self._deadline.at = None
        return Reply(response.status_code, dict(response.headers), body)

    def _request(self, call: Call) -> httpx2.Request:
        request_id = str(call.request_id)
        headers = {
            "Accept": f"{call.media_type}, application/problem+json",
            "Accept-Encoding": "identity",
            "Content-Type": call.media_type,
            "X-Request-Id": request_id,
            "traceparent": f"00-{call.request_id.hex}-{call.request_id.hex[:16]}-01",
        }
        if call.idempotency_key is not None:
            headers["Idempotency-Key"] = call.idempotency_key
        url = httpx2.URL(self._base + call.path)
        if self._signer is not None:
            message = Signable(call.method, str(url), call.body, request_id)
            headers |= self._signer.headers(message, created=int(self._wall_clock()))
        return httpx2.Request(
            call.method, url, headers=headers, content=call.body, extensions=self._extensions
        )

    def _refuse_status(self, call: Call, response: httpx2.Response) -> None:
        status = response.status_code
        echoed = response.headers.get("x-request-id", str(call.request_id))
        if status >= httpx2.codes.INTERNAL_SERVER_ERROR:
            reason = Reason.SERVER_ERROR
        elif status == httpx2.codes.TOO_MANY_REQUESTS:
            reason = Reason.BUSY
        elif response.is_redirect:
            reason = Reason.REDIRECTED
        elif echoed != str(call.request_id):
            raise Unreadable("x-request-id")
        elif response.headers.get("content-encoding", "identity") != "identity":
            raise Unreadable("content-encoding")
        else:
            return
        wish = response.headers.get("retry-after", "")
        retry_after = float(wish) if wish.isdecimal() and len(wish) <= WISH_DIGITS else None
        raise self._unavailable(call, reason, status=status, retry_after=retry_after)

    def _body(self, call: Call, response: httpx2.Response) -> bytes:
        body = bytearray()
        for chunk in response.iter_raw():
            body += chunk
            if len(body) > self.settings.largest_reply:
                raise self._unavailable(call, Reason.TOO_LARGE, status=response.status_code)
        return bytes(body)

    def _unavailable(
        self,
        call: Call,
        reason: Reason,
        *,
        code: str = "",
        status: int | None = None,
        retry_after: float | None = None,
    ) -> Unavailable:
        return Unavailable(
            reason,
            partner=self.settings.partner,
            operation=call.operation,
            request_id=str(call.request_id),
            code=code,
            status=status,
            retry_after=retry_after,
        )

    def _log(self, call: Call, started: float, outcome: str, status: int | None, code: str) -> None:
        LOG.info(
            "partner.call",
            partner=self.settings.partner,
            operation=call.operation,
            request_id=str(call.request_id),
            outcome=outcome,
            status=status,
            code=code,
            milliseconds=round((self._clock() - started) * 1000, 1),
        )


def _tls(settings: DoorSettings) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=settings.authority_file)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if settings.certificate_file is not None:
        context.load_cert_chain(settings.certificate_file, settings.certificate_key_file)
    return context


def _tell(breaker: Breaker, ticket: int, fault: Unavailable) -> None:
    if fault.reason is Reason.REFUSED:
        breaker.succeeded(ticket)
    else:
        breaker.failed(ticket)


def _worth_repeating(call: Call, error: Exception) -> bool:
    if not isinstance(error, Unavailable):
        return False
    if error.reason is Reason.NO_CONNECTION:
        return True
    passing = error.reason in PASSING_FAULTS or error.status in PASSING_STATUSES
    return call.may_repeat and passing
