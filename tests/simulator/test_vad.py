from rtdebug.simulator.vad import WINDOW_MS, Mark, Paused, Started, Stopped, Vad, VadSettings, likelihood

LOUD, SOFT, QUIET = -20.0, -42.0, -70.0


def hear(vad: Vad, levels: list[float]) -> list[Mark | Paused]:
    marks = (vad.hear(level, (number + 1) * WINDOW_MS) for number, level in enumerate(levels))
    return [mark for mark in marks if mark is not None]


def test_speech_starts_with_its_prefix_and_stops_after_its_silence() -> None:
    vad = Vad(VadSettings(prefix_padding_ms=100, silence_duration_ms=200))
    marks = hear(vad, [QUIET] * 10 + [LOUD] * 10 + [QUIET] * 10)
    assert marks == [Started(10 * WINDOW_MS - 100), Stopped(27 * WINDOW_MS)]


def test_the_prefix_does_not_reach_before_the_beginning() -> None:
    assert hear(Vad(VadSettings()), [LOUD] * 2) == [Started(0)]


def test_a_click_is_no_speech() -> None:
    assert hear(Vad(VadSettings()), [QUIET, LOUD, QUIET] * 20) == []


def test_soft_syllables_and_short_pauses_do_not_end_a_turn() -> None:
    vad = Vad(VadSettings(silence_duration_ms=500))
    assert len(hear(vad, [LOUD] * 3 + [SOFT] * 30 + [QUIET] * 15 + [LOUD] + [QUIET] * 15)) == 1


def test_a_pause_is_told_once_in_each_silence() -> None:
    vad = Vad(VadSettings(prefix_padding_ms=0, silence_duration_ms=500, pause_ms=100))
    marks = hear(vad, [LOUD] * 3 + [QUIET] * 10 + [LOUD] + [QUIET] * 16)
    assert marks == [Started(0), Paused(0), Paused(0), Stopped(30 * WINDOW_MS)]


def test_the_threshold_decides_what_is_loud() -> None:
    assert likelihood(-40) == 0.5
    assert hear(Vad(VadSettings(threshold=0.95)), [LOUD] * 5) == []
    assert hear(Vad(VadSettings(threshold=0.4)), [SOFT] * 5) == [Started(0)]
