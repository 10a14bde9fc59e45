from hypothesis import given, settings
from hypothesis import strategies as st
from websockets.extensions.permessage_deflate import PerMessageDeflate
from websockets.frames import Opcode
from websockets.protocol import Protocol, Side
from websockets.protocol import State as Stage

from rtdebug.wire.decoder import Decoder
from rtdebug.wire.deflate import Inflater
from rtdebug.wire.messages import Control, Gap, Message, Wire

from .traffic import AT, Traffic, cuts, traffic

QUIET = settings(deadline=None, max_examples=150)


def decoder_for(made: Traffic) -> Decoder:
    return Decoder(inflater=Inflater(window=15, keeps_context=made.context))


@QUIET
@given(st.data())
def test_the_same_entries_come_out_however_the_bytes_are_cut(data: st.DataObject) -> None:
    made = data.draw(traffic())
    decoder = decoder_for(made)
    found = [entry for piece in data.draw(cuts(made.wire)) for entry in decoder.feed(piece, AT)]
    assert found == made.entries
    assert decoder.at_boundary
    assert decoder.unfinished == 0


@QUIET
@given(st.data())
def test_the_decoder_and_the_websockets_library_read_the_same(data: st.DataObject) -> None:
    made = data.draw(traffic())
    decoder = decoder_for(made)
    assert [e for piece in data.draw(cuts(made.wire)) for e in decoder.feed(piece, AT)] == websockets_reads(made)


def websockets_reads(made: Traffic) -> list[Wire]:
    oracle = Protocol(Side.SERVER if made.masked else Side.CLIENT, state=Stage.OPEN, max_size=None)
    oracle.extensions = [PerMessageDeflate(not made.context, not made.context, 15, 15)]
    oracle.receive_data(made.wire)
    read: list[Wire] = []
    head, parts = 0, [b""]
    compressed = iter([entry.compressed for entry in made.entries if isinstance(entry, Message)])
    for frame in oracle.events_received():
        if frame.opcode in (Opcode.PING, Opcode.PONG, Opcode.CLOSE):
            read.append(Control(AT, int(frame.opcode), bytes(frame.data)))
            continue
        if frame.opcode is not Opcode.CONT:
            head, parts = int(frame.opcode), []
        parts.append(bytes(frame.data))
        if frame.fin:
            read.append(Message(AT, head == 2, b"".join(parts), len(parts), next(compressed)))
    return read


def test_an_entry_carries_the_time_of_its_last_byte() -> None:
    made = Traffic(masked=True)
    made.message(b"hello", binary=False, sizes=[2], compressed=False, pings=[])
    decoder = Decoder()
    times = [entry.at_ns for at, byte in enumerate(made.wire) for entry in decoder.feed(bytes([byte]), at)]
    assert times == [len(made.wire) - 1]


def test_a_long_frame_is_the_same_whatever_the_turn_of_its_mask() -> None:
    for first in range(1, 9):
        made = Traffic(masked=True)
        made.message(bytes(range(256)) * 300, binary=True, sizes=[], compressed=False, pings=[])
        decoder = Decoder()
        pieces = [made.wire[: 14 + first], made.wire[14 + first : 40000 + first], made.wire[40000 + first :]]
        assert [entry for piece in pieces for entry in decoder.feed(piece, AT)] == made.entries


def test_within_a_frame_there_is_no_boundary_and_the_bytes_so_far_are_counted() -> None:
    made = Traffic(masked=False)
    made.message(b"x" * 100_000, binary=False, sizes=[30_000], compressed=False, pings=[])
    decoder = Decoder()
    assert decoder.feed(made.wire[:80_000], AT) == []
    assert not decoder.at_boundary
    assert 79_980 <= decoder.unfinished <= 80_000
    assert decoder.feed(made.wire[80_000:], AT) == made.entries
    assert decoder.at_boundary


def test_reserved_opcodes_are_kept_as_control_entries() -> None:
    assert Decoder().feed(b"\x83\x02hi\x8b\x00", AT) == [Control(AT, 3, b"hi"), Control(AT, 11, b"")]


def test_a_continuation_of_nothing_is_a_gap_and_the_next_message_is_read() -> None:
    found = Decoder().feed(b"\x80\x03abc" + b"\x81\x02ok", AT)
    assert [type(entry) for entry in found] == [Gap, Message]
    assert found[0].size == 3
    assert found[1] == Message(AT, False, b"ok", 1, False)


def test_a_message_that_interrupts_another_is_a_gap_and_is_read_itself() -> None:
    found = Decoder().feed(b"\x01\x03abc" + b"\x81\x02ok" + b"\x81\x02on", AT)
    assert [type(entry) for entry in found] == [Gap, Message, Message]
    assert [entry.payload for entry in found[1:]] == [b"ok", b"on"]


def test_a_forbidden_length_breaks_off_once_and_says_so() -> None:
    decoder = Decoder()
    [gap] = decoder.feed(b"\x81\x7f" + b"\xff" * 8 + b"rest", AT)
    assert isinstance(gap, Gap)
    assert "not recorded" in gap.reason
    assert decoder.feed(b"\x81\x02ok", AT) == []
    assert not decoder.at_boundary


def test_compressed_garbage_breaks_off_and_says_so() -> None:
    decoder = Decoder(inflater=Inflater(window=15, keeps_context=True))
    [gap] = decoder.feed(b"\xc1\x05\xff\xff\xff\xff\xff", AT)
    assert isinstance(gap, Gap)
    assert "does not inflate" in gap.reason


@settings(deadline=None, max_examples=400)
@given(st.lists(st.binary(max_size=200), max_size=8), st.booleans(), st.booleans())
def test_garbage_never_raises(pieces: list[bytes], deflate: bool, keeps: bool) -> None:
    decoder = Decoder(inflater=Inflater(window=9, keeps_context=keeps) if deflate else None, limit=1000)
    for piece in pieces:
        for entry in decoder.feed(piece, AT):
            assert isinstance(entry, Message | Control | Gap)
    assert decoder.unfinished >= 0


@QUIET
@given(st.data())
def test_damaged_traffic_never_raises(data: st.DataObject) -> None:
    made = data.draw(traffic())
    wire = bytearray(made.wire or b"\x00")
    for place in data.draw(st.lists(st.integers(0, len(wire) - 1), max_size=5)):
        wire[place] ^= data.draw(st.integers(1, 255))
    decoder = decoder_for(made)
    for piece in data.draw(cuts(bytes(wire))):
        decoder.feed(piece, AT)
