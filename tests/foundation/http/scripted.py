"""A server that says exactly what a test wrote, octet by octet, one script a connection."""

import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Self

Pause = float
Script = Sequence[bytes | Pause]

HEAD = b"HTTP/1.1 %d X\r\nContent-Type: application/json\r\nContent-Length: %d\r\n%s\r\n"


def answer(status: int, body: bytes = b"{}", more: bytes = b"") -> Script:
    """One whole reply, after which the connection closes."""
    return [HEAD % (status, len(body), b"Connection: close\r\n" + more) + body]


class ScriptedServer:
    """Serves the scripts in order and the last one for ever; `requests` are the raw heads."""

    def __init__(self, *scripts: Script) -> None:
        self.scripts = list(scripts)
        self.requests: list[bytes] = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}/partner"
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.thread.join(timeout=5)

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            script = self.scripts.pop(0) if len(self.scripts) > 1 else self.scripts[0]
            threading.Thread(target=self._play, args=(connection, script), daemon=True).start()

    def _play(self, connection: socket.socket, script: Script) -> None:
        with connection:
            self.requests.append(connection.recv(65536))
            try:
                for part in script:
                    _send_or_wait(connection.sendall, part)
            except OSError:
                return


def _send_or_wait(send: Callable[[bytes], None], part: bytes | Pause) -> None:
    if isinstance(part, bytes):
        send(part)
    else:
        time.sleep(part)


class TlsServer(ScriptedServer):
    """The same behind TLS, with a self-made certificate for 127.0.0.1 in `folder`/c.pem."""

    def __init__(self, folder: Path) -> None:
        certificate, key = folder / "c.pem", folder / "k.pem"
        command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1"
        names = ["-subj", "/CN=test", "-addext", "subjectAltName=IP:127.0.0.1"]
        files = ["-out", str(certificate), "-keyout", str(key)]
        subprocess.run([*command.split(), *names, *files], check=True, capture_output=True)
        self.context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self.context.load_cert_chain(certificate, key)
        super().__init__(answer(200))
        self.url = self.url.replace("http:", "https:")

    def _play(self, connection: socket.socket, script: Script) -> None:
        try:
            secured = self.context.wrap_socket(connection, server_side=True)
        except ssl.SSLError:
            connection.close()
            return
        super()._play(secured, script)
