"""The platform's side of callbacks, only as far as these tests need it."""

import base64
import hashlib
import json
import re
import threading
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_public_key

PATIENCE = 8


@dataclass
class Letter:
    """One request as it came; header names in lower case."""

    target: str
    headers: dict[str, str]
    body: bytes
    at: float

    @property
    def told(self):
        return json.loads(self.body)

    @property
    def created(self):
        return int(re.search(r";created=(\d+);", self.headers["signature-input"])[1])

    def is_signed_by(self, sender):
        """Checked by hand, word for word as docs/partners/README.md has it."""
        digest = base64.b64encode(hashlib.sha256(self.body).digest()).decode()
        signed = (
            '("@method" "@target-uri" "content-digest" "x-request-id")'
            f';created={self.created};keyid="{sender["key_id"]}";alg="ecdsa-p256-sha256"'
        )
        base = (
            f'"@method": POST\n"@target-uri": {self.target}\n'
            f'"content-digest": sha-256=:{digest}:\n'
            f'"x-request-id": {self.headers["x-request-id"]}\n"@signature-params": {signed}'
        )
        raw = base64.b64decode(self.headers["signature"][len("sig1=:") : -1])
        r, s = int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")
        key = load_pem_public_key(sender["pem"].encode())
        try:
            key.verify(utils.encode_dss_signature(r, s), base.encode(), ec.ECDSA(SHA256()))
        except InvalidSignature:
            return False
        return len(raw) == 64 and self.headers["signature-input"] == f"sig1={signed}"


class Mailbox(ThreadingHTTPServer):
    """Keeps what comes; answers with `statuses` one after the other, then with 202."""

    daemon_threads = True

    def __init__(self, *statuses):
        super().__init__(("127.0.0.1", 0), _Slot)
        self.statuses = list(statuses)
        self.letters = []
        self.open = threading.Event()
        self.open.set()
        self.changed = threading.Condition()
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}/callbacks"

    def first(self, count):
        """The first so many letters, as soon as they are there."""
        with self.changed:
            assert self.changed.wait_for(lambda: len(self.letters) >= count, PATIENCE)
            return self.letters[:count]

    def before(self, event_id):
        """The letters that came before this event did."""
        with self.changed:
            assert self.changed.wait_for(lambda: event_id in self._ids(), PATIENCE)
            return self.letters[: self._ids().index(event_id)]

    def close(self):
        self.open.set()
        self.shutdown()
        self.server_close()

    def _ids(self):
        return [letter.headers["x-request-id"] for letter in self.letters]


class _Slot(BaseHTTPRequestHandler):
    server: Mailbox

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        target = f"http://{headers['host']}{self.path}"
        with self.server.changed:
            self.server.letters.append(Letter(target, headers, body, time.monotonic()))
            status = self.server.statuses.pop(0) if self.server.statuses else 202
            self.server.changed.notify_all()
        self.server.open.wait(PATIENCE)
        self.send_response(status)
        if 300 <= status < 400:
            self.send_header("Location", f"{self.server.url}/elsewhere")
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *args):
        pass


def settled(live):
    """The errands, as soon as none of them waits."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        lines = live.control("GET", "news")["news"]
        if all(line["state"] != "waiting" for line in lines):
            return lines
        time.sleep(0.01)
    raise AssertionError(lines)


def tried(live, event_id):
    """The errand of an event, as soon as it was tried once."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        lines = live.control("GET", "news")["news"]
        (line,) = [line for line in lines if line["eventId"] == event_id]
        if line["tries"]:
            return line
        time.sleep(0.01)
    raise AssertionError(lines)
