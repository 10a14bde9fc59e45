"""What has to be refused, and what has to happen before it."""

from collections.abc import Callable, Sequence
from typing import Any, Final

from rtdebug.conform.phrases import (
    AT_LENGTH,
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
from rtdebug.conform.refusals import Expected, goes_on, is_about, of_error, refused
from rtdebug.conform.steps import Check, Json, NotPlayed, Play, Reply, Scene
from rtdebug.protocol.reading import inside, text_in

Ready = tuple[Json, Json | str]
"""The settings of the session, and what is said next."""

_MUCH_MS: Final = 60_000
_NOBODY: Final = "item_conform_nobody"
_ADDED: Final = ("conversation.item.added",)
_TRUNCATED: Final = ("conversation.item.truncated",)
_ACTIVE: Final = "conversation_already_has_active_response"


def _at_once(event: Json | str) -> Callable[[], Play[Ready]]:
    """Say something in a session where nothing has happened yet."""

    def play() -> Play[Ready]:
        yield from begin()
        return (yield from configure(instructions=BRIEF)), event

    return play


def _empty_commit() -> Play[Ready]:
    return (yield from begin_in_audio()), {"type": "input_audio_buffer.commit"}


def _beyond() -> Play[Ready]:
    session = yield from begin_in_audio()
    item_id, length_ms = yield from spoken_turn("Say good morning.")
    return session, _truncate(item_id, length_ms + _MUCH_MS)


def _of_user() -> Play[Ready]:
    session = yield from begin_in_text()
    return session, _truncate((yield from write("Something that was never said aloud.")), 100)


def _other_voice() -> Play[Ready]:
    session = yield from begin_in_audio()
    voice = inside(session, "audio", "output", "voice")
    other = "alloy" if voice != "alloy" else "echo"
    yield from configure(audio={"output": {"voice": other}})  # a voice that is not known proves nothing
    session = yield from configure(audio={"output": {"voice": voice}})
    yield from spoken_turn("Say good morning.")
    return session, _update(type="realtime", audio={"output": {"voice": other}})


def _duplicate() -> Play[Ready]:
    session = yield from begin_in_text()
    yield from create(message("One.", id="conform_1"))
    return session, _item("create", item=message("Two.", id="conform_1"))


def _second_response(code: str) -> Play[None]:
    yield from begin_in_text()
    session = yield from configure(instructions=AT_LENGTH)
    yield from write("Please begin.")
    about = yield from say("response.create")
    other = yield from say("response.create")
    first = text_in((yield from must(about, "response.created")).data, "response", "id")
    reply = yield from another(first, "response.done", about=other)
    if _last(reply, "response.done"):
        reply = yield from another(first, about=other, is_short=True)
        if _last(reply, "response.created"):
            raise NotPlayed("the first response was over before a second one could be asked for")
    told = [event for event in reply.heard if is_about(event, other)]
    side_by_side = f"a second response began beside {first}" if _last(reply, "response.created") else ""
    yield Check(code, side_by_side or of_error(told, Expected(_ACTIVE)), other)
    yield from goes_on(code, session)
    yield from say("response.cancel")


def _last(reply: Reply, kind: str) -> bool:
    return not reply.failure and reply.heard[-1].type == kind


def _truncate(item_id: str, end_ms: int) -> Json:
    return _item("truncate", item_id=item_id, content_index=0, audio_end_ms=end_ms)


def _item(verb: str, **fields: Any) -> Json:
    return {"type": f"conversation.item.{verb}", **fields}


def _update(**session: Any) -> Json:
    return {"type": "session.update", "session": {"instructions": "Say nothing.", **session}}


def _probe(
    code: str,
    name: str,
    says: str,
    ready: Callable[[], Play[Ready]],
    error: str = "",
    *,
    param: str = "",
    never: Sequence[str] = (),
    unknown_to: str = "",
) -> Scene:
    def play() -> Play[None]:
        session, event = yield from ready()
        yield from refused(code, session, event, Expected(error, param, never))

    return Scene(name, play, code, f"refused: {says}{f' ({error})' if error else ''}", unknown_to)


_OUTPUT: Final = {"type": "function_call_output", "call_id": "call_conform_nobody", "output": "{}"}
REFUSALS: Final = (
    Scene(
        "second response",
        lambda: _second_response("P09"),
        "P09",
        f"refused: a second response while one is in progress ({_ACTIVE})",
    ),
    _probe(
        "P10",
        "needless cancel",
        "a cancel where nothing is in progress",
        _at_once({"type": "response.cancel"}),
        "response_cancel_not_active",
        never=("response.created", "response.done"),
    ),
    _probe(
        "P11",
        "empty commit",
        "a commit of an empty buffer",
        _empty_commit,
        "input_audio_buffer_commit_empty",
        never=("input_audio_buffer.committed", *_ADDED),
    ),
    _probe(
        "P12", "truncate beyond", "a truncate beyond the end of the audio", _beyond, "invalid_value", never=_TRUNCATED
    ),
    _probe(
        "P13",
        "truncate of the user",
        "a truncate of what the user wrote",
        _of_user,
        "unsupported_content_type",
        never=_TRUNCATED,
    ),
    _probe(
        "P14",
        "truncate of nothing",
        "a truncate of an item that is not there",
        _at_once(_truncate(_NOBODY, 100)),
        "item_truncate_invalid_item_id",
        never=_TRUNCATED,
    ),
    _probe(
        "P15",
        "delete of nothing",
        "a delete of an item that is not there",
        _at_once(_item("delete", item_id=_NOBODY)),
        "item_delete_invalid_item_id",
        never=("conversation.item.deleted",),
    ),
    _probe(
        "P16",
        "retrieve of nothing",
        "a retrieve of an item that is not there",
        _at_once(_item("retrieve", item_id=_NOBODY)),
        "item_retrieve_invalid_item_id",
        never=("conversation.item.retrieved",),
    ),
    _probe(
        "P17",
        "unknown type",
        "an event of an unknown type",
        _at_once({"type": "conform.no_such_event"}),
        "invalid_value",
        param="type",
    ),
    _probe("P18", "no type", "an event without a type", _at_once({"words": "What am I?"}), "invalid_event"),
    _probe(
        "P19",
        "no JSON",
        "a message that is no JSON",
        _at_once('{"type": "response.create"'),
        never=("response.created",),
    ),
    _probe(
        "P20",
        "no session type",
        "a session.update without session.type",
        _at_once(_update()),
        "missing_required_parameter",
        param="session.type",
        unknown_to="xai",
    ),
    _probe(
        "P21",
        "unknown field",
        "a session.update with an unknown field, all of it",
        _at_once(_update(type="realtime", conform_no_such_field=1)),
        "unknown_parameter",
        param="session.conform_no_such_field",
    ),
    _probe(
        "P22",
        "impossible value",
        "a session.update with an impossible value, all of it",
        _at_once(_update(type="realtime", output_modalities=["smell"])),
        "invalid_value",
    ),
    _probe("P23", "other voice", "another voice once the first was heard", _other_voice, "cannot_update_voice"),
    _probe("P24", "duplicate item", "an item with the id of another", _duplicate, never=_ADDED),
    _probe(
        "P25",
        "unknown call",
        "the output of a call that nobody made",
        _at_once(_item("create", item=_OUTPUT)),
        never=_ADDED,
    ),
)
