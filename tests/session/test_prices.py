from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtdebug.session import prices
from rtdebug.session.prices import Rates, price, rates, transcription_price
from rtdebug.session.usage import TranscriptionUsage, Usage, read_usage

USED = Usage(
    input_tokens=1500,
    output_tokens=290,
    input_text=500,
    input_audio=900,
    input_image=100,
    cached_tokens=960,
    cached_text=320,
    cached_audio=576,
    cached_image=64,
    output_text=60,
    output_audio=230,
    reasoning_tokens=31,
)


@pytest.mark.parametrize(
    ("model", "text", "audio", "image", "output"),
    [
        ("gpt-realtime-2.1", (4, "0.4"), (32, "0.4"), (5, "0.5"), (24, 64)),
        ("gpt-realtime", (4, "0.4"), (32, "0.4"), (5, "0.5"), (16, 64)),
        ("gpt-realtime-2.1-mini", ("0.6", "0.06"), (10, "0.3"), ("0.8", "0.08"), ("2.4", 20)),
    ],
)
def test_a_price_is_what_the_published_rates_make_it(
    model: str, text: Any, audio: Any, image: Any, output: Any
) -> None:
    """By hand: fresh and cached tokens of each kind, reasoning within the text."""
    read = 180 * Decimal(text[0]) + 320 * Decimal(text[1])
    read += 324 * Decimal(audio[0]) + 576 * Decimal(audio[1])
    read += 36 * Decimal(image[0]) + 64 * Decimal(image[1])
    made = 60 * Decimal(output[0]) + 230 * Decimal(output[1])
    found = price(USED, model)
    assert found is not None
    assert (found.input, found.output) == (read / 10**6, made / 10**6)
    assert found.total == (read + made) / 10**6
    assert found.unknown == ()


def test_one_response_in_full() -> None:
    """gpt-realtime-2.1: 0.000848 text, 0.0105984 audio and 0.000212 image in; 0.00144 text and 0.01472 audio out."""
    found = price(USED, "gpt-realtime-2.1")
    assert found is not None
    assert found.input == Decimal("0.0116584")
    assert found.output == Decimal("0.01616")


@given(
    st.tuples(st.integers(0, 10**6), st.integers(0, 10**6)),
    st.tuples(st.integers(0, 10**6), st.integers(0, 10**6)),
    st.tuples(st.integers(0, 10**6), st.integers(0, 10**6)),
    st.tuples(st.integers(0, 10**6), st.integers(0, 10**6)),
)
def test_the_packages_own_reckoning_comes_to_the_same(
    text: tuple[int, int], audio: tuple[int, int], image: tuple[int, int], output: tuple[int, int]
) -> None:
    import genai_prices

    (fresh_text, text_), (fresh_audio, audio_), (fresh_image, image_) = text, audio, image
    read = sum((*text, *audio, *image))
    used = Usage(
        read, sum(output), sum(text), sum(audio), sum(image), text_ + audio_ + image_, text_, audio_, image_, *output
    )
    found = price(used, "gpt-realtime-2.1")
    theirs = genai_prices.calc_price(
        genai_prices.Usage(
            input_tokens=read,
            input_audio_tokens=sum(audio),
            input_image_tokens=sum(image),
            cache_read_tokens=text_ + audio_ + image_,
            cache_audio_read_tokens=audio_,
            cache_image_read_tokens=image_,
            output_tokens=sum(output),
            output_audio_tokens=output[1],
        ),
        "gpt-realtime-2.1",
        provider_id="openai",
    )
    assert found is not None
    assert (found.input, found.output) == (theirs.input_price, theirs.output_price)
    assert fresh_text + fresh_audio + fresh_image == used.input_tokens - used.cached_tokens


@pytest.mark.parametrize("model", ["", "my-deployment", "gpt-realtime-2.1-with-a-date-nobody-knows", "grok-voice"])
def test_a_model_that_nobody_knows_has_no_price(model: str) -> None:
    assert price(USED, model) is None


@pytest.mark.parametrize("vendor", ["azure", "azure voice live", "xai"])
def test_a_vendor_with_rates_of_its_own_has_no_price_even_for_a_name_of_openais(vendor: str) -> None:
    assert price(USED, "gpt-realtime", vendor) is None
    assert rates("gpt-realtime", vendor) is None


def test_a_gateway_that_nobody_knows_goes_by_the_model() -> None:
    assert price(USED, "gpt-realtime", "other") == price(USED, "gpt-realtime")


def test_what_has_no_rate_is_named_and_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    listed = {"text in": Decimal(1), "cached text in": Decimal(1), "text out": Decimal(1)}
    monkeypatch.setattr(prices, "_look_up", lambda *_: Rates("half-known", listed))
    found = price(USED, "half-known")
    assert found is not None
    assert found.total == Decimal("0.00056")
    assert found.unknown == ("audio in", "cached audio in", "images in", "cached images in", "audio out")


def test_tokens_of_no_kind_are_not_priced_and_that_is_said() -> None:
    used = read_usage({"input_tokens": 156, "output_tokens": 3, "input_token_details": {"text_tokens": 10}})
    assert used is not None
    found = price(used, "gpt-realtime")
    assert found is not None
    assert (found.input, found.output, found.unknown) == (Decimal("0.00004"), Decimal(), ("tokens of no kind",))


def test_no_tokens_cost_nothing() -> None:
    found = price(Usage(), "gpt-realtime")
    assert found is not None
    assert (found.total, found.unknown) == (Decimal(), ())


def test_more_cached_than_read_is_never_a_negative_price() -> None:
    found = price(Usage(input_tokens=10, input_text=10, cached_tokens=64, cached_text=64), "gpt-realtime")
    assert found is not None
    assert found.input == 64 * Decimal("0.4") / 10**6


def test_a_transcription_is_priced_by_its_tokens() -> None:
    used = TranscriptionUsage("tokens", 100, 20, 120, input_text=10, input_audio=90)
    found = transcription_price(used, "gpt-4o-transcribe")
    assert found == (10 * Decimal("2.5") + 90 * Decimal(6) + 20 * Decimal(10)) / 10**6
    assert transcription_price(TranscriptionUsage("tokens", 100, 20, 120), "gpt-4o-transcribe") is None
    assert transcription_price(TranscriptionUsage("duration", seconds=3.0), "gpt-4o-transcribe") is None


def test_a_transcription_is_priced_by_the_minute() -> None:
    if rates("whisper-1") is None:
        pytest.skip("the installed genai-prices does not know whisper-1")
    assert transcription_price(TranscriptionUsage("duration", seconds=90.0), "whisper-1") == Decimal("0.009")
    assert transcription_price(TranscriptionUsage("tokens", 100, 20, 120, 10, 90), "whisper-1") is None
    assert transcription_price(TranscriptionUsage("duration", seconds=3.0), "my-whisper") is None


@pytest.mark.parametrize("at_ns", [0, 1, -5, 1_795_166_102_417_000_000, 10**30])
def test_any_moment_has_a_price(at_ns: int) -> None:
    assert price(USED, "gpt-realtime", at_ns=at_ns) is not None
