"""A response in one line, and those around it: what other pages say of a response."""

from rtdebug.session.model import Item, Response, Session
from rtdebug.tui.cells import Piece, tame
from rtdebug.tui.pages.parts import cut, numbers, status_style
from rtdebug.units import moment_of, status


def neighbours(session: Session, response: Response) -> tuple[Response | None, Response | None]:
    """Return the responses before and after one, None at the ends."""
    ids = list(session.responses)
    if response.id not in session.responses:
        return None, None
    at = ids.index(response.id)
    before = session.responses[ids[at - 1]] if at else None
    return before, session.responses[ids[at + 1]] if at + 1 < len(ids) else None


def number_of(session: Session, response_id: str) -> int | None:
    """Return the number of a response, as all reports count them."""
    return numbers(session.responses).get(response_id)


def seq_of(response: Response) -> int | None:
    """Return the entry that a response begins with, as far as one shows."""
    mark = response.created or response.first_delta or response.done
    return mark.seq if mark else None


def brief(session: Session, response: Response, width: int, label: str = "") -> tuple[Piece, ...]:
    """Write a response on one line: its number, how it ended, what it was about."""
    text = " ".join(item.text or f"ƒ {item.name}" for item in items_of(session, response) if item.text or item.name)
    created = response.created.at_ns if response.created else None
    line: tuple[Piece, ...] = (
        (f"{label:<9}" if label else "", "label"),
        (f"response {number_of(session, response.id) or '?'}  ", ""),
        (f"{moment_of(created):>7}  ", "quiet"),
        (status(tame(response.status, 30)), status_style(response.status)),
        ("  " + tame(text, width), "quiet"),
    )
    return tuple(cut(line, width))


def items_of(session: Session, response: Response) -> list[Item]:
    """Return what a response made, in its order."""
    return [session.items[id_] for id_ in response.item_ids if id_ in session.items]
