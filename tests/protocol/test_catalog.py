import json

import pytest

from rtdebug.protocol.audio import AUDIO_KEYS
from rtdebug.protocol.catalog import CATALOG, Row, nearest, row
from rtdebug.protocol.secrets import REDACTED, Redactor

from .shared import EVENTS, REAL, needs_events, needs_real, told

ROWS = pytest.mark.parametrize("known", CATALOG.values(), ids=lambda known: known.type)
FAMILIES = ["session", "transcription", "conversation", "input audio", "output audio", "MCP", "response", "connection"]


def place(path: str, value: object) -> object:
    """Return JSON that holds a value at a path."""
    if not path:
        return value
    step, _, rest = path.partition(".")
    if step == "*":
        return {"anything": place(rest, value)}
    return {step[:-2]: [place(rest, value)]} if step.endswith("[]") else {step: place(rest, value)}


def test_audio_stands_where_the_recorder_looks_for_it() -> None:
    assert {known.type: known.audio for known in CATALOG.values() if known.audio} == AUDIO_KEYS
    assert all(known.fields[known.audio] == "base64" for known in CATALOG.values() if known.audio)


@ROWS
def test_a_row_is_whole(known: Row) -> None:
    assert known.senders in (("client",), ("server",))
    assert known.shapes
    assert known.family in FAMILIES
    assert known.meaning
    assert known.meaning == known.meaning.strip(" .")
    assert len(known.meaning) <= 72
    assert not {"type", "event_id"} & set(known.fields)


@ROWS
def test_a_row_names_only_types_that_there_are(known: Row) -> None:
    assert {known.canonical, *known.aliases, *known.before, *known.after} <= set(CATALOG)
    assert CATALOG[known.canonical].canonical == known.canonical
    assert all(CATALOG[name].canonical == known.type for name in known.aliases)
    if known.canonical != known.type:
        assert known.shapes == ("beta",)
        assert known.type in CATALOG[known.canonical].aliases
        assert all("beta" in CATALOG[name].shapes for name in (*known.before, *known.after))


def test_what_comes_after_one_type_comes_before_the_other() -> None:
    today = [known for known in CATALOG.values() if known.canonical == known.type]
    after = {(known.type, name) for known in today for name in known.after}
    before = {(name, known.type) for known in today for name in known.before}
    assert after == before


def test_ids_are_found_in_what_fields_hold() -> None:
    assert CATALOG["conversation.item.create"].ids[0] == "previous_item_id"
    assert {"item.id", "item.call_id"} < set(CATALOG["conversation.item.create"].ids)
    assert CATALOG["error"].ids == ("error.event_id",)
    assert {"response.id", "response.output[].id"} < set(CATALOG["response.done"].ids)


@ROWS
def test_the_recorder_strikes_out_what_is_called_secret(known: Row) -> None:
    secret = "sk-abcdefgh12345678"
    for path in known.secrets:
        words = f"Incorrect key provided: {secret}" if known.type == "error" else "a plain word"
        event = place(path, words)
        assert isinstance(event, dict)
        text = json.dumps({"type": known.type, **event})
        kept, struck = Redactor().text(text)
        assert Redactor().suspects(text.encode())
        assert REDACTED in kept
        assert struck
        assert words not in kept


def test_a_type_is_looked_up_by_its_name_on_the_wire() -> None:
    known = row("response.audio.delta")
    assert known
    assert known.canonical == "response.output_audio.delta"
    assert row("response.audio") is None


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("response.output_audio.detla", "response.output_audio.delta"),
        ("session.updte", "session.update"),
        ("speech_started", "input_audio_buffer.speech_started"),
    ],
)
def test_the_nearest_type_is_named(wrong: str, right: str) -> None:
    assert nearest(wrong)[0] == right


def test_where_nothing_is_near_nothing_is_named() -> None:
    assert nearest("") == nearest("zzzzzzz") == []


@needs_real
def test_every_type_that_real_services_send_is_known() -> None:
    for path in REAL:
        for sender, event in told(path):
            known = row(event["type"])
            assert known, event["type"]
            assert known.senders == (sender,)


@needs_events
def test_the_catalogue_says_what_the_table_of_all_events_says() -> None:
    table = json.loads(EVENTS.read_bytes())
    assert set(table) == set(CATALOG)
    for name, known in CATALOG.items():
        facts = table[name]
        assert known.senders == (facts["direction"],)
        assert known.canonical == facts.get("renamed_to", name)
        assert set(known.shapes) == shapes(name, facts), name
        fields = {field: f["required"] and not f.get("nullable") for field, f in facts["fields"].items()}
        extra = set(facts.get("wire_only_fields", {}))
        ours = {field: not kind.endswith("?") for field, kind in known.fields.items() if field not in extra}
        assert ours == {field: must for field, must in fields.items() if field not in ("type", "event_id", *extra)}, (
            name
        )
        links = {link for link in facts["links"] if link not in ("content_index", "output_index")}
        assert links <= set(known.ids), name


def shapes(name: str, facts: dict) -> set[str]:
    """Say who knows a type; the one that GA has in its lists only, and never sends, is beta's."""
    found = {"translation"} & set(facts["families"]) | set(facts.get("vendors", ()))
    found |= {"beta"} if facts["beta"] else set()
    return found | ({"ga"} if facts["ga"] and name != "conversation.item.created" else set())
