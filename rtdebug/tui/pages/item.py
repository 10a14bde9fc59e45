"""The page of an item, and what is shown where no response is under the cursor."""

from collections.abc import Iterator

from rtdebug.reports.recorded import Recorded
from rtdebug.session.model import Item, Mark, Response, Session
from rtdebug.tui.cells import Piece, tame
from rtdebug.tui.pages.brief import brief, seq_of
from rtdebug.tui.pages.cutting import marked, share_of
from rtdebug.tui.pages.lifecycle import CALLS
from rtdebug.tui.pages.parts import entry, field, figure, paragraph, section, spread, words
from rtdebug.tui.pages.rows import BLANK, Row, text
from rtdebug.units import length, moment_of

SIGNS = {"user": ("◉", "user"), "assistant": ("◈", "assistant"), "system": ("§", "label"), "tool": ("ƒ", "tool")}
"""Who says something, and the style of it."""


def no_response_page(
    recorded: Recorded, width: int, *, item: Item | None = None, at_ns: int | None = None
) -> list[Row]:
    """Write what is under the cursor where that is no response: its item, or the answers around a moment."""
    if item is not None:
        return item_page(recorded, item, width)
    session = recorded.session
    spoken = _spoken(session, at_ns)
    if spoken is not None:
        return item_page(recorded, spoken, width)
    if not session.responses:
        return [*paragraph("no response in this recording" + (" yet" if recorded.live else ""), width, "quiet")]
    rows = paragraph("nothing here belongs to a response", width, "quiet")
    for label, one in _around(session, at_ns):
        rows.append(Row(brief(session, one, width, label), seq_of(one)))
    return rows


def item_page(recorded: Recorded, item: Item, width: int) -> list[Row]:
    """Write the page of one item."""
    session = recorded.session
    rows = [_title(item, width), *paragraph(tame(item.id, 80) or "without an id", width, "quiet", seq=_seq(item))]
    if item.id not in session.order:
        rows += paragraph("not in the conversation", width, "warn")
    response = session.responses.get(item.response_id)
    if response is not None:
        rows.append(Row(brief(session, response, width, "made by"), seq_of(response)))
    rows += [*_content(recorded, item, width), *_life(item, width), *_speech(recorded, item, width)]
    answers = [session.responses[id_] for id_ in _answers(session, item) if id_ in session.responses]
    if answers:
        rows += section("answered by", width)
        rows += [Row(brief(session, one, width), seq_of(one)) for one in answers]
    return rows


def _title(item: Item, width: int) -> Row:
    who = "tool" if item.type in CALLS or item.type == "function_call_output" else item.role
    sign, style = SIGNS.get(who, ("·", ""))
    named = tame(item.name, 40) if item.type in CALLS else tame(item.role, 20)
    title: list[Piece] = [(f"{sign} ", style), (tame(item.type, 30) or "item", "title"), (f"  {named}", style)]
    return Row(spread(tuple(title), ((tame(item.status, 20), "quiet"),), width), _seq(item))


def _content(recorded: Recorded, item: Item, width: int) -> list[Row]:
    said = item.output if item.output is not None and not item.text else item.text
    if item.type in CALLS:
        said = item.arguments
    audio = recorded.made_ns(item) or recorded.said_ns(item)
    rows = section("content", width, f"{length(audio)} of audio" if audio else "")
    rows += (
        [Row(line, _seq(item)) for line in marked(words(said or ""), share_of(recorded, item), width)] if said else []
    )
    if not said:
        rows.append(text("no text", "quiet", seq=_seq(item)))
    if item.output is not None and item.type in CALLS:
        rows += paragraph(f"→ {words(item.output)}", width, indent=2, seq=item.done.seq if item.done else None)
    rows += paragraph(f"▲ failed: {words(item.error, 400)}", width, "bad") if item.error else []
    return rows


