import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from rtdebug.errors import UsageError
from rtdebug.reports import transcript
from rtdebug.reports.saying import lines
from rtdebug.session.model import Ending, Item, Response, Session
from tests.cli.terminal import rtdebug
from tests.proxy.calls import call as begin_call
from tests.proxy.stand import proxy_before
from tests.proxy.wiretap import listening_upstream

from .calls import call, hostile, mark, recorded, said, timeless


def test_markdown_tells_the_call_in_order() -> None:
    text = transcript.markdown(recorded())
    assert text.startswith("# sess_C9G5\n\ngpt-realtime-2.1 · 2026-11-20 09:15:02 UTC · 48.0 s\n\n")
    assert "**User** `0.40`  \nWhen is the next train?\n" in text
    assert '**Assistant** `3.30` calls `find_trains({"to": "Leeds"})`\n' in text
    assert '**Tool** `3.60` answers `["10:15"]`\n' in text
    assert "leaves at ten fifteen. — *interrupted by the user: 1.1 s of 3.4 s heard*\n" in text
    assert text.index("ten fifteen") < text.index("The first one")


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("# not a title", "\\# not a title"),
        ("1. not a list", "1\\. not a list"),
        ("- not a list\n+ nor this", "\\- not a list  \n\\+ nor this"),
        ("> no quote", "\\> no quote"),
        ("*no* _stress_ `code` [link](x) <b> &amp;", "\\*no\\* \\_stress\\_ \\`code\\` \\[link\\](x) \\<b> \\&amp;"),
        ("snake_case & co", "snake_case & co"),
        ("a\x1b[31mb\u202e", "a·\\[31mb·"),
    ],
)
def test_nothing_that_is_said_is_markup(said: str, shown: str) -> None:
    session = call()
    session.items["item_1"].parts[0].text = said
    assert f"**User** `0.40`  \n{shown}\n" in transcript.markdown(recorded(session))


def test_code_that_holds_backticks_gets_a_longer_fence() -> None:
    session = call()
    session.items["item_3"].output = "a ``b`` c"
    assert "answers ``` a ``b`` c ```\n" in transcript.markdown(recorded(session))


def cues(text: str) -> list[tuple[str, str, str]]:
    found = re.findall(r"^\d+\n([\d:,]+) --> ([\d:,]+)\n(.+(?:\n.+)*)$", text, re.MULTILINE)
    assert text.count(" --> ") == len(found)
    return found


def test_subtitles_stand_where_something_was_heard() -> None:
    found = cues(transcript.srt(recorded()))
    assert found[0] == ("00:00:00,400", "00:00:02,900", "User: When is the next train?")
    assert found[3][:2] == ("00:00:04,400", "00:00:05,500")
    assert found[3][2].endswith("[interrupted by the user: 1.1 s of 3.4 s heard]")
    assert [cue[0] for cue in found] == sorted(cue[0] for cue in found)


def test_what_has_no_length_is_shown_until_the_next() -> None:
    _, called, answered, *_ = cues(transcript.srt(recorded()))
    assert called == ("00:00:03,300", "00:00:03,600", 'Assistant: [calls find_trains({"to": "Leeds"})]')
    assert answered[0] == "00:00:03,600"
    assert answered[1] == "00:00:04,400"


def test_an_answer_is_heard_after_the_one_before_it() -> None:
    """It came while the first was still playing."""
    session = call()
    session.items["item_4"].truncation = None
    session.turns[1].barge_in = session.responses["resp_2"].barge_in = None
    late = session.responses["resp_3"]
    late.item_ids.append("item_6")
    from .calls import said

    said(session, late, "item_6", 150, 5.0, "And then.", 1.0)
    late.item_ids.remove("item_6")
    line = next(line for line in lines(recorded(session)) if line.item_id == "item_6")
    assert line.span is not None
    assert line.span.start_ns == 7_800_000_000


def test_an_answer_that_nobody_truncated_is_heard_until_the_user_speaks() -> None:
    session = call()
    session.items["item_4"].truncation = None
    line = next(line for line in lines(recorded(session)) if line.item_id == "item_4")
    assert line.span is not None
    assert (line.span.start_ns, line.span.end_ns) == (4_400_000_000, 5_200_000_000)


def test_where_the_server_tells_what_was_played_that_counts() -> None:
    session = call()
    session.responses["resp_2"].playback = (mark(93, 4.5), mark(130, 5.3))
    line = next(line for line in lines(recorded(session)) if line.item_id == "item_4")
    assert line.span is not None
    assert (line.span.start_ns, line.span.end_ns) == (4_500_000_000, 5_300_000_000)


def test_a_text_cannot_break_out_of_its_cue() -> None:
    session = call()
    session.items["item_1"].parts[0].text = "one\n\n2\n00:00:00,000 --> 00:00:09,000\ntwo"
    found = cues(transcript.srt(recorded(session)))
    assert len(found) == 6
    assert "-->" not in found[0][2]
    assert "\x1b" not in transcript.srt(recorded(hostile()))


def test_a_recording_without_times_has_no_subtitles_and_says_so() -> None:
    with pytest.raises(UsageError, match="has no times"):
        transcript.srt(recorded(timeless()))
    assert "**User**  \nWhen is the next train?" in transcript.markdown(recorded(timeless()))


def test_json_has_the_texts_as_they_came_and_their_evidence() -> None:
    found = [json.loads(line) for line in transcript.json(recorded()).splitlines()]
    assert [one["kind"] for one in found] == ["speech", "call", "result", "speech", "speech", "nothing"]
    assert (found[5]["item_id"], found[5]["cut"]) == (None, "failed: rate_limit_exceeded — Rate limit reached.")
    assert found[0]["text"] == "When is the next train?"
    assert (found[0]["start_ns"], found[0]["end_ns"], found[0]["seq"]) == (400_000_000, 2_900_000_000, 32)
    assert found[3]["cut"] == "interrupted by the user: 1.1 s of 3.4 s heard"
    json.loads(transcript.json(recorded(hostile())).splitlines()[0])


