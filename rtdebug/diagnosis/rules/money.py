"""What a call costs more than it should: a context that grows, a cache that is lost, answers that nobody heard."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from rtdebug.diagnosis.finding import Confidence, Hit, Severity
from rtdebug.diagnosis.grouping import grouped, listed
from rtdebug.diagnosis.rule import rule
from rtdebug.diagnosis.subject import Subject
from rtdebug.diagnosis.traffic import item_of
from rtdebug.session.heard import heard
from rtdebug.session.model import Response
from rtdebug.session.settings import PROMPT
from rtdebug.session.usage import Usage
from rtdebug.units import count, length, share

_FEWEST: Final = 5
_LARGE, _VERY_LARGE = 8_000, 24_000
_GREW = 3
_DROP = 0.5
_LEAST_CONTEXT, _LEAST_LOST, _MUCH_LOST = 1_024, 512, 4_000
_UNHEARD, _MOSTLY = 0.2, 0.4
_UNHEARD_NS, _LONG_NS = 5_000_000_000, 30_000_000_000


@rule("RT170", "context-growth", "info")
def growth(call: Subject) -> Iterator[Hit]:
    """The context grows with every turn, and with it what each answer costs.

    What it sees: at least 5 answers, the last of which reads 3 times as many input tokens as the first and more than
    8,000. From 24,000 on it is a warning.

    Why it matters: all of the conversation is read anew for each answer, so the price of a call grows with the
    square of its turns.

    What to do: set `truncation` with a retention ratio and a token limit; delete or sum up old items, tool outputs
    and images first; begin a new session with a summary for long calls. Change the context seldom, for each change
    costs the cache.

    Seen in: openai-realtime-console#50, community.openai.com topic 971012, langwatch#7048.
    """
    used = [(one, one.usage) for one in call.session.responses.values() if one.in_conversation and one.usage]
    used = [(one, usage) for one, usage in used if usage.input_tokens]
    if len(used) < _FEWEST:
        return
    (first, begun), (last, ended) = used[0], used[-1]
    if ended.input_tokens < max(_LARGE, _GREW * begun.input_tokens) or last.done is None:
        return
    slope = (ended.input_tokens - begun.input_tokens) // (len(used) - 1)
    total = sum(usage.input_tokens for _, usage in used)
    words = (
        f"the context grew from {begun.input_tokens:,} to {ended.input_tokens:,} input tokens, {slope:,} an answer;"
        f" {count(len(used), 'answer')} read {total:,} in all"
    )
    grave: Severity | None = "warning" if ended.input_tokens >= _VERY_LARGE else None
    yield Hit(last.done.seq, words, (first.done.seq,) if first.done else (), response_id=last.id, severity=grave)


@rule("RT172", "cache-lost", "warning", "medium")
def cache_lost(call: Subject) -> Iterator[Hit]:
    """The cached part of the input fell away from one answer to the next.

    What it sees: the cached share of the input falls by more than 50 points between two answers of the conversation,
    and at least 512 tokens that were cached are paid in full. It names what changed the beginning of the context
    between them: instructions or tools, an item deleted, truncated or put between others, a context that was cut.
    Info where fewer than 4,000 tokens were lost.

    Why it matters: cached text costs a tenth, and cached audio an eightieth of the full price; it is also read
    faster.

    What to do: keep instructions and tools as they are during a call, and put what changes at the end of the
    conversation. Delete many items seldom rather than one in each turn.

    Seen in: openai-realtime-console#50, openai-dotnet#1045, litellm#39850.
    """
    used = [(one, one.usage) for one in call.session.responses.values() if one.in_conversation and one.usage]
    hits, grave = [], False
    for (before, had), (behind, has) in pairwise(used):
        fell = (had.cache_hit_rate or 0) - (has.cache_hit_rate or 0)
        lost = had.cached_tokens - has.cached_tokens
        if fell <= _DROP or lost < _LEAST_LOST or had.input_tokens < _LEAST_CONTEXT or behind.done is None:
            continue
        causes = _causes(call, before, behind, had, has)
        words = (
            f"the cached share of the input fell from {share(had.cache_hit_rate)} to {share(has.cache_hit_rate)}:"
            f" {behind.id} paid {lost:,} tokens in full that were cached"
        )
        words += f"; before it {listed([name for _, name in causes])}" if causes else "; nothing before it explains it"
        heavy = lost >= _MUCH_LOST
        grave = grave or heavy
        seq, more = (causes[0][0], (behind.done.seq,)) if causes else (behind.done.seq, ())
        sure: Confidence = "high" if causes else "low"
        hits.append(Hit(seq, words, more, response_id=behind.id, severity=None if heavy else "info", confidence=sure))
    if len(hits) <= 3:
        yield from hits
    else:
        words = f"the cache was lost {len(hits):,} times; the first time {hits[0].message}"
        yield grouped(hits, words)._replace(severity=None if grave else "info")


@rule("RT173", "unheard-but-paid", "info", "medium")
def unheard(call: Subject) -> Iterator[Hit]:
    """Much of what the assistant said was never heard.

    What it sees: at least a fifth of the answers' audio, and 5 s of it, was cut by barge-in or truncation before it
    was played. From two fifths and 30 s on it is a warning.

    Why it matters: output audio is the dearest kind of token, and it is paid when it is made, heard or not.

    What to do: ask for short answers in the instructions, set `max_output_tokens`, and cancel the response as soon
    as the user speaks. Where interruptions are false ones, see the findings about them.

    Seen in: community.openai.com topic 1000703, agent-squad#561.
    """
    has_audio = "audio" not in call.lacks
    made = lost = tokens = 0
    told: list[tuple[int, int, Response]] = []
    for response in call.session.responses.values():
        one = heard(call.session, response, has_audio=has_audio)
        made += one.made_ns
        if one.unheard_ns and one.made_ns and one.unheard_ns > 0:
            lost += one.unheard_ns
            tokens += round(response.usage.output_audio * one.unheard_ns / one.made_ns) if response.usage else 0
            told.append((one.unheard_ns, one.seq or 0, response))
    if not made or lost < _UNHEARD_NS or lost < _UNHEARD * made:
        return
    told.sort(key=lambda one: one[0], reverse=True)
    about = f", about {count(tokens, 'audio token')}" if tokens else ""
    words = f"{length(lost)} of {length(made)} of answers were never heard ({share(lost / made)}){about}"
    much = lost >= _LONG_NS and lost >= _MOSTLY * made
    seqs = [seq for _, seq, _ in told if seq]
    yield Hit(seqs[0], words, tuple(seqs[1:10]), severity="warning" if much else None)


@rule("RT175", "usage-told-twice", "info")
def told_twice(call: Subject) -> Iterator[Hit]:
    """The server told the usage of one transcription more than once.

    What it sees: two `…input_audio_transcription.completed` with usage for the same item and content.

    Why it matters: whoever adds up the usage of events counts the item twice. (What cached tokens are is another
    trap of this kind: they are part of the input, not added to it.)

    What to do: keep usage by item id, and let the later event take the place of the earlier.

    Seen in: PageSpace#2391.
    """
    first: dict[str, int] = {}
    hits = []
    for event in call.traffic.of("conversation.item.input_audio_transcription.completed"):
        item = call.session.items.get(item_of(event))
        if item is None or item.transcription is None or item.transcription.usage is None:
            continue
        if item.id in first:
            words = f"the server told the transcription usage of {item.id} twice"
            hits.append(Hit(event.seq, words, (first[item.id],), item_id=item.id))
        first.setdefault(item.id, event.seq)
    if hits:
        yield grouped(hits, f"the server told the transcription usage of {count(len(hits), 'item')} twice")


RULES = (growth, cache_lost, unheard, told_twice)


def _causes(call: Subject, before: Response, behind: Response, had: Usage, has: Usage) -> list[tuple[int, str]]:
    """Find what changed the context's beginning between two answers: the entry, and what it did."""
    if before.created is None or behind.created is None:
        return []
    low, high = before.created.seq, behind.created.seq
    found = []
    for change in call.session.changes:
        names = sorted({path.partition(".")[0] for path in change.changed} & PROMPT)
        if change.answer == "updated" and names and low < change.mark.seq < high:
            found.append((change.mark.seq, f"the client changed {listed(names)}"))
    for item in call.session.items.values():
        if item.deleted and low < item.deleted.seq < high:
            found.append((item.deleted.seq, f"{item.id} was deleted"))
        cut = item.truncation.done if item.truncation else None
        if cut and low < cut.seq < high:
            found.append((cut.seq, f"{item.id} was truncated"))
    overridden = sorted(set(behind.asked.overrides) & PROMPT)
    if overridden and behind.asked.mark and behind.asked.overrides != before.asked.overrides:
        found.append((behind.asked.mark.seq, f"the client asked for it with {listed(overridden)} of its own"))
    if not found and has.input_tokens < had.input_tokens * 0.8:
        words = f"the context was cut from {had.input_tokens:,} to {has.input_tokens:,} tokens"
        found.append((behind.created.seq, words))
    return sorted(found)