def _life(item: Item, width: int) -> list[Row]:
    rows: list[Row] = []
    for name, mark in sorted(_marks(item), key=lambda one: one[1].seq):
        rows += figure(name, moment_of(mark.at_ns), width, note=entry(mark.seq), seq=mark.seq)
    return [*section("what happened to it", width), *rows] if rows else []


def _marks(item: Item) -> Iterator[tuple[str, Mark]]:
    heard, cut, speech = item.transcription, item.truncation, item.speech
    named = (
        ("asked for", item.asked),
        ("speech from", speech.started if speech else None),
        ("speech until", speech.stopped if speech else None),
        ("committed", item.committed),
        ("added", item.added),
        ("first words", heard.first if heard else None),
        ("transcribed" if heard and heard.status != "failed" else "▲ failed", heard.done if heard else None),
        ("call whole", item.arguments_done),
        ("done", item.done),
        ("✂ cut asked", cut.asked if cut else None),
        ("✂ cut", cut.done if cut else None),
        ("▲ cut refused", cut.refused if cut else None),
        ("✕ deleted", item.deleted),
    )
    yield from ((name, mark) for name, mark in named if mark is not None)


def _speech(recorded: Recorded, item: Item, width: int) -> list[Row]:
    rows: list[Row] = []
    speech, cut, heard = item.speech, item.truncation, item.transcription
    if speech is not None and speech.is_silence:
        rows += field("speech", "nobody spoke: the idle timeout made a turn of it", width, seq=speech.started.seq)
    if item.input_start_ms is not None and item.input_end_ms is not None:
        held = f"{_ms(item.input_start_ms)} to {_ms(item.input_end_ms)} ms of the input"
        rows += field("audio", held, width, seq=item.committed.seq if item.committed else None)
    if speech is not None and speech.silence_ms is not None and speech.stopped is not None:
        rows += field("end of turn", f"{speech.silence_ms:,} ms of silence", width, seq=speech.stopped.seq)
    if cut is not None:
        told = cut.done or cut.asked
        agreed = "" if cut.done else "refused" if cut.refused else "not confirmed by the server"
        rows += field(
            "✂ heard", f"the first {cut.audio_end_ms:,} ms", width, note=agreed, seq=told.seq if told else None
        )
    if heard is not None and heard.error:
        rows += field("▲ transcript", words(heard.error, 300), width, style="bad")
    if heard is not None and heard.usage is not None:
        used = heard.usage
        amount = f"{used.total_tokens:,} tokens" if used.type != "duration" else f"{used.seconds:g} s"
        rows += field("transcribing", amount, width, seq=heard.done.seq if heard.done else None)
    return [BLANK, *rows] if rows else []


def _ms(value: float) -> str:
    return f"{value:,.0f}"


def _answers(session: Session, item: Item) -> list[str]:
    """Name the responses of the turn that an item belongs to."""
    return next((turn.response_ids for turn in reversed(session.turns) if item.id in turn.item_ids), [])


def _spoken(session: Session, at_ns: int | None) -> Item | None:
    """Find what the user was saying at a moment."""
    for speech in session.speeches if at_ns is not None else ():
        begun, ended = speech.started.at_ns, speech.stopped.at_ns if speech.stopped else None
        if begun is not None and at_ns is not None and begun <= at_ns and (ended is None or at_ns <= ended):
            return session.items.get(speech.item_id)
    return None


def _around(session: Session, at_ns: int | None) -> list[tuple[str, Response]]:
    """Find the responses before and after a moment; without one, the first and the last."""
    found = list(session.responses.values())
    timed = [one for one in found if one.created is not None and one.created.at_ns is not None]
    if at_ns is None or not timed:
        return [("first", found[0])] + ([("last", found[-1])] if len(found) > 1 else [])
    before = [one for one in timed if one.created and one.created.at_ns is not None and one.created.at_ns <= at_ns]
    after = timed[len(before) :]
    return [("◂ before", one) for one in before[-1:]] + [("▸ next", one) for one in after[:1]]


def _seq(item: Item) -> int | None:
    mark = item.added or item.committed or item.asked or item.done
    return mark.seq if mark else None
