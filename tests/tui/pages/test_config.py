"""The page of the configuration, as text."""

from reports.calls import recorded
from session.telling import Call

from rtdebug.reports.recorded import Recorded
from rtdebug.session.model import Session
from rtdebug.tui.pages.config import config_page

from .written import lines, sample, seq_at

TOOL = {
    "type": "function",
    "name": "find",
    "parameters": {"properties": {"from": {"type": "string"}, "to": {}}, "required": ["from"]},
}


def test_what_is_in_force_stands_by_level() -> None:
    assert lines(config_page(sample("beta"), 78))[:25] == [
        "in force ─────────────────────────────────────────────────────────────────────",
        "type                      realtime",
        "model                     gpt-realtime-2.1",
        "instructions              You work in a ticket office.",
        "tools                     []",
        "tool_choice               auto",
        "temperature               0.8",
        'output_modalities         ["audio"]',
        "max_output_tokens         inf",
        "audio",
        "  input",
        "    format                type audio/pcm · rate 24000",
        "    transcription",
        "      model               whisper-1",
        "    turn_detection",
        "      type                server_vad",
        "      threshold           0.5",
        "      prefix_padding_ms   300",
        "      silence_duration_ms 400",
        "      create_response     true",
        "      interrupt_response  true",
        "  output",
        "    format                type audio/pcm · rate 24000",
        "    voice                 verse",
        "    speed                 1.0",
    ]


def test_updates_say_what_changed_and_what_was_refused() -> None:
    written = lines(config_page(sample("refused-update"), 78))
    assert written[written.index(next(line for line in written if line.startswith("updates"))) :] == [
        "updates ──────────────────────────────────────────────────────────────────── 3",
        "   0.00  session.update  ▲ refused                                       #4 #5",
        "  Missing required parameter: 'session.type'.",
        "  type                     realtime",
        '  output_modalities        ["text"]',
        "  audio.input.format.type  audio/pcm",
        "  audio.input.format.rate  24000",
        "  audio.output.voice       verse",
        "",
        "   0.00  session.update  ✔ updated                                       #6 #7",
        "  audio.output.voice  marin → cedar",
        "",
        "   3.18  session.update  ▲ refused                                     #41 #42",
        "  Cannot update a conversation's voice if assistant audio is present",
        "  type                realtime",
        "  audio.output.voice  marin",
    ]


def test_tools_are_folded_to_a_line_each() -> None:
    assert lines(config_page(sample("tool-call"), 78))[-3:] == [
        "  tools                   1  instead of []",
        "    ƒ book_seat(train: string)",
        "      Book a seat on a train.",
    ]


def ignoring() -> Session:
    """A server that says yes to all, and takes half of it."""
    told = Call()
    told.server("session.created", session={"id": "s", "type": "realtime", "temperature": 0.8, "tools": []})
    told.client("session.update", session={"type": "realtime", "temperature": 0.1, "speed": 2, "tools": [TOOL]})
    told.server("session.updated", session={"id": "s", "type": "realtime", "temperature": 0.8, "tools": [TOOL]})
    told.client("session.update", session={"type": "realtime"})
    return told.session()


def test_what_was_asked_for_and_ignored_is_marked() -> None:
    written = lines(config_page(recorded(ignoring()), 78))
    assert "≠ temperature             0.8  asked for: 0.1" in written
    assert "≠ temperature         asked for 0.1: in force is 0.8" in written
    assert "≠ audio.output.speed  asked for 2: not in force" in written
    assert "  ƒ find(from: string, to?)" in written
    assert written[-2].startswith("   0.04  session.update  ▸ not answered")
    assert written[-1] == "  type  realtime"


def test_rows_rest_on_the_update_that_set_them() -> None:
    rows = config_page(sample("refused-update"), 78)
    assert seq_at(rows, "    voice") == 6
    assert seq_at(rows, "model") == 3
    assert seq_at(rows, "marin → cedar") == 7
    assert seq_at(rows, "Cannot update") == 42


def test_without_a_configuration_it_says_so() -> None:
    assert lines(config_page(Recorded(Session()), 60)) == ["the recording shows no configuration"]
    assert lines(config_page(Recorded(Session(), live=True), 60)) == ["the recording shows no configuration yet"]