def test_an_answer_that_failed_has_its_place_and_its_reason() -> None:
    told = transcript.markdown(recorded())
    failed = "**Assistant** `8.40` — *failed: rate\\_limit\\_exceeded — Rate limit reached.*"
    assert failed.replace("\\_", "_") in told.replace("\\_", "_")
    assert told.index("The first one") < told.index("failed: ")
    assert "\nAssistant: [failed: rate_limit_exceeded — Rate limit reached.]" in transcript.srt(recorded())


def test_an_answer_that_failed_half_way_is_marked_once() -> None:
    session = call()
    made = said(session, session.responses["resp_3"], "item_6", 150, 7.5, "There is", 0.6)
    made.status = "incomplete"
    found = [line for line in lines(recorded(session)) if line.response_id == "resp_3"]
    assert [(line.text, line.cut) for line in found] == [
        ("There is", "failed: rate_limit_exceeded — Rate limit reached.")
    ]


LOST = Ending("server", None, "broke off", mark(648, 48.0), is_lost=True)


@pytest.mark.parametrize(
    ("ending", "complete", "cut"),
    [
        (LOST, True, "connection lost"),
        (Ending("client", 1000, "", mark(648, 48.0)), True, "the client hung up"),
        (Ending("server", 1011, "keepalive", mark(648, 48.0)), True, "the server closed with 1011"),
        (Ending("proxy", None, "the proxy was stopped", mark(648, 48.0)), True, "the proxy was stopped"),
        (Ending(), False, "the recording is cut off here"),
        (Ending(), True, "the recording ends here"),
    ],
)
def test_an_answer_that_the_calls_end_cut_says_so(ending: Ending, complete: bool, cut: str) -> None:
    session = call()
    session.ending, session.complete = ending, complete
    last = session.responses["resp_3"]
    last.status, last.done, last.status_details = "in_progress", None, None
    assert lines(recorded(session))[-1].cut == cut
    said(session, last, "item_6", 150, 7.5, "There is", 0.6).status = "in_progress"
    assert (lines(recorded(session))[-1].text, lines(recorded(session))[-1].cut) == ("There is", cut)
    session.items["item_6"].status = "completed"
    assert lines(recorded(session))[-1].cut == ""


def test_an_answer_of_a_call_that_goes_on_is_not_cut() -> None:
    session = call()
    session.ending, session.complete = Ending(), False
    last = session.responses["resp_3"]
    last.status, last.done = "in_progress", None
    assert [line for line in lines(replace(recorded(session), live=True)) if line.response_id == "resp_3"] == []


def test_an_answer_that_was_cancelled_before_it_began_is_nothing_to_tell() -> None:
    session = call()
    session.responses["resp_3"].status = "cancelled"
    assert [line for line in lines(recorded(session)) if line.response_id == "resp_3"] == []


async def test_a_dropped_connection_is_told_by_the_recording_of_it(tmp_path: Path) -> None:
    response = {"id": "resp_1", "status": "in_progress", "conversation_id": "conv_1", "output": []}
    item = {"id": "item_1", "type": "message", "role": "assistant", "status": "in_progress", "content": []}
    where = {"response_id": "resp_1", "item_id": "item_1", "output_index": 0, "content_index": 0}
    events: list[dict[str, object]] = [
        {"type": "session.created", "session": {"id": "sess_1", "type": "realtime"}},
        {"type": "response.created", "response": response},
        {"type": "response.output_item.added", "response_id": "resp_1", "output_index": 0, "item": item},
        {"type": "conversation.item.added", "item": item},
        {"type": "response.output_text.delta", **where, "delta": "The next one leaves"},
    ]
    with listening_upstream() as upstream, proxy_before(upstream.url, tmp_path) as stand:
        client, server = await begin_call(upstream, stand)
        await server.says(*(json.dumps(event).encode() for event in events))
        server.half_closes()
        await client.ended()
        client.hangs_up()
        server.hangs_up()
        await stand.recorded()
    folder = stand.recording().folder
    assert "The next one leaves — *connection lost*" in rtdebug("transcript", folder).text
    assert "The next one leaves ✂ connection lost" in " ".join(
        rtdebug("show", folder, "--only", "transcript").text.split()
    )


def test_answers_out_of_band_stand_where_they_were_made() -> None:
    session = call()
    aside = session.responses["resp_9"] = Response("resp_9", mark(85, 3.8), in_conversation=False)
    item = session.items["item_9"] = Item("item_9", "message", "assistant", response_id=aside.id, added=mark(86, 3.9))
    item.parts = {}
    found = lines(recorded(session))
    assert [line.item_id for line in found][2:5] == ["item_3", "item_9", "item_4"]
    assert "out of band" in found[3].notes


def test_deleted_and_unheard_items_say_so() -> None:
    session = call()
    session.items["item_1"].deleted = mark(400, 20.0)
    session.items["item_5"].parts = {}
    told = {line.item_id: line.notes for line in lines(recorded(session))}
    assert told["item_1"] == ("deleted later",)
    assert told["item_5"] == ("said nothing",)
    session.items["item_5"].transcription = None
    assert next(line.notes for line in lines(recorded(session)) if line.item_id == "item_5") == ("no transcript",)


def test_an_empty_session_has_an_empty_transcript() -> None:
    assert transcript.markdown(recorded(Session())).startswith("# Conversation\n")
    assert transcript.json(recorded(Session())) == ""
    assert transcript.srt(recorded(Session(duration_ns=1))) == ""
