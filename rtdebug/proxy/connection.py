"""One client connection, from its first byte to its last: guard, dial, hand over heads, marry or exchange.

The upstream is dialled before the client is answered, so that refusals, redirects and the chosen subprotocol
are the upstream's own.
"""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass

from rtdebug.errors import UpstreamError
from rtdebug.protocol.secrets import Redactor, credentials
from rtdebug.proxy.guard import Guard, Refusal
from rtdebug.proxy.leg import HeadTooLargeError, Leg
from rtdebug.proxy.recorder import Archive, Recorder
from rtdebug.proxy.relay import Relay
from rtdebug.proxy.upstream import Upstream, no_answer
from rtdebug.recording.exchange import KeptBody
from rtdebug.units import quote
from rtdebug.wire.body import BodyError, BodyReader, request_body, response_body
from rtdebug.wire.handshake import HEAD_LIMIT, BadHead, Head, parse_request, parse_response

_HEAD_SECONDS = 10.0
"""How long a client may take over the head of a request."""
_IDLE_SECONDS = 75.0
"""How long a client's connection may rest between two requests."""
_UPGRADE_SECONDS = 30.0
_ANSWER_SECONDS = 600.0
"""How long the upstream may take to answer an upgrade, or any other request."""
_REALTIME = "/realtime"


@dataclass(frozen=True, slots=True)
class Rules:
    """What holds for every connection of a proxy."""

    upstream: Upstream
    guard: Guard
    archive: Archive
    report: Callable[[str], None] = lambda _: None
    """Told, once each, why an upstream could not be asked, or had nothing to offer."""
    strict: bool = False
    """Refuse new calls while recordings cannot be written."""


