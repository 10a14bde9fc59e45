import json
from pathlib import Path

import pytest

from .logs import CALL, CREATED, DONE, UPDATE, compact, import_bytes, import_lines

TEXTS = [json.dumps(event) for _, event in CALL]


@pytest.mark.parametrize(
    "prefixes",
    [
        ["2026-01-02T03:04:05Z INFO < ", "2026-01-02T03:04:05Z INFO > ", "2026-01-02T03:04:05Z INFO < "],
        ["[recv] ", "[send] ", "[recv] "],
        ["12:00:00 ← ", "12:00:01 → ", "12:00:02 ← "],
        ["ws <<< ", "ws >>> ", "ws <<< "],
        ["server -> client: ", "client -> server: ", "server -> client: "],
        ["Received: ", "Sending ", "received event "],
        ["DEBUG:root:", "DEBUG:root:", "DEBUG:root:"],
        ["data: ", "data: ", "data: "],
    ],
)
def test_messages_behind_words_keep_their_text(prefixes: list[str], tmp_path: Path) -> None:
    made = import_lines([prefix + text for prefix, text in zip(prefixes, TEXTS, strict=True)], tmp_path)
    assert made.senders == "scs"
    assert [text.decode() for _, text in made.said] == TEXTS
    assert made.survey.form == "log lines"


def test_a_prefix_says_who_spoke_where_the_type_does_not(tmp_path: Path) -> None:
    odd = '{"type": "vendor.hello"}'
    assert (
        import_lines([f"> {odd}", f"< {odd}", f"x <stdin> {odd}", f"client and server {odd}"], tmp_path).senders
        == "csss"
    )


def test_a_dict_as_python_prints_it_is_read(tmp_path: Path) -> None:
    lines = [
        f"2026-01-02 03:04:05,250 - DEBUG livekit.plugins.openai - <<< {CREATED!r}",
        f"2026-01-02 03:04:05,300 - DEBUG livekit.plugins.openai - >>> { ({**UPDATE, 'on': True, 'off': None})!r}",
        json.dumps({"message": f"<<< {DONE!r}", "level": "DEBUG", "timestamp": "2026-01-02T03:04:06Z"}),
    ]
    made = import_lines(lines, tmp_path)
    assert made.senders == "scs"
    assert made.events == [CREATED, {**UPDATE, "on": True, "off": None}, DONE]
    assert made.times == [0, 50, 750]


def test_the_websockets_librarys_debug_log_is_read(tmp_path: Path) -> None:
    made = import_lines(
        [f"< TEXT '{TEXTS[0]}' [99 bytes]", f"> TEXT '{TEXTS[1]}' [55 bytes]", "= connection is CLOSED"], tmp_path
    )
    assert made.senders == "sc"
    assert made.survey.misread == 1


def test_messages_over_several_lines_are_put_together(tmp_path: Path) -> None:
    text = "\n".join(f"INFO ws {who}: {json.dumps(event, indent=2)}" for who, event in CALL)
    made = import_bytes(text.encode(), tmp_path)
    assert [said for _, said in made.said] == [compact(event) for _, event in CALL]
    values = "\n".join(json.dumps({"from": who, "event": event}, indent=4) for who, event in CALL)
    assert import_bytes(values.encode(), tmp_path).events == [event for _, event in CALL]


def test_a_list_that_is_torn_gives_what_is_whole(tmp_path: Path) -> None:
    text = json.dumps([event for _, event in CALL], indent=2)
    assert import_bytes(text[:-20].encode(), tmp_path).events == [CREATED, UPDATE]
    text = "[" + ",\n".join(TEXTS)[:-5]
    made = import_bytes(text.encode(), tmp_path)
    assert made.events == [CREATED, UPDATE]
    assert [(one.place, one.why) for one in made.survey.named] == [("line 3", "it is cut off")]


def test_line_ends_blank_lines_and_comments_pass(tmp_path: Path) -> None:
    text = "\ufeff# a log\r\n\r\n" + "\r\n\r\n".join(TEXTS) + "\r\n// the end\r\n"
    made = import_bytes(text.encode(), tmp_path)
    assert [text.decode() for _, text in made.said] == TEXTS
    assert made.survey.misread == 0


def test_utf_16_is_read(tmp_path: Path) -> None:
    made = import_bytes("\n".join(TEXTS).encode("utf-16"), tmp_path)
    assert [text.decode() for _, text in made.said] == TEXTS


def test_garbage_is_counted_and_named_by_line(tmp_path: Path) -> None:
    lines = ["starting", TEXTS[0], '{"level": "info"}', "\x00\x01", TEXTS[1], '{"type": "session.upd', *["x"] * 10]
    made = import_bytes("\n".join(lines).encode() + b"\n\xff\xfe{", tmp_path)
    assert len(made.said) == 2
    assert made.survey.misread == 15
    places = [(one.place, one.why) for one in made.survey.named]
    assert places[:4] == [
        ("line 1", "no JSON in it"),
        ("line 3", "no event in it"),
        ("line 4", "no JSON in it"),
        ("line 6", "no JSON in it"),
    ]


def test_a_torn_message_does_not_pass_for_one_that_was_inside_it(tmp_path: Path) -> None:
    torn = '{"from": "server", "event": {"type": "response.done", "inner": {"type": "session.updated", "a": {}}, "b'
    made = import_lines([TEXTS[0], torn], tmp_path)
    assert len(made.said) == 1


def test_a_flood_of_openings_costs_no_flood_of_time(tmp_path: Path) -> None:
    made = import_bytes(b"{\n[\n" * 20_000 + TEXTS[0].encode(), tmp_path)
    assert len(made.said) == 1


def test_several_messages_on_a_line_are_all_read(tmp_path: Path) -> None:
    made = import_bytes("".join(TEXTS).encode(), tmp_path)
    assert [text.decode() for _, text in made.said] == TEXTS
