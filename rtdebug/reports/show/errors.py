"""Errors: what the API refused, which responses failed, and what reading and recording could not make sense of."""

from collections.abc import Iterator

from rich.console import RenderableType
from rich.text import Text

from rtdebug.reports.recorded import Recorded
from rtdebug.reports.show.look import BAD, QUIET, Fields
from rtdebug.reports.units import moment_of, quote
from rtdebug.reports.words import failure
from rtdebug.session.model import Mark, Session

_MOST = 400


def errors(recorded: Recorded) -> RenderableType | None:
    """Draw what the API said in its order, then the rest."""
    session = recorded.session
    said = [*_errors(session), *_failed_responses(session), *_failed_transcriptions(session)]
    said.sort(key=lambda one: one[0].seq if one[0] else 0)
    told = [(f"▲ {moment_of(mark.at_ns if mark else None)}", _placed(words, mark)) for mark, words in said]
    told += [("▲ gap", _noted(note.text, note.seq)) for note in session.gaps]
    told += [("· unknown type", _unknown(name, seqs)) for name, seqs in session.unknown.items()]
    told += [("· odd", _noted(note.text, note.seq)) for note in session.notes]
    told += [("· files", Text(quote(problem, _MOST))) for problem in recorded.problems]
    return Fields(told) if told else None


def _errors(session: Session) -> Iterator[tuple[Mark | None, Text]]:
    for error in session.errors:
        words = Text.assemble((quote(error.code or error.type, 80) or "error", BAD))
        words.append(f" — {quote(error.message, _MOST)}" if error.message else "")
        words.append(f" (param {quote(error.param, 120)})" if error.param else "")
        words.append(f"  about #{error.about}" if error.about is not None else "", QUIET)
        yield error.mark, words


def _failed_responses(session: Session) -> Iterator[tuple[Mark | None, Text]]:
    for number, response in enumerate(session.responses.values(), 1):
        if response.status == "failed":
            yield response.done, Text.assemble((f"response {number} failed", BAD), f": {failure(response)}")


def _failed_transcriptions(session: Session) -> Iterator[tuple[Mark | None, Text]]:
    for item in session.items.values():
        if item.transcription is not None and item.transcription.status == "failed":
            reason = quote(item.transcription.error, _MOST) or "the server does not say why"
            yield item.transcription.done, Text.assemble(("transcription failed", BAD), f": {reason}")


def _placed(words: Text, mark: Mark | None) -> Text:
    return Text.assemble(words, (f"  #{mark.seq}" if mark else "", QUIET))


def _noted(text: str, seq: int) -> Text:
    return Text.assemble(quote(text, _MOST), (f"  #{seq}", QUIET))


def _unknown(name: str, seqs: list[int]) -> Text:
    return Text.assemble(quote(name, 120), ("  " + " ".join(f"#{seq}" for seq in seqs[:5]), QUIET))
