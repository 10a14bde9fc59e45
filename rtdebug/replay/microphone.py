"""Microphone audio that was not recorded: silence, and what was recorded made louder or softer. Pure."""

from typing import TYPE_CHECKING

from rtdebug.protocol.audio import AudioFormat
from rtdebug.recording.audio import TakenOut, put_back, take_out
from rtdebug.replay.steps import Piece

_QUIET = {"pcm16": b"\0", "pcmu": b"\xff", "pcma": b"\xd5"}


def silence(like: Piece, format_: AudioFormat, ms: float) -> bytes:
    """Write a message as a recorded one, with so much silence in it; empty where that one has no audio."""
    quiet = _QUIET[format_.encoding] * (round(ms * format_.rate / 1000) * format_.frame_bytes)
    if like.place is not None:
        return put_back(TakenOut(like.text, like.place.at, quiet))
    taken = take_out("client", like.text)
    return b"" if taken is None else put_back(taken._replace(audio=quiet))


def louder(audio: bytes, format_: AudioFormat, gain_db: float) -> bytes:
    """Return audio made louder by so many dB, or softer; what gets too loud is clipped."""
    if not gain_db or not audio:
        return audio
    import numpy as np

    from rtdebug.simulator.audio import alaw_decode, alaw_encode, ulaw_decode, ulaw_encode

    factor = 10 ** (gain_db / 20)
    if format_.encoding == "pcm16":
        whole = len(audio) & ~1
        samples = np.frombuffer(audio[:whole], dtype="<i2")
        return _scaled(samples, factor).astype("<i2").tobytes() + audio[whole:]
    if format_.encoding == "pcmu":
        return ulaw_encode(_scaled(ulaw_decode(audio), factor))
    return alaw_encode(_scaled(alaw_decode(audio), factor))


def _scaled(samples: "npt.NDArray[np.int16]", factor: float) -> "npt.NDArray[np.int16]":
    import numpy as np

    scaled: npt.NDArray[np.int16] = np.clip(np.rint(samples * factor), -32768, 32767).astype(np.int16)
    return scaled


if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
