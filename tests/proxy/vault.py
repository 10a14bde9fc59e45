"""An upstream that speaks TLS, and a certificate authority's worth of ways to distrust it."""

import asyncio
import socket
import ssl
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import trustme

from .calls import REJECTION
from .frames import frame, granting

HELLO, ANSWER = frame(0x81, b"hello", masked=True), frame(0x81, b"welcome", masked=False)

FLOOD = 48 << 20
BLOCK = frame(0x82, bytes(range(256)) * 4096, masked=False)


@dataclass
class Vault:
    """An upstream that speaks TLS: grants every upgrade and answers every message."""

    port: int = 0
    asked: list[bytes] = field(default_factory=list)
    received: bytearray = field(default_factory=bytearray)
    ending: str = ""
    left: asyncio.Event = field(default_factory=asyncio.Event)
    parting: str = "close"
    sent: int = 0
    """Bytes of a flood that its connection has taken."""

    @property
    def url(self) -> str:
        return f"wss://localhost:{self.port}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            self.asked.append(await reader.readuntil(b"\r\n\r\n"))
            writer.write(granting() + ANSWER)
            self.received += await reader.readexactly(len(HELLO))
            if self.parting == "reset":
                writer.write(REJECTION)
                await asyncio.sleep(0.05)
                _reset(writer)
            elif self.parting == "flood":
                while self.sent < FLOOD:
                    writer.write(BLOCK)
                    await writer.drain()
                    self.sent += len(BLOCK)
            elif self.parting == "close":
                writer.write(REJECTION)
            else:
                self.received += await reader.read()
                self.ending = "eof"
        except (OSError, asyncio.IncompleteReadError) as error:
            self.ending = type(error).__name__
        finally:
            self.left.set()
            writer.close()


def _reset(writer: asyncio.StreamWriter) -> None:
    link = writer.get_extra_info("socket")
    link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


@asynccontextmanager
async def vault(
    certificate: trustme.LeafCert, parting: str = "close", **limits: ssl.TLSVersion
) -> AsyncIterator[Vault]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    if limits:
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.minimum_version = context.maximum_version = limits["version"]
    vault = Vault(parting=parting)
    server = await asyncio.start_server(vault.serve, "127.0.0.1", 0, ssl=context)
    vault.port = server.sockets[0].getsockname()[1]
    try:
        yield vault
    finally:
        server.close()
        await server.wait_closed()
