"""Pages as text, of the samples and of sessions made by hand."""

from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

from rtdebug.opening import open_session
from rtdebug.reports.recorded import Recorded
from rtdebug.tui.cells import Line, text_of
from rtdebug.tui.pages.config import config_page
from rtdebug.tui.pages.conversation import conversation_page
from rtdebug.tui.pages.heading import heading
from rtdebug.tui.pages.item import item_page, no_response_page
from rtdebug.tui.pages.odd import odd_page
from rtdebug.tui.pages.response import response_page
from rtdebug.tui.pages.rows import Row
from rtdebug.tui.pages.usage import usage_page

SAMPLES = Path(__file__).parents[3] / "recordings"
PAGES: dict[str, Callable[[Recorded, int], Sequence[Row]]] = {
    "usage": usage_page,
    "conversation": conversation_page,
    "config": config_page,
    "odd": odd_page,
    "no response": lambda recorded, width: no_response_page(recorded, width, at_ns=2_000_000_000),
    "heading": lambda recorded, width: [Row(line) for line in heading(recorded, width, lines=2, sent=(17, 1_234))],
}


@cache
def sample(name: str) -> Recorded:
    return recorded_at(SAMPLES / name)


def recorded_at(path: Path, *, live: bool = False) -> Recorded:
    opened = open_session(path)
    return Recorded(
        opened.session,
        path.name,
        opened.header.started_ns,
        opened.header.upstream,
        str(opened.dialect),
        opened.dialect.vendor,
        live=live,
        lacks=opened.header.lacks,
        problems=tuple(opened.problems),
    )


def all_rows(recorded: Recorded, width: int) -> list[Row]:
    """Every page there is of a recording."""
    session = recorded.session
    rows = [row for page in PAGES.values() for row in page(recorded, width)]
    rows += [row for one in session.responses.values() for row in response_page(recorded, one, width)]
    return rows + [row for one in session.items.values() for row in item_page(recorded, one, width)]


def lines(rows: Sequence[Row]) -> list[str]:
    return [text_of(row.line).rstrip() for row in rows]


def page(name: str, width: int = 78, response: int = 1) -> str:
    """The page of a sample's response, as text."""
    recorded = sample(name)
    one = list(recorded.session.responses.values())[response - 1]
    return "\n".join(lines(response_page(recorded, one, width)))


def words(rows: Sequence[Row]) -> str:
    """A page without the line breaks that the width makes."""
    return " ".join(" ".join(lines(rows)).split())


def styles(drawn: Sequence[Line]) -> set[str]:
    return {style for line in drawn for _, style in line}


def seq_at(rows: Sequence[Row], text: str) -> int | None:
    """The entry that the first row with these words rests on."""
    return next(row.seq for row in rows if text in text_of(row.line))
