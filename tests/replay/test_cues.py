"""What the microphone waits for: where the user begins to speak, and how that is found in long calls."""

from base64 import b64encode
from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from rtdebug.replay.cues import parts_of
from rtdebug.replay.steps import Script

from .telling import Told
from .work import growth

Happening = int | str
"""So many milliseconds of audio, a commit, or, as text, where speech begins."""


def call(happenings: list[Happening]) -> Script:
    """Tell of a call in which an answer begins before every piece of audio."""
    told = Told().server("session.created", session={"id": "sess_recorded01"})
    for number, what in enumerate(happenings):
        if what == "commit":
            told.client("input_audio_buffer.commit")
        elif isinstance(what, str):
            told.server("input_audio_buffer.speech_started", audio_start_ms=int(what))
        else:
            told.server("response.created", response={"id": f"resp_recorded{number}"})
            told.client("input_audio_buffer.append", audio=b64encode(bytes(what * 48)).decode())
    return told.script()


def beginning(happenings: list[Happening]) -> list[bool]:
    """Say of every piece whether the user begins to speak in it: every time all that is known is looked through."""
    starts = [int(what) for what in happenings if isinstance(what, str) and what != "commit"]
    by_hand, spoken_ms, found = not starts, 0, []
    for what in happenings:
        if what == "commit":
            starts.append(spoken_ms)
        elif isinstance(what, int):
            spoken_ms += what
            begun = [ms for ms in starts if ms < spoken_ms]
            starts = [ms for ms in starts if ms >= spoken_ms]
            found.append(bool(begun) or by_hand)
    return found


HAPPENINGS = st.one_of(
    st.sampled_from([20, 40, 100]), st.just("commit"), st.integers(min_value=0, max_value=600).map(str)
)


@given(st.lists(HAPPENINGS, max_size=40))
def test_where_the_user_begins_to_speak_what_was_answered_is_waited_for(happenings: list[Happening]) -> None:
    chunks = parts_of(call(happenings)).chunks
    waits = [any(cue.key[0] == "created" for cue in chunk.cues) for chunk in chunks]
    assert waits == beginning(happenings)


def test_a_call_of_twice_as_many_turns_takes_twice_as_much() -> None:
    def parting(turns: int) -> Callable[[], object]:
        script = call([what for turn in range(turns) for what in (str(turn * 40), 20, 20)])
        return lambda: parts_of(script)

    assert growth(parting, 200) < 2.2
