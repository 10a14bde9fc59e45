"""A proxy put together: options in, a running proxy out, everything closed in order behind it."""

import asyncio
import os
import secrets
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from rtdebug.errors import UsageError
from rtdebug.protocol.secrets import keys_in
from rtdebug.proxy.connection import Rules
from rtdebug.proxy.guard import Guard, is_loopback
from rtdebug.proxy.ledger import Ledger
from rtdebug.proxy.recorder import Archive, Finished
from rtdebug.proxy.scribe import Scribe
from rtdebug.proxy.server import Address, ProxyServer, parse_address
from rtdebug.proxy.tls import local_context, own_context
from rtdebug.proxy.upstream import parse_upstream
from rtdebug.recording.writer import try_out

_MOST_SAID = 100
_UNSURE = "the disk had trouble, and may not keep all that was recorded"


@dataclass(frozen=True, slots=True)
class ProxyOptions:
    """What a proxy can be told."""

    upstream: str = "wss://api.openai.com"
    listen: str = "127.0.0.1:8787"
    out: Path = Path("recordings")
    upstream_ca: Path | None = None
    tls: bool = False
    certificate: Path | None = None
    key: Path | None = None
    allow_remote: bool = False
    allow_hosts: tuple[str, ...] = ()
    allow_origins: tuple[str, ...] = ()
    inject_key: str = ""
    """Name of the environment variable that holds the key to put in."""
    strict: bool = False
    most_connections: int = 1000


@dataclass(slots=True)
class RunningProxy:
    """A proxy that listens."""

    address: Address
    base_url: str
    """What `OPENAI_BASE_URL` must be."""
    upstream_url: str
    token: str
    """The token that clients show for the injected key, "" without one."""
    ca: Path | None
    """The local certificate authority that TLS clients must trust."""
    stop: Callable[[], None] = field(repr=False)
    stopped: asyncio.Event = field(default_factory=asyncio.Event, repr=False)
    shortfall: str = ""
    """Set at the end: what is not on disk, in words for a person; "" where all is."""


@asynccontextmanager
async def running_proxy(
    options: ProxyOptions,
    *,
    on_finished: Callable[[Finished], None] = lambda _: None,
    say: Callable[[str], None] = lambda _: None,
) -> AsyncIterator[RunningProxy]:
    """Run a proxy for as long as the block lasts; `say` is told what a person should know.

    Raises UsageError before anything runs, and then nothing is left of it.
    """
    address = parse_address(options.listen)
    if not (is_loopback(address.host) or options.allow_remote):
        raise UsageError(
            f"--listen {options.listen} would let other machines use this proxy, and with it any key it sees. "
            "If that is meant, add --allow-remote."
        )
    upstream = parse_upstream(options.upstream, options.upstream_ca)
    key, token = _injected(options.inject_key)
    context, ca = _tls(options, address)
    _check_writable(options.out)
    guard = Guard(
        remote=options.allow_remote,
        hosts=frozenset(host.lower() for host in options.allow_hosts),
        origins=frozenset(origin.lower().rstrip("/") for origin in options.allow_origins),
        key=key,
        token=token,
    )
    say_once = _once(say)
    scribe = Scribe(
        lambda what: say(f"cannot record: {what}. Calls go on."), say_once, lambda: say("recording works again")
    )
    ledger = Ledger(options.out)

    def book(finished: Finished) -> None:
        ledger.add(finished)
        on_finished(finished)

    archive = Archive(options.out, scribe, upstream.url, book)
    archive.keep_secret(*(secret for secret in (key, token, *keys_in(os.environ)) if secret))
    rules = Rules(upstream, guard, archive, say_once, options.strict)
    server = ProxyServer(rules, tls=context, most_connections=options.most_connections, on_hint=say_once)
    address = Address(address.host, server.listen(address))
    scribe.start()
    running = RunningProxy(address, _base_url(address, upstream.base_path), upstream.url, token, ca, server.stop)
    # Held and awaited here, and not in a TaskGroup, so that what the block raises stays what it is.
    serving = asyncio.ensure_future(server.serve())
    serving.add_done_callback(lambda _: running.stopped.set())
    try:
        yield running
    finally:
        server.stop()
        await serving
        await archive.close()
        await scribe.stop()
        running.shortfall = ledger.shortfall() or (_UNSURE if scribe.troubled else "")


def _once(say: Callable[[str], None]) -> Callable[[str], None]:
    """Say each thing once, however often clients give cause for it."""
    said: set[str] = set()

    def once(text: str) -> None:
        if text not in said and len(said) < _MOST_SAID:
            said.add(text)
            say(text)

    return once


def _base_url(address: Address, path: str) -> str:
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(address.host, address.host)
    host = f"[{host}]" if ":" in host and not host.startswith("[") else host
    return f"http://{host}:{address.port}{path}"


def _injected(variable: str) -> tuple[str, str]:
    """Return the key that is put in for clients, and the token they show for it."""
    if not variable:
        return "", ""
    key = os.environ.get(variable, "").strip()
    if not key:
        raise UsageError(f"--inject-key {variable}: no such environment variable, or it is empty")
    if not (key.isascii() and key.isprintable()):
        raise UsageError(f"--inject-key {variable}: holds characters that no key has")
    return key, f"rtdebug-{secrets.token_urlsafe(24)}"


def _tls(options: ProxyOptions, address: Address) -> tuple[ssl.SSLContext | None, Path | None]:
    if options.certificate is not None or options.key is not None:
        if options.certificate is None or options.key is None:
            raise UsageError("--cert and --key go together")
        return own_context(options.certificate, options.key), None
    if options.tls:
        return local_context((address.host, *options.allow_hosts))
    return None, None


def _check_writable(out: Path) -> None:
    """Refuse to start where nothing could be recorded."""
    try:
        try_out(out, 0)
    except OSError as error:
        raise UsageError(f"--out {out}: cannot write there ({error.strerror}). Name another folder.") from None
