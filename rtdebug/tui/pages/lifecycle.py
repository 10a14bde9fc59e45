"""The steps of a response on one clock: asked, created, each item and its parts, tool calls, what cut it, done."""

from collections.abc import Iterator

from rtdebug.reports.recorded import Recorded
from rtdebug.reports.words import asked_by
from rtdebug.session.model import ContentPart, Item, Mark, Response, Session
from rtdebug.session.playing import heard_between
from rtdebug.tui.cells import tame
from rtdebug.tui.pages.parts import sign
from rtdebug.tui.pages.waterfall import Step

_KINDS = {"output_audio": "audio", "output_text": "text", "input_text": "text", "input_audio": "audio"}
CALLS = ("function_call", "mcp_call")


def steps(recorded: Recorded, response: Response) -> list[Step]:
    """Return them in the order in which they are read; times may be absent."""
    return [*_begun(response), *_made(recorded, response), *_cut(response), *_ended(response)]


def output_of(session: Session, call: Item) -> Item | None:
    """Find the item that gave the result of a call."""
    if not call.call_id:
        return None
    found = (one for one in session.items.values() if one.call_id == call.call_id)
    return next((one for one in found if one.type not in CALLS), None)


def _begun(response: Response) -> Iterator[Step]:
    asked, created = response.asked.mark, response.created
    if asked is not None:
        yield _moment(f"asked: {asked_by(response)}", asked, "label", "◇")
    if created is not None:
        yield _moment("created", created, "label", "◇")
    since = asked or created
    if response.first_delta is not None and response.first_delta != response.first_audio:
        yield _span("1st delta", since, response.first_delta, "quiet", "─", is_wait=True)
    if response.first_audio is not None:
        yield _span("1st audio", since, response.first_audio, "quiet", "─", is_wait=True)


def _made(recorded: Recorded, response: Response) -> Iterator[Step]:
    session = recorded.session
    playing = heard_between(session)
    is_told = recorded.heard(response).heard_ns is not None
    for id_ in response.item_ids:
        item = session.items.get(id_)
        if item is None:
            continue
        if item.type in CALLS:
            yield from _call(session, item, response)
            continue
        start, end = item.added or _first(item), item.done
        yield _span(
            f"◈ {tame(item.type, 18) or 'item'}", start, end or _last(response), "assistant.quiet", is_open=not end
        )
        for _, part in sorted(item.parts.items()):
            yield from _part(part, item, response)
        span = playing.get(id_)
        if span is not None:
            mark = item.truncation.done if item.truncation and item.truncation.done else item.done
            yield Step(
                "  heard" if is_told else "  to be heard",
                span.start_ns,
                span.end_ns,
                "assistant",
                mark.seq if mark else None,
                line="═",
            )


def _call(session: Session, item: Item, response: Response) -> Iterator[Step]:
    start, end = item.added or item.done, item.arguments_done or item.done
    yield _span(f"ƒ {tame(item.name, 18) or 'a tool'}", start, end or _last(response), "tool", is_open=not end)
    output = output_of(session, item)
    given = (output.asked or output.added) if output is not None else None
    if given is not None and end is not None:
        yield _span("  until output", end, given, "tool", "┄")


def _part(part: ContentPart, item: Item, response: Response) -> Iterator[Step]:
    if part.first is None:
        return
    end = part.done or item.done
    kind = _KINDS.get(part.type) or tame(part.type, 16) or "part"
    yield _span(f"  {kind}", part.first, end or _last(response), "assistant", is_open=not end)


def _cut(response: Response) -> Iterator[Step]:
    if response.playback[0] is not None:
        yield _span("playback", response.playback[0], response.playback[1], "assistant", "═")
    if response.barge_in is not None:
        yield _moment("◉ user speaks", response.barge_in.speech, "user", "◉")
    asked = response.cancellation
    if asked is not None and asked.by == "client" and asked.mark is not None:
        yield _moment("✕ cancel asked for", asked.mark, "warn", "✕")


def _ended(response: Response) -> Iterator[Step]:
    if response.done is None:
        return
    drawn, style = sign(response.status)
    yield _moment(f"{drawn} done", response.done, style, drawn)


def _first(item: Item) -> Mark | None:
    return next((part.first for _, part in sorted(item.parts.items()) if part.first), item.asked)


def _last(response: Response) -> Mark | None:
    """Say up to when something that has not ended is known to have gone on."""
    return response.done or response.last_audio or response.first_delta


def _moment(label: str, mark: Mark, style: str, sign_: str) -> Step:
    return Step(label, mark.at_ns, None, style, mark.seq, sign_)


def _span(
    label: str,
    start: Mark | None,
    end: Mark | None,
    style: str,
    line: str = "━",
    *,
    is_open: bool = False,
    is_wait: bool = False,
) -> Step:
    told = end if is_wait else start or end
    return Step(
        label,
        start.at_ns if start else None,
        end.at_ns if end else None,
        style,
        told.seq if told else None,
        line=line,
        is_wait=is_wait,
        is_open=is_open and end is not None,
    )
