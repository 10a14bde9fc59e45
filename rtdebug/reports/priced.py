"""What a recording comes to: the price of each response, of the transcriptions, and of all together."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from rtdebug.protocol.reading import text_in
from rtdebug.reports.recorded import Recorded
from rtdebug.session.model import Session
from rtdebug.session.prices import PRICED_VENDORS, Price, price, rates, transcription_price
from rtdebug.session.usage import TranscriptionUsage
from rtdebug.units import dollars


@dataclass(frozen=True, slots=True)
class Bill:
    """Prices in USD; None is not known."""

    responses: Mapping[str, Price]
    """By response; those without usage or without a known price are not there."""
    transcriptions: Decimal | None
    """None where there are none, or their price is not known."""
    notes: tuple[str, ...]
    """What is not in the price, in words."""

    @property
    def answers(self) -> Decimal | None:
        """All responses whose price is known, None where there are none."""
        return sum((one.total for one in self.responses.values()), Decimal()) if self.responses else None

    @property
    def total(self) -> Decimal | None:
        """All that is known, None where nothing is."""
        known = [amount for amount in (self.answers, self.transcriptions) if amount is not None]
        return sum(known, Decimal()) if known else None

    @property
    def made_of(self) -> str:
        """What the total is made of, in words: `$0.0101 for answers, $0.00080 for transcription`; "" for one thing."""
        if self.answers is None or self.transcriptions is None:
            return ""
        return f"{dollars(self.answers)} for answers, {dollars(self.transcriptions)} for transcription"


@dataclass(frozen=True, slots=True)
class Unheard:
    """Audio that was made and charged, and that nobody heard. Reckoned: tokens by their share of the audio."""

    length_ns: int
    tokens: int
    price: Decimal | None
    """USD; None where the rate is not known."""


def unheard(recorded: Recorded) -> Unheard | None:
    """Add up what nobody heard; None where nothing tells of any."""
    length_ns, tokens = 0, 0
    for response in recorded.session.responses.values():
        told = recorded.heard(response)
        if told.unheard_ns and told.made_ns:
            length_ns += told.unheard_ns
            tokens += round(response.usage.output_audio * told.unheard_ns / told.made_ns) if response.usage else 0
    known = rates(recorded.session.model, recorded.vendor, at_ns=recorded.started_ns)
    rate = known.tokens.get("audio out") if known else None
    return Unheard(length_ns, tokens, None if rate is None else rate * tokens / 1_000_000) if length_ns else None


def bill(recorded: Recorded) -> Bill:
    """Price everything a session used."""
    session = recorded.session
    used = {response.id: response.usage for response in session.responses.values() if response.usage}
    at_ns = recorded.started_ns
    priced = {id_: price(usage, session.model, recorded.vendor, at_ns=at_ns) for id_, usage in used.items()}
    found = {id_: one for id_, one in priced.items() if one is not None}
    notes = []
    if used and not found:
        notes.append(no_price(recorded))
    notes += sorted({f"{what} not priced" for one in found.values() for what in one.unknown})
    if any(usage.assumed for usage in used.values()):
        notes.append("cached tokens taken for text first")
    heard = transcriptions(session)
    each = [transcription_price(one, transcriber(session), recorded.vendor, at_ns=at_ns) for one in heard]
    known = [one for one in each if one is not None]
    if heard and len(known) < len(heard) and found:
        notes.append("transcription not priced")
    return Bill(found, sum(known, Decimal()) if known else None, tuple(notes))


def no_price(recorded: Recorded) -> str:
    """Say why there is no price."""
    if recorded.vendor in PRICED_VENDORS:
        return "no price is known for this model"
    return "no price: rates are known for OpenAI's own service only"


def transcriptions(session: Session) -> list[TranscriptionUsage]:
    """Return what the transcriptions used."""
    found = [item.transcription.usage for item in session.items.values() if item.transcription]
    return [usage for usage in found if usage is not None]


def transcriber(session: Session) -> str:
    """Name the model that transcribes the user."""
    return text_in(session.config, "audio", "input", "transcription", "model")
