"""The scenes: everything RFC 6455 allows, and a good deal that it does not."""

import asyncio

from .frames import BINARY, CLOSE, PING, PONG, TEXT, Deflate, closing, fragments, frame
from .scenes import Play, Scene, scene
from .wiretap import End

DEFLATE = "permessage-deflate; server_max_window_bits=12; client_max_window_bits=11"
FORGETFUL = "permessage-deflate; server_no_context_takeover; client_no_context_takeover"
BOTH = ("client", "server")
CODES = (1000, 1001, 1002, 1003, *range(1007, 1015), 3000, 3999, 4000, 4999)
EVENT = b'{ "type":"response.text.delta", "delta":"caf\xc3\xa9 \\u00e9", "n":1.0e5 }'
SPEECH = [b'{"type":"x","n":%d,"text":"%s"}' % (n, b"la " * (n * 7 % 400)) for n in range(40)]


@scene()
async def whole_messages_both_ways(client: End, server: End) -> None:
    await client.says(b'{"type":"session.update"}', EVENT, "žluťoučký kůň".encode())
    await server.says(*SPEECH)
    await client.says(*SPEECH)


@scene()
async def fragmented_text(client: End, server: End) -> None:
    for end in (client, server):
        await end.sends(end.makes(EVENT, pieces=7))
        await end.sends(end.makes(EVENT * 3000, pieces=3))
        await end.sends(end.makes("é".encode() * 9, pieces=18))


@scene()
async def fragments_with_a_ping_between(client: End, server: End) -> None:
    for end in (client, server):
        first, second, third = fragments(TEXT, [b"one ", b"", b"two"], masked=end.masks)
        ping, pong = end.controls(PING, b"now?"), end.controls(PONG)
        end.said.append(("message", b"one two"))
        await end.sends(first + ping + second + pong + third)


def compressed(*, keeps_context: bool) -> Play:
    async def play(client: End, server: End) -> None:
        for end, window in ((client, 11), (server, 12)):
            deflate = Deflate(keeps_context=keeps_context, window=window if keeps_context else 15)
            await end.says(*SPEECH, EVENT, EVENT, b"", b"x", deflate=deflate)
            await end.says(bytes(range(256)) * 2000, binary=True, deflate=deflate)
            await end.sends(end.makes(EVENT * 50, deflate=deflate, pieces=5))
            await end.says(EVENT, deflate=deflate)

    return play


async def compressed_and_plain_in_turns(client: End, server: End) -> None:
    for end in (client, server):
        deflate = Deflate()
        for message in SPEECH[:12]:
            await end.says(message, deflate=deflate)
            await end.says(message)


COMPRESSED = [
    Scene("compressed-with-context", compressed(keeps_context=True), DEFLATE),
    Scene("compressed-without-context", compressed(keeps_context=False), FORGETFUL),
    Scene("compressed-and-plain-in-turns", compressed_and_plain_in_turns, "permessage-deflate"),
]


