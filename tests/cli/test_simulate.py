"""The simulator as a process, and the openai library calling it."""

import json
import re
import select
import signal
import socket
import subprocess
import sys
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openai
import pytest
from openai import OpenAI

from rtdebug.simulator.voice import speech

from .terminal import rtdebug

SCRIPT = """
hears = ["Two rolls, please."]
[[rule]]
when = { text = "rolls", kind = "said" }
call = { name = "price", arguments = { item = "roll" } }
then = "One euro twenty."
[[rule]]
when = { text = "bye" }
say = "Good bye, and thank you."
drop = { code = 1011, reason = "why", after_chars = 8 }
[[rule]]
say = "Pardon?"
"""
TOOL = {"type": "function", "name": "price", "parameters": {"type": "object", "properties": {}}}
pytestmark = [
    pytest.mark.timeout(40),
    pytest.mark.filterwarnings("ignore:connect\\(\\) must be used:DeprecationWarning"),  # openai on websockets 17
]


class Running:
    """`rtdebug simulate`, and what it said."""

    def __init__(self, *options: object, listen: str = "127.0.0.1:0") -> None:
        words = [sys.executable, "-m", "rtdebug", "simulate", "--listen", listen, *map(str, options)]
        # Unbuffered, so that `select` knows of every line.
        self.process = subprocess.Popen(words, stderr=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)
        self.said: list[str] = []
        self.base_url = ""

    def begin(self) -> "Running":
        """Wait until it listens."""
        self.said.append(self.line())
        while not (found := re.search(r"set OPENAI_BASE_URL=(http://[\w.]+:\d+/v1)$", self.said[-1])):
            self.said.append(self.line())
        self.base_url = found[1]
        return self

    def line(self) -> str:
        assert self.process.stderr
        assert select.select([self.process.stderr], [], [], 30)[0], "it says nothing"
        said = self.process.stderr.readline()
        assert said, "it ended"
        return said.decode().rstrip("\n")

    def stop(self, number: int = signal.SIGINT) -> int:
        self.process.send_signal(number)
        return self.process.wait(20)


@pytest.fixture
def simulate() -> Iterator[Callable[..., Running]]:
    started: list[Running] = []

    def start(*options: object, **where: str) -> Running:
        started.append(Running(*options, **where))
        return started[-1].begin()

    yield start
    for running in started:
        running.process.kill()
        running.process.communicate()


def client(base_url: str, key: str = "sk-test") -> OpenAI:
    old = int(openai.__version__.split(".")[0]) < 3
    addressed = {"websocket_base_url": base_url.replace("http:", "ws:")} if old else {}
    return OpenAI(api_key=key, base_url=base_url, **addressed)


def until(connection: Any, kind: str) -> dict[str, Any]:
    while True:
        event: dict[str, Any] = json.loads(connection.recv_bytes())
        if event["type"] == kind:
            return event


def write(connection: Any, text: str) -> None:
    content = [{"type": "input_text", "text": text}]
    connection.conversation.item.create(item={"type": "message", "role": "user", "content": content})
    connection.response.create()


def test_a_script_is_spoken_typed_called_and_dropped(simulate: Callable[..., Running], tmp_path: Path) -> None:
    script = tmp_path / "bakery.toml"
    script.write_text(SCRIPT)
    running = simulate("--script", script, "--pace", "fast")
    with client(running.base_url).realtime.connect(model="gpt-realtime") as connection:
        audio = {"input": {"transcription": {"model": "whisper-1"}}}
        connection.session.update(session={"type": "realtime", "tools": [TOOL], "audio": audio})
        write(connection, "Hello?")
        assert until(connection, "response.output_audio_transcript.done")["transcript"] == "Pardon?"
        until(connection, "rate_limits.updated")
        for sound in (speech("Give me two rolls.", "user"), b"\0\0" * 24000):
            connection.input_audio_buffer.append(audio=b64encode(sound).decode())
        (call,) = until(connection, "response.done")["response"]["output"]
        assert (call["name"], call["arguments"]) == ("price", '{"item": "roll"}')
        output = {"type": "function_call_output", "call_id": call["call_id"], "output": "1.20"}
        connection.conversation.item.create(item=output)  # type: ignore[arg-type]
        connection.response.create()
        assert until(connection, "response.output_audio_transcript.done")["transcript"] == "One euro twenty."
        until(connection, "rate_limits.updated")
        write(connection, "Bye!")
        with pytest.raises(Exception, match=r"1011.*why"):
            until(connection, "response.done")
    assert re.search(r" · \d+ events · 3 ✔ completed, 1 ▸ in_progress · server closed 1011$", running.line())
    assert running.stop() == 0


def test_without_a_script_it_converses(simulate: Callable[..., Running]) -> None:
    running = simulate("--pace", "fast", "--seed", 5)
    with client(running.base_url).realtime.connect(model="gpt-realtime") as connection:
        write(connection, "Hi, when is the next train to Leeds?")
        assert "ten fifteen" in until(connection, "response.output_audio_transcript.done")["transcript"]
        until(connection, "response.done")
    assert "1 ✔ completed · client closed 1000" in running.line()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_sessions_in_order(simulate: Callable[..., Running], number: int) -> None:
    running = simulate()
    with client(running.base_url).realtime.connect(model="gpt-realtime") as connection:
        until(connection, "session.created")
        assert running.stop(number) == 0
        with pytest.raises(Exception, match="1001"):
            connection.recv_bytes()
    assert "no responses · server closed 1001" in running.line()


