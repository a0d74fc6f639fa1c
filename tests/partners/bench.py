"""The same test on two sources: answers recorded earlier, and the sandbox process."""

import json
import os
import subprocess
import sys
import threading
from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen
from uuid import NAMESPACE_URL, UUID, uuid5

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from emigrate.foundation.http import Call, Door, DoorSettings, Reply, Signer

RECORDED = Path(__file__).parent / "recorded"
RECORDING = os.environ.get("EMIGRATE_RECORD") == "true"
KEY_ID = "platform-test"
TODAY = "2026-11-22T06:30:00+00:00"


class LiveSandbox:
    """The sandbox in its own process, with its control interface."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        command = [sys.executable, "-m", "sandbox", "--seed", "7", "--while-stdin"]
        self.process = subprocess.Popen(
            [*command, "--data", str(folder), *options],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self.greeting = json.loads(self.process.stdout.readline())
        self.add_key(KEY_ID, self.key)
        self.control("PUT", "clock", {"now": TODAY})

    def close(self) -> int:
        self.process.stdin.close()
        self.process.stdout.close()
        return self.process.wait(timeout=10)

    def add_key(self, key_id: str, key: ec.EllipticCurvePrivateKey) -> None:
        pem = key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        self.control("PUT", f"keys/{key_id}", pem)

    def control(self, method: str, path: str, body: Any = None) -> Any:
        content = body if isinstance(body, bytes) else json.dumps(body or {}).encode()
        token = self.greeting["control_token"]
        request = Request(
            f"{self.greeting['control_url']}/{path}",
            data=content,
            method=method,
            headers={"Authorization": f"Bearer {token}"},
        )
        with urlopen(request, timeout=10) as answer:
            return json.load(answer)

    def journal(self, request_id: UUID) -> list[dict[str, Any]]:
        entries = self.control("GET", "journal")["entries"]
        return [entry for entry in entries if entry["request_id"] == str(request_id)]

    def signer(self) -> Signer:
        return Signer(KEY_ID, self.key)


def settings(partner: str, base_url: str, **other: Any) -> DoorSettings:
    values = {"read_timeout": 2.0, "total_budget": 6.0, "first_wait": 0.01, "longest_wait": 0.02}
    return DoorSettings(partner=partner, base_url=base_url, **{**values, **other})


class RecordingDoor(Door):
    """Keeps each request and the partner's reply to it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.exchanges: list[dict[str, Any]] = []

    def send(self, call: Call, read: Callable[[Reply], Any]) -> Any:
        def keep(reply: Reply) -> Any:
            self.exchanges.append(
                {
                    "request": {
                        "method": call.method,
                        "path": call.path,
                        "body": json.loads(call.body) if call.body else None,
                    },
                    "reply": {
                        "status": reply.status,
                        "content-type": reply.headers["content-type"],
                        **_written(reply),
                    },
                }
            )
            return read(reply)

        return super().send(call, keep)


def _written(reply: Reply) -> dict[str, Any]:
    """A body as JSON, or its octets where it is something else."""
    if "json" in reply.headers["content-type"]:
        return {"body": json.loads(reply.body)}
    return {"base64": b64encode(reply.body).decode()}


class Replayer(ThreadingHTTPServer):
    """Answers from a recording; a request that differs from the recorded one gets status 418."""

    daemon_threads = True

    def __init__(self, exchanges: list[dict[str, Any]]) -> None:
        super().__init__(("127.0.0.1", 0), _ReplayHandler)
        self.exchanges = list(exchanges)
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()


def address_of(replayer: Replayer) -> str:
    """Where it answers."""
    return f"http://127.0.0.1:{replayer.server_address[1]}"


class _ReplayHandler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 65536
    server: Replayer

    def do_GET(self) -> None:
        content = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        body = json.loads(content) if content else None
        asked = {"method": self.command, "path": self.path, "body": body}
        exchange = self.server.exchanges.pop(0)
        matches = asked == exchange["request"]
        reply = exchange["reply"] if matches else {"status": 418, "body": asked}
        octets = reply.get("base64")
        answer = json.dumps(reply["body"]).encode() if octets is None else b64decode(octets)
        self.send_response(reply["status"])
        self.send_header("Content-Type", reply.get("content-type", "application/json"))
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def do_POST(self) -> None:
        self.do_GET()

    def log_message(self, *args: object) -> None:
        pass


@dataclass
class Bench:
    """A door for one test; orders and registrations reach only the sandbox."""

    partner: str
    file: Path
    sandbox: LiveSandbox | None
    doors: list[Door] = field(default_factory=list)
    asked: int = 0

    def door(self) -> Door:
        if self.sandbox is None:
            self.replayer = Replayer(json.loads(self.file.read_text(encoding="utf-8")))
            door = Door(settings(self.partner, address_of(self.replayer)))
        else:
            self.sandbox.control("DELETE", "scenarios")
            base = settings(self.partner, self.sandbox.greeting["base_urls"][self.partner])
            door = RecordingDoor(base, signer=self.sandbox.signer())
        self.doors.append(door)
        return door

    def order(self, scenario: str, **other: Any) -> None:
        if self.sandbox is not None:
            body = {"partner": self.partner, "scenario": scenario, **other}
            self.sandbox.control("POST", "scenarios", body)

    def register(self, number: str, person: dict[str, str]) -> None:
        if self.sandbox is not None:
            self.sandbox.control("PUT", f"passports/{number}", person)

    def believe(self, moment: str) -> None:
        """The sandbox believes that it is this moment (RFC 3339) until the test ends."""
        if self.sandbox is not None:
            self.sandbox.control("PUT", "clock", {"now": moment})

    def new_id(self) -> UUID:
        """The n-th request id of this test: the same in every run."""
        self.asked += 1
        return uuid5(NAMESPACE_URL, f"{self.partner}/{self.file.stem}/{self.asked}")

    def close(self) -> None:
        self.believe(TODAY)
        for door in self.doors:
            door.close()
            if RECORDING and isinstance(door, RecordingDoor):
                self.file.parent.mkdir(exist_ok=True)
                text = json.dumps(door.exchanges, indent=1, ensure_ascii=False)
                self.file.write_text(text + "\n", encoding="utf-8")
        if self.sandbox is None and self.doors:
            self.replayer.shutdown()
            self.replayer.server_close()
