"""The block at the top: which session, with what model, how long, how it ended, what it came to."""

from rich.console import RenderableType
from rich.text import Text

from rtdebug.clock import wall_text
from rtdebug.reports.priced import Bill, bill
from rtdebug.reports.recorded import Recorded
from rtdebug.reports.show.look import BAD, QUIET, STYLES, Fields
from rtdebug.reports.tokens import hit_rate
from rtdebug.reports.trouble import counted
from rtdebug.reports.words import answers, ending
from rtdebug.session.model import Session
from rtdebug.units import count, dollars, duration, length, quote, share, status


def heading(recorded: Recorded) -> RenderableType:
    """Draw it."""
    session = recorded.session
    return Fields(
        [
            ("session", Text(quote(session.id, 80) or "without an id", "bold")),
            ("model", _model(recorded)),
            ("recorded", _recorded(recorded)),
            ("ended", _ended(recorded)),
            ("answers", _answers(session)),
            ("audio", _audio(recorded)),
            ("tokens", _tokens(session, bill(recorded))),
            ("trouble", Text(counted(session), BAD)),
        ]
    )


def _model(recorded: Recorded) -> Text:
    session = recorded.session
    model = quote(session.model, 80) or "unknown"
    asked = " (asked for)" if session.is_model_asked else ""
    words = [model + asked, session.kind, recorded.dialect]
    return Text(" · ".join(quote(word, 80) for word in words if word))


def _recorded(recorded: Recorded) -> Text:
    started = wall_text(recorded.started_ns)[:19].replace("T", " ") + " UTC" if recorded.started_ns else ""
    took = recorded.session.duration_ns
    told = [started, duration(took) if took is not None else "no times", count(recorded.session.events, "event")]
    told.append(f"imported from {quote(recorded.source, 100)}" if recorded.source else "")
    return Text(", ".join(part for part in told if part))


def _ended(recorded: Recorded) -> Text:
    ended = recorded.session.ending
    odd = ended.code not in (1000, 1001, 1005) if ended.mark else not (recorded.live or recorded.session.complete)
    told = Text.assemble((ending(recorded.session, live=recorded.live), "yellow" if odd else ""))
    if ended.mark is not None:
        told.append(f"  #{ended.mark.seq}", QUIET)
    return told


def _answers(session: Session) -> Text:
    if session.kind == "translation" and not session.responses:
        return Text()
    words = Text(answers(session))
    for name, style in STYLES.items():
        words.highlight_words([status(name)], style)
    return words


def _audio(recorded: Recorded) -> Text:
    session = recorded.session
    if not recorded.has_audio:
        return Text("cut short in the log that was imported")
    told = [recorded.heard(response) for response in session.responses.values()]
    translated = [item for item in session.items.values() if item.audio and item.response_id not in session.responses]
    made = sum(one.made_ns for one in told) + sum(recorded.made_ns(item) or 0 for item in translated)
    unheard = sum(one.unheard_ns or 0 for one in told)
    if not made and not session.input.length_ns:
        return Text("none in the recording")
    what = "translation" if session.kind == "translation" else "answers"
    words = f"{length(session.input.length_ns)} of microphone, {length(made)} of {what}"
    return Text(words + (f", {length(unheard)} of it never heard" if unheard else ""))


def _tokens(session: Session, paid: Bill) -> Text:
    usage = session.usage
    words = Text("no usage reported")
    if any(response.usage for response in session.responses.values()):
        cached = share(hit_rate(usage, session.responses.values()))
        words = Text(f"{usage.input_tokens:,} in ({cached} cached), {usage.output_tokens:,} out")
    if paid.total is not None:
        words.append(f" · {dollars(paid.total)}", "bold")
    words.append(f" ({paid.made_of})" if paid.made_of else "", QUIET)
    for note in paid.notes:
        words.append(f" · {note}", QUIET)
    return words
