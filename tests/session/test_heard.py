from array import array

import pytest

from rtdebug.session.audio import OutputAudio
from rtdebug.session.heard import Heard, heard
from rtdebug.session.model import ContentPart, Item, Mark, Response, Session, Truncation

S = 1_000_000_000


def answer(*lengths: float) -> tuple[Session, Response]:
    session, response = Session(), Response("resp_1")
    for number, seconds in enumerate(lengths):
        audio = OutputAudio(ends=array("q", [round(seconds * S)]))
        session.items[f"item_{number}"] = Item(f"item_{number}", parts={0: ContentPart("output_audio", "", audio)})
        response.item_ids.append(f"item_{number}")
    return session, response


def test_without_a_word_of_it_nobody_knows_what_was_heard() -> None:
    assert heard(*answer(2.0, 1.0)) == Heard(3 * S)
    assert heard(*answer(2.0)).unheard_ns is None
    assert heard(*answer()) == Heard()


@pytest.mark.parametrize(
    ("item", "ms", "told"),
    [
        ("item_0", 1500, Heard(3 * S, 1_500_000_000, None, 8)),
        ("item_1", 500, Heard(3 * S, 2_500_000_000, None, 8)),
        ("item_0", 2500, Heard(3 * S, 2 * S, 2_500_000_000, 8)),
        ("item_0", -5, Heard(3 * S, 0, None, 8)),
        ("item_0", 10**300, Heard(3 * S, 2 * S, 10**15, 8)),
    ],
    ids=["the first item", "the second", "more than there is", "less than none", "any number"],
)
def test_a_truncation_tells(item: str, ms: int, told: Heard) -> None:
    session, response = answer(2.0, 1.0)
    session.items[item].truncation = Truncation(0, ms, Mark(7), Mark(8))
    assert heard(session, response) == told
    assert heard(session, response).unheard_ns == told.made_ns - (told.heard_ns or 0)


def test_a_truncation_that_was_not_confirmed_is_the_clients_word() -> None:
    session, response = answer(2.0)
    session.items["item_0"].truncation = Truncation(0, 500, Mark(7))
    assert heard(session, response) == Heard(2 * S, S // 2, None, 7)


def test_the_playback_of_webrtc_tells() -> None:
    session, response = answer(2.0)
    response.playback = (Mark(5, 10 * S), Mark(6, 11 * S))
    assert heard(session, response) == Heard(2 * S, S, None, 6)
    response.playback = (Mark(5, 10 * S), Mark(6, 14 * S))
    assert heard(session, response).unheard_ns == 0
    response.playback = (Mark(5, 10 * S), None)
    assert heard(session, response).heard_ns is None


def test_audio_that_went_another_way_is_heard_and_not_made() -> None:
    session, response = answer()
    response.playback = (Mark(5, 10 * S), Mark(6, 11 * S))
    assert heard(session, response) == Heard(0, S, None, 6)
    session, response = answer(2.0)
    session.items["item_0"].truncation = Truncation(0, 500, Mark(7))
    assert heard(session, response, has_audio=False) == Heard(0, S // 2, None, 7)
