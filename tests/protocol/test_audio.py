import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtdebug.protocol.audio import AudioFormat, AudioFormats, read_format

PCM = AudioFormat("pcm16", 24000)
ULAW = AudioFormat("pcmu", 8000)
ALAW = AudioFormat("pcma", 8000)
GA_ULAW = {"type": "audio/pcmu"}


def ga(*, input: object = None, output: object = None) -> dict:
    audio = {side: {"format": value} for side, value in (("input", input), ("output", output)) if value is not None}
    return {"type": "realtime", "audio": audio}


def update(session: object, **fields: object) -> dict:
    return {"type": "session.update", "session": session, **fields}


def updated(session: object) -> dict:
    return {"type": "session.updated", "session": session}


@pytest.mark.parametrize(
    ("stated", "read"),
    [
        ("pcm16", PCM),
        ("g711_ulaw", ULAW),
        ("g711_alaw", ALAW),
        ({"type": "audio/pcm"}, PCM),
        ({"type": "audio/pcm", "rate": 16000}, AudioFormat("pcm16", 16000)),
        ({"type": "audio/pcmu"}, ULAW),
        ({"type": "audio/pcma"}, ALAW),
        ({"type": "audio/pcm", "rate": 0}, PCM),
        ({"type": "audio/pcm", "rate": -1}, PCM),
        ({"type": "audio/pcm", "rate": "24000"}, PCM),
        ({"type": "audio/pcm", "rate": 10**12}, PCM),
        ({"type": "audio/opus"}, ALAW),
        ({"type": ["audio/pcm"]}, ALAW),
        ("mp3", ALAW),
        (None, ALAW),
        (7, ALAW),
    ],
)
def test_a_format_is_read_as_either_dialect_states_it(stated: object, read: AudioFormat) -> None:
    assert read_format(stated, ALAW) == read


def test_a_call_begins_in_pcm_at_24_khz() -> None:
    assert (AudioFormats().client, AudioFormats().server) == (PCM, PCM)


def test_what_follows_an_update_of_the_clients_is_in_the_new_format_at_once() -> None:
    formats = AudioFormats()
    formats.observe("client", update(ga(input=GA_ULAW, output=GA_ULAW)))
    assert formats.client == ULAW
    assert formats.server == PCM
    formats.observe("server", updated(ga(input=GA_ULAW, output=GA_ULAW)))
    assert (formats.client, formats.server) == (ULAW, ULAW)


def test_beta_names_change_the_formats_too() -> None:
    formats = AudioFormats()
    session = {"input_audio_format": "g711_alaw", "output_audio_format": "g711_ulaw"}
    formats.observe("client", update(session))
    formats.observe("server", updated(session))
    assert (formats.client, formats.server) == (ALAW, ULAW)


def test_the_servers_first_word_sets_the_formats() -> None:
    formats = AudioFormats()
    formats.observe("server", {"type": "session.created", "session": ga(input=GA_ULAW, output={"type": "audio/pcma"})})
    assert (formats.client, formats.server) == (ULAW, ALAW)


def test_an_answer_to_an_older_update_does_not_undo_a_newer_one() -> None:
    formats = AudioFormats()
    formats.observe("client", update(ga(input=GA_ULAW)))
    formats.observe("client", update(ga(input={"type": "audio/pcma"})))
    formats.observe("server", updated(ga(input=GA_ULAW)))
    assert formats.client == ALAW
    formats.observe("server", updated(ga(input={"type": "audio/pcma"})))
    assert formats.client == ALAW


def test_an_update_without_a_format_changes_none() -> None:
    formats = AudioFormats()
    formats.observe("client", update(ga(input=GA_ULAW)))
    formats.observe("client", update({"type": "realtime", "instructions": "hi"}))
    formats.observe("server", updated({}))
    assert formats.client == ULAW


