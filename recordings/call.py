"""A call for a sample recording: the simulator's machine at one end, a client at the other, a recorder between them.

Time is a number that only goes on while the client waits: there is no socket and no clock, so a call is recorded the
same to the byte each time. What the server says is the machine's own; the encoder is that of a live recording.
"""

import struct
from base64 import b64decode, b64encode
from collections import deque
from email.utils import formatdate
from json import dumps
from random import Random
from typing import Any
from zlib import crc32

import orjson
from websockets.utils import accept_key

from rtdebug.protocol.secrets import Redactor, credentials
from rtdebug.recording.encoder import Encoder
from rtdebug.recording.exchange import head_fields
from rtdebug.recording.format import Header
from rtdebug.simulator.audio import FORMATS
from rtdebug.simulator.hearing import recognise
from rtdebug.simulator.ids import Ids
from rtdebug.simulator.machine import Machine
from rtdebug.simulator.options import MANNER, Manner, Shape
from rtdebug.simulator.player import Player
from rtdebug.simulator.refusals import Json
from rtdebug.simulator.script import Script, Turn
from rtdebug.simulator.session import DEFAULT_MODEL, SESSION_S
from rtdebug.simulator.voice import Speaker, shipped_path, speech
from rtdebug.wire.handshake import Head
from rtdebug.wire.messages import CLOSE, PING, PONG, Control, Message, Sender

KEY = "sk-sample-this-key-opens-nothing"
"""What the client presents; no recording holds it."""
_MS = 1_000_000
_DIALLED_NS = 1_350_000
_CHUNK_MS = 20
_REACTION_MS = 1.5
"""From a moment the client waits for to its next message."""
_TYPING_MS = 600
"""What a person takes to write something."""
_APART_NS = 30_000
"""From one message of a burst to the next."""
_PING_EVERY_MS = 20_000
"""How often the websockets library, under the openai client, asks whether the other side is there."""
_PATIENCE_MS = 60_000
_SOUND: dict[Shape, str] = {"ga": "response.output_audio.delta", "beta": "response.audio.delta"}


