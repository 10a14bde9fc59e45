"""A peer whose machine is gone, against one that merely does not read: two hosts in namespaces of this machine."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from rtdebug.proxy import pulse

HOST, HERE, THERE, PORT = "rtdebug-peer", "10.213.7.1", "10.213.7.2", 5005
LISTENER = f"""
import socket, time
link, _ = socket.create_server(({THERE!r}, {PORT})).accept()
time.sleep(60)
"""

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux") or os.geteuid() != 0 or shutil.which("ip") is None,
    reason="makes a network namespace: needs Linux, root and iproute2",
)


def ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)


@pytest.fixture
def peer() -> Iterator[socket.socket]:
    """A connection to a host that reads nothing."""
    try:
        ip("netns", "add", HOST)
        ip("link", "add", "rtd0", "type", "veth", "peer", "name", "rtd1", "netns", HOST)
    except subprocess.CalledProcessError as error:
        subprocess.run(["ip", "netns", "del", HOST], capture_output=True)
        pytest.skip(f"network namespaces cannot be made here: {error.stderr.decode().strip()}")
    try:
        ip("addr", "add", f"{HERE}/24", "dev", "rtd0")
        ip("link", "set", "rtd0", "up")
        ip("-n", HOST, "addr", "add", f"{THERE}/24", "dev", "rtd1")
        ip("-n", HOST, "link", "set", "rtd1", "up")
        with subprocess.Popen(["ip", "netns", "exec", HOST, sys.executable, "-c", LISTENER]) as listener:
            with connect() as link:
                yield link
            listener.kill()
    finally:
        ip("netns", "del", HOST)


def connect() -> socket.socket:
    deadline = time.monotonic() + 10
    while True:
        try:
            return socket.create_connection((THERE, PORT), timeout=2)
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def fill(link: socket.socket) -> None:
    link.setblocking(False)
    try:
        while True:
            link.send(b"x" * 65536)
    except BlockingIOError:
        time.sleep(0.5)


def test_a_peer_that_does_not_read_is_not_given_up(peer: socket.socket, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pulse, "SILENT_MS", 500)
    fill(peer)
    time.sleep(1.5)
    assert not pulse.is_silent(peer)


def test_an_idle_peer_is_not_given_up(peer: socket.socket, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pulse, "SILENT_MS", 500)
    peer.send(b"x")
    time.sleep(1.5)
    assert not pulse.is_silent(peer)


def test_a_peer_whose_machine_is_gone_is_given_up(peer: socket.socket, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pulse, "SILENT_MS", 500)
    peer.send(b"x")
    time.sleep(0.3)
    ip("-n", HOST, "link", "set", "rtd1", "down")
    peer.send(b"x")
    time.sleep(1.5)
    assert pulse.is_silent(peer)
