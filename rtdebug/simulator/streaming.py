"""How a response comes out: each part opened, then said in deltas faster than anyone could listen."""

from base64 import b64encode
from collections.abc import Iterator

from rtdebug.simulator.agenda import Steps
from rtdebug.simulator.closing import close, finish, hang_up, place
from rtdebug.simulator.conversation import Item
from rtdebug.simulator.refusals import Json
from rtdebug.simulator.response import Kind, Output, Part, Response, Say
from rtdebug.simulator.script_reply import ToolCall
from rtdebug.simulator.state import State
from rtdebug.simulator.usage import pieces

_MS = 1_000_000
_THINK_NS = 300_000_000
"""From the creation of a response to its first output."""
_VOICE_NS = 120_000_000
"""From the first words to the first sound."""
_AUDIO_GAP_NS = 50_000_000
_TEXT_GAP_NS = 20_000_000
_CHUNK_MS = 200
"""Each gap brings this much audio: four times as fast as it plays."""
_LEAD_CHUNKS = 3
"""The transcript runs ahead of the audio by so many chunks."""


def stream(state: State, response: Response) -> Steps:
    """Say everything a response has to say, and finish it."""
    ending, drop = response.reply.ending, response.reply.drop
    yield _THINK_NS + response.reply.delay_ms * _MS
    for number, part in enumerate(response.parts, start=1):
        yield from _say(state, response, part)
        full = response.is_full()
        cut = full or (ending is not None and number == len(response.parts))
        close(state, response, "incomplete" if cut else "completed")
        if full:
            break
    if drop is not None:
        if drop.after_chars is not None:
            hang_up(state, drop)
        return
    state.running.remove(response)
    if response.is_full():
        finish(state, response, "incomplete", "max_output_tokens")
    elif ending is not None:
        failed = {"type": ending.type, "code": ending.code, "message": ending.message}
        finish(state, response, ending.status, ending.reason, error=failed if ending.status == "failed" else None)
    else:
        finish(state, response, "completed")


def _say(state: State, response: Response, part: Part) -> Steps:
    if isinstance(part, ToolCall):
        return _call(state, response, part)
    return _speak(state, response, part) if response.speaks else _write(state, response, part)


def _speak(state: State, response: Response, part: Say) -> Steps:
    output = _open_message(state, response, "audio")
    output.item.format = response.format
    sound = response.format.write(state.speak(part.text))
    size = response.format.size(_CHUNK_MS)
    chunks = [sound[start : start + size] for start in range(0, len(sound), size)]
    wait_ns = _VOICE_NS
    for words, chunk in lead(pieces(part.text), chunks):
        for word in words:
            if response.is_full():
                return
            _delta(state, response, "response.output_audio_transcript.delta", output, word, place(response, output))
        if response.is_full():
            return
        yield wait_ns
        wait_ns = _AUDIO_GAP_NS
        if response.audible_ms() < _CHUNK_MS:
            chunk = chunk[: response.format.size(int(response.audible_ms()))]
        output.item.audio += chunk
        if state.voice is None:
            state.voice = response.settings["audio"]["output"]["voice"]
        state.send("response.output_audio.delta", **place(response, output), delta=b64encode(chunk).decode())


def _write(state: State, response: Response, part: Say) -> Steps:
    output = _open_message(state, response, "text")
    for word in pieces(part.text):
        if response.is_full():
            return
        _delta(state, response, "response.output_text.delta", output, word, place(response, output))
        yield _TEXT_GAP_NS


def _call(state: State, response: Response, part: ToolCall) -> Steps:
    call_id = state.ids.call()
    body = {"type": "function_call", "name": part.name, "call_id": call_id, "arguments": ""}
    output = _open(state, response, "call", body)
    where = place(response, output) | {"call_id": call_id}
    del where["content_index"]
    for word in pieces(part.arguments):
        if response.is_full():
            return
        _delta(state, response, "response.function_call_arguments.delta", output, word, where)
        yield _TEXT_GAP_NS


def lead(words: list[str], chunks: list[bytes]) -> Iterator[tuple[list[str], bytes]]:
    """Deal words out over chunks of audio, some chunks early, so that the last words come before the end."""
    if not chunks:
        yield words, b""
    said = 0
    for number, chunk in enumerate(chunks, start=1):
        due = -(-len(words) * min(len(chunks), number + _LEAD_CHUNKS) // len(chunks))
        yield words[said:due], chunk
        said = due


def _open_message(state: State, response: Response, kind: Kind) -> Output:
    output = _open(state, response, kind, {"type": "message", "role": "assistant", "content": []})
    part = {"type": "audio", "transcript": ""} if kind == "audio" else {"type": "text", "text": ""}
    state.send("response.content_part.added", **place(response, output), part=part)
    return output


def _open(state: State, response: Response, kind: Kind, body: Json) -> Output:
    item = Item({"id": state.ids.item(), "type": body["type"], "status": "in_progress", **body})
    output = Output(item, kind, len(response.outputs))
    response.outputs.append(output)
    response.open = output
    added = dict(item.body)
    state.send("response.output_item.added", response_id=response.id, output_index=output.index, item=added)
    if response.conversation_id is not None:
        output.previous_item_id = state.conversation.add(item)
        state.send("conversation.item.added", previous_item_id=output.previous_item_id, item=added)
    return output


def _delta(state: State, response: Response, kind: str, output: Output, delta: str, where: Json) -> None:
    output.said += delta
    state.send(kind, **where, delta=delta, obfuscation=state.ids.obfuscation(delta))
    _drop_after_words(state, response)


def _drop_after_words(state: State, response: Response) -> None:
    drop = response.reply.drop
    if drop is None or drop.after_chars is None:
        return
    if sum(len(output.said) for output in response.outputs) >= drop.after_chars:
        hang_up(state, drop)
