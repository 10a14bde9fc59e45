import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from websockets.utils import accept_key

from rtdebug.recording.format import read_header
from rtdebug.recording.library import find
from rtdebug.recording.verify import verify

SHOW = "import os; print(os.environ['OPENAI_BASE_URL'], os.environ.get('AZURE_OPENAI_ENDPOINT'))"
ASK = (
    "import os, urllib.request, urllib.error\n"
    "try: urllib.request.urlopen(os.environ['{name}'] + '/models')\n"
    "except urllib.error.HTTPError as error: print(error.code)\n"
)


@pytest.fixture
def run(tmp_path: Path) -> Iterator:
    def go(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        plain = {name: value for name, value in os.environ.items() if not name.startswith(("OPENAI", "AZURE"))}
        return subprocess.run(
            [sys.executable, "-m", "rtdebug", "run", "-o", str(tmp_path / "out"), *words],
            env=plain | {"XDG_DATA_HOME": str(tmp_path / "data")} | environment,
            capture_output=True,
            text=True,
            timeout=60,
        )

    go.out = tmp_path / "out"  # type: ignore[attr-defined]
    return go


def upstream_of(out: Path) -> str:
    (folder,) = find(out)
    return read_header((folder / "events.jsonl").read_bytes().split(b"\n")[0], "line 1").upstream


@pytest.mark.parametrize("status", [0, 5])
def test_the_programs_status_is_ours(run, status: int) -> None:
    done = run("--", sys.executable, "-c", f"raise SystemExit({status})")
    assert done.returncode == status
    assert "nothing was recorded" in done.stderr
    assert not find(run.out)


def test_a_program_that_a_signal_ended_is_told_as_a_shell_tells_it(run) -> None:
    assert run("--", sys.executable, "-c", "import os; os.kill(os.getpid(), 9)").returncode == 137


def test_a_program_that_is_not_there_is_told_in_one_line(run) -> None:
    done = run("--", "no-such-program")
    assert "nothing was recorded" not in done.stderr
    assert done.returncode == 127
    assert "cannot run no-such-program" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_misspelled_option_is_not_taken_for_the_program(run) -> None:
    done = run("--upstrem", "ws://127.0.0.1:9", "--", "true")
    assert done.returncode == 2
    assert "--upstrem" in done.stderr


def test_the_base_url_that_was_set_is_the_upstream_unless_another_is_named(run) -> None:
    ask = ASK.format(name="OPENAI_BASE_URL")
    done = run("--", sys.executable, "-c", ask, OPENAI_BASE_URL="http://127.0.0.1:9/v1")
    assert done.stdout == "502\n"
    assert upstream_of(run.out) == "ws://127.0.0.1:9/v1"


def test_an_upstream_that_is_named_wins(run) -> None:
    ask = ASK.format(name="OPENAI_BASE_URL")
    done = run("-u", "ws://127.0.0.1:7", "--", sys.executable, "-c", ask, OPENAI_BASE_URL="http://127.0.0.1:9/v1")
    assert done.stdout == "502\n"
    assert upstream_of(run.out) == "ws://127.0.0.1:7"


def test_azures_calls_go_to_azure(run) -> None:
    ask = ASK.format(name="AZURE_OPENAI_ENDPOINT")
    done = run("--", sys.executable, "-c", ask, AZURE_OPENAI_ENDPOINT="http://127.0.0.1:9")
    assert done.stdout == "502\n"
    assert upstream_of(run.out) == "ws://127.0.0.1:9"


def test_azures_address_is_left_alone_where_another_server_is_the_upstream(run) -> None:
    azure = "https://somewhere.openai.azure.com"
    done = run("-u", "ws://127.0.0.1:9", "--", sys.executable, "-c", SHOW, AZURE_OPENAI_ENDPOINT=azure)
    assert done.stdout.split()[1] == azure


def test_a_data_folder_that_cannot_be_written_costs_tls_only(run) -> None:
    done = run("--", sys.executable, "-c", SHOW, XDG_DATA_HOME="/proc")
    assert done.returncode == 0
    assert "Going on without TLS" in done.stderr


def test_a_client_does_not_go_by_the_proxies_of_the_machine(run) -> None:
    proxies = dict.fromkeys(("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy"), "http://127.0.0.1:9")
    ask = ASK.format(name="OPENAI_BASE_URL") + "print(os.environ['NO_PROXY'], os.environ['no_proxy'])"
    excepted = {"NO_PROXY": "internal.example", "no_proxy": ""}
    done = run("-u", "ws://127.0.0.1:7", "--", sys.executable, "-c", ask, **proxies, **excepted)
    assert done.stdout.split() == ["502", *["internal.example,127.0.0.1"] * 2], done.stderr
    assert upstream_of(run.out) == "ws://127.0.0.1:7"


def test_an_azure_address_that_is_none_is_left_alone(run) -> None:
    done = run("-u", "ws://127.0.0.1:9", "--", sys.executable, "-c", SHOW, AZURE_OPENAI_ENDPOINT="https://[")
    assert done.returncode == 0, done.stderr
    assert done.stdout.split()[1] == "https://["


@pytest.mark.parametrize("variable", ["OPENAI_BASE_URL", "AZURE_OPENAI_ENDPOINT", "RTDEBUG_UPSTREAM"])
@pytest.mark.parametrize("url", ["https://[bad/v1", "http://host:99999/v1", "https://host/v1?x=1"])
def test_the_variable_that_names_no_upstream_is_told(run, variable: str, url: str) -> None:
    done = run("--", "true", **{variable: url})
    assert done.returncode == 2
    assert done.stderr.startswith(f"rtdebug: {variable}")
    assert "--upstream" not in done.stderr
    told = run("-u", url, "--", "true", **{variable: url})
    assert told.returncode == 2
    assert told.stderr.startswith("rtdebug: --upstream")


def test_a_signal_that_comes_when_the_program_has_ended_disturbs_nothing(tmp_path: Path) -> None:
    # The program leaves behind a child that holds a call open, so that the proxy has something to close.
    hold = (
        "import os, sys, time\nfrom websockets.sync.client import connect\n"
        "link = connect(os.environ['RTDEBUG_WS_URL'] + '?model=m', proxy=None)\n"
        "if os.fork(): os._exit(5)\n"
        "os.setsid(); time.sleep(20)\n"
    )
    with socket.create_server(("127.0.0.1", 0)) as upstream:
        port = upstream.getsockname()[1]
        words = ["-u", f"ws://127.0.0.1:{port}", "-o", str(tmp_path / "out"), "--no-lint"]
        command = [sys.executable, "-m", "rtdebug", "run", *words, "--", sys.executable, "-c", hold]
        environment = {**os.environ, "XDG_DATA_HOME": str(tmp_path / "data")}
        with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as process:
            link, _ = upstream.accept()
            with link:
                link.sendall(accepted(link.recv(1 << 16)))
                link.settimeout(20)
                assert link.recv(1 << 16)[0] & 0x0F == 8, "no close frame"
                process.send_signal(signal.SIGTERM)
                _, talk = process.communicate(timeout=30)
    assert process.returncode == 5, talk
    assert "Traceback" not in talk
    assert verify(find(tmp_path / "out")[0]).ended


def accepted(request: bytes) -> bytes:
    """Answer a WebSocket's handshake."""
    key = next(line[19:] for line in request.split(b"\r\n") if line.lower().startswith(b"sec-websocket-key: "))
    proof = accept_key(key.decode()).encode()
    head = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    return head + b"Sec-WebSocket-Accept: " + proof + b"\r\n\r\n"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_to_us_reaches_the_program_and_its_answer_counts(tmp_path: Path, number: signal.Signals) -> None:
    ready = tmp_path / "ready"
    program = (
        "import pathlib, signal, sys, time\n"
        f"signal.signal({int(number)}, lambda *_: sys.exit(9))\n"
        f"pathlib.Path({str(ready)!r}).touch()\ntime.sleep(30)\n"
    )
    words = [sys.executable, "-m", "rtdebug", "run", "-o", str(tmp_path / "out"), "--", sys.executable, "-c", program]
    environment = {**os.environ, "XDG_DATA_HOME": str(tmp_path / "data")}
    with subprocess.Popen(words, env=environment, stderr=subprocess.DEVNULL) as process:
        deadline = time.monotonic() + 20
        while not ready.exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        process.send_signal(number)
        assert process.wait(20) == 9
