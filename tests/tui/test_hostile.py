"""Text that means harm, in every field of a call: it stays in its cells, is no markup, and stops nothing."""

import json
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from recording.calls import Call, append, delta, tone
from rich.cells import cell_len

from .looking import looking, settled, shown

EVIL = (
    "\x1b[2J\x1b]0;owned\x07[red]M[/red][@click=app.quit]x[/] \u202egnp.exe\u2066 \u200b\u200d\x00\x9b31m "
    "e\u0301\u0301 漢字 \U0001f469\u200d\U0001f467 \u26a0\ufe0f"
)


def _events() -> Iterator[tuple[str, dict[str, Any]]]:
    item = {"id": f"item_{EVIL}", "type": "message", "role": EVIL, "status": EVIL}
    item["content"] = [{"type": "input_text", "text": EVIL * 20}]  # type: ignore[assignment]
    call = {"id": "c", "type": "function_call", "name": EVIL, "call_id": EVIL, "arguments": EVIL}
    response = {"id": f"resp_{EVIL}", "status": EVIL, "status_details": {"reason": EVIL, "type": EVIL}}
    session = {"id": EVIL, "model": EVIL, "instructions": EVIL * 50, "tools": [{"name": EVIL, "parameters": {EVIL: 1}}]}
    yield "server", {"type": "session.created", "session": session}
    yield "client", {"type": "session.update", "session": {**session, EVIL: EVIL}}
    yield "server", {"type": "session.updated", "session": session}
    yield "server", {"type": EVIL, EVIL: EVIL}
    yield "client", {"type": "conversation.item.create", "item": item}
    yield "server", {"type": "conversation.item.added", "item": item, "previous_item_id": EVIL}
    yield "server", {"type": "response.created", "response": {**response, "status": "in_progress"}}
    yield "server", {"type": "response.output_item.added", "response_id": response["id"], "item": call}
    at = {"response_id": response["id"], "item_id": "c", "output_index": 0, "content_index": 0}
    yield "server", {"type": "response.function_call_arguments.done", **at, "name": EVIL, "arguments": EVIL}
    yield "server", {"type": "response.output_audio_transcript.delta", **at, "delta": EVIL}
    yield (
        "server",
        {"type": "response.done", "response": {**response, "output": [call], "usage": {"total_tokens": EVIL}}},
    )
    yield "server", {"type": "error", "error": {"type": EVIL, "code": EVIL, "message": EVIL * 10, "event_id": EVIL}}
    yield "server", {"type": "rate_limits.updated", "rate_limits": [{"name": EVIL, "limit": EVIL, "remaining": 1e300}]}
    yield "server", {"type": "input_audio_buffer.speech_started", "item_id": EVIL, "audio_start_ms": -(10**18)}
    yield "client", {"type": "conversation.item.truncate", "item_id": EVIL, "audio_end_ms": 10**30, "content_index": 0}


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    call = Call(tmp_path_factory.mktemp("calls") / "evil [bold]name[/]")
    for sender, event in _events():
        call.say((sender, json.dumps(event).encode()))  # type: ignore[arg-type]
    call.say(("server", b'{"type":"response.output_text.delta","delta":"\\ud800 half"}'))
    call.say(("server", b'{"type":"' + b"x" * 1_000_000 + b'","text":"' + b"y" * 1_000_000 + b'"}'))
    call.say(("server", EVIL.encode()), ("client", b"\xff\xfe\x00not text"), ("server", b'{"type":{"a":[]}}'))
    call.say(("client", append(tone(1))), ("server", delta(tone(2), response=EVIL)))
    return call.end()


def assert_harmless(text: str, width: int) -> None:
    for line in text.splitlines():
        assert cell_len(line) <= width
        for char in line:
            assert unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Zl", "Zp"), f"{char!r} in {line!r}"


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80", "120"])
async def test_nothing_leaves_its_cell_or_becomes_markup(hostile: Path, size: tuple[int, int]) -> None:
    async with looking(hostile, size) as pilot:
        for view in "1234567":
            await pilot.press(view)
            assert_harmless(await settled(pilot), size[0])
        await pilot.press("1", "home")
        seen = ""
        for _ in range(24):
            await pilot.press("down")
            await pilot.pause()
            seen += shown(pilot.app)  # type: ignore[arg-type]
        assert_harmless(seen, size[0])
        assert "[red]M[/red]" in seen
        assert "owned" in seen
        await pilot.press("slash", *"owned", "enter", "n", "question_mark")
        assert_harmless(await settled(pilot), size[0])
    assert pilot.app.return_code is None or pilot.app.return_code == 0


async def test_the_list_shows_a_hostile_name_as_text(hostile: Path) -> None:
    async with looking(hostile.parent, (120, 40)) as pilot:
        text = await settled(pilot)
        assert_harmless(text, 120)
        assert "[bold]name" in text
        await pilot.press("enter")
        assert_harmless(await settled(pilot), 120)
