"""The suite needs no network: a test that reaches outside this machine fails, and says where to.

It holds for Python's sockets in the test's own process. Subprocesses are the product's own, which
are told loopback addresses; PostgreSQL's library and the browser use their own sockets.
"""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_address
from typing import Any

import pytest

CONNECTING = ("connect", "connect_ex")
LOCAL_NAMES = {"localhost", "ip6-localhost", socket.gethostname()}


class ReachedOutside(AssertionError):
    """Not an OSError, so that no code under test takes it for a partner that is down."""


@contextmanager
def loopback_only() -> Iterator[None]:
    """Within it Python's sockets connect to this machine alone, and ask nobody for a name."""
    with pytest.MonkeyPatch.context() as patch:
        for name in CONNECTING:
            patch.setattr(socket.socket, name, _guarded(getattr(socket.socket, name)))
        patch.setattr(socket, "getaddrinfo", _asking(socket.getaddrinfo))
        yield


def _guarded(connect: Any) -> Any:
    def guarded(own: socket.socket, address: Any) -> Any:
        if own.family in {socket.AF_INET, socket.AF_INET6}:
            _require_local(address[0])
        return connect(own, address)

    return guarded


def _asking(getaddrinfo: Any) -> Any:
    def guarded(host: Any, *words: Any, **more: Any) -> Any:
        if host:
            _require_local(host.decode() if isinstance(host, bytes) else host)
        return getaddrinfo(host, *words, **more)

    return guarded


def _require_local(host: str) -> None:
    try:
        local = ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        local = host in LOCAL_NAMES
    if not local:
        text = f"a test reached out to {host}: the suite needs no network"
        raise ReachedOutside(text)
