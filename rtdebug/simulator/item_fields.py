"""What a client may write into an item: the fields of each type, the content of each role, in both shapes."""

from rtdebug.simulator.checks import nullable, one_of
from rtdebug.simulator.options import Shape
from rtdebug.simulator.refusals import Json, only

CONTENT = {
    "system": ("input_text",),
    "user": ("input_text", "input_audio", "input_image"),
    "assistant": ("output_text",),
}
"""The types of content under each role; the assistant's audio cannot be made up."""

_EVERY = ("id", "object", "type", "status")
_FIELDS = {
    "message": (*_EVERY, "role", "content", "phase"),
    "function_call": (*_EVERY, "name", "call_id", "arguments"),
    "function_call_output": (*_EVERY, "call_id", "output"),
    "item_reference": ("id", "type"),
}
_PART_FIELDS = {
    "system": ("type", "text"),
    "user": ("type", "text", "audio", "transcript", "image_url", "detail"),
    "assistant": ("type", "text", "audio", "transcript"),
}
_WORDS = {
    "object": nullable(one_of("realtime.item")),
    "status": nullable(one_of("completed", "incomplete", "in_progress")),
    "detail": nullable(one_of("auto", "low", "high")),
}
"""Fields for which there are only a few words."""
# Beta had one type for all items and one for all content.
_BETA_FIELDS = (*_EVERY, "role", "content", "name", "call_id", "arguments", "output")
_BETA_PART_FIELDS = ("type", "id", "text", "audio", "transcript")


def check_item(body: Json, kind: str, shape: Shape, path: str) -> None:
    """Refuse an item with fields that its type does not have."""
    only(body, _FIELDS[kind] if shape == "ga" else _BETA_FIELDS, path)
    _check_words(body, path)


def check_part(part: Json, role: str, shape: Shape, path: str) -> None:
    """Refuse content with fields that there are not under its role."""
    only(part, _PART_FIELDS[role] if shape == "ga" else _BETA_PART_FIELDS, path)
    _check_words(part, path)


def _check_words(given: Json, path: str) -> None:
    for name, takes in _WORDS.items():
        takes(None, given.get(name), f"{path}.{name}")
