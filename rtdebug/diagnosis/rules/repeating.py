"""The user's words that are the assistant's own: what an echo leaves in the transcript, with or without its sound."""

import re
from bisect import bisect_left
from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Final

from rtdebug.diagnosis.finding import Hit
from rtdebug.diagnosis.rule import rule
from rtdebug.diagnosis.subject import Subject
from rtdebug.session.model import Item
from rtdebug.session.playing import Span, heard_between
from rtdebug.units import quote, share

_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?")
_WITHIN_NS: Final = 1_500_000_000
_LEAST_WORDS, _MOST_WORDS = 5, 400
_RUN = 3
"""Words in a row that have to be the same."""
_ALIKE = 0.75


@rule("RT116", "transcript-echo", "warning", "medium", needs=("times",))
def transcript_echo(call: Subject) -> Iterator[Hit]:
    """The user's transcript is what the assistant had just said.

    What it sees: at least 5 words of the user's, three quarters of them in the assistant's own order of words, said
    while that answer was heard or within 1.5 s of its end. Whoever repeats an answer to confirm it does so later, and
    in other words.

    Why it matters: the assistant's voice came back through the microphone and was taken for the user's turn. The
    assistant answers itself.

    What to do: as for RT111: echo cancellation where the microphone is opened, a headset, or half duplex.

    Seen in: AIProxySwift#240, openai-realtime-agents#92.
    """
    spans = sorted(heard_between(call.session).items(), key=lambda one: one[1].start_ns)
    for item in call.session.items.values():
        speech = item.speech
        if item.role != "user" or speech is None or speech.is_silence or speech.started.at_ns is None:
            continue
        words = _words(item.text)
        if len(words) < _LEAST_WORDS:
            continue
        for answer in _heard_at(call, spans, speech.started.at_ns):
            same = _same(words, _words(answer.text))
            if same >= _ALIKE:
                said = quote(item.text, 60)
                yield Hit(
                    speech.started.seq,
                    f"{share(same)} of the user's words “{said}” are those of {answer.id}, which was just being heard",
                    tuple(one.seq for one in (item.committed, item.transcription and item.transcription.done) if one),
                    response_id=answer.response_id,
                    item_id=item.id,
                )
                break


def _heard_at(call: Subject, spans: list[tuple[str, Span]], at_ns: int) -> Iterator[Item]:
    """Name the answers that were heard at a moment, or just before; two play at once at most."""
    last = bisect_left(spans, at_ns, key=lambda one: one[1].start_ns)
    for item_id, span in reversed(spans[max(0, last - 2) : last]):
        if at_ns <= (span.end_ns or span.start_ns) + _WITHIN_NS:
            yield call.session.items[item_id]


def _words(text: str) -> list[str]:
    """Split a text into words; where a language writes none apart, into letters."""
    found = _WORD.findall(text.lower())[:_MOST_WORDS]
    whole = "".join(found)
    return list(whole[:_MOST_WORDS]) if len(whole) > 12 * max(1, len(found)) else found


def _same(words: list[str], others: list[str]) -> float:
    """Say which part of words stands in the same order in others, in runs of a few."""
    blocks = SequenceMatcher(None, words, others, autojunk=False).get_matching_blocks()
    return sum(one.size for one in blocks if one.size >= _RUN) / len(words)


RULES = (transcript_echo,)