class Connection:
    """Serves one client."""

    def __init__(self, client: Leg, rules: Rules, peer: str) -> None:
        self._client = client
        self._rules = rules
        self._peer = peer
        self._upstream: Leg | None = None
        self._relay: Relay | None = None
        self._recorder: Recorder | None = None

    async def serve(self) -> None:
        """Serve requests until one becomes a WebSocket or the connection ends. Never raises but to be cancelled."""
        try:
            await self._serve()
            if self._relay is None:
                for leg in self._legs():
                    leg.close()
                for leg in self._legs():
                    await leg.gone()
        except BaseException:  # cancelled, or a fault of ours: nothing may be left open
            for leg in self._legs():
                leg.abort()
            raise

    def _legs(self) -> list[Leg]:
        return [leg for leg in (self._client, self._upstream) if leg is not None]

    async def _serve(self) -> None:
        try:
            while await self._request() and await self._another():
                pass
            if self._relay is None:
                if self._upstream is not None:
                    self._upstream.close()
                await self._client.part()
        except (ConnectionError, BodyError):
            # One side left in mid-exchange; the other sees it leave in the same way.
            if self._upstream is not None and self._upstream.error is not None:
                self._client.reset()

    async def stop(self) -> bool:
        """End a call because the proxy ends; return False where there is no call, and serving is to be cancelled."""
        if self._recorder is not None:
            self._recorder.stopped()
        if self._relay is None:
            return False
        await self._relay.stop()
        return True

    async def _another(self) -> bool:
        """Wait for the next request; return whether one begins."""
        try:
            async with asyncio.timeout(_IDLE_SECONDS):
                data = await self._client.read()
        except TimeoutError:
            return False
        self._client.unread(data)
        return bool(data)

    def check_pulse(self) -> None:
        """End a call one side of which is gone without a word."""
        if self._relay is not None:
            self._relay.check_pulse()

    async def _request(self) -> bool:
        """Serve one request; return whether another may follow."""
        try:
            async with asyncio.timeout(_HEAD_SECONDS):
                head = await self._client.read_head()
            if not head:
                return False
            request = parse_request(head)
            body = request_body(request)
        except TimeoutError:
            return await self._refuse(Refusal(408, "no whole request arrived in time"))
        except HeadTooLargeError:
            return await self._refuse(Refusal(431, f"the request's head is larger than {HEAD_LIMIT >> 10} KiB"))
        except (BadHead, BodyError) as error:
            return await self._refuse(Refusal(400, f"this is not a request for an HTTP/1.1 proxy: {error}"))
        refusal = self._rules.guard.check(request)
        if refusal is None and self._rules.strict and not await self._rules.archive.can_write():
            refusal = Refusal(503, "recordings cannot be written, and --strict refuses calls that would go unrecorded")
        if refusal is not None:
            return await self._refuse(refusal)
        if request.is_upgrade:
            return await self._upgrade(request)
        return await self._exchange(request, body)

    async def _refuse(self, refusal: Refusal) -> bool:
        if not self._client.lost:
            await self._client.send(refusal.to_bytes())
        return False

    async def _dial(self) -> Leg:
        if self._upstream is None or self._upstream.eof:
            if self._upstream is not None:
                self._upstream.close()
            self._upstream = await self._rules.upstream.dial()
        return self._upstream

    async def _ask(self, request: Head) -> Leg:
        """Send the head of a request to the upstream, which learns from now on when the client leaves."""
        upstream = await self._dial()
        upstream.transport.write(self._rules.upstream.point(self._rules.guard.with_key(request)).to_bytes())
        self._client.on_eof = lambda: self._pass_end(upstream)
        self._client.on_lost = lambda exc: upstream.reset() if exc is not None else upstream.close()
        if self._client.lost:
            upstream.close()
        self._pass_end(upstream)
        return upstream

    def _pass_end(self, upstream: Leg) -> None:
        if self._client.is_silent:
            upstream.end_writing()

    async def _upgrade(self, request: Head) -> bool:
        recorder = self._recorder = self._rules.archive.recorder(request, self._peer)
        try:
            try:
                upstream = await self._ask(request)
                dialled_ns = recorder.now_ns()
                response = await self._response(upstream, _UPGRADE_SECONDS, recorder.redactor)
            except UpstreamError as error:
                if self._client.is_silent:
                    recorder.unanswered(request, "the client left before the upstream answered", "client left")
                else:
                    self._rules.report(str(error))
                    recorder.unanswered(request, str(error), "upstream unreachable")
                return await self._refuse(Refusal(error.status, str(error)))
            if response.status == 101:
                await self._pump(request, response, upstream, recorder, dialled_ns)
                return False
            if response.status == 404:
                self._lost(recorder.redactor, request)
            kept = KeptBody()
            try:
                await self._client.send(response.to_bytes())
                return await self._copy_answer(request, response, upstream, kept)
            finally:
                recorder.opened(request, response, dialled_ns, kept)
        finally:
            await _whole(recorder.finish())

    def _lost(self, redactor: Redactor, request: Head) -> None:
        """Say where a request has led that found nothing."""
        target = redactor.head(request)[0].target
        upstream, asked = self._rules.upstream, quote(target.partition("?")[0], 200)
        place, base = quote(upstream.place(target), 200), upstream.base_path
        is_bare = asked.startswith(_REALTIME) and base + asked not in place
        hint = f". A client's base URL has to end with {base}" if is_bare and base else ""
        self._rules.report(
            f"{place} answered 404 Not Found: the client asked for {asked}, --upstream is {upstream.url}{hint}"
        )

    async def _pump(self, request: Head, response: Head, upstream: Leg, recorder: Recorder, dialled_ns: int) -> None:
        if not self._client.lost:
            self._client.transport.write(response.to_bytes())
        recorder.opened(request, response, dialled_ns)
        self._relay = Relay(self._client, upstream, recorder)
        self._relay.start()
        await self._relay.done.wait()

    async def _exchange(self, request: Head, asking: BodyReader) -> bool:
        """Pass one plain request and its answer through, both streamed."""
        journal = self._rules.archive.http()
        redactor = Redactor(credentials(request), journal.redactor)
        started_ns = journal.now_ns()
        asked, answered = KeptBody(), KeptBody()
        response, error = None, "it broke off"
        sending = None
        try:
            upstream = await self._ask(request)
            sending = asyncio.ensure_future(self._send_body(upstream, asking, asked))
            response = await self._response(upstream, _ANSWER_SECONDS, redactor)
            if response.status == 404 and _REALTIME in request.target:
                self._lost(redactor, request)
            await self._client.send(response.to_bytes())
            keeps = await self._copy_answer(request, response, upstream, answered)
            error = ""
        except UpstreamError as failure:
            error = str(failure)
            self._rules.report(error)
            wrong = sending.result() if sending is not None and sending.done() else ""
            return await self._refuse(Refusal(400, wrong) if wrong else Refusal(failure.status, error))
        finally:
            if sending is not None:
                sending.cancel()
                await asyncio.wait([sending])
            journal.exchange(request, asked, response, answered, started_ns, error)
        return keeps and asking.keeps_alive

    async def _send_body(self, upstream: Leg, asking: BodyReader, asked: KeptBody) -> str:
        """Pass a request's body on, broken off where it breaks off; return what is wrong with it."""
        try:
            await _copy(self._client, upstream, asking, asked)
        except ConnectionError:
            upstream.close()
        except BodyError as error:
            upstream.close()
            return f"this is not a body for an HTTP/1.1 proxy: {error}"
        else:
            self._pass_end(upstream)
        return ""

    async def _response(self, upstream: Leg, patience: float, redactor: Redactor) -> Head:
        """Read the head of the final answer, passing on what comes before it; raise UpstreamError, fit to be kept."""
        url = self._rules.upstream.url
        try:
            async with asyncio.timeout(patience):
                while True:
                    head = await upstream.read_head()
                    if not head:
                        raise UpstreamError(f"{url} {no_answer(await upstream.read(), redactor)}")
                    response = parse_response(head)
                    if response.status >= 200 or response.status == 101:
                        return response
                    await self._client.send(head)
        except TimeoutError:
            raise UpstreamError(f"{url} gave no answer within {patience:.0f} s", status=504) from None
        except (BadHead, HeadTooLargeError) as error:
            raise UpstreamError(f"{url} does not answer in HTTP/1.1: {error}") from None

    async def _copy_answer(self, request: Head, response: Head, upstream: Leg, kept: KeptBody) -> bool:
        body = response_body(request, response)
        await _copy(upstream, self._client, body, kept)
        return body.keeps_alive


async def _copy(source: Leg, target: Leg, body: BodyReader, kept: KeptBody) -> None:
    """Pass a body's bytes on as they are; leave what follows it unread."""
    while not body.done:
        data = await source.read()
        content, used = body.feed(data)
        if used < len(data):
            source.unread(data[used:])
        if data[:used]:
            await target.send(data[:used])
        kept.add(content)
        if not data and (source.error is not None or not body.done):
            raise ConnectionResetError


async def _whole(work: Coroutine[None, None, None]) -> None:
    """Do something to its end, and only then be cancelled."""
    task, cancelled = asyncio.ensure_future(work), None
    while not task.done():
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is not None:
        raise cancelled
