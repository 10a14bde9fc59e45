"""How fast audio comes: live at any rate, jittered, in bursts, with pauses, and against broken clocks."""

from array import array

import numpy as np
import pytest

from rtdebug.diagnosis.signal.pace import nearest_rate, pace

S = 1_000_000_000


def stream(
    ratio: float, seconds: float, *, chunk_ms: float = 20, jitter_ms: float = 0
) -> tuple["array[int]", "array[int]"]:
    count = round(seconds * 1000 / chunk_ms)
    late = np.abs(np.random.default_rng(3).normal(size=count)) * jitter_ms
    times = np.maximum.accumulate((np.arange(count) + 1) * chunk_ms + late)
    return array("q", (times * 1e6).astype(int).tolist()), array(
        "q", [round((n + 1) * chunk_ms * ratio * 1e6) for n in range(count)]
    )


@pytest.mark.parametrize("ratio", [1 / 6, 1 / 3, 0.5, 2 / 3, 1, 1.5, 2, 3])
@pytest.mark.parametrize(("chunk_ms", "jitter_ms"), [(20, 0), (20, 40), (100, 30), (250, 50)])
def test_a_live_stream_has_a_pace(ratio: float, chunk_ms: float, jitter_ms: float) -> None:
    found = pace(*stream(ratio, 15, chunk_ms=chunk_ms, jitter_ms=jitter_ms))
    assert found is not None
    assert found.ratio == pytest.approx(ratio, rel=0.02)
    assert found.seconds > 12


def test_a_short_one_has_none() -> None:
    assert pace(*stream(1.5, 5)) is None
    assert pace(array("q"), array("q")) is None


def test_bursts_have_none() -> None:
    times, ends = stream(1, 20)
    bursts = array("q", [at // (3 * S) * 3 * S + n for n, at in enumerate(times)])
    assert pace(bursts, ends) is None


def test_pauses_count_for_nothing() -> None:
    times, ends = stream(1, 30)
    paused = array("q", [at + at // (6 * S) * 9 * S for at in times])
    found = pace(paused, ends)
    assert found is not None
    assert found.ratio == pytest.approx(1, rel=0.02)


def test_without_times_or_with_a_clock_that_stands_there_is_none() -> None:
    _, ends = stream(1, 20)
    assert pace(array("q", [-1] * len(ends)), ends) is None
    assert pace(array("q", [0] * len(ends)), ends) is None


@pytest.mark.parametrize(
    ("rate", "name"), [(15_900, 16_000), (44_000, 44_100), (23_990, 24_000), (19_000, None), (0, None)]
)
def test_usual_rates_have_names(rate: float, name: int | None) -> None:
    assert nearest_rate(rate) == name


def test_a_rate_near_the_stated_one_has_to_fit_well() -> None:
    assert nearest_rate(22_100, 24_000) == 22_050
    assert nearest_rate(22_500, 24_000) is None
    assert nearest_rate(15_700, 24_000) == 16_000
