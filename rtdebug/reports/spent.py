"""What a session spent beyond the numbers by response: how its context grew, what nobody heard, in words."""

from rtdebug.reports.priced import Bill, transcriber, transcriptions, unheard
from rtdebug.reports.recorded import Recorded
from rtdebug.session.model import Session
from rtdebug.units import count, dollars, length, quote


def remarks(recorded: Recorded, paid: Bill) -> list[str]:
    """Say what numbers by response do not show, and what is not priced."""
    session = recorded.session
    notes = [words] if (words := growth(session)) else []
    lost = unheard(recorded)
    if lost is not None:
        price = f", {dollars(lost.price)}" if lost.price is not None else ""
        notes.append(
            f"{length(lost.length_ns)} of answers were never heard: about {count(lost.tokens, 'token')}{price}"
        )
    reasoning = session.usage.reasoning_tokens
    if reasoning:
        notes.append(f"{reasoning:,} of the text tokens out are reasoning")
    heard = transcriptions(session)
    if heard:
        tokens = sum(one.total_tokens for one in heard)
        seconds = sum(one.seconds for one in heard)
        amounts = [count(tokens, "token") if tokens else "", length(round(seconds * 1e9)) if seconds else ""]
        price = f", {dollars(paid.transcriptions)}" if paid.transcriptions is not None else ", price not known"
        by = f" by {quote(transcriber(session), 60)}" if transcriber(session) else ""
        said = " and ".join(amount for amount in amounts if amount) or "nothing"
        notes.append(f"transcription{by}: {said} for {count(len(heard), 'item')}{price}")
    for number, response in enumerate(session.responses.values(), 1):
        notes += [f"response {number}: {broken}" for broken in (response.usage.identities() if response.usage else [])]
    return [*notes, *paid.notes]


def growth(session: Session) -> str:
    """Say how the context grew, "" where it did not."""
    found = context_growth(session)
    if found is None or found[0] == found[1]:
        return ""
    first, last = found
    how = "grew" if last > first else "shrank"
    return f"context {how} from {first:,} to {last:,} input tokens ({last / first:.1f} times)"


def contexts(session: Session) -> list[int]:
    """Return the input tokens of each response of the conversation, in order: how the context grows."""
    return [
        response.usage.input_tokens
        for response in session.responses.values()
        if response.usage and response.usage.input_tokens and response.in_conversation
    ]


def context_growth(session: Session) -> tuple[int, int] | None:
    """Return the input tokens of the first and the last response of the conversation, None where they are not two."""
    counts = contexts(session)
    return (counts[0], counts[-1]) if len(counts) > 1 else None
