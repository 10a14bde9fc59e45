"""What client events bring about: settings that change and settings that stay, items in their places, cuts."""

from collections.abc import Iterator
from typing import Any, Final

from rtdebug.conform.phrases import (
    BRIEF,
    another,
    begin,
    begin_in_audio,
    begin_in_text,
    configure,
    create,
    message,
    must,
    say,
    spoken_turn,
    write,
)
from rtdebug.conform.scenes import TOOL
from rtdebug.conform.steps import Check, Json, NotPlayed, Play, Scene
from rtdebug.protocol.event import Event
from rtdebug.protocol.reading import inside, list_in, object_in, text_in

_VOLATILE: Final = frozenset({"expires_at"})
"""What a server may show differently each time."""
_BESIDE: Final = {"kind": "beside"}


def changed(before: Json, after: Json) -> set[str]:
    """Name the settings of a session that differ, as paths; those of audio by their own names."""
    old, new = dict(_settings(before)), dict(_settings(after))
    return {path for path in old.keys() | new.keys() if old.get(path) != new.get(path)}


def _settings(session: Json) -> Iterator[tuple[str, Any]]:
    for name, value in session.items():
        if name != "audio":
            if name not in _VOLATILE:
                yield name, value
            continue
        for side, settings in value.items() if isinstance(value, dict) else ():
            for key, setting in settings.items() if isinstance(settings, dict) else ():
                yield f"audio.{side}.{key}", setting


def _fields() -> Play[None]:
    yield from begin()
    before = yield from configure(instructions=BRIEF, tools=[TOOL], tool_choice="auto", max_output_tokens=200)
    after = yield from configure(max_output_tokens=100)
    yield from _differs("P03", before, after, "max_output_tokens")
    yield Check("P03", _unless(after.get("max_output_tokens") == 100, "max_output_tokens did not become 100"))
    before, detection = after, {"type": "server_vad", "silence_duration_ms": 700}
    after = yield from configure(audio={"input": {"turn_detection": detection}})
    yield from _differs("P03", before, after, "audio.input.turn_detection")
    silence = inside(after, "audio", "input", "turn_detection", "silence_duration_ms")
    yield Check("P03", _unless(silence == 700, "silence_duration_ms did not become 700"))


def _differs(code: str, before: Json, after: Json, path: str) -> Play[None]:
    others = sorted(changed(before, after) - {path})
    yield Check(code, _unless(not others, f"an update of {path} changed {', '.join(others)} too"))


def _cleared() -> Play[None]:
    yield from begin()
    detection = {"type": "server_vad"}
    yield from configure(instructions=BRIEF, tools=[TOOL], audio={"input": {"turn_detection": detection}})
    after = yield from configure(instructions="", tools=[], audio={"input": {"turn_detection": None}})
    yield Check("P04", _unless(after.get("instructions") in ("", None), 'instructions "" did not clear them'))
    yield Check("P04", _unless(not after.get("tools"), "tools [] did not clear them"))
    left = inside(after, "audio", "input", "turn_detection")
    yield Check("P04", _unless(left is None, "turn_detection null did not turn it off"))


def _places() -> Play[None]:
    yield from begin()
    yield from configure()
    first = yield from create(message("One.", id="conform_1"))
    last = yield from create(message("Three.", id="conform_3"))
    yield from _stands(first, "conform_1", (None, "root"))
    yield from _stands(last, "conform_3", ("conform_1",))
    middle = yield from create(message("Two.", id="conform_2"), previous_item_id="conform_1")
    yield from _stands(middle, "conform_2", ("conform_1",))
    top = yield from create(message("Nought.", id="conform_0"), previous_item_id="root")
    yield from _stands(top, "conform_0", (None, "root"))


def _stands(added: Event, item_id: str, behind: tuple[str | None, ...]) -> Play[None]:
    shown, previous = text_in(added.data, "item", "id"), inside(added.data, "previous_item_id")
    yield Check("P05", _unless(shown == item_id, f"{item_id} was added as {shown}"))
    yield Check("P05", _unless(previous in behind, f"{item_id} stands behind {previous}"))


