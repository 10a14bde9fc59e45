"""Trouble: what the API refused, which responses failed, and what reading and recording could not make sense of."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rtdebug.protocol.catalog import nearest
from rtdebug.reports.recorded import Recorded
from rtdebug.reports.words import failure
from rtdebug.session.model import Mark, Session
from rtdebug.units import count, quote

_MOST = 400


@dataclass(frozen=True, slots=True)
class Trouble:
    """One thing that went wrong, or is odd. All its words are harmless."""

    kind: str
    """error, failed, gap, unknown type, odd or files."""
    name: str
    """What it is called, "" where it has no name."""
    words: str = ""
    """What is said about it."""
    mark: Mark | None = None
    """Where it is."""
    about: int | None = None
    """The entry that it answers."""
    seqs: Sequence[int] = ()
    """The first entries that have it."""

    @property
    def is_bad(self) -> bool:
        """Whether the call suffered from it; the rest is odd only."""
        return self.kind in ("error", "failed", "gap")


def troubles(recorded: Recorded) -> list[Trouble]:
    """Find all: what the API said in its order, then the rest."""
    session = recorded.session
    said = [*_refusal(session), *_errors(session), *_failed_responses(session), *_failed_transcriptions(session)]
    said.sort(key=lambda one: one.mark.seq if one.mark else 0)
    said += [Trouble("gap", "", quote(note.text, _MOST), Mark(note.seq)) for note in session.gaps]
    said += [_unknown(name, seqs) for name, seqs in session.unknown.items()]
    said += [Trouble("odd", "", quote(note.text, _MOST), Mark(note.seq)) for note in session.notes]
    return said + [Trouble("files", "", quote(problem, _MOST)) for problem in recorded.problems]


def counted(session: Session) -> str:
    """Count it: `1 error, 2 gaps`; "" where there is none."""
    unknown, errors = len(session.unknown), len(session.errors) + (session.refusal is not None)
    counted = [
        (errors, count(errors, "error")),
        (len(session.gaps), count(len(session.gaps), "gap")),
        (unknown, count(unknown, "unknown event type")),
        (len(session.notes), count(len(session.notes), "oddity", "oddities")),
    ]
    return ", ".join(words for number, words in counted if number)


def _refusal(session: Session) -> Iterator[Trouble]:
    told = session.refusal
    if told is not None:
        name = f"refused with {quote(told.answer, 80)}" if told.answer else "no call"
        yield Trouble("error", name, quote(told.said, _MOST), session.ending.mark)


def _errors(session: Session) -> Iterator[Trouble]:
    for error in session.errors:
        words = quote(error.message, _MOST) + (f" (param {quote(error.param, 120)})" if error.param else "")
        name = quote(error.code or error.type, 80) or "error"
        yield Trouble("error", name, words.strip(), error.mark, error.about)


def _failed_responses(session: Session) -> Iterator[Trouble]:
    for number, response in enumerate(session.responses.values(), 1):
        if response.status == "failed":
            yield Trouble("failed", f"response {number} failed", failure(response), response.done)


def _failed_transcriptions(session: Session) -> Iterator[Trouble]:
    for item in session.items.values():
        if item.transcription is not None and item.transcription.status == "failed":
            reason = quote(item.transcription.error, _MOST) or "the server does not say why"
            yield Trouble("failed", "transcription failed", reason, item.transcription.done)


def _unknown(name: str, seqs: list[int]) -> Trouble:
    near = nearest(name)
    words = f"nearest known: {', '.join(near)}" if near else ""
    return Trouble("unknown type", quote(name, 120), words, None, None, tuple(seqs[:5]))
