"""`show`, `transcript` and `usage` as processes, on recordings written by hand and on the samples."""

import json
import re
import shutil
from pathlib import Path

import pytest

from .terminal import CREATED, Recorded, on_terminal, rtdebug

SAMPLES = Path(__file__).parents[2] / "recordings"
USAGE = {
    "total_tokens": 30,
    "input_tokens": 20,
    "output_tokens": 10,
    "input_token_details": {"text_tokens": 20},
    "output_token_details": {"text_tokens": 10},
}


def said(type_: str, **fields: object) -> bytes:
    return json.dumps({"type": type_, **fields}).encode()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A recording of a written question and its answer."""
    made = Recorded(tmp_path / "asked")
    made.say("server", said("session.created", session={"id": "sess_C9G5", "model": "gpt-realtime"}))
    asked = {"id": "item_1", "type": "message", "role": "user", "content": [{"type": "input_text", "text": "Hello?"}]}
    made.say("client", said("conversation.item.create", item=asked))
    made.say("server", said("conversation.item.added", item=asked))
    made.say("client", said("response.create"))
    made.say("server", said("response.created", response={"id": "resp_1", "status": "in_progress"}))
    shown = {
        "id": "item_2",
        "type": "message",
        "role": "assistant",
        "content": [{"type": "output_text", "text": "Hi."}],
    }
    made.say("server", said("response.output_item.done", response_id="resp_1", output_index=0, item=shown))
    made.say("server", said("conversation.item.added", item=shown))
    details = {"type": "cancelled", "reason": "client_cancelled"}
    ended = {"id": "resp_1", "status": "cancelled", "status_details": details, "output": [shown], "usage": USAGE}
    return made.say("server", said("response.done", response=ended)).end()


def test_show_is_a_page_of_sections(folder: Path) -> None:
    done = rtdebug("show", folder)
    assert (done.status, done.talk) == (0, "")
    assert "session   sess_C9G5" in done.text
    assert [line.split()[0] for line in done.text.splitlines() if "──" in line] == [
        *("findings", "responses", "usage", "turns", "latency"),
    ]
    assert "cancelled after 0.06 s by the client (client_cancelled)" in done.text
    assert "\x1b" not in done.text
    assert max(map(len, done.text.splitlines())) <= 120


def test_sections_can_be_named(folder: Path) -> None:
    done = rtdebug("show", folder, "--only", "items, Errors")
    assert [line.split()[0] for line in done.text.splitlines() if "──" in line] == ["items", "errors"]
    assert len([line for line in rtdebug("show", folder, "-s", "all").text.splitlines() if "──" in line]) == 9


def test_a_section_that_is_none_is_said(folder: Path) -> None:
    done = rtdebug("show", folder, "--only", "tokens")
    assert (done.status, done.out) == (2, b"")
    assert "there is no such section; there are findings, responses, usage" in done.talk


def test_a_terminal_gets_colour_in_its_width(folder: Path) -> None:
    for columns in (80, 120):
        coloured = on_terminal("show", folder, columns=columns)
        assert coloured.status == 0
        assert "\x1b[33m✕ cancelled" in coloured.text
        lines = re.sub(r"\x1b\[[0-9;]*m", "", coloured.text).splitlines()
        assert max(map(len, lines)) == columns
    assert "\x1b[33m" not in on_terminal("show", folder, NO_COLOR="1").text


def test_json_is_one_object(folder: Path) -> None:
    value = json.loads(rtdebug("show", folder, "--json").text)
    assert value["rtdebug_session"] == 1
    assert value["responses"][0]["status_details"]["reason"] == "client_cancelled"
    assert value["responses"][0]["done"]["seq"] == 9
    assert value["recording"]["name"] == "asked"


def test_a_recording_that_was_cut_off_is_shown_as_far_as_it_goes(tmp_path: Path) -> None:
    made = Recorded(tmp_path / "cut").call().cut()
    events = made / "events.jsonl"
    events.write_bytes(events.read_bytes()[:-9])
    done = rtdebug("show", made)
    assert done.status == 0
    assert "cut off: the recording has no end" in done.text
    assert "is cut off" in done.talk


def test_a_call_that_goes_on_is_shown_as_far_as_it_went(tmp_path: Path) -> None:
    live = Recorded(tmp_path / "live").say("server", CREATED).flush()
    done = rtdebug("show", tmp_path / "live")
    live.cut()
    assert done.status == 0
    assert "ended     still going on" in done.text


def test_a_recording_of_plain_http_is_no_call(folder: Path) -> None:
    events = folder / "events.jsonl"
    events.write_text(events.read_text().replace('"carries":"websocket"', '"carries":"http"', 1))
    done = rtdebug("show", folder)
    assert done.status == 2
    assert "holds plain HTTP requests, no call" in done.talk
    done = rtdebug("usage", folder)
    assert (done.status, done.out) == (0, b"")
    assert done.talk == f"rtdebug: {folder} holds plain HTTP, nothing was used there\n"
    Recorded(folder.parent / "call").call().end()
    assert rtdebug("usage", folder.parent).talk == ""


def test_what_is_no_recording_is_said_in_one_line(tmp_path: Path) -> None:
    for command in ("show", "transcript"):
        done = rtdebug(command, tmp_path)
        assert (done.status, done.out) == (2, b"")
        assert f"no recordings in {tmp_path}" in done.talk
        assert "Traceback" not in done.talk


def test_transcript_has_three_forms(folder: Path) -> None:
    assert "**User** `0.06`  \nHello?\n\n**Assistant**" in rtdebug("transcript", folder).text
    assert "User: Hello?\n" in rtdebug("transcript", folder, "--format", "srt").text
    lines = [json.loads(line) for line in rtdebug("transcript", folder, "-f", "json").text.splitlines()]
    assert [line["text"] for line in lines] == ["Hello?", "Hi."]
    assert rtdebug("transcript", folder, "-f", "pdf").status == 2
    assert rtdebug("transcript", folder, "--json").out == rtdebug("transcript", folder, "-f", "json").out
    assert rtdebug("transcript", folder, "--json", "-f", "srt").status == 2


def test_usage_takes_one_several_or_a_folder(folder: Path, tmp_path: Path) -> None:
    assert "text out" in rtdebug("usage", folder).text
    assert rtdebug("usage", folder.parent).text == rtdebug("usage", folder).text
    shutil.copytree(folder, tmp_path / "again")
    several = rtdebug("usage", folder, tmp_path / "again").text
    assert several.splitlines()[-1].split()[:3] == ["all", "2", "40"]
    assert rtdebug("usage", folder, "--by", "session").text.startswith("recording ")


def test_a_recording_that_is_named_twice_counts_once(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(folder)
    once = rtdebug("usage", folder, "--csv").text
    for again in (folder, folder.parent, folder / "events.jsonl", tmp_path / "link"):
        assert rtdebug("usage", folder, again, "--csv").text == once
    assert rtdebug("lint", folder, folder, tmp_path / "link").text == rtdebug("lint", folder).text
    to_be_played = [
        json.loads(line) for line in rtdebug("serve", folder, folder, "--steps", "--json").text.splitlines()
    ]
    assert len(to_be_played) == 2, "each that is named is played once"


def test_a_log_is_said_to_be_one_for_importing(tmp_path: Path) -> None:
    log = tmp_path / "sec.jsonl"
    log.write_text('{"type":"session.update"}\n')
    for command in ("show", "usage", "lint", "cat"):
        done = rtdebug(command, log)
        assert (done.status, done.out) == (3, b"")
        assert done.talk.count("\n") == 1
        assert f"`rtdebug import {log}` makes a recording of a log" in done.talk


def test_usage_for_programs(folder: Path) -> None:
    value = json.loads(rtdebug("usage", folder, "--json").text)
    assert value["sessions"][0]["responses"][0]["usage"]["total_tokens"] == 30
    assert rtdebug("usage", folder, "--csv").text.splitlines()[1].startswith("response,asked,sess_C9G5,gpt-realtime,1,")
    assert rtdebug("usage", folder, "--json", "--csv").status == 2


def test_one_that_cannot_be_read_does_not_hide_the_others(folder: Path) -> None:
    (folder.parent / "a").mkdir()
    (folder.parent / "a" / "events.jsonl").write_text('{"rtdebug":9}\n')
    done = rtdebug("usage", folder.parent)
    assert done.status == 3
    assert "Upgrade rtdebug" in done.talk
    assert "text out" in done.text
    empty = folder.parent / "empty"
    empty.mkdir()
    assert "no recordings in" in rtdebug("usage", empty).talk


class TestSamples:
    def test_a_barge_in_is_told_whole(self) -> None:
        text = " ".join(rtdebug("show", SAMPLES / "barge-in", COLUMNS="80").text.split())
        assert re.search(
            r"cancelled after \d\.\d\d s because the user began to speak \(turn_detected\); "
            r"\d\.\d s of audio made, \d\.\d s heard",
            text,
        )
        assert "breaks in while response 1 was being made" in text

    @pytest.mark.parametrize(
        ("sample", "said"),
        [
            ("client-cancel", "by the client (response.cancel)"),
            ("max-output-tokens", "incomplete: max_output_tokens reached"),
            ("out-of-band", "out of band"),
            ("error", "conversation_already_has_active_response"),
            ("tool-call", "ƒ book_seat("),
            ("killed", "cut off: the recording has no end"),
            ("killed", "under way where the recording ends"),
        ],
    )
    def test_each_story_is_told(self, sample: str, said: str) -> None:
        assert said in " ".join(rtdebug("show", SAMPLES / sample).text.split())

    def test_a_refused_update_shows_in_the_configuration(self) -> None:
        text = rtdebug("show", SAMPLES / "refused-update", "--only", "config").text
        assert "▲ refused" in text
        assert "Cannot update a conversation's voice" in " ".join(text.split())

    def test_all_of_them_add_up(self) -> None:
        done = rtdebug("usage", SAMPLES)
        assert done.status == 0
        # Behind the sum comes a remark where the price list of today does not know a model.
        assert any(line.startswith("all ") for line in done.text.splitlines()[-3:])
