"""The site as `emigrate run` serves it, for figures that ask it by HTTP."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager

from emigrate.ops.database import Role, environment
from emigrate.ops.site import THREADS, site_command

PATIENCE = 60.0


def free_port() -> int:
    """A port of the loopback address that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start_server(database: str, port: int, *, threads: int = THREADS) -> subprocess.Popen[bytes]:
    """Start the site on a port, with so many threads a process, and wait until it answers."""
    command = site_command(port, log_level="error", threads=threads)
    variables = {**os.environ, **environment(database, Role.APP)}
    server = subprocess.Popen(command, env=variables, start_new_session=True)
    wait_for(port, server)
    return server


def wait_for(port: int, server: subprocess.Popen[bytes], seconds: float = PATIENCE) -> None:
    """Return when the port answers a request; RuntimeError when the server ends before."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if server.poll() is not None:
            message = f"the server ended with {server.returncode}"
            raise RuntimeError(message)
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=5) as probe:
                probe.sendall(b"GET /v1/health/live HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
                if probe.recv(12).startswith(b"HTTP/1.1"):
                    return
        except OSError:
            time.sleep(0.05)
    message = f"the server did not answer within {seconds} seconds"
    raise RuntimeError(message)


def end(server: subprocess.Popen[bytes], sign: signal.Signals = signal.SIGTERM) -> None:
    """End the server and its workers (its own process group), and wait."""
    if server.poll() is None or sign is signal.SIGKILL:
        try:
            os.killpg(server.pid, sign)
        except ProcessLookupError:
            return
    server.wait(timeout=30)


@contextmanager
def serving(database: str, *, threads: int = THREADS) -> Iterator[tuple[int, int]]:
    """(port, process id) of the site while the block runs."""
    port = free_port()
    server = start_server(database, port, threads=threads)
    try:
        yield port, server.pid
    finally:
        end(server)
