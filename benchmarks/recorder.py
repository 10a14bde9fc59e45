"""`python -m benchmarks.recorder`: what recording costs an entry, without the sockets.

An hour of both directions, as the frames that cross the wire, goes through decoder, encoder and writer into a
recording; beside it the same frames go through what one would write first: websockets' frame parser, `json`, `base64`
and `wave`. CPU time of the process, in rounds by turns, as ratios.
"""

import argparse
import base64
import gc
import json
import statistics
import tempfile
import time
import wave
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

from websockets.frames import Frame
from websockets.streams import StreamReader

from benchmarks.relay.messages import HOUR_CHUNKS, Voice
from rtdebug.recording.encoder import Encoder
from rtdebug.recording.format import Header
from rtdebug.recording.writer import RecordingWriter
from rtdebug.wire.decoder import Decoder

_PART = 100
_BATCH_EVERY = 1000


def traffic(share: float) -> Iterator[tuple[str, bytes]]:
    """Yield (sender, frame) of `share` of an hour, sides by turns."""
    voice = Voice()
    up = [voice.microphone() for _ in range(HOUR_CHUNKS // _PART)]
    down = voice.server_hour_part()
    for _ in range(round(_PART * share)):
        step = len(up) / len(down)
        due = 0.0
        for number, frame in enumerate(up):
            yield "client", frame
            while due <= number and (index := round(due / step)) < len(down):
                yield "server", down[index]
                due += step


def record(frames: list[tuple[str, bytes]], folder: Path) -> int:
    """Record as rtdebug does; return the number of entries."""
    encoder, writer = Encoder(Header(0, "websocket")), RecordingWriter(folder / "recording")
    decoders = {"client": Decoder(), "server": Decoder()}
    for number, (sender, frame) in enumerate(frames):
        encoder.wire(sender, decoders[sender].feed(frame, number * 20_000_000))  # type: ignore[arg-type]
        if number % _BATCH_EVERY == 0:
            writer.write(encoder.take_batch())
    encoder.end(0)
    writer.write(encoder.take_batch())
    writer.close()
    return encoder.seq


def record_plainly(frames: list[tuple[str, bytes]], folder: Path) -> int:
    """Record as one would at first; return the number of entries."""
    readers = {"client": StreamReader(), "server": StreamReader()}
    tracks = {}
    with (folder / "events.jsonl").open("w") as log, ExitStack() as stack:
        for name in readers:
            tracks[name] = stack.enter_context(wave.open(str(folder / f"{name}.wav"), "wb"))
            tracks[name].setparams((1, 2, 24000, 0, "NONE", ""))
        for number, (sender, frame) in enumerate(frames):
            reader = readers[sender]
            reader.feed_data(frame)
            parsed = next_frame(reader, masked=sender == "client")
            event = json.loads(parsed.data)
            for key in ("audio", "delta"):
                if key in event and "audio" in event["type"] and "transcript" not in event["type"]:
                    tracks[sender].writeframes(base64.b64decode(event[key]))
                    event[key] = ""
            log.write(json.dumps({"n": number, "from": sender, "event": event}) + "\n")
    return len(frames)


def next_frame(reader: StreamReader, *, masked: bool) -> Frame:
    """Have websockets parse one whole frame."""
    parser = Frame.parse(reader.read_exact, mask=masked, max_size=None)
    try:
        next(parser)
    except StopIteration as done:
        return done.value
    raise AssertionError("the frame was not whole")


def cost(way: Callable[[list[tuple[str, bytes]], Path], int], frames: list[tuple[str, bytes]]) -> float:
    """Return the CPU time an entry takes, in µs."""
    with tempfile.TemporaryDirectory() as folder:
        gc.collect()
        began = time.process_time()
        entries = way(frames, Path(folder))
        return (time.process_time() - began) / entries * 1e6


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--share", type=float, default=0.2, help="how much of the hour to record (default 0.2)")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    frames = list(traffic(options.share))
    ours, plain = [], []
    for _ in range(options.rounds):
        ours.append(cost(record, frames))
        plain.append(cost(record_plainly, frames))
    print(f"{len(frames):,} messages, {options.rounds} rounds by turns; CPU an entry, median (least to most)")
    for name, figures in (("rtdebug", ours), ("json + base64 + wave", plain)):
        print(f"  {name:22} {statistics.median(figures):6.2f} µs ({min(figures):.2f} to {max(figures):.2f})")
    print(f"  ratio                  {statistics.median(ours) / statistics.median(plain):6.2f}")


if __name__ == "__main__":
    main()
