"""The guard of the suite itself: nothing but this machine can be reached from a test."""

import socket
import subprocess
import sys

import pytest

from tests.network import ReachedOutside

OUTSIDE = ("192.0.2.1", 9)  # TEST-NET-1, RFC 5737
OUTSIDE_6 = ("2001:db8::1", 9, 0, 0)  # RFC 3849


@pytest.mark.parametrize(
    ("family", "address"), [(socket.AF_INET, OUTSIDE), (socket.AF_INET6, OUTSIDE_6)]
)
@pytest.mark.parametrize("verb", ["connect", "connect_ex"])
def test_no_address_outside_can_be_connected_to(family, address, verb):
    with socket.socket(family) as own, pytest.raises(ReachedOutside, match=address[0]):
        getattr(own, verb)(address)


@pytest.mark.parametrize("name", ["example.invalid", "192.0.2.1", b"example.invalid"])
def test_nobody_is_asked_for_a_name(name):
    with pytest.raises(ReachedOutside, match="reached out to"):
        socket.create_connection((name, 80), timeout=1)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_loopback_is_open(host):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with socket.create_connection((host, port), timeout=5) as own:
            assert own.getpeername() == ("127.0.0.1", port)


def test_sockets_of_files_are_open(tmp_path):
    path = str(tmp_path / "s")
    with socket.socket(socket.AF_UNIX) as server, socket.socket(socket.AF_UNIX) as own:
        server.bind(path)
        server.listen()
        own.connect(path)
        assert own.getpeername() == path


def test_subprocesses_keep_sockets_of_their_own():
    script = "import socket; print(socket.socket.connect.__qualname__)"
    told = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )

    assert "guarded" not in told.stdout
