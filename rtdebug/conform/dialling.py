"""Connecting to an endpoint, and why that may fail, in words. It and the runner have the sockets of the room."""

import logging
import socket
import ssl
from collections.abc import Callable, Mapping
from typing import Final

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidStatus, WebSocketException
from websockets.typing import Subprotocol

from rtdebug.errors import UpstreamError

_CLOSE_S: Final = 2.0
# What goes wrong is told by who dials.
_LOGGER: Final = logging.getLogger("rtdebug.dialling")
_LOGGER.addHandler(logging.NullHandler())


async def dial(
    url: str,
    *,
    shown: str,
    headers: Mapping[str, str],
    subprotocol: str,
    seconds: float,
    refused: Callable[[str, InvalidStatus], str],
) -> ClientConnection:
    """Open a WebSocket; raise UpstreamError that says why not.

    `shown` is what the address is called in words, `refused` words a refusal of the handshake; a `subprotocol` of ""
    offers none.
    """
    try:
        return await connect(
            url,
            additional_headers=headers,
            subprotocols=[Subprotocol(subprotocol)] if subprotocol else None,
            open_timeout=seconds,
            close_timeout=_CLOSE_S,
            ping_interval=None,
            compression=None,
            max_size=None,
            max_queue=None,
            proxy=None,
            logger=_LOGGER,
        )
    except TimeoutError:
        raise UpstreamError(f"{shown} did not answer within {seconds:g} s", status=504) from None
    except InvalidStatus as refusal:
        raise UpstreamError(refused(shown, refusal)) from None
    except ssl.SSLCertVerificationError as error:
        raise UpstreamError(f"{shown} has a certificate that cannot be trusted: {error.verify_message}") from None
    except ssl.SSLError as error:
        raise UpstreamError(f"{shown} cannot be spoken to over TLS: {error.reason or error}") from None
    except socket.gaierror as error:
        raise UpstreamError(f"{shown} has no address: {error.strerror}") from None
    except UnicodeError:
        raise UpstreamError(f"{shown} has no address: a part of the host's name is empty, or too long") from None
    except (OSError, EOFError) as error:
        raise UpstreamError(f"{shown} cannot be reached: {getattr(error, 'strerror', None) or error}") from None
    except WebSocketException as error:
        raise UpstreamError(f"{shown} does not speak WebSocket: {error}") from None
