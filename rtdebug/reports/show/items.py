"""Items: the conversation's items in true order, deleted and out-of-band ones included."""

from rich.console import RenderableType
from rich.text import Text

from rtdebug.reports.recorded import Recorded
from rtdebug.reports.show.look import QUIET, Column, Rows
from rtdebug.session.model import Item
from rtdebug.units import NONE, length, moment_of, quote

COLUMNS = [
    Column("#", right=True),
    Column("at", right=True),
    Column("type"),
    Column("role"),
    Column("status", rank=1),
    Column("audio", right=True, rank=1),
    Column("of response", right=True, rank=2),
    Column("entry", style=QUIET),
    Column("id", style=QUIET, rank=3),
]
_MOST = 200


def items(recorded: Recorded) -> RenderableType | None:
    """Draw a row for each."""
    session = recorded.session
    placed = set(session.order)
    aside = [id_ for id_ in session.items if id_ not in placed]
    found = [session.items[id_] for id_ in (*session.order, *aside) if id_ in session.items]
    if not found:
        return None
    numbers = {id_: str(number) for number, id_ in enumerate(session.responses, 1)}
    table = Rows(COLUMNS)
    for number, item in enumerate(found, 1):
        mark = item.added or item.committed or item.asked or item.done
        table.add(
            [
                str(number),
                moment_of(mark.at_ns if mark else None),
                quote(item.type, 24) or NONE,
                quote(item.role, 12) or NONE,
                quote(item.status, 14) or NONE,
                length(recorded.made_ns(item) or recorded.said_ns(item)),
                numbers.get(item.response_id, NONE),
                f"#{mark.seq}" if mark else "",
                quote(item.id, 60),
            ],
            _content(item),
            Text("; ".join(_fate(item, in_conversation=item.id in placed)), "yellow"),
        )
    return table


def _content(item: Item) -> Text:
    if item.name or item.arguments:
        return Text(f"ƒ {quote(item.name, 60)}({quote(item.arguments, _MOST)})")
    return Text(quote(item.output if item.output is not None else item.text, _MOST))


def _fate(item: Item, *, in_conversation: bool) -> list[str]:
    fate = []
    if not in_conversation:
        fate.append("not in the conversation")
    if item.truncation is not None:
        cut = item.truncation
        agreed = f"#{cut.done.seq}" if cut.done else "not confirmed by the server"
        fate.append(f"truncated at {cut.audio_end_ms} ms ({agreed})")
    if item.deleted is not None:
        fate.append(f"deleted #{item.deleted.seq}")
    if item.transcription is not None and item.transcription.status == "failed":
        fate.append(f"transcription failed: {quote(item.transcription.error, 200)}")
    if item.error:
        fate.append(f"failed: {quote(item.error, 200)}")
    return fate
