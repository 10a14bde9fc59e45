"""The fold's part that keeps the session's configuration: as requested, as effective, and how it came to be."""

from collections.abc import Iterator, Mapping
from typing import Any

from rtdebug.protocol.event import Event
from rtdebug.protocol.reading import object_in, text_in, whole_in
from rtdebug.session.model import ConfigChange
from rtdebug.session.state import State, mark

_NOT_CONFIG = frozenset(["id", "object", "expires_at", "client_secret"])


def update_asked(state: State, event: Event) -> None:
    """Note a `session.update`."""
    change = ConfigChange(object_in(event.data, "session"), mark(event))
    state.session.changes.append(change)
    state.updates.append((text_in(event.data, "event_id"), change))


def session_created(state: State, event: Event) -> None:
    """Take the session as it begins."""
    begun, known = text_in(event.data, "session", "id"), state.session.id
    if state.session.created and begun != known:
        state.note(event, f"another session begins here ({begun}): this recording holds more than one")
    state.session.created = state.session.created or mark(event)
    _identity(state, event)
    state.session.config = _config(event)


def session_updated(state: State, event: Event) -> None:
    """Take the effective session; it answers the oldest open update."""
    _identity(state, event)
    before, state.session.config = state.session.config, _config(event)
    if state.updates:
        change = state.updates.pop(_answered(state))[1]
    else:
        change = ConfigChange({}, mark(event))
        state.session.changes.append(change)
    change.answer, change.answered = "updated", mark(event)
    if before:
        change.changed = changes(before, state.session.config)


def _answered(state: State) -> int:
    """Find the open update that the new configuration answers: the first that it agrees with, else the oldest."""
    new = dict(_leaves(state.session.config))
    for index, (_, change) in enumerate(state.updates):
        asked = dict(_leaves(change.requested))
        if all(new.get(path, value) == value for path, value in asked.items() if not isinstance(value, list)):
            return index
    return 0


def update_refused(state: State, event: Event, event_id: str) -> bool:
    """Take an error as the answer to an open update, the oldest where it names none; say whether it is one."""
    for index, (asked_id, change) in enumerate(state.updates):
        if not event_id or asked_id == event_id:
            del state.updates[index]
            change.answer, change.answered = "refused", mark(event)
            change.error = text_in(event.data, "error", "message")
            return True
    return False


def conversation_created(state: State, event: Event) -> None:
    """Take the conversation's id."""
    state.session.conversation_id = text_in(event.data, "conversation", "id")


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Compare two configurations by dotted path."""
    old, new = dict(_leaves(before)), dict(_leaves(after))
    paths = sorted(old.keys() | new.keys())
    return {path: (old.get(path), new.get(path)) for path in paths if old.get(path) != new.get(path)}


def _leaves(value: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, Any]]:
    for key, inner in value.items():
        if isinstance(inner, Mapping) and inner:
            yield from _leaves(inner, f"{path}{key}.")
        else:
            yield f"{path}{key}", inner


def _identity(state: State, event: Event) -> None:
    session, shown = state.session, object_in(event.data, "session")
    session.id = text_in(shown, "id") or session.id
    if model := text_in(shown, "model"):
        session.model, session.is_model_asked = model, False
    session.kind = text_in(shown, "type") or session.kind or "realtime"
    session.expires_at = whole_in(shown, "expires_at") or session.expires_at
    session.client_secret = object_in(shown, "client_secret") or session.client_secret


def _config(event: Event) -> dict[str, Any]:
    shown = object_in(event.data, "session")
    return {key: value for key, value in shown.items() if key not in _NOT_CONFIG}
