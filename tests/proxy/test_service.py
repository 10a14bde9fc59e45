"""A proxy put together: what cannot be, leaves nothing running."""

import threading
from pathlib import Path

import pytest

from rtdebug.errors import UsageError
from rtdebug.proxy.service import ProxyOptions, running_proxy

from .wiretap import listening_upstream


async def test_a_port_that_is_taken_leaves_no_thread_behind(tmp_path: Path) -> None:
    before = set(threading.enumerate())
    with listening_upstream() as taken:
        options = ProxyOptions(upstream=taken.url, listen=f"127.0.0.1:{taken.port}", out=tmp_path)
        with pytest.raises(UsageError, match="cannot listen"):
            async with running_proxy(options):
                pass
        assert set(threading.enumerate()) == before
