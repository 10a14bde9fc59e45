"""What `simulate` and `serve` share: listening until somebody ends it, and the words for what is in the way."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager

from rtdebug.cli.common import stop_on_signals, warn_of_others
from rtdebug.errors import UsageError


@asynccontextmanager
async def listening(
    server: AbstractAsyncContextManager[object], listen: str, *, what: str, consequence: str
) -> AsyncIterator[asyncio.Event]:
    """Let a server listen for as long as the block lasts; yield what Ctrl-C sets. Raises UsageError.

    Where other machines reach it, the person is told `what` they can use, and the `consequence`.
    """
    from rtdebug.proxy.guard import is_loopback
    from rtdebug.proxy.server import parse_address

    stopped = asyncio.Event()
    async with AsyncExitStack() as stack:
        try:
            await stack.enter_async_context(server)
        except OSError as error:
            # asyncio's own words repeat the address; a name that is not found has no number of the system's.
            number = error.errno or 0
            why = os.strerror(number) if number > 0 else error.strerror or error
            raise UsageError(f"cannot listen on {listen}: {why}. Another port: --listen 127.0.0.1:0") from None
        stop_on_signals(stopped.set)
        if not is_loopback(parse_address(listen).host):
            warn_of_others(what, consequence)
        yield stopped
