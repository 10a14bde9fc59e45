import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.extensions.permessage_deflate import PerMessageDeflate
from websockets.frames import Frame, Opcode

from rtdebug.wire.deflate import DeflateTerms, Inflater, TooLarge, agreed_terms


def deflated(data: bytes, window: int = 15) -> bytes:
    squeeze = zlib.compressobj(wbits=-window)
    return (squeeze.compress(data) + squeeze.flush(zlib.Z_SYNC_FLUSH))[:-4]


@pytest.mark.parametrize(
    ("answer", "terms"),
    [
        ("", None),
        ("x-webkit-deflate-frame", None),
        ("permessage-deflate", DeflateTerms()),
        ("Permessage-Deflate ; server_no_context_takeover", DeflateTerms(server_keeps_context=False)),
        (
            'permessage-deflate; client_no_context_takeover; client_max_window_bits="10"; server_max_window_bits=12',
            DeflateTerms(10, 12, client_keeps_context=False),
        ),
        ("foo; bar=1, permessage-deflate; server_max_window_bits=8", DeflateTerms(server_window=9)),
        ("permessage-deflate; client_max_window_bits", DeflateTerms()),
        ("permessage-deflate; client_max_window_bits=99999999999", DeflateTerms()),
        ("permessage-deflate; client_max_window_bits=-1", DeflateTerms()),
        ("permessage-deflate; client_max_window_bits=" + "9" * 5000, DeflateTerms()),
        ("permessage-deflate; client_max_window_bits=\xb9", DeflateTerms()),
    ],
)
def test_the_answer_says_what_was_agreed(answer: str, terms: DeflateTerms | None) -> None:
    assert agreed_terms(answer) == terms


@given(st.text())
def test_odd_answers_are_read_without_raising(answer: str) -> None:
    agreed_terms(answer)
    agreed_terms(f"permessage-deflate; server_max_window_bits={answer}")


@pytest.mark.parametrize("size", [0, 1, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, (3 << 20) + 257])
@pytest.mark.parametrize("pattern", [b"\x00", b"ab", bytes(range(251))])
def test_messages_of_every_size_inflate_whole(size: int, pattern: bytes) -> None:
    data = (pattern * (size // len(pattern) + 1))[:size]
    inflater = Inflater(window=15, keeps_context=False)
    assert inflater.inflate(deflated(data), 1 << 23) == data
    assert inflater.inflate(deflated(b"next"), 1 << 23) == b"next"


@pytest.mark.parametrize("window", range(9, 16))
def test_every_window_is_read(window: int) -> None:
    data = bytes(range(256)) * 200
    assert Inflater(window=window, keeps_context=True).inflate(deflated(data, window), 1 << 20) == data


def test_past_the_limit_the_stream_stays_in_step() -> None:
    deflate = PerMessageDeflate(False, False, 15, 15)
    sent = [b"begin", b"A" * 3000, b"A" * 100]
    raw = [deflate.encode(Frame(Opcode.BINARY, data)).data for data in sent]
    inflater = Inflater(window=15, keeps_context=True)
    assert inflater.inflate(bytes(raw[0]), 1000) == b"begin"
    with pytest.raises(TooLarge) as caught:
        inflater.inflate(bytes(raw[1]), 1000)
    assert caught.value.size == 3000
    assert inflater.inflate(bytes(raw[2]), 1000) == b"A" * 100


def test_a_final_block_ends_its_message_and_not_the_stream() -> None:
    squeeze = zlib.compressobj(wbits=-15)
    final = squeeze.compress(b"the end?") + squeeze.flush(zlib.Z_FINISH)
    inflater = Inflater(window=15, keeps_context=True)
    assert inflater.inflate(final + b"\x00", 100) == b"the end?"
    assert inflater.inflate(deflated(b"no"), 100) == b"no"


@given(st.binary(max_size=300))
def test_garbage_raises_nothing_but_what_is_declared(data: bytes) -> None:
    try:
        Inflater(window=15, keeps_context=True).inflate(data, 100)
    except (TooLarge, zlib.error):
        pass
