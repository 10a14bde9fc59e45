"""Random WebSocket traffic with what a decoder must find in it; websockets' own framing does the encoding."""

from dataclasses import dataclass, field

from hypothesis import strategies as st
from websockets.extensions.permessage_deflate import PerMessageDeflate
from websockets.frames import Frame, Opcode

from rtdebug.wire.messages import Control, Message, Wire

AT = 7


@dataclass
class Traffic:
    """One direction's bytes, and the entries in them."""

    masked: bool
    context: bool = True
    wire: bytes = b""
    entries: list[Wire] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._deflate = PerMessageDeflate(not self.context, not self.context, 15, 15)

    def frame(self, opcode: int, data: bytes, *, fin: bool = True, compressed: bool = False) -> None:
        frame = Frame(Opcode(opcode), data, fin)
        self.wire += frame.serialize(mask=self.masked, extensions=[self._deflate] if compressed else [])

    def message(self, payload: bytes, *, binary: bool, sizes: list[int], compressed: bool, pings: list[bytes]) -> None:
        pieces = _cut(payload, sizes)
        for index, piece in enumerate(pieces):
            opcode = 0 if index else (2 if binary else 1)
            self.frame(opcode, piece, fin=index == len(pieces) - 1, compressed=compressed)
            if index < len(pieces) - 1 and index < len(pings):
                self.control(9, pings[index])
        self.entries.append(Message(AT, binary, payload, len(pieces), compressed))

    def control(self, opcode: int, payload: bytes) -> None:
        self.frame(opcode, payload)
        self.entries.append(Control(AT, opcode, payload))


def _cut(data: bytes, sizes: list[int]) -> list[bytes]:
    pieces, place = [], 0
    for size in sizes:
        pieces.append(data[place : place + size])
        place += size
    return [*pieces, data[place:]]


PAYLOADS = st.one_of(
    st.binary(max_size=300),
    st.text(max_size=100).map(str.encode),
    st.sampled_from([b"", b"x" * 125, b"x" * 126, b"y" * 65535, b"z" * 65536, b"{}" * 40000]),
)


@st.composite
def traffic(draw: st.DrawFn, *, compression: bool = True) -> Traffic:
    made = Traffic(masked=draw(st.booleans()), context=draw(st.booleans()))
    for _ in range(draw(st.integers(0, 6))):
        if draw(st.integers(0, 3)) == 0:
            made.control(draw(st.sampled_from([9, 10])), draw(st.binary(max_size=125)))
        else:
            made.message(
                draw(PAYLOADS),
                binary=draw(st.booleans()),
                sizes=draw(st.lists(st.integers(0, 70000), max_size=3)),
                compressed=compression and draw(st.booleans()),
                pings=draw(st.lists(st.binary(max_size=5), max_size=2)),
            )
    if draw(st.booleans()):
        made.control(8, b"\x0b\xb8" + draw(st.text(max_size=20)).encode())
    return made


@st.composite
def cuts(draw: st.DrawFn, data: bytes) -> list[bytes]:
    """Draw a way to cut these bytes, now and then into single ones."""
    if len(data) < 2000 and draw(st.booleans()):
        return [bytes([byte]) for byte in data]
    places = sorted(draw(st.lists(st.integers(0, len(data)), max_size=12)))
    return [data[a:b] for a, b in zip([0, *places], [*places, len(data)], strict=True)]