@scene()
async def sixteen_mebibytes_both_ways(client: End, server: End) -> None:
    big = bytes(range(32, 127)) * (16 * 1024 * 1024 // 95)
    await asyncio.gather(client.says(big), server.says(big))
    await asyncio.gather(client.says(big[::-1], binary=True), server.says(EVENT))


@scene()
async def every_form_of_length(client: End, server: End) -> None:
    for end in (client, server):
        await end.says(*(b"z" * size for size in (1, 125, 126, 127, 65535, 65536, 65537)))


@scene()
async def empty_and_binary_messages(client: End, server: End) -> None:
    for end in (client, server):
        await end.says(b"")
        await end.says(b"", binary=True)
        await end.says(bytes(range(256)), b"\x00\xff\xfe", binary=True)
        await end.says(b"after")


@scene()
async def pings_and_pongs(client: End, server: End) -> None:
    for end in (client, server):
        await end.sends(end.controls(PING))
        await end.sends(end.controls(PING, b"\x00\x01".hex().encode()))
        await end.sends(end.controls(PONG, b"unasked for"))
        await end.sends(end.controls(PING, b"p" * 125))
        await end.says(EVENT)


def ends_with(code: int | None, reason: str, side: str) -> Scene:
    async def play(client: End, server: End) -> None:
        first, second = (client, server) if side == "client" else (server, client)
        await first.says(EVENT)
        await first.closes(code, reason)
        await second.has(len(EVENT))
        await second.closes(code, reason)

    return Scene(f"{side}-closes-{code}-{reason or 'silently'}"[:40], play)


CLOSINGS = [ends_with(code, reason, side) for side in BOTH for code in CODES for reason in (f"why {code} é",)]
CLOSINGS += [ends_with(1000, "", side) for side in BOTH] + [ends_with(None, "", side) for side in BOTH]
CLOSINGS += [ends_with(1000, "r" * 123, side) for side in BOTH]


@scene()
async def a_close_frame_that_nobody_answers(client: End, server: End) -> None:
    await client.closes(1000, "bye")
    await server.has(8)
    client.half_closes()
    await server.ended()


@scene()
async def a_client_that_only_stops_sending(client: End, server: End) -> None:
    await client.says(EVENT)
    client.half_closes()
    assert await server.ended() == "eof"
    await server.says(*SPEECH)
    await client.has(1000)


@scene()
async def a_server_that_only_stops_sending(client: End, server: End) -> None:
    await server.says(EVENT)
    server.half_closes()
    assert await client.ended() == "eof"
    await client.says(*SPEECH)
    await server.has(1000)


@scene()
async def a_client_that_resets(client: End, server: End) -> None:
    await client.says(EVENT)
    await server.says(EVENT)
    await server.has(len(EVENT) + 6)
    await client.has(len(EVENT) + 2)
    client.resets()
    assert await server.ended() == "reset"


@scene()
async def a_server_that_resets(client: End, server: End) -> None:
    await client.says(EVENT)
    await server.says(EVENT)
    await server.has(len(EVENT) + 6)
    await client.has(len(EVENT) + 2)
    server.resets()
    assert await client.ended() == "reset"


@scene()
async def last_words_right_before_a_client_resets(client: End, server: End) -> None:
    # In one go: what the kernel has not sent yet, a reset takes back.
    words = b"".join(client.makes(message) for message in SPEECH)
    await client.sends(words + client.controls(CLOSE, closing(1000, "then a reset, as livekit does")))
    client.resets()
    assert await server.ended() == "reset"


@scene()
async def last_words_right_before_a_server_resets(client: End, server: End) -> None:
    # In one go: what the kernel has not sent yet, a reset takes back.
    words = b"".join(server.makes(message) for message in SPEECH)
    await server.sends(words + server.controls(CLOSE, closing(3000, "invalid_request_error.invalid_api_key")))
    server.resets()
    assert await client.ended() == "reset"


async def nothing(client: End, server: End) -> None:
    """The server says all it has to say with its answer."""


async def waits_for_the_end(client: End, server: End) -> None:
    await client.ended()


def greeting(server: End) -> bytes:
    return server.makes(b'{"type":"session.created"}') + server.makes(EVENT, pieces=2)


def rejection(server: End) -> bytes:
    return server.makes(b'{"type":"error"}') + server.controls(CLOSE, closing(3000, "invalid_api_key"))


def impatience(client: End) -> bytes:
    return client.makes(b'{"type":"session.update"}') + client.controls(PING, b"?")


EARLY = [
    Scene("first-frames-with-the-answer", nothing, with_answer=greeting),
    Scene("a-flood-with-the-answer", nothing, with_answer=lambda server: server.makes(b"f" * 3_000_000)),
    Scene("error-and-close-with-the-answer", waits_for_the_end, with_answer=rejection, leaves="eof"),
    Scene("error-close-and-reset-with-the-answer", waits_for_the_end, with_answer=rejection, leaves="reset"),
    Scene("an-answer-and-then-the-end", waits_for_the_end, leaves="eof"),
    Scene("the-answer-byte-by-byte", nothing, with_answer=greeting, dribbled=True),
    Scene("first-frames-with-the-request", nothing, with_request=impatience, with_answer=greeting),
]


@scene()
async def byte_by_byte(client: End, server: End) -> None:
    for end in (client, server):
        await end.dribbles(end.makes(EVENT) + end.controls(PING, b"hm") + end.makes(b"y" * 300, pieces=2))
        await end.dribbles(end.makes(b"") + end.controls(CLOSE, closing(4000, "dribbled")))


def illegal(name: str, head: int, payload: bytes, said: tuple[str, bytes] | None, **odd: object) -> Scene:
    async def play(client: End, server: End) -> None:
        for end in (client, server):
            await end.says(EVENT)
            await end.sends(frame(head, payload, **({"masked": end.masks} | odd)))  # type: ignore[arg-type]
            end.said += [said] if said else []
            if "size" not in odd:
                await end.says(EVENT)

    return Scene(name, play, gap=said is None)


ILLEGAL = [
    illegal("a-reserved-data-opcode", 0x83, b"data", ("frame", b"data")),
    illegal("a-reserved-control-opcode", 0x8B, b"control", ("frame", b"control")),
    illegal("reserved-bits", 0x80 | 0x30 | TEXT, b"bits", ("message", b"bits")),
    illegal("a-compressed-frame-nobody-agreed-on", 0xC0 | TEXT, b"raw", ("message", b"raw")),
    illegal("masks-on-the-wrong-side", 0x80 | BINARY, b"unmasked", ("message", b"unmasked"), masked=False),
    illegal("masks-on-both-sides", 0x80 | TEXT, b"masked", ("message", b"masked"), masked=True),
    illegal("text-that-is-not-utf-8", 0x80 | TEXT, b"\xff\xfe\xed\xa0\x80", ("message", b"\xff\xfe\xed\xa0\x80")),
    illegal("a-continuation-of-nothing", 0x80, b"and so on", None),
    illegal("a-ping-over-its-limit", 0x80 | PING, b"p" * 5000, ("ping", b"p" * 5000)),
    illegal("a-close-code-nobody-has", 0x80 | CLOSE, closing(999, "odd"), ("close", closing(999, "odd"))),
    illegal("a-length-of-two-to-the-63rd", 0x80 | BINARY, b"some", None, size=1 << 63),
    illegal("a-length-that-never-comes", 0x80 | BINARY, b"some", None, size=1 << 40),
    illegal("no-websocket-at-all", 0x47, b"ET / HTTP/1.1\r\n\r\n", None, size=1 << 62),
]
