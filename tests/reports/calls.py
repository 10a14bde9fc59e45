"""Sessions made by hand for reports: one in which everything happens, and odd ones."""

from rtdebug.reports.recorded import Recorded
from rtdebug.session.audio import InputAudio, OutputAudio
from rtdebug.session.model import (
    ApiError,
    Asked,
    BargeIn,
    Cancellation,
    ConfigChange,
    ContentPart,
    Ending,
    Item,
    Mark,
    Note,
    Response,
    Session,
    Speech,
    Transcription,
    Truncation,
    Turn,
)
from rtdebug.session.usage import TranscriptionUsage, Usage

S = 1_000_000_000
USED = Usage(184, 115, 120, 64, 0, 64, 64, 0, 0, 20, 95)


def mark(seq: int, seconds: float | None = None) -> Mark:
    return Mark(seq, None if seconds is None else round(seconds * S))


def audio(seq: int, at: float, seconds: float) -> OutputAudio:
    """Audio that comes in pieces of 100 ms, four times as fast as it plays."""
    made = OutputAudio()
    for piece in range(round(seconds * 10)):
        made.add(seq + piece, round((at + piece * 0.025) * S), "server.wav", 24000, piece * 2400, 2400)
    return made


def user(session: Session, id_: str, seq: int, text: str, start: float, end: float) -> Item:
    item = session.items[id_] = Item(id_, "message", "user", "completed")
    item.parts[0] = ContentPart("input_audio", text)
    item.speech = Speech(id_, mark(seq, start + 0.1), round(start * 1000), mark(seq + 1, end), round(end * 1000))
    item.speech.silence_ms = 500
    item.committed = item.added = item.done = mark(seq + 2, end)
    item.input_start_ms, item.input_end_ms = start * 1000, end * 1000
    usage = TranscriptionUsage("duration", seconds=end - start)
    item.transcription = Transcription("completed", None, mark(seq + 3, end + 0.3), usage)
    session.order.append(id_)
    return item


def said(session: Session, response: Response, id_: str, seq: int, at: float, text: str, seconds: float) -> Item:
    item = session.items[id_] = Item(id_, "message", "assistant", "completed", response_id=response.id)
    item.parts[0] = ContentPart("output_audio", text, audio(seq + 1, at, seconds), mark(seq + 1, at), mark(seq + 2, at))
    item.added = item.done = mark(seq, at)
    response.item_ids.append(id_)
    response.first_delta = response.first_audio = mark(seq + 1, at)
    session.order.append(id_)
    return item


def response(session: Session, id_: str, seq: int, at: float, turn: int, status: str = "completed") -> Response:
    made = session.responses[id_] = Response(id_, mark(seq, at), Asked("turn_detection", mark(seq - 1, at - 0.01)))
    made.status, made.usage, made.turn, made.done = status, USED, turn, mark(seq + 40, at + 1.2)
    made.wire = {"id": id_, "object": "realtime.response", "status": status, "voice": "marin", "_private": 1}
    session.turns[turn - 1].response_ids.append(id_)
    return made


