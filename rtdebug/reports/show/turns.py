"""Turns: when the user spoke and how long, how long they waited, what they were answered."""

from rich.console import RenderableType
from rich.text import Text

from rtdebug.reports.recorded import Recorded
from rtdebug.reports.show.look import ASSISTANT, QUIET, STYLES, TOOL, USER, Column, Rows
from rtdebug.reports.waits import first_audio_ns
from rtdebug.reports.words import span
from rtdebug.session.latency import speech_end_ms
from rtdebug.session.model import Item, Response, Session, Turn
from rtdebug.session.playing import spoken_between
from rtdebug.units import NONE, delay, length, moment_of, quote, status

COLUMNS = [
    Column("turn", right=True),
    Column("at", right=True),
    Column("spoke", right=True, rank=1),
    Column("waited", right=True, rank=1),
    Column("answers"),
    Column("audio", right=True, rank=1),
    Column("heard", right=True, rank=1),
    Column("entries", style=QUIET),
]
_MOST = 240


def turns(recorded: Recorded) -> RenderableType | None:
    """Draw a row for each turn, with what was said under it."""
    session = recorded.session
    if not session.turns:
        return None
    waits = {one.response_id: first_audio_ns(one) for one in recorded.latencies()}
    table = Rows(COLUMNS)
    for turn in session.turns:
        said = [session.items[id_] for id_ in turn.item_ids if id_ in session.items]
        answers = [session.responses[id_] for id_ in turn.response_ids if id_ in session.responses]
        sounds = [recorded.heard(response) for response in answers]
        known = [one.heard_ns for one in sounds if one.heard_ns is not None]
        table.add(
            [
                str(turn.number),
                moment_of(_began(session, said, answers)),
                length(_spoke(recorded, said)),
                delay(_waited(recorded, said, answers, waits)),
                _signs(answers),
                length(sum(one.made_ns for one in sounds)) if any(one.made_ns for one in sounds) else NONE,
                length(sum(known)) if known else NONE,
                _entries(said, answers),
            ],
            *_words(session, turn, said, answers),
        )
    return table


def _began(session: Session, said: list[Item], answers: list[Response]) -> int | None:
    for item in said:
        span = spoken_between(session, item)
        if span is not None:
            return span.start_ns
        mark = item.asked or item.added
        if mark is not None:
            return mark.at_ns
    return next((response.created.at_ns for response in answers if response.created), None)


def _waited(recorded: Recorded, said: list[Item], answers: list[Response], waits: dict[str, int | None]) -> int | None:
    """Say how long nobody spoke: since the user fell silent, or else since an answer was asked for."""
    ended = [end for item in said if (end := _fell_silent(recorded, item)) is not None]
    began = [response.first_audio.at_ns for response in answers if response.first_audio]
    if ended and began and began[0] is not None:
        return began[0] - ended[-1]
    return next((wait for response in answers if (wait := waits.get(response.id)) is not None), None)


def _fell_silent(recorded: Recorded, item: Item) -> int | None:
    end_ms = speech_end_ms(recorded.session, item) if recorded.has_audio else None
    return recorded.session.input.came_ns(end_ms) if end_ms is not None else None


def _signs(answers: list[Response]) -> Text:
    return Text(" ").join(Text(status(one.status).split()[0], STYLES.get(one.status, "")) for one in answers)


def _spoke(recorded: Recorded, said: list[Item]) -> int | None:
    lengths = [spoken for item in said if (spoken := recorded.said_ns(item)) is not None]
    return sum(lengths) if lengths else None


def _entries(said: list[Item], answers: list[Response]) -> str:
    marks = [mark for item in said for mark in (item.speech.started if item.speech else None, item.asked, item.added)]
    marks += [mark for response in answers for mark in (response.created, response.done)]
    found = sorted(mark.seq for mark in marks if mark is not None)
    return span(found[0], found[-1]) if found else ""


def _words(session: Session, turn: Turn, said: list[Item], answers: list[Response]) -> list[Text]:
    words = []
    if turn.barge_in is not None:
        numbers = list(session.responses)
        cut = turn.barge_in.response_id
        which = f"response {numbers.index(cut) + 1}" if cut in numbers else "the answer before"
        during = "was being made" if turn.barge_in.during == "generation" else "was being heard"
        words.append(Text(f"breaks in while {which} {during}  #{turn.barge_in.speech.seq}", "yellow"))
    words += [_say("▲ ", USER, item.text) for item in said if item.text]
    for response in answers:
        for item in (session.items[id_] for id_ in response.item_ids if id_ in session.items):
            if item.type in ("function_call", "mcp_call"):
                words.append(_say("ƒ ", TOOL, f"{item.name}({item.arguments})"))
            elif item.text:
                words.append(_say("▼ ", ASSISTANT, item.text))
    return words


def _say(sign: str, style: str, text: str) -> Text:
    return Text.assemble((sign, style), quote(text, _MOST))
