"""The HTTP server: loopback only, one thread a connection, connections kept open."""

import html
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from sandbox import control
from sandbox.answers import Answer, Problem
from sandbox.desk import Arrival, Delivery, receive
from sandbox.signatures import Received
from sandbox.world import World

LOOPBACK = "127.0.0.1"
LARGEST_REQUEST = 1_000_000
PAY = "/payment-gateway/pay/"
TRICKLE_PAUSE = 0.05
DROPPED = frozenset({"drop", "drop_after_commit"})


class Server(ThreadingHTTPServer):
    """Serves one world on one port of the loopback address; port 0 takes a free one."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int, world: World) -> None:
        super().__init__((LOOPBACK, port), Handler)
        self.world = world

    @property
    def origin(self) -> str:
        """The address that a client uses, without a slash at its end."""
        return f"http://{LOOPBACK}:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    server_version = "emigrate-sandbox"
    sys_version = ""
    disable_nagle_algorithm = True
    wbufsize = 65536
    timeout = 60
    server: Server

    def do_GET(self) -> None:
        """Answer a GET."""
        self._answer()

    def do_POST(self) -> None:
        """Answer a POST."""
        self._answer()

    def do_PUT(self) -> None:
        """Answer a PUT."""
        self._answer()

    def do_DELETE(self) -> None:
        """Answer a DELETE."""
        self._answer()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the parent's name
        """Say nothing; the journal tells more."""

    def _answer(self) -> None:
        try:
            body = self._read()
            delivery = self._route(body)
        except Problem as problem:
            delivery = Delivery(problem.answer())
        if delivery.fault in DROPPED:
            self.close_connection = True
            return
        self._write(delivery)

    def _read(self) -> bytes:
        length = self.headers.get("Content-Length", "0")
        if "Transfer-Encoding" in self.headers or not length.isdecimal():
            self.close_connection = True
            raise Problem(411, "sandbox-411", "length_required")
        if int(length) > LARGEST_REQUEST:
            self.close_connection = True
            raise Problem(413, "sandbox-413", "too_large")
        return self.rfile.read(int(length))

    def _route(self, body: bytes) -> Delivery:
        address = urlsplit(self.path)
        path = address.path
        if path.startswith(control.PREFIX + "/"):
            token = self.headers.get("Authorization", "").removeprefix("Bearer ")
            order = control.Order(self.command, self.path, token, body)
            return Delivery(control.obey(self.server.world, order))
        if path.startswith(PAY):
            return Delivery(self._pay(path.removeprefix(PAY), body))
        partner, _, rest = path.strip("/").partition("/")
        if partner not in self.server.world.offices:
            raise Problem(404, "sandbox-404", "no_such_partner")
        received = Received(self.command, self._target(), self._headers(), body)
        arrival = Arrival(partner, f"/{rest}", address.query, self.server.origin, received)
        return receive(self.server.world, arrival)

    def _target(self) -> str:
        return f"http://{self.headers.get('Host', '')}{self.path}"

    def _headers(self) -> dict[str, str]:
        headers: dict[str, str] = {}
        for name, value in self.headers.items():
            if name.lower() in headers:
                raise Problem(400, "sandbox-400", "repeated_header")
            headers[name.lower()] = value
        return headers

    def _pay(self, gateway_ref: str, body: bytes) -> Answer:
        payments = self.server.world.payments
        if self.command == "POST":
            back = payments.payer_chose(gateway_ref, body.decode("ascii").removeprefix("choice="))
            headers = {"Location": back} if back else {}
            return Answer(
                303 if back else 200, b"Done. You may close this page.", "text/plain", headers
            )
        amount, reference = payments.page(gateway_ref)
        shown = PAGE.format(amount=html.escape(amount), reference=html.escape(reference))
        return Answer(200, shown.encode(), "text/html; charset=utf-8")

    def _write(self, delivery: Delivery) -> None:
        answer, body = delivery.answer, delivery.answer.encoded()
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.media_type)
        more = 64 if delivery.fault == "truncated" else 0
        self.send_header("Content-Length", str(len(body) + more))
        request_id = self.headers.get("X-Request-Id")
        if delivery.fault == "wrong_echo":
            request_id = "00000000-0000-4000-8000-000000000000"
        if request_id:
            self.send_header("X-Request-Id", request_id)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.end_headers()
        if delivery.fault == "trickle":
            self._trickle(body)
            return
        self.wfile.write(body)
        self.wfile.flush()
        self.close_connection = self.close_connection or bool(more)

    def _trickle(self, body: bytes) -> None:
        try:
            for octet in body:
                self.wfile.write(bytes((octet,)))
                self.wfile.flush()
                time.sleep(TRICKLE_PAUSE)
        except OSError:
            self.close_connection = True  # the client has lost patience, as it should


PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Sandbox payment</title></head><body>
<h1>Sandbox payment page: no money moves</h1>
<p>Order {reference}, amount {amount}</p>
<form method="post"><button name="choice" value="pay">Pay</button>
<button name="choice" value="fail">Let the payment fail</button>
<button name="choice" value="later">Leave it pending</button></form></body></html>
"""
