"""The page of a response: how it went and why it ended, on one clock, with what it said, called, used and cost.

Every row rests on an entry where there is one. Pure: values in, rows out.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from rtdebug.reports.flat import leaves
from rtdebug.reports.recorded import Recorded
from rtdebug.reports.waits import SPEED, WAITS
from rtdebug.reports.words import account, asked_by, sound
from rtdebug.session.configuring import changes
from rtdebug.session.model import Item, Response, Session
from rtdebug.session.prices import price
from rtdebug.tui.cells import Piece, tame
from rtdebug.tui.pages import amounts
from rtdebug.tui.pages.brief import brief, items_of, neighbours, number_of, seq_of
from rtdebug.tui.pages.config import set_at
from rtdebug.tui.pages.cutting import marked, shares
from rtdebug.tui.pages.lifecycle import CALLS, output_of, steps
from rtdebug.tui.pages.parts import (
    entry,
    field,
    figure,
    paragraph,
    section,
    spread,
    stacked,
    status_style,
    words,
)
from rtdebug.tui.pages.rows import BLANK, Row
from rtdebug.tui.pages.settings import Marks, setting, tree, value
from rtdebug.tui.pages.waterfall import waterfall
from rtdebug.units import delay, dollars, moment_of, status


def response_page(recorded: Recorded, response: Response, width: int) -> list[Row]:
    """Write the page of one response."""
    return [
        *_head(recorded, response, width),
        *_lifecycle(recorded, response, width),
        *_said(recorded, response, width),
        *_calls(recorded, response, width),
        *_waits(recorded, response, width),
        *_usage(recorded, response, width),
        *_config(recorded.session, response, width),
        *_neighbours(recorded.session, response, width),
    ]


def _head(recorded: Recorded, response: Response, width: int) -> list[Row]:
    session, begun = recorded.session, seq_of(response)
    number = number_of(session, response.id)
    title: list[Piece] = [(f"response {number}" if number else "response", "title"), ("  ", "")]
    title.append((status(tame(response.status, 40)), status_style(response.status)))
    before, after = neighbours(session, response)
    steps_ = f"{'◂' if before else ' '} {number or '?'}/{len(session.responses)} {'▸' if after else ' '}"
    done = response.done.seq if response.done else begun
    rows = [Row(spread(tuple(title), ((steps_, "quiet"),), width), done)]
    mark = response.asked.mark or response.created
    told = [tame(response.id, 60) or "without an id", f"turn {response.turn}" if response.turn else ""]
    told.append("" if response.in_conversation else "out of band")
    rows += paragraph(" · ".join(one for one in told if one), width, "quiet", seq=begun)
    rows += field("asked for by", asked_by(response), width, seq=mark.seq if mark else begun, note=_when(response))
    why = _why(recorded, response)
    if why:
        rows += [BLANK, *paragraph(words(why), width, status_style(response.status), seq=done)]
    return rows


def _why(recorded: Recorded, response: Response) -> str:
    """Tell how it went; of a call that goes on nobody knows yet where its recording ends."""
    if not recorded.live or response.done is not None:
        return account(recorded, response)
    return "; ".join(part for part in ("under way", sound(recorded.heard(response))) if part)


def _when(response: Response) -> str:
    mark = response.asked.mark or response.created
    if mark is None:
        return ""
    return f"at {moment_of(mark.at_ns)}  {entry(mark.seq)}" if mark.at_ns is not None else entry(mark.seq)


def _lifecycle(recorded: Recorded, response: Response, width: int) -> list[Row]:
    drawn = waterfall(steps(recorded, response), width)
    return [*section("lifecycle", width), *drawn] if drawn else []


def _said(recorded: Recorded, response: Response, width: int) -> list[Row]:
    found = [item for item in items_of(recorded.session, response) if item.text and item.type not in CALLS]
    if not found:
        return []
    heard = shares(recorded, response)
    note = "from ✂ on not heard, about" if any(share < 1 for share in heard.values()) else ""
    rows = section("what it said", width, note)
    for item in found:
        mark = item.added or item.done
        share = heard.get(item.id) if item.truncation or response.playback[1] else None
        rows += [Row(line, mark.seq if mark else None) for line in marked(words(item.text), share, width)]
    return rows


def _calls(recorded: Recorded, response: Response, width: int) -> list[Row]:
    calls = [item for item in items_of(recorded.session, response) if item.type in CALLS]
    rows = section("tool calls", width) if calls else []
    for item in calls:
        mark = item.arguments_done or item.added or item.done
        called = f"ƒ {tame(item.name, 60) or 'a tool'}({words(item.arguments, 1000)})"
        rows += paragraph(called, width, "tool", seq=mark.seq if mark else None)
        rows += _output(recorded.session, item, width)
    return rows


def _output(session: Session, call: Item, width: int) -> Iterator[Row]:
    """Write what a call came to."""
    if call.error:
        yield from paragraph(f"▲ failed: {words(call.error, 400)}", width, "bad", indent=2)
    item = output_of(session, call)
    given = call.output if call.output is not None else item.output if item is not None else None
    if given is None:
        if not call.error:
            yield from paragraph("→ no output is given where the recording ends", width, "warn", indent=2)
        return
    mark = (item.asked or item.added) if item is not None else call.done
    begun = call.arguments_done
    took = ""
    if item is not None and mark is not None and begun is not None and None not in (mark.at_ns, begun.at_ns):
        took = f"  after {delay((mark.at_ns or 0) - (begun.at_ns or 0))}"
    yield from paragraph(f"→ {words(given, 1000)}{took}", width, indent=2, seq=mark.seq if mark else None)


def _waits(recorded: Recorded, response: Response, width: int) -> list[Row]:
    one = recorded.latency_of(response)
    rows: list[Row] = []
    seq = response.first_audio.seq if response.first_audio else seq_of(response)
    for name, wait in WAITS.items():
        took = wait.of(one)
        if took is not None:
            rows += figure(name, delay(took), width, note=wait.meaning, seq=seq)
    if one.realtime_factor is not None:
        rows += figure(SPEED[0], f"{one.realtime_factor:.1f} x ", width, note=SPEED[1], seq=seq)
    return [*section("waits", width), *rows] if rows else []


def _usage(recorded: Recorded, response: Response, width: int) -> list[Row]:
    used = response.usage
    if used is None:
        return []
    seq = response.done.seq if response.done else None
    paid = price(used, recorded.session.model, recorded.vendor, at_ns=recorded.started_ns)
    note = dollars(paid.total) if paid else "no price known"
    rows = section("usage", width, note, seq=seq)
    if not used.total_tokens:
        return [*rows, *paragraph("no token was used", width, "quiet", seq=seq)]
    rows.append(Row(stacked(amounts.parts(used), used.total_tokens, width), seq))
    shown = {letter for amount, letter, _ in amounts.parts(used) if amount}
    rows += [*amounts.legend(width, shown), *amounts.table(used, [response], width, seq=seq)]
    if paid is not None:
        told = f"{dollars(paid.input)} in + {dollars(paid.output)} out"
        rows += figure("price", dollars(paid.total), width, note=told, seq=seq)
        rows += [row for what in paid.unknown for row in field("not priced", tame(what, 60), width, style="warn")]
    rows += [row for odd in used.identities() for row in field("odd", odd, width, style="warn", seq=seq)]
    return rows


def _config(session: Session, response: Response, width: int) -> list[Row]:
    """Write what was in force: what `response.create` asked for first, then the session's settings."""
    asked = response.asked.mark.seq if response.asked.mark else None
    overrides = dict(leaves(response.asked.overrides))
    in_force = dict(leaves(response.config))
    rows: list[Row] = []
    if overrides:
        rows += section("asked for this response only", width, seq=asked)
        for path, own in overrides.items():
            instead = f"instead of {value(in_force[path], 60)}" if path in in_force else ""
            rows += setting(f"◆ {path}", own, width, style="strong", note=instead, seq=asked)
    if in_force:
        differs = _differs(session, response, in_force)
        differs |= {path: "not for this response: see above" for path in overrides if path in in_force}
        marks = Marks(differs, set_at(session, seq_of(response)), session.created.seq if session.created else None)
        rows += section("config in force", width, "≠ differs" if differs else "")
        rows += tree(response.config, width, marks)
    return rows


def _differs(session: Session, response: Response, in_force: Mapping[str, Any]) -> dict[str, str]:
    """Say which settings the response itself shows otherwise, and which were changed after it."""
    found = {path: f"later {value(after, 60)}" for path, (_, after) in changes(response.config, session.config).items()}
    for path, shown in leaves(response.wire):
        if path in in_force and shown is not None and shown != in_force[path]:
            found[path] = f"the response says {value(shown, 60)}"
    return found


def _neighbours(session: Session, response: Response, width: int) -> list[Row]:
    before, after = neighbours(session, response)
    rows: list[Row] = [BLANK] if before or after else []
    for label, one in (("◂ before", before), ("▸ next", after)):
        if one is not None:
            rows.append(Row(brief(session, one, width, label), seq_of(one)))
    return rows
