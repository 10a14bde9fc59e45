"""Messages between a socket and a machine, until one of the two has enough. Holds the time."""

import asyncio
from collections.abc import Sequence

import orjson
from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed
from websockets.frames import CloseCode

from rtdebug.clock import Clock
from rtdebug.simulator.machine import Machine
from rtdebug.simulator.refusals import Json
from rtdebug.simulator.state import Closing
from rtdebug.simulator.tally import Tally, ending


async def converse(connection: ServerConnection, machine: Machine) -> Tally:
    """Carry messages until the socket closes; return what the session came to."""
    clock, tally = Clock(), Tally()
    begun_ns = clock.now_ns()
    try:
        await _carry(connection, machine, clock, tally)
    except ConnectionClosed as closed:
        tally.ending = ending(closed)
    tally.duration_ns = clock.now_ns() - begun_ns
    return tally


async def _carry(connection: ServerConnection, machine: Machine, clock: Clock, tally: Tally) -> None:
    events = machine.open(clock.now_ns())
    while True:
        tally.sent(events)
        await send(connection, events)
        if machine.closing is not None:
            await hang_up(connection, machine.closing)
        try:
            async with asyncio.timeout(_wait_s(machine.next_ns, clock)):
                message = await connection.recv()
        except TimeoutError:
            events = machine.poll(clock.now_ns())
        else:
            tally.client_events += 1
            events = machine.receive(message, clock.now_ns())


async def send(connection: ServerConnection, events: Sequence[Json]) -> None:
    """Send server events, each as a text of its own."""
    for event in events:
        await connection.send(orjson.dumps(event).decode())


async def hang_up(connection: ServerConnection, closing: Closing) -> None:
    """Close a socket, or break it off where there is to be no close frame."""
    if closing.code == CloseCode.ABNORMAL_CLOSURE:
        connection.transport.abort()
    else:
        await connection.close(closing.code, closing.reason)


def _wait_s(due_ns: int | None, clock: Clock) -> float | None:
    return None if due_ns is None else max(0.0, (due_ns - clock.now_ns()) / 1e9)
