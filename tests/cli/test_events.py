import json

import pytest

from rtdebug.protocol.catalog import CATALOG

from .terminal import on_terminal, rtdebug


def test_without_a_type_all_are_listed_one_a_line() -> None:
    done = rtdebug("events")
    assert (done.status, done.talk) == (0, "")
    listed = [line for line in done.text.splitlines() if line.startswith("  ")]
    assert sorted(line.split()[0] for line in listed) == sorted(CATALOG)
    assert all(len(line.split()) > 1 for line in listed)
    assert "response, from the server" in done.text
    assert "beta name of response.output_audio.delta" in done.text
    assert "\x1b" not in done.text


@pytest.mark.parametrize("words", [[], ["response.done"], ["input_audio_buffer.*"]], ids=str)
def test_eighty_columns_are_enough(words: list[str]) -> None:
    done = on_terminal("events", *words, columns=80, NO_COLOR="1")
    assert done.status == 0
    assert max(len(line.rstrip()) for line in done.text.replace("\x1b[0m", "").splitlines()) <= 80
    assert "…" not in done.text


def test_one_type_is_explained() -> None:
    lines = rtdebug("events", "response.output_audio.delta").text.splitlines()
    facts = {line[:13].strip(): line[13:] for line in lines[3:] if line[:1].strip()}
    assert facts["sent by"] == "the server"
    assert facts["known to"] == "GA"
    assert facts["also called"] == "response.audio.delta (beta)"
    assert facts["audio"] == "delta, as base64"
    assert facts["follows"] == "response.content_part.added"
    assert facts["followed by"] == "response.output_audio.delta"
    assert "secrets" not in facts


def test_a_name_of_old_says_what_it_is_read_as() -> None:
    text = rtdebug("events", "response.audio.delta").text
    assert "response.output_audio.delta" in text
    assert "known to     beta" in text


def test_a_pattern_lists_what_matches() -> None:
    listed = [line.split()[0] for line in rtdebug("events", "*.delta").text.splitlines() if line.startswith("  ")]
    assert listed
    assert all(name.endswith(".delta") for name in listed)


@pytest.mark.parametrize(
    ("wanted", "hint"),
    [
        ("response.output_audio.detla", "response.output_audio.delta"),
        ("zzzz", "rtdebug events"),
        ("x.*", "rtdebug events"),
    ],
)
def test_an_unknown_type_ends_with_2_and_names_the_nearest(wanted: str, hint: str) -> None:
    done = rtdebug("events", wanted)
    assert (done.status, done.out) == (2, b"")
    assert hint in done.talk


def test_json_is_one_object_a_type() -> None:
    rows = [json.loads(line) for line in rtdebug("events", "--json").text.splitlines()]
    assert [row["type"] for row in rows] == list(CATALOG)
    [row] = [json.loads(line) for line in rtdebug("events", "error", "--json").text.splitlines()]
    assert (row["family"], row["senders"], row["secrets"]) == ("connection", ["server"], ["error.message"])