class Call:
    """A call in time that only passes when the client waits: its hands and ears, the server, and the recorder."""

    def __init__(self, name: str, started_s: int, script: Script, manner: Manner = MANNER) -> None:
        """Dial, and let the server begin the session; what looks random comes from the name."""
        seed = crc32(name.encode())
        self.now_ns = 0
        self._random = Random(seed)
        request, response = _handshake(started_s, self._random.randbytes(16), manner)
        redactor = Redactor(credentials(request))
        target = redactor.head(request)[0].target
        started_ns = started_s * 1000 * _MS
        header = Header(started_ns, "websocket", "rtdebug sample", "127.0.0.1:52814", "ws://simulator", target)
        self.encoder = Encoder(header, redactor)
        self._recorded_ns = 0
        self._machine = Machine(
            speak=shipped,
            recognise=recognise,
            script=script,
            ids=Ids(seed),
            expires_at=started_s + SESSION_S,
            manner=manner,
        )
        self._manner = manner
        self._unread: deque[Json] = deque()
        self._player = Player()
        self._format = FORMATS["audio/pcm"]
        self._to_say = b""
        self._chunk_due: int | None = None
        self._ping_due = _PING_EVERY_MS * _MS
        self.wait(2)
        asked, answered = head_fields(request, redactor), head_fields(response, redactor)
        self.encoder.note(self._moment(), "opened", dialled_ns=_DIALLED_NS, request=asked, response=answered)
        self._hear(self._machine.open(self.now_ns))

    # What the client does.

    def send(self, kind: str, **fields: Any) -> None:
        """Send an event."""
        self.send_text(dumps({"type": kind, **fields}))

    def send_text(self, text: str) -> None:
        """Send a message, whatever it is."""
        self.wait(_REACTION_MS)
        self._send(text)

    def configure(self, **session: Any) -> None:
        """Configure the session, and wait until it is."""
        if self._manner.shape == "beta":
            self.send("session.update", session=session)
            self.until("session.updated")
            return
        kind = "transcription" if self._manner.transcribes else "realtime"
        self.send("session.update", session={"type": kind, **session})
        self._format = FORMATS[self.until("session.updated")["session"]["audio"]["input"]["format"]["type"]]

    def write(self, turn: Turn) -> str:
        """Put the user's words into the conversation; return the item's id."""
        self.wait(_TYPING_MS)
        content = [{"type": "input_text", "text": turn.user}]
        self.send("conversation.item.create", item={"type": "message", "role": "user", "content": content})
        made = "conversation.item.created" if self._manner.shape == "beta" else "conversation.item.done"
        return str(self.until(made)["item"]["id"])

    def open_microphone(self) -> None:
        """Begin to send sound, 20 ms at a time: what is said, else the quiet of a room."""
        self._chunk_due = self.now_ns + _CHUNK_MS * _MS

    def close_microphone(self) -> None:
        """Send no more sound once all is said."""
        while self._to_say:
            self._pass(self.now_ns + _CHUNK_MS * _MS)
        self._chunk_due = None

    def say(self, turn: Turn) -> None:
        """Begin to speak."""
        self._to_say += self._format.write(shipped(turn.user, "user"))

    def truncate(self) -> None:
        """Stop the loudspeaker, and tell the server how much of the answer was heard."""
        heard_ms = self._player.played_ms(self.now_ns)
        self._player.stop()
        where = {"item_id": self._player.item_id, "content_index": 0}
        self.send("conversation.item.truncate", **where, audio_end_ms=heard_ms)

    def wait(self, ms: float) -> None:
        """Let time pass."""
        until_ns = self.now_ns + int(ms * _MS)
        while self.now_ns < until_ns:
            self._pass(until_ns)

    def until(self, kind: str) -> Json:
        """Wait for the server's next event of a type; events before it are not waited for any more."""
        latest_ns = self.now_ns + _PATIENCE_MS * _MS
        while True:
            while self._unread:
                event = self._unread.popleft()
                if event["type"] == kind:
                    return event
            assert self.now_ns < latest_ns, f"no {kind} came"
            self._pass(latest_ns)

    def hear(self, ms: int) -> None:
        """Listen to the beginning of the answer."""
        self.until(_SOUND[self._manner.shape])
        self.wait(ms)

    def hear_out(self) -> Json:
        """Wait until a response is done and what it said has been played; return it."""
        response: Json = self.until("response.done")["response"]
        self.wait(self._player.received_ms - self._player.played_ms(self.now_ns))
        return response

    def hang_up(self) -> None:
        """Close the connection from the client's side, and the recording with it."""
        self.wait(_REACTION_MS)
        self._control("client", CLOSE, (1000).to_bytes(2, "big"))
        self._control("server", CLOSE, (1000).to_bytes(2, "big"))
        for sender in ("server", "client"):
            self.encoder.note(self._moment(), "closed", sender, how="eof")
        self.encoder.end(self._moment())

    # How time passes.

    def _pass(self, until_ns: int) -> None:
        """Go on to the next thing that is due, at most to a moment."""
        dues = (until_ns, self._machine.next_ns, self._chunk_due, self._ping_due)
        self.now_ns = max(self.now_ns, min(due for due in dues if due is not None))
        self._hear(self._machine.poll(self.now_ns))
        if self._chunk_due is not None and self._chunk_due <= self.now_ns:
            self._chunk_due += _CHUNK_MS * _MS
            self._send(dumps({"type": "input_audio_buffer.append", "audio": b64encode(self._chunk()).decode()}))
        if self._ping_due <= self.now_ns:
            self._ping_due += _PING_EVERY_MS * _MS
            payload = self._random.randbytes(4)
            self._control("client", PING, payload)
            self._control("server", PONG, payload)

    def _chunk(self) -> bytes:
        size = self._format.size(_CHUNK_MS)
        said, self._to_say = self._to_say[:size], self._to_say[size:]
        frames = FORMATS["audio/pcm"].size(_CHUNK_MS) // 2
        room = struct.pack(f"<{frames}h", *self._random.choices(range(-4, 5), k=frames))
        return said + self._format.write(room)[len(said) :]

    def _send(self, text: str) -> None:
        self._record("client", text.encode())
        self._hear(self._machine.receive(text, self.now_ns))

    def _hear(self, events: list[Json]) -> None:
        for event in events:
            self._record("server", orjson.dumps(event))
            if event["type"] == _SOUND[self._manner.shape]:
                ms = self._format.ms(len(b64decode(event["delta"])))
                self._player.receive(event["item_id"], ms, self.now_ns)
            self._unread.append(event)

    def _record(self, sender: Sender, payload: bytes) -> None:
        self.encoder.wire(sender, [Message(self._moment(), False, payload, 1, False)])

    def _control(self, sender: Sender, opcode: int, payload: bytes) -> None:
        self.encoder.wire(sender, [Control(self._moment(), opcode, payload)])

    def _moment(self) -> int:
        """Return when the next entry is read: now, or a little behind the last one."""
        self._recorded_ns = max(self.now_ns, self._recorded_ns + _APART_NS)
        return self._recorded_ns


def _handshake(started_s: int, key: bytes, manner: Manner) -> tuple[Head, Head]:
    asked = {
        "Host": "127.0.0.1:8787",
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Key": b64encode(key).decode(),
        "Sec-WebSocket-Version": "13",
        "Authorization": f"Bearer {KEY}",
        "User-Agent": "rtdebug sample",
    } | ({"OpenAI-Beta": "realtime=v1"} if manner.shape == "beta" else {})
    answered = {
        "Date": formatdate(started_s, usegmt=True),
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Accept": accept_key(asked["Sec-WebSocket-Key"]),
        "Server": "rtdebug simulator",
    }
    query = "intent=transcription" if manner.transcribes else f"model={DEFAULT_MODEL}"
    request = _head(f"GET /v1/realtime?{query} HTTP/1.1", asked)
    return request, _head("HTTP/1.1 101 Switching Protocols", answered)


def _head(start: str, fields: dict[str, str]) -> Head:
    return Head(start.encode(), tuple(f"{name}: {value}".encode() for name, value in fields.items()))


def shipped(text: str, speaker: Speaker = "assistant") -> bytes:
    """Speak a sentence that is shipped: any other would sound different on another machine."""
    assert shipped_path(text, speaker).is_file(), f"no shipped speech for {text!r}"
    return speech(text, speaker)