def test_a_second_signal_ends_it_at_once(simulate: Callable[..., Running]) -> None:
    running = simulate()
    with socket.create_connection(("127.0.0.1", int(running.base_url.split(":")[2].split("/")[0]))) as silent:
        # Whoever asks for a session and then falls silent is waited for, for a while.
        silent.sendall(
            b"GET /v1/realtime?model=gpt-realtime HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n"
            b"Connection: Upgrade\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
            b"Sec-WebSocket-Version: 13\r\n\r\n"
        )
        assert b"session.created" in silent.recv(65536) + silent.recv(65536)
        running.process.send_signal(signal.SIGINT)
        time.sleep(0.5)
        assert running.process.poll() is None
        began = time.monotonic()
        assert running.stop() == -signal.SIGINT
        assert time.monotonic() - began < 1


def test_others_are_warned_of(simulate: Callable[..., Running]) -> None:
    running = simulate(listen="0.0.0.0:0")
    assert running.said == [
        "rtdebug: other machines can use this simulator: who reaches its port can hold sessions with it",
        running.said[-1],
    ]
    assert len(simulate(listen="localhost:0").said) == 1


def test_a_session_is_closed_at_its_limit(simulate: Callable[..., Running]) -> None:
    running = simulate("--session-limit", 0.3)
    with client(running.base_url).realtime.connect(model="gpt-realtime") as connection:
        began = time.monotonic()
        with pytest.raises(Exception, match="1001"):
            until(connection, "response.done")
        assert time.monotonic() - began < 10


def test_another_key_than_the_required_one_is_refused(simulate: Callable[..., Running]) -> None:
    running = simulate("--require-key", "sk-right")
    with client(running.base_url, "sk-wrong").realtime.connect(model="gpt-realtime") as connection:
        assert until(connection, "error")["error"]["code"] == "invalid_api_key"
    with client(running.base_url, "sk-right").realtime.connect(model="gpt-realtime") as connection:
        until(connection, "session.created")


@pytest.mark.parametrize("flavour", ["openai", "azure", "xai"])
def test_every_flavour_opens_a_session(simulate: Callable[..., Running], flavour: str) -> None:
    running = simulate("--flavour", flavour, "--pace", "fast")
    model = "grok-voice-latest" if flavour == "xai" else "gpt-realtime"
    with client(running.base_url).realtime.connect(model=model) as connection:
        write(connection, "Hello?")
        assert until(connection, "response.done")["response"]["status"] == "completed"


def test_the_beta_shape_is_spoken_unless_it_is_off(simulate: Callable[..., Running]) -> None:
    beta = {"OpenAI-Beta": "realtime=v1"}
    running = simulate("--pace", "fast")
    with client(running.base_url).realtime.connect(model="gpt-realtime", extra_headers=beta) as connection:
        assert "modalities" in until(connection, "session.created")["session"]
    running = simulate("--ga-only")
    with client(running.base_url).realtime.connect(model="gpt-realtime", extra_headers=beta) as connection:
        assert until(connection, "error")["error"]["code"] == "beta_api_shape_disabled"
        with pytest.raises(Exception, match="4000"):
            connection.recv_bytes()


def test_a_bad_script_is_told_in_one_line(tmp_path: Path) -> None:
    script = tmp_path / "bad.toml"
    script.write_text('[[rule]]\nsay = "a"\n\n[[rule]]\nsay = 3\n')
    done = rtdebug("simulate", "--script", script)
    assert (done.status, done.out) == (2, b"")
    assert done.talk == "rtdebug: bad.toml: line 4, rule 2: say is 3, but should be a string\n"


def test_a_script_that_is_no_text_is_told_in_one_line(tmp_path: Path) -> None:
    script = tmp_path / "bad.toml"
    script.write_bytes(b"\xff\xfe")
    done = rtdebug("simulate", "--script", script)
    assert done.status == 2
    assert "cannot be read" in done.talk and "Traceback" not in done.talk


@pytest.mark.parametrize("listen", ["nowhere", "127.0.0.1:", "127.0.0.1:99999", "127.0.0.1:http"])
def test_an_address_that_is_none_is_told(listen: str) -> None:
    done = rtdebug("simulate", "--listen", listen)
    assert done.status == 2
    assert "expected host:port" in done.talk


def test_a_limit_that_is_no_number_is_told() -> None:
    done = rtdebug("simulate", "--session-limit", "nan")
    assert done.status == 2
    assert "nan is not a finite number" in done.talk


def test_a_port_in_use_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = rtdebug("simulate", "--listen", f"127.0.0.1:{taken.getsockname()[1]}")
    assert done.status == 2
    assert "cannot listen on" in done.talk and "Traceback" not in done.talk
