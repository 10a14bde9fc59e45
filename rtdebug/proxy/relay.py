"""The marriage of two legs: bytes both ways, half-closes and resets as they come, and an end in order."""

import asyncio
from typing import Protocol

from rtdebug.proxy.leg import Leg
from rtdebug.proxy.pulse import takes_nothing
from rtdebug.wire.frames import close_frame
from rtdebug.wire.messages import Sender

_GOING_AWAY = 1001
_PARTING = 0.5
"""Seconds both peers get to answer the close frame of a proxy that was told to stop."""


class Observer(Protocol):
    """What the relay tells about the bytes it moves. Its methods never raise and never wait."""

    def client_bytes(self, data: bytes) -> None:
        """Take bytes of the client's that have been forwarded."""

    def server_bytes(self, data: bytes) -> None:
        """Take bytes of the upstream's that have been forwarded."""

    def at_boundary(self, sender: Sender) -> bool:
        """Say whether a frame may be put in behind this side's last byte."""

    def ended(self, sender: Sender, how: str) -> None:
        """Take note of a side's end: "eof" (its last byte came), "reset", "silent" (it takes nothing), "gone"."""


class Relay:
    """Pumps bytes between a client and its upstream until both are gone."""

    def __init__(self, client: Leg, upstream: Leg, observer: Observer) -> None:
        self._legs: dict[Sender, Leg] = {"client": client, "server": upstream}
        self._observer = observer
        self.done = asyncio.Event()
        """Both legs are gone."""

    def start(self) -> None:
        """Begin to pump, with what each leg has read already."""
        client, upstream = self._legs["client"], self._legs["server"]
        for sender, leg in self._legs.items():
            leg.on_eof = lambda sender=sender: self._on_eof(sender)  # type: ignore[misc]
            leg.on_lost = lambda exc, sender=sender: self._on_lost(sender, exc)  # type: ignore[misc]
        # Both are married before either pumps: a full leg must know whom to hold back.
        client.marry(upstream, self._observer.client_bytes)
        upstream.marry(client, self._observer.server_bytes)
        upstream.begin_pump()
        client.begin_pump()
        for sender, leg in self._legs.items():
            if leg.lost:
                self._on_lost(sender, leg.error)
            elif leg.eof:
                self._on_eof(sender)

    async def stop(self) -> None:
        """End the call because the proxy ends: a close frame to both sides where one fits, then goodbye."""
        for sender, leg in self._legs.items():
            peer: Sender = "server" if sender == "client" else "client"
            # A frame to the client goes into the stream that the server was sending, and the other way round.
            if not (leg.lost or leg.ended) and self._observer.at_boundary(peer):
                frame = close_frame(_GOING_AWAY, "the rtdebug proxy was stopped", masked=sender == "server")
                leg.transport.write(frame)
                self._legs[peer].other = None  # behind a close frame comes nothing more
        for end in (Leg.close, Leg.abort):
            try:
                async with asyncio.timeout(_PARTING):
                    await self.done.wait()
            except TimeoutError:
                for leg in self._legs.values():
                    end(leg)
        await self.done.wait()

    def check_pulse(self) -> None:
        """Give up a side whose machine has stopped to acknowledge what is sent to it."""
        for sender, leg in self._legs.items():
            if not leg.lost and takes_nothing(leg.transport.get_extra_info("socket")):
                self._observer.ended(sender, "silent")
                leg.abort()

    def _on_eof(self, sender: Sender) -> None:
        self._observer.ended(sender, "eof")
        self._other(sender).end_writing()
        if all(leg.eof for leg in self._legs.values()):
            for leg in self._legs.values():
                leg.close()

    def _on_lost(self, sender: Sender, exc: Exception | None) -> None:
        self._observer.ended(sender, "reset" if exc is not None else "gone")
        other = self._other(sender)
        other.other = None  # what it still sends has nowhere to go
        if not other.lost:
            if exc is not None:
                other.reset()
            else:
                other.close()
        if all(leg.lost for leg in self._legs.values()):
            self.done.set()

    def _other(self, sender: Sender) -> Leg:
        return self._legs["server" if sender == "client" else "client"]