def _retrieved() -> Play[None]:
    yield from begin()
    item_id = yield from write("Something to remember.")
    about = yield from say("conversation.item.retrieve", item_id=item_id)
    shown = object_in((yield from must(about, "conversation.item.retrieved")).data, "item")
    words = " ".join(text_in(part, "text") for part in list_in(shown, "content"))
    yield Check("P06", _unless(text_in(shown, "id") == item_id, f"another item than {item_id} was retrieved"))
    yield Check("P06", _unless(words == "Something to remember.", f"{item_id} was retrieved with other words"))
    about = yield from say("conversation.item.delete", item_id=item_id)
    deleted = text_in((yield from must(about, "conversation.item.deleted")).data, "item_id")
    yield Check("P06", _unless(deleted == item_id, f"another item than {item_id} was deleted"))
    about = yield from say("conversation.item.retrieve", item_id=item_id)
    gone = yield from must(about, "conversation.item.retrieved", "error")
    yield Check("P06", _unless(gone.type == "error", f"{item_id} was deleted and can be retrieved"))


def _truncated() -> Play[None]:
    yield from begin_in_audio()
    item_id, length_ms = yield from spoken_turn("Say good morning.")
    end_ms = length_ms // 2
    about = yield from say("conversation.item.truncate", item_id=item_id, content_index=0, audio_end_ms=end_ms)
    told = yield from must(about, "conversation.item.truncated")
    same = (text_in(told.data, "item_id"), told.data.get("audio_end_ms")) == (item_id, end_ms)
    yield Check("P07", _unless(same, f"{item_id} was cut at {end_ms} ms, and another cut was told"))
    about = yield from say("conversation.item.retrieve", item_id=item_id)
    shown = object_in((yield from must(about, "conversation.item.retrieved")).data, "item")
    words = any(text_in(part, "transcript") for part in list_in(shown, "content"))
    yield Check("P07", _unless(not words, f"{item_id} was cut and still has a transcript"))


def _beside() -> Play[None]:
    yield from begin_in_text()
    yield from write("Name a colour.")
    about = yield from say("response.create")
    aside = {"conversation": "none", "metadata": _BESIDE, "input": [message("Name an animal.")]}
    other = yield from say("response.create", response={**aside, "output_modalities": ["text"]})
    heard = yield from _created(about, other)
    shown = [object_in(event.data, "response") for event in heard if event.type == "response.created"]
    ids = {text_in(one, "id") for one in shown}
    # A fast server has ended the first response before the second one begins.
    ids -= {text_in(event.data, "response", "id") for event in heard if event.type == "response.done"}
    while ids:
        done = yield from must("", "response.done")
        ids.discard(text_in(done.data, "response", "id"))
    marked = [one for one in shown if one.get("metadata") == _BESIDE]
    yield Check("P08", _unless(len(marked) == 1, f"{len(marked)} responses came with the metadata of one"))
    outside = bool(marked) and "conversation_id" in marked[0] and marked[0]["conversation_id"] is None
    yield Check("P08", _unless(outside, "its conversation_id is not null"))


def _created(about: str, other: str) -> Play[tuple[Event, ...]]:
    """Wait until both responses have begun, in whatever order; return all that came from the first one on."""
    first = yield from must(about, "response.created")
    reply = yield from another(text_in(first.data, "response", "id"), about=other)
    if reply.failure or reply.heard[-1].type == "error":
        raise NotPlayed("no response out of band came up beside one in the conversation")
    return (first, *reply.heard)


def _unless(holds: bool, breach: str) -> str:
    return "" if holds else breach


EFFECTS: Final = (
    Scene("update", _fields, "P03", "session.update changes the settings it names, and no others"),
    Scene("clearing", _cleared, "P04", 'instructions "", tools [] and turn_detection null clear what was set'),
    Scene("places of items", _places, "P05", "an item is added with its own id, behind the item that it names"),
    Scene("retrieve and delete", _retrieved, "P06", "an item can be retrieved as it is, until it is deleted"),
    Scene("truncate", _truncated, "P07", "a spoken item that is cut is told of, and loses its transcript"),
    Scene("out of band", _beside, "P08", "a response out of band has no conversation, and its own metadata"),
)
