"""What the proxy says of a call that has ended, and that another process finds it out."""

import asyncio
import json
import re
import sys
import time
from pathlib import Path

from .calls import call
from .process import ProxyProcess, proxy_process
from .wiretap import PATIENCE, Upstream, listening_upstream

REFUSED = json.dumps(
    {"type": "error", "error": {"type": "invalid_request_error", "code": "conversation_already_has_active_response"}}
).encode()


async def a_call_in_which_something_goes_wrong(proxy: ProxyProcess, upstream: Upstream) -> None:
    client, server = await call(upstream, proxy)
    await server.says(REFUSED)
    await client.has(len(REFUSED))
    await server.closes(1000)
    await client.has(len(REFUSED) + 4)
    client.hangs_up()
    server.hangs_up()


async def hears(proxy: ProxyProcess, pattern: str) -> re.Match[str]:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if found := re.search(pattern, proxy.talk):
            return found
        await asyncio.sleep(0.05)
    raise AssertionError(f"no {pattern!r} in {proxy.talk!r}")


def _told_of(proxy: ProxyProcess, what: str) -> str:
    return Path(f"/proc/{proxy.pid}/{what}").read_text()


async def test_a_line_says_what_went_wrong_and_the_proxy_loads_no_rule(tmp_path: Path) -> None:
    with listening_upstream() as upstream, proxy_process(upstream.url, tmp_path) as proxy:
        await a_call_in_which_something_goes_wrong(proxy, upstream)
        found = await hears(proxy, r"findings?: (.*) · rtdebug lint (\S+)\n")
        assert "RT120 response-collision" in found[1]
        assert (Path(found[2]) / "events.jsonl").is_file()
        if sys.platform == "linux":
            assert "numpy" not in _told_of(proxy, "maps")


async def test_no_lint_leaves_it_out(tmp_path: Path) -> None:
    with listening_upstream() as upstream, proxy_process(upstream.url, tmp_path, "--no-lint") as proxy:
        await a_call_in_which_something_goes_wrong(proxy, upstream)
        await hears(proxy, r"closed 1000")
        if sys.platform == "linux":
            assert "numpy" not in _told_of(proxy, "maps")
    assert "finding" not in proxy.talk


async def test_what_is_still_being_read_is_told_before_the_end(tmp_path: Path) -> None:
    with listening_upstream() as upstream, proxy_process(upstream.url, tmp_path) as proxy:
        await a_call_in_which_something_goes_wrong(proxy, upstream)
        proxy.signal(15)
        status, seconds = await asyncio.to_thread(proxy.ends)
        assert status == 0
        assert seconds < PATIENCE
        assert "RT120 response-collision" in proxy.talk
