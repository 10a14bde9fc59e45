"""The openai package for Node through the proxy: it insists on wss, so the port has to speak TLS too."""

import asyncio
import json
import math
import shutil
from base64 import b64decode
from pathlib import Path

import pytest

from rtdebug.proxy.service import ProxyOptions, running_proxy
from rtdebug.recording.library import find
from rtdebug.recording.reader import RecordingReader
from rtdebug.recording.verify import verify
from rtdebug.simulator.server import Simulator

from .eavesdropper import eavesdropping
from .test_openai_python import KEY, chunks_of_speech

NODE = Path(__file__).parent / "node"

pytestmark = [
    pytest.mark.skipif(shutil.which("node") is None, reason="needs Node.js"),
    pytest.mark.skipif(
        not (NODE / "node_modules" / "openai").is_dir(),
        reason="needs the npm packages: npm install --prefix tests/clients/node --no-package-lock",
    ),
]


async def call(kind: str, base_url: str, audio: Path, ca: Path | None) -> list[bytes]:
    environment = {"PATH": "/usr/bin:/bin:/usr/local/bin"} | ({"NODE_EXTRA_CA_CERTS": str(ca)} if ca else {})
    node = shutil.which("node")
    assert node is not None
    process = await asyncio.create_subprocess_exec(
        node, NODE / "call.mjs", kind, base_url, audio, env=environment, stdout=asyncio.subprocess.PIPE
    )
    printed, _ = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 0
    return [json.loads(line).encode() for line in printed.splitlines()]


@pytest.mark.parametrize("kind", ["ws", "browser"])
async def test_both_sockets_of_the_npm_client_make_the_same_call_and_are_recorded(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    audio = tmp_path / "speech.pcm"
    audio.write_bytes(b"".join(b64decode(chunk) for chunk in chunks_of_speech()))
    out = tmp_path / "recordings"
    async with Simulator(pace=math.inf, seed=7) as simulator, eavesdropping(simulator.url) as upstream:
        options = ProxyOptions(upstream=upstream.url, listen="127.0.0.1:0", out=out, tls=True)
        async with running_proxy(options) as proxy:
            got = await call(kind, proxy.base_url, audio, proxy.ca)
    (folder,) = find(out)
    verdict = verify(folder)
    assert verdict.clean
    with RecordingReader(folder) as reader:
        messages = [(entry.sender, reader.message(entry)) for entry in reader.entries() if entry.kind == "message"]
    assert [text for who, text in messages if who == "server"] == upstream.of("server") == got
    assert [text for who, text in messages if who == "client"] == upstream.of("client")
    assert [json.loads(text)["type"] for text in got][-1] == "rate_limits.updated"
    assert all(KEY.encode() not in path.read_bytes() for path in folder.iterdir())