def call() -> Session:
    """A user asks, a tool is called, the answer is cut by the user, and the next one fails."""
    session = Session(
        "sess_C9G5", "gpt-realtime-2.1", "realtime", events=648, duration_ns=48 * S, created=mark(3, 0.05)
    )
    session.input = InputAudio()
    for piece in range(480):
        session.input.add(1000 + piece, round(piece * 0.1 * S), "client.wav", 24000, piece * 2400, 2400)
    session.turns = [Turn(1, ["item_1"]), Turn(2, ["item_5"])]
    user(session, "item_1", 30, "When is the next train?", 0.5, 3.0)

    called = response(session, "resp_1", 40, 3.1, 1)
    tool = session.items["item_2"] = Item("item_2", "function_call", "", "completed", response_id="resp_1")
    tool.name, tool.call_id, tool.arguments = "find_trains", "call_1", '{"to": "Leeds"}'
    tool.added, tool.arguments_done, tool.done = mark(42, 3.2), mark(43, 3.3), mark(44, 3.3)
    called.item_ids.append("item_2")
    output = session.items["item_3"] = Item("item_3", "function_call_output", call_id="call_1", output='["10:15"]')
    output.asked, output.added = mark(82, 3.6), mark(83, 3.6)
    session.order += ["item_2", "item_3"]

    cut = response(session, "resp_2", 90, 4.0, 1, "cancelled")
    cut.asked = Asked("response.create", mark(84, 3.7))
    cut.tool_outputs = ["item_3"]
    cut.status_details = {"type": "cancelled", "reason": "turn_detected"}
    answer = said(session, cut, "item_4", 92, 4.4, "The next one leaves at ten fifteen.", 3.4)
    answer.status = "incomplete"
    answer.truncation = Truncation(0, 1100, mark(131, 5.4), mark(132, 5.41))
    speech = user(session, "item_5", 128, "The first one, please.", 5.1, 7.0).speech
    assert speech is not None
    cut.cancellation = Cancellation("turn_detection", speech.started)
    session.turns[1].barge_in = session.responses["resp_2"].barge_in = BargeIn(speech.started, "resp_2", "generation")

    failed = response(session, "resp_3", 140, 7.2, 2, "failed")
    failed.usage = None
    failed.status_details = {
        "type": "failed",
        "error": {"type": "tokens", "code": "rate_limit_exceeded", "message": "Rate limit reached."},
    }
    session.errors.append(
        ApiError(mark(200, 9.0), "invalid_request_error", "invalid_value", "Too much.", "x", "e1", 199)
    )
    vad = {"type": "server_vad", "silence_duration_ms": 500}
    session.config = {
        "voice": "marin",
        "audio": {"input": {"turn_detection": vad, "transcription": {"model": "whisper-1"}}},
    }
    session.changes.append(
        ConfigChange(
            {"voice": "marin", "temperature": 0.7},
            mark(4, 0.06),
            "updated",
            mark(5, 0.1),
            {"voice": ("alloy", "marin")},
        )
    )
    session.changes.append(ConfigChange({"voice": "ash"}, mark(300, 20.0), "refused", mark(301, 20.1), {}, "Too late."))
    session.ending, session.complete = Ending("client", 1000, "", mark(648, 48.0)), True
    return session


def recorded(session: Session | None = None) -> Recorded:
    return Recorded(session or call(), "2026-11-20_trains", 1_795_166_102_417_000_000, dialect="GA (OpenAI)")


def timeless() -> Session:
    """The same call, from a log without times."""
    session = call()
    session.duration_ns = None
    _forget(session, set())
    session.input = InputAudio()
    return session


HOSTILE = "\x1b[31m[bold red]<b>`|\u202e\x9b2J\n=1+1 \ud800"


def hostile() -> Session:
    """Every text of the wire tries something."""
    session = call()
    session.id = session.model = session.kind = HOSTILE
    session.items = {HOSTILE + id_: item for id_, item in session.items.items()}
    for id_, item in session.items.items():
        item.id, item.name, item.arguments, item.role, item.error = id_, HOSTILE, HOSTILE, HOSTILE, HOSTILE
        item.status = item.server_label = HOSTILE
        for part in item.parts.values():
            part.text = HOSTILE
    session.order = list(session.items)
    for one in session.responses.values():
        one.item_ids = [HOSTILE + id_ for id_ in one.item_ids]
        one.tool_outputs = [HOSTILE + id_ for id_ in one.tool_outputs]
        one.status = HOSTILE if one.status == "completed" else one.status
        one.asked = Asked(HOSTILE)
        one.status_details = {"reason": HOSTILE, "error": {"code": HOSTILE, "message": HOSTILE}}
    for turn in session.turns:
        turn.item_ids = [HOSTILE + id_ for id_ in turn.item_ids]
    session.responses = {HOSTILE + id_: one for id_, one in session.responses.items()}
    for id_, one in session.responses.items():
        one.id = id_
    session.errors = [ApiError(mark(1, 1.0), HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE)]
    session.config = {HOSTILE: {HOSTILE: HOSTILE, "list": [HOSTILE]}}
    session.changes = [ConfigChange({HOSTILE: 1}, mark(4, 1.0), HOSTILE, None, {HOSTILE: (HOSTILE, None)}, HOSTILE)]
    session.unknown = {HOSTILE: [7]}
    session.notes = session.gaps = [Note(9, HOSTILE)]
    session.ending = Ending(HOSTILE, 4000, HOSTILE, mark(648, 48.0))
    return session


def _forget(value: object, seen: set[int]) -> None:
    """Take the times out of every mark."""
    if id(value) in seen:
        return
    seen.add(id(value))
    if isinstance(value, Mark):
        object.__setattr__(value, "at_ns", None)
    elif isinstance(value, OutputAudio):
        for index in range(len(value.times)):
            value.times[index] = -1
    elif isinstance(value, dict):
        for inner in value.values():
            _forget(inner, seen)
    elif isinstance(value, list | tuple):
        for inner in value:
            _forget(inner, seen)
    elif hasattr(type(value), "__slots__"):
        for name in type(value).__slots__:
            _forget(getattr(value, name), seen)