@pytest.mark.parametrize(
    "error",
    [
        {"event_id": "e1", "message": "no"},
        {"event_id": "e1", "param": "session.audio.input.format", "message": "no"},
        {"event_id": None, "param": "session.audio.input.format", "message": "no"},
        {"param": "session.input_audio_format", "message": "no"},
    ],
)
def test_a_refused_update_leaves_the_format_as_it_was(error: dict) -> None:
    formats = AudioFormats()
    formats.observe("server", {"type": "session.created", "session": ga(input={"type": "audio/pcm", "rate": 24000})})
    formats.observe("client", update(ga(input=GA_ULAW), event_id="e1"))
    assert formats.client == ULAW
    formats.observe("server", {"type": "error", "error": error})
    assert formats.client == PCM
    formats.observe("server", updated(ga(input={"type": "audio/pcma"})))
    assert formats.client == ALAW


def test_a_refused_update_does_not_take_back_the_accepted_one_after_it() -> None:
    formats = AudioFormats()
    formats.observe("client", update(ga(input=GA_ULAW), event_id="e1"))
    formats.observe("client", update(ga(input={"type": "audio/pcma"}), event_id="e2"))
    formats.observe("server", {"type": "error", "error": {"event_id": "e1"}})
    assert formats.client == ALAW
    formats.observe("server", updated(ga(input={"type": "audio/pcma"})))
    assert formats.client == ALAW


def test_an_error_about_something_else_changes_no_format() -> None:
    formats = AudioFormats()
    formats.observe("client", update(ga(input=GA_ULAW), event_id="e1"))
    formats.observe("server", {"type": "error", "error": {"event_id": "e0", "param": None}})
    formats.observe("server", updated(ga(input=GA_ULAW)))
    assert formats.client == ULAW


@pytest.mark.parametrize("override", [{"audio": {"output": {"format": GA_ULAW}}}, {"output_audio_format": "g711_ulaw"}])
def test_a_response_may_have_a_format_of_its_own_until_it_is_done(override: dict) -> None:
    formats = AudioFormats()
    formats.observe("server", {"type": "response.created", "response": {"id": "resp_1", **override}})
    mine, other = {"response_id": "resp_1"}, {"response_id": "resp_2"}
    assert (formats.for_delta(mine), formats.for_delta(other)) == (ULAW, PCM)
    formats.observe("server", {"type": "response.done", "response": {"id": "resp_1"}})
    assert formats.for_delta(mine) == PCM


def test_responses_that_never_end_are_not_remembered_without_bound() -> None:
    formats = AudioFormats()
    for number in range(5000):
        response = {"id": f"resp_{number}", "output_audio_format": "g711_ulaw"}
        formats.observe("server", {"type": "response.created", "response": response})
    assert len(formats.of_response) <= 1000


def test_a_translation_session_states_its_rate_with_each_delta() -> None:
    formats = AudioFormats()
    formats.observe("server", {"type": "session.output_audio.delta", "sample_rate": 16000})
    assert formats.for_delta({}) == AudioFormat("pcm16", 16000)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.sampled_from(["pcm16", "audio/pcmu"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["session", "audio", "input", "output", "format", "type", "rate"]), inner)
    ),
    max_leaves=10,
)
KINDS = [
    *("session.update", "session.updated", "session.created", "response.created", "response.done"),
    *("error", "session.output_audio.delta", "transcription_session.updated"),
]


@given(st.lists(st.tuples(st.sampled_from(["client", "server"]), st.sampled_from(KINDS), JSON, JSON)))
def test_odd_events_are_passed_over(events: list) -> None:
    formats = AudioFormats()
    for sender, kind, first, second in events:
        event = {"type": kind, "session": first, "response": second, "error": first, "sample_rate": second}
        formats.observe(sender, event)
        assert isinstance(formats.for_delta({"response_id": first}), AudioFormat)


def test_voice_live_states_the_rate_beside_the_format() -> None:
    formats = AudioFormats()
    session = {"input_audio_format": "pcm16", "input_audio_sampling_rate": 16000}
    formats.observe("server", {"type": "session.updated", "session": session})
    assert formats.client == AudioFormat("pcm16", 16000)
