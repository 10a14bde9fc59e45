"""A peer whose machine is gone, against one that merely does not read: two hosts in namespaces of this machine."""

import asyncio
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from rtdebug.proxy import pulse, server
from rtdebug.proxy.service import ProxyOptions, running_proxy
from rtdebug.recording.library import find, summarize
from rtdebug.recording.verify import verify

HOST, HERE, THERE, PORT = f"rtdebug-{os.getpid()}", "10.213.7.1", "10.213.7.2", 5005
NEAR, FAR = f"rtn{os.getpid()}", f"rtf{os.getpid()}"
LISTENER = f"""
import socket, time
link, _ = socket.create_server(({THERE!r}, {PORT})).accept()
time.sleep(60)
"""

ANSWERER = f"""
import socket, time
listener = socket.create_server(({THERE!r}, {PORT + 1}))
print("ready", flush=True)
link, _ = listener.accept()
link.recv(65536)
link.send(b"HTTP/1.1 101 Switching Protocols\\r\\nUpgrade: websocket\\r\\nConnection: Upgrade\\r\\n\\r\\n")
time.sleep(60)
"""

pytestmark = [
    pytest.mark.load,
    pytest.mark.skipif(
        not sys.platform.startswith("linux") or os.geteuid() != 0 or shutil.which("ip") is None,
        reason="makes a network namespace: needs Linux, root and iproute2",
    ),
]


def ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)


@pytest.fixture
def peer() -> Iterator[socket.socket]:
    """A connection to a host that reads nothing."""
    try:
        ip("netns", "add", HOST)
        ip("link", "add", NEAR, "type", "veth", "peer", "name", FAR, "netns", HOST)
    except subprocess.CalledProcessError as error:
        subprocess.run(["ip", "netns", "del", HOST], capture_output=True)
        pytest.skip(f"network namespaces cannot be made here: {error.stderr.decode().strip()}")
    try:
        ip("addr", "add", f"{HERE}/24", "dev", NEAR)
        ip("link", "set", NEAR, "up")
        ip("-n", HOST, "addr", "add", f"{THERE}/24", "dev", FAR)
        ip("-n", HOST, "link", "set", FAR, "up")
        with subprocess.Popen(["ip", "netns", "exec", HOST, sys.executable, "-c", LISTENER]) as listener:
            try:
                with connect() as link:
                    yield link
            finally:
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
    assert not pulse.takes_nothing(peer)


def test_an_idle_peer_is_not_given_up(peer: socket.socket, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pulse, "SILENT_MS", 500)
    peer.send(b"x")
    time.sleep(1.5)
    assert not pulse.takes_nothing(peer)


def test_a_peer_whose_machine_is_gone_is_given_up(peer: socket.socket, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pulse, "SILENT_MS", 500)
    peer.send(b"x")
    time.sleep(0.3)
    ip("-n", HOST, "link", "set", FAR, "down")
    peer.send(b"x")
    time.sleep(1.5)
    assert pulse.takes_nothing(peer)


@contextmanager
def answering() -> Iterator[None]:
    """An upstream on the other host that says 101 and then nothing."""
    words = ["ip", "netns", "exec", HOST, sys.executable, "-c", ANSWERER]
    with subprocess.Popen(words, stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            process.stdout.readline()
            yield
        finally:
            process.kill()


async def test_the_other_side_is_told_when_a_machine_is_gone(
    peer: socket.socket, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(pulse, "SILENT_MS", 500)
    monkeypatch.setattr(server, "PULSE_SECONDS", 0.2)
    with answering():
        options = ProxyOptions(upstream=f"ws://{THERE}:{PORT + 1}", listen="127.0.0.1:0", out=tmp_path)
        async with running_proxy(options) as proxy:
            reader, writer = await asyncio.open_connection("127.0.0.1", proxy.address.port)
            writer.write(
                b"GET /v1/realtime HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"
            )
            assert b" 101 " in await reader.readuntil(b"\r\n\r\n")
            ip("-n", HOST, "link", "set", FAR, "down")
            writer.write(b"\x81\x80abcd")
            assert await asyncio.wait_for(reader.read(), 10) == b""
            writer.close()
            await writer.wait_closed()
    (folder,) = find(tmp_path)
    assert summarize(folder).ending == "server fell silent"
    assert verify(folder).clean
