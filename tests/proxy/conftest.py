from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from .meeting import Meeting
from .stand import proxy_before
from .wiretap import dial, listening_upstream


@pytest_asyncio.fixture
async def meeting(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Meeting]:
    """A client at a proxy before an upstream; parametrise it indirectly with the proxy's options."""
    options: dict[str, Any] = dict(getattr(request, "param", {}))
    prefix = options.pop("prefix", "")
    with listening_upstream() as upstream, proxy_before(upstream.url + prefix, tmp_path, **options) as stand:
        meeting = Meeting(upstream, stand, await dial(stand.port))
        yield meeting
        meeting.part()
