"""What a hostile peer may send without the decoder growing, stalling or losing its place."""

import time
import tracemalloc
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from websockets.extensions.permessage_deflate import PerMessageDeflate
from websockets.frames import Frame, Opcode

from rtdebug.wire.decoder import MESSAGE_LIMIT, Decoder
from rtdebug.wire.deflate import Inflater
from rtdebug.wire.messages import Control, Gap, Message

AT = 1
AFTER = Frame(Opcode.TEXT, b"after").serialize(mask=False)
READ_AFTER = Message(AT, False, b"after", 1, False)


@contextmanager
def at_most(size: int) -> Iterator[None]:
    tracemalloc.start()
    try:
        yield
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak <= size, f"{peak:,} bytes held"


@pytest.mark.parametrize("pieces", [1, 7])
def test_a_message_over_the_limit_is_a_gap_and_the_next_is_read(pieces: int) -> None:
    wire = Frame(Opcode.TEXT, b"x" * 200_000).serialize(mask=True) + AFTER
    step = len(wire) // pieces + 1
    decoder = Decoder(limit=100_000)
    found = [e for place in range(0, len(wire), step) for e in decoder.feed(wire[place : place + step], AT)]
    assert [type(entry) for entry in found] == [Gap, Message]
    assert found[0].size == 200_000
    assert found[1] == READ_AFTER


def test_fragments_over_the_limit_are_one_gap_and_the_next_message_is_read() -> None:
    fragments = [Frame(Opcode.CONT, b"x" * 40_000, False).serialize(mask=False) for _ in range(8)]
    begin = Frame(Opcode.TEXT, b"", False).serialize(mask=False)
    end = Frame(Opcode.CONT, b"", True).serialize(mask=False)
    decoder = Decoder(limit=100_000)
    found = [entry for frame in [begin, *fragments, end, AFTER] for entry in decoder.feed(frame, AT)]
    assert [type(entry) for entry in found] == [Gap, Message]
    assert found[0].size == 320_000
    assert found[1] == READ_AFTER


def test_a_control_frame_over_the_limit_is_a_gap_and_not_an_empty_ping() -> None:
    wire = b"\x89\x7f" + (200_000).to_bytes(8, "big") + b"x" * 200_000 + AFTER
    found = Decoder(limit=100_000).feed(wire, AT)
    assert [type(entry) for entry in found] == [Gap, Message]


def test_messages_without_context_are_read_on_after_one_over_the_limit() -> None:
    deflate = PerMessageDeflate(True, True, 15, 15)
    noise = b"".join(zlib.crc32(bytes([n % 256, n // 256])).to_bytes(4, "big") for n in range(50_000))
    wire = Frame(Opcode.BINARY, noise).serialize(mask=False, extensions=[deflate])
    wire += Frame(Opcode.TEXT, b"after").serialize(mask=False, extensions=[deflate])
    found = Decoder(inflater=Inflater(window=15, keeps_context=False), limit=50_000).feed(wire, AT)
    assert [type(entry) for entry in found] == [Gap, Message]
    assert found[1].payload == b"after"


def test_an_inflate_bomb_is_a_gap_held_in_bounds_and_the_stream_stays_in_step() -> None:
    deflate = PerMessageDeflate(False, False, 15, 15)
    bomb = Frame(Opcode.TEXT, bytes(256 << 20)).serialize(mask=False, extensions=[deflate])
    assert len(bomb) < 300 << 10
    after = Frame(Opcode.TEXT, b"after").serialize(mask=False, extensions=[deflate])
    decoder = Decoder(inflater=Inflater(window=15, keeps_context=True))
    with at_most(MESSAGE_LIMIT + (8 << 20)):
        [gap] = decoder.feed(bomb, AT)
    assert isinstance(gap, Gap)
    assert gap.size > MESSAGE_LIMIT
    assert decoder.feed(after, AT) == [Message(AT, False, b"after", 1, True)]


def test_a_bomb_of_many_gigabytes_does_not_hold_up_the_call() -> None:
    squeeze = zlib.compressobj(wbits=-15)
    zeros = bytes(64 << 20)
    block = squeeze.compress(zeros) + squeeze.flush(zlib.Z_FULL_FLUSH)
    bomb = b"\xc1\x7f" + (len(block) * 256).to_bytes(8, "big") + block * 256  # 16 GiB in 16 MiB
    began = time.process_time()
    [gap] = Decoder(inflater=Inflater(window=15, keeps_context=True)).feed(bomb, AT)
    assert isinstance(gap, Gap)
    assert time.process_time() - began < 2


def test_three_hundred_thousand_fragments_are_one_message() -> None:
    wire = b"\x01\x01x" + b"\x00\x01x" * 299_998 + b"\x80\x01x"
    decoder = Decoder()
    with at_most(32 << 20):
        found = [e for place in range(0, len(wire), 65536) for e in decoder.feed(wire[place : place + 65536], AT)]
    assert found == [Message(AT, False, b"x" * 300_000, 300_000, False)]


def test_a_hundred_thousand_pings_are_a_hundred_thousand_entries() -> None:
    found = Decoder().feed(b"\x89\x00" * 100_000, AT)
    assert found == [Control(AT, 9, b"")] * 100_000


def test_endless_fragments_are_counted_and_not_held() -> None:
    decoder = Decoder(limit=1 << 20)
    decoder.feed(b"\x01\x00", AT)
    fragment = Frame(Opcode.CONT, b"x" * 60_000, False).serialize(mask=False)
    with at_most(4 << 20):
        for _ in range(2000):
            assert decoder.feed(fragment, AT) == []
    assert decoder.unfinished == 2000 * 60_000


def test_an_endless_frame_is_counted_and_not_held() -> None:
    decoder = Decoder(limit=1 << 20)
    decoder.feed(b"\x82\x7f" + (1 << 50).to_bytes(8, "big"), AT)
    with at_most(4 << 20):
        for _ in range(1000):
            assert decoder.feed(b"x" * 65536, AT) == []
    assert decoder.unfinished == 1000 * 65536


def test_one_byte_at_a_time_costs_no_more_than_its_bytes() -> None:
    wire = Frame(Opcode.TEXT, b"x" * 60_000).serialize(mask=True)
    decoder = Decoder()
    began = time.process_time()
    found = [entry for byte in wire for entry in decoder.feed(bytes([byte]), AT)]
    assert found == [Message(AT, False, b"x" * 60_000, 1, False)]
    assert time.process_time() - began < 2
