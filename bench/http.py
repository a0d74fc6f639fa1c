"""A load of HTTP requests over kept connections, cheap enough to leave the cores to the server."""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

ENOUGH = 65_536
HEAD_END = b"\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Reply:
    """A status and a body."""

    status: int
    body: bytes

    def json(self) -> Any:  # whatever was answered
        """The body as JSON."""
        return json.loads(self.body)


class Connection:
    """One kept connection; OSError when the server goes away."""

    def __init__(self, port: int, timeout: float = 30.0) -> None:
        self.port, self.timeout = port, timeout
        self._socket: socket.socket | None = None

    def send(self, request: bytes) -> Reply:
        """Send one request and read its answer."""
        if self._socket is None:
            self._socket = socket.create_connection(("127.0.0.1", self.port), self.timeout)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            self._socket.sendall(request)
            return self._reply()
        except (OSError, ValueError):
            self.close()
            raise

    def _reply(self) -> Reply:
        data = b""
        while (end := data.find(HEAD_END)) < 0:
            data += self._more()
        head = data[:end].lower()
        if b"transfer-encoding: chunked" in head:
            return Reply(int(data[9:12]), self._chunks(data[end + 4 :]))
        at = head.find(b"content-length:")
        length = int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
        body = data[end + 4 :]
        while len(body) < length:
            body += self._more()
        return Reply(int(data[9:12]), body)

    def _chunks(self, data: bytes) -> bytes:
        body = b""
        while True:
            while (end := data.find(b"\r\n")) < 0:
                data += self._more()
            length = int(data[:end], 16)
            while len(data) < end + 4 + length:
                data += self._more()
            body += data[end + 2 : end + 2 + length]
            data = data[end + 4 + length :]
            if not length:
                return body

    def _more(self) -> bytes:
        assert self._socket is not None
        data = self._socket.recv(ENOUGH)
        if not data:
            message = "the server closed the connection"
            raise ConnectionError(message)
        return data

    def close(self) -> None:
        """Close it; the next request opens it again."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None


def post(path: str, body: Mapping[str, Any], token: str, key: str = "") -> bytes:
    """The bytes of a POST with JSON."""
    content = json.dumps(body).encode()
    keyed = f"Idempotency-Key: {key}\r\n" if key else ""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: application/json\r\n{keyed}Content-Length: {len(content)}\r\n\r\n"
    )
    return head.encode() + content


@dataclass(slots=True)
class Loaded:
    """What a load met: seconds of each answer, and the answers that were not as expected."""

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    wrong: list[Reply] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.latencies) / self.seconds


def load(
    port: int,
    requests: Callable[[int], Iterator[bytes]],
    *,
    connections: int,
    seconds: float,
    rate: float | None = None,
) -> Loaded:
    """Keep `connections` busy for so long; with `rate`, at that many requests a second in all.

    At a fixed rate a request's time counts from when it was due, so waiting is not left out.
    """
    loaded, lock = Loaded(), threading.Lock()
    began = time.perf_counter()
    until = began + seconds

    def run(number: int) -> None:
        connection, latencies, wrong = Connection(port), [], []
        gap = connections / rate if rate else 0.0
        due = began + gap * number / connections
        for request in requests(number):
            if gap:
                time.sleep(max(0.0, due - time.perf_counter()))
            start = due if gap else time.perf_counter()
            if time.perf_counter() > until:
                break
            reply = connection.send(request)
            latencies.append(time.perf_counter() - start)
            due += gap
            if reply.status >= 300:
                wrong.append(reply)
        connection.close()
        with lock:
            loaded.latencies += latencies
            loaded.wrong += wrong

    threads = [threading.Thread(target=run, args=(number,)) for number in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    loaded.seconds = time.perf_counter() - began
    return loaded
