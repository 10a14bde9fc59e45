import pytest
from websockets.frames import Close, Opcode
from websockets.protocol import Protocol, Side
from websockets.protocol import State as Stage

from rtdebug.wire.decoder import Decoder
from rtdebug.wire.frames import close_frame
from rtdebug.wire.messages import Control, close_reason


@pytest.mark.parametrize("masked", [True, False])
@pytest.mark.parametrize("reason", ["", "the proxy was stopped", "ü" * 200])
def test_a_close_frame_is_one_that_others_read(masked: bool, reason: str) -> None:
    frame = close_frame(1001, reason, masked=masked)
    peer = Protocol(Side.SERVER if masked else Side.CLIENT, state=Stage.OPEN)
    peer.receive_data(frame)
    [read] = peer.events_received()
    assert read.opcode is Opcode.CLOSE
    close = Close.parse(bytes(read.data))
    assert close.code == 1001
    assert reason.startswith(close.reason)
    [control] = Decoder().feed(frame, 1)
    assert isinstance(control, Control)
    assert close_reason(control.payload) == (1001, close.reason.encode())


def test_each_masked_frame_has_a_mask_of_its_own() -> None:
    assert len({close_frame(1000, "x", masked=True) for _ in range(20)}) > 1


@pytest.mark.parametrize(
    ("payload", "read"),
    [(b"", (None, b"")), (b"\x03", (None, b"")), (b"\x03\xe8", (1000, b"")), (b"\x0f\xa0\xff", (4000, b"\xff"))],
)
def test_a_close_payload_is_split_whatever_it_is(payload: bytes, read: tuple[int | None, bytes]) -> None:
    assert close_reason(payload) == read
