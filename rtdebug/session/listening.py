"""The fold's part that keeps what the user says: appended audio, voice activity, commits, transcripts."""

from rtdebug.protocol.audio import AudioFormat
from rtdebug.protocol.event import Event
from rtdebug.protocol.reading import inside, object_in, text_in, whole_in
from rtdebug.session.audio import Arrivals, OutputAudio
from rtdebug.session.model import BargeIn, Item, Response, Speech, Transcription
from rtdebug.session.state import State, mark
from rtdebug.session.usage import read_transcription_usage

_HEARD, _SAID = "translation-input", "translation-output"
"""A translation session has no items: its two streams stand as one each."""


def add_audio(state: State, audio: Arrivals, event: Event, encoded: object, format_: AudioFormat) -> None:
    """Add an event's audio to a stream, from its track or else from the event itself."""
    sound = event.sound
    if sound is not None:
        rate = state.rates.get(sound.track, format_.rate)
        audio.add(event.seq, event.at_ns, sound.track, rate, sound.start, sound.frames)
    elif isinstance(encoded, str) and encoded:
        frames, odd = divmod(len(encoded) * 3 // 4 - encoded.count("=", -2), format_.frame_bytes)
        if odd:
            audio.ragged.append(event.seq)
        last = audio.stretches[-1] if audio.stretches else None
        audio.add(event.seq, event.at_ns, "", format_.rate, last.start + last.frames if last else 0, frames)


def appended(state: State, event: Event) -> None:
    """Take a piece of the user's audio."""
    sound = event.sound
    if sound is not None and sound.track in state.rates:
        track = state.rates[sound.track]
        state.session.input.add(event.seq, event.at_ns, sound.track, track, sound.start, sound.frames)
    else:
        add_audio(state, state.session.input, event, event.data.get("audio"), state.formats.client)


def commit_asked(state: State, event: Event) -> None:
    """Note that the client ends its turn by hand."""
    state.ask(state.commits, event)


def clear_asked(state: State, event: Event) -> None:
    """Note that the client takes back what was not committed."""
    state.ask(state.clears, event)


def key_pressed(state: State, event: Event) -> None:
    """Take a telephone key."""
    state.session.keys.append((mark(event), text_in(event.data, "event")))


def speech_started(state: State, event: Event) -> None:
    """Take the beginning of speech; it may cut an answer."""
    item_id = text_in(event.data, "item_id")
    speech = Speech(item_id, mark(event), whole_in(event.data, "audio_start_ms"))
    speech.prefix_ms, speech.interrupts = _server_vad(state, "prefix_padding_ms"), _interrupts(state)
    state.session.speeches.append(speech)
    cut = state.session.responses.get(state.active) or _still_playing(state, event)
    if cut is not None:
        during = "generation" if cut.id == state.active else "playback"
        state.barge_ins[item_id] = cut.barge_in = BargeIn(mark(event), cut.id, during)


def speech_stopped(state: State, event: Event) -> None:
    """Take the end of speech."""
    item_id = text_in(event.data, "item_id")
    for speech in reversed(state.session.speeches):
        if speech.stopped is None and speech.item_id in (item_id, ""):
            speech.stopped, speech.audio_end_ms = mark(event), whole_in(event.data, "audio_end_ms")
            speech.silence_ms = _server_vad(state, "silence_duration_ms")
            return
    speech = Speech(item_id, mark(event), None, mark(event), whole_in(event.data, "audio_end_ms"))
    state.session.speeches.append(speech)


def committed(state: State, event: Event) -> None:
    """Take the user's turn as it became an item."""
    session, data = state.session, event.data
    item = session.item(text_in(data, "item_id"))
    item.committed = mark(event)
    item.type, item.role = item.type or "message", item.role or "user"
    asked = state.commits.pop(0) if state.commits else None
    speech = next((one for one in reversed(session.speeches) if one.item_id == item.id), item.speech)
    item.speech = speech
    item.asked = asked.mark if asked else item.asked
    end_ns = session.input.length_at(asked.mark.seq if asked else event.seq)
    item.input_start_ms, item.input_end_ms = state.buffer_start_ms, end_ns / 1e6
    if speech is not None and speech.audio_start_ms is not None and asked is None:
        item.input_start_ms = float(speech.audio_start_ms)
        if speech.audio_end_ms is not None:
            item.input_end_ms = float(speech.audio_end_ms)
    state.buffer_start_ms = item.input_end_ms
    state.user_turn(item.id)
    item.expects_answer = asked is None and session.kind == "realtime" and _answers_by_itself(state)
    if asked is None and _answers_by_itself(state) and state.automatic is None:
        state.automatic = ("turn_detection", mark(event))


def cleared(state: State, event: Event) -> None:
    """Note that what was not committed is gone, as far as it came before the client said so."""
    asked = state.clears.pop(0).mark if state.clears else mark(event)
    state.buffer_start_ms = state.session.input.length_at(asked.seq) / 1e6


def timeout_triggered(state: State, event: Event) -> None:
    """Note that the user said nothing for too long: the server answers the silence."""
    item = state.session.item(text_in(event.data, "item_id"))
    speech = Speech(item.id, mark(event), whole_in(event.data, "audio_start_ms"), mark(event))
    speech.audio_end_ms, speech.is_silence = whole_in(event.data, "audio_end_ms"), True
    item.speech = speech
    state.automatic = ("idle_timeout", mark(event))


def transcription_delta(state: State, event: Event) -> None:
    """Add to an item's transcript."""
    item, transcription = _transcription(state, event)
    transcription.first = transcription.first or mark(event)
    state.part(item, whole_in(event.data, "content_index") or 0).text += text_in(event.data, "delta")


def transcription_updated(state: State, event: Event) -> None:
    """Take a transcript as far as it goes (xAI)."""
    item, transcription = _transcription(state, event)
    transcription.first = transcription.first or mark(event)
    state.part(item, whole_in(event.data, "content_index") or 0).text = text_in(event.data, "transcript")


def transcription_completed(state: State, event: Event) -> None:
    """Take a transcript that is whole."""
    item, transcription = _transcription(state, event)
    transcription.status, transcription.done = "completed", mark(event)
    transcription.usage = read_transcription_usage(event.data.get("usage"))
    state.part(item, whole_in(event.data, "content_index") or 0).text = text_in(event.data, "transcript")


def transcription_segment(state: State, event: Event) -> None:
    """Take what one speaker said."""
    _, transcription = _transcription(state, event)
    transcription.segments.append(event.data)


def transcription_failed(state: State, event: Event) -> None:
    """Note that there will be no transcript."""
    _, transcription = _transcription(state, event)
    transcription.status, transcription.done = "failed", mark(event)
    transcription.error = text_in(event.data, "error", "message") or text_in(event.data, "error", "code")


def translation_heard(state: State, event: Event) -> None:
    """Add to what was understood."""
    _stream(state, _HEARD, "user", "input_audio", event).parts[0].text += text_in(event.data, "delta")


def translation_said(state: State, event: Event) -> None:
    """Add to what was translated."""
    _stream(state, _SAID, "assistant", "output_audio", event).parts[0].text += text_in(event.data, "delta")


def translation_spoken(state: State, event: Event) -> None:
    """Add to the translation's audio."""
    part = _stream(state, _SAID, "assistant", "output_audio", event).parts[0]
    part.audio = part.audio or OutputAudio()
    add_audio(state, part.audio, event, event.data.get("delta"), state.formats.server)


def _stream(state: State, item_id: str, role: str, type_: str, event: Event) -> Item:
    item = state.session.item(item_id)
    if item.added is None:
        item.type, item.role, item.added = "message", role, mark(event)
        state.part(item, 0).type = type_
        state.session.order.append(item_id)
        state.session.kind = "translation"
    return item


def _transcription(state: State, event: Event) -> tuple[Item, Transcription]:
    item = state.session.item(text_in(event.data, "item_id"))
    item.transcription = item.transcription or Transcription()
    return item, item.transcription


def _server_vad(state: State, setting: str) -> int | None:
    """Return a figure of server VAD's; semantic VAD has none."""
    detection = object_in(state.session.config, "audio", "input", "turn_detection")
    return whole_in(detection, setting) if detection.get("type") == "server_vad" else None


def _interrupts(state: State) -> bool | None:
    detection = inside(state.session.config, "audio", "input", "turn_detection")
    return detection.get("interrupt_response") is not False if isinstance(detection, dict) else None


def _answers_by_itself(state: State) -> bool:
    detection = inside(state.session.config, "audio", "input", "turn_detection")
    return isinstance(detection, dict) and bool(detection.get("type")) and detection.get("create_response") is not False


def _still_playing(state: State, event: Event) -> Response | None:
    """Find the answer that is still being heard, if it was played from when it came."""
    item = state.session.items.get(state.latest_audio)
    response = state.session.responses.get(item.response_id) if item else None
    if item is None or response is None or item.audio is None or event.at_ns is None:
        return None
    came = response.first_audio.at_ns if response.first_audio else None
    if came is None or item.truncation is not None or response.playback[1] is not None:
        return None
    return response if event.at_ns < came + item.audio.length_ns else None
