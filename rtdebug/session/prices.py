"""Prices: what tokens come to in USD, by the rates that the package genai-prices holds. Never a guess.

For one response, with rates per token (cached tokens are part of the input, reasoning is part of the text):

    input  = (text - cached text) * text rate + cached text * cached text rate, and so for audio and images
    output = text * text rate + audio * audio rate

The package has a reckoning of its own; it refuses usage whose sums do not hold, and gives no price by kind. So only
its rates are taken; tests hold one reckoning against the other.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache

from rtdebug.session.usage import TranscriptionUsage, Usage

_MILLION = Decimal(1_000_000)
_HOUR = Decimal(3600)
_LATEST_NS = 4_102_444_800 * 10**9
_RATES = {
    "text in": "input_mtok",
    "cached text in": "cache_read_mtok",
    "text out": "output_mtok",
    "audio in": "input_audio_mtok",
    "cached audio in": "cache_audio_read_mtok",
    "audio out": "output_audio_mtok",
    "images in": "input_image_mtok",
    "cached images in": "cache_image_read_mtok",
}
"""What is charged, and what the package calls its rate."""
_SECONDS = ("input_audio_hours", "audio_hours")
PRICED_VENDORS = ("openai", "other")
"""Whose models go by OpenAI's names: OpenAI itself, and servers that nobody knows, such as a gateway to it."""


@dataclass(frozen=True, slots=True)
class Price:
    """What a response cost, USD."""

    input: Decimal
    output: Decimal
    model: str
    """Whose rates they are."""
    unknown: tuple[str, ...] = ()
    """What has no rate and is not in the price: `audio out`, `tokens of no kind` …"""

    @property
    def total(self) -> Decimal:
        """Input and output together."""
        return self.input + self.output


@dataclass(frozen=True, slots=True)
class Rates:
    """A model's rates in USD: by what is charged, for a million tokens."""

    model: str
    tokens: Mapping[str, Decimal]
    hour: Decimal | None = None
    """For an hour of audio."""


def price(usage: Usage, model: str, vendor: str = "openai", *, at_ns: int = 0) -> Price | None:
    """Price a response; None where the model is not known, or the vendor has rates of its own.

    `at_ns` is when it was made, nanoseconds since the Unix epoch; 0 is now.
    """
    known = rates(model, vendor, at_ns=at_ns)
    if known is None or not known.tokens:
        return None
    unknown: list[str] = []
    read = _sum(known, _read(usage), unknown)
    made = _sum(known, {"text out": usage.output_text, "audio out": usage.output_audio}, unknown)
    rest_in = usage.input_tokens - usage.input_text - usage.input_audio - usage.input_image
    rest_out = usage.output_tokens - usage.output_text - usage.output_audio
    if rest_in > 0 or rest_out > 0:
        unknown.append("tokens of no kind")
    return Price(read, made, known.model, tuple(unknown))


def transcription_price(
    usage: TranscriptionUsage, model: str, vendor: str = "openai", *, at_ns: int = 0
) -> Decimal | None:
    """Price a transcription, by tokens or by time; None where its rate is not known."""
    known = rates(model, vendor, at_ns=at_ns)
    if known is None:
        return None
    if usage.type == "duration":
        return None if known.hour is None else Decimal(str(usage.seconds)) * known.hour / _HOUR
    unknown: list[str] = []
    kinds = {"text in": usage.input_text, "audio in": usage.input_audio, "text out": usage.output_tokens}
    if usage.input_tokens > usage.input_text + usage.input_audio:
        return None
    amount = _sum(known, kinds, unknown)
    return None if unknown else amount


def rates(model: str, vendor: str = "openai", *, at_ns: int = 0) -> Rates | None:
    """Return a model's rates, None where they are not known."""
    if not model or vendor not in PRICED_VENDORS:
        return None
    return _look_up(model, at_ns // (86_400 * 10**9) if 0 < at_ns < _LATEST_NS else None)


@lru_cache(maxsize=256)
def _look_up(model: str, day: int | None) -> Rates | None:
    """Ask the package, which takes a third of a second to load, for the rates of a day since the epoch."""
    from genai_prices import Usage as Tokens
    from genai_prices import calc_price

    when = None if day is None else datetime.fromtimestamp(day * 86_400, UTC)
    try:
        found = calc_price(
            Tokens(input_tokens=0, output_tokens=0), model, provider_id="openai", genai_request_timestamp=when
        )
    except LookupError:
        return None
    listed = {what: getattr(found.model_price, key, None) for what, key in _RATES.items()}
    hours = [getattr(found.model_price, key, None) for key in _SECONDS]
    return Rates(
        found.model.id,
        {what: rate for what, rate in listed.items() if isinstance(rate, Decimal)},
        next((hour for hour in hours if isinstance(hour, Decimal)), None),
    )


def _read(usage: Usage) -> dict[str, int]:
    return {
        "text in": max(0, usage.input_text - usage.cached_text),
        "cached text in": usage.cached_text,
        "audio in": max(0, usage.input_audio - usage.cached_audio),
        "cached audio in": usage.cached_audio,
        "images in": max(0, usage.input_image - usage.cached_image),
        "cached images in": usage.cached_image,
    }


def _sum(known: Rates, counts: Mapping[str, int], unknown: list[str]) -> Decimal:
    amount = Decimal()
    for what, tokens in counts.items():
        rate = known.tokens.get(what)
        if rate is not None:
            amount += rate * tokens
        elif tokens:
            unknown.append(what)
    return amount / _MILLION
