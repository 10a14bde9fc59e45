"""Function calls: who called what, in which response, and when the client gave each its result."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from rtdebug.protocol.reading import list_in, object_in, text_in
from rtdebug.session.model import Item, Mark, Response, Session


@dataclass(frozen=True, slots=True)
class FunctionCall:
    """One call of a function, whole."""

    item: Item
    response: Response
    made: Mark
    """Its arguments were whole."""
    answered: Mark | None = None
    """The client sent its result; of several, the first that was not refused."""
    is_known: bool | None = None
    """Whether the response was offered a function of this name; None where the session does not show any."""

    @property
    def named(self) -> str:
        """Its name, with the id that its result must bear."""
        return f"{self.item.name or 'a tool'} ({self.item.call_id or self.item.id})"


def function_calls(session: Session) -> list[FunctionCall]:
    """Return the calls in the conversation that were made in full, by time; one of a cancelled response is no call."""
    answers = _answers(session)
    found = []
    for response in session.responses.values():
        names = _offered(response) if response.in_conversation and response.status == "completed" else None
        if names is None:
            continue
        for item in _calls(session, response):
            made = item.arguments_done or item.done or response.done
            if made is not None:
                known = item.name in names if names and item.name else None
                found.append(FunctionCall(item, response, made, answers.get(item.call_id), known))
    return found


def known_calls(session: Session) -> set[str]:
    """Return the ids of all calls that the session shows, also of those the client put there itself."""
    return {item.call_id for item in session.items.values() if item.type == "function_call"}


def speaks(session: Session, response: Response) -> bool:
    """Say whether a response has words or audio in it."""
    items = (session.items[one] for one in response.item_ids if one in session.items)
    return response.first_audio is not None or any(item.type == "message" and item.text.strip() for item in items)


def _calls(session: Session, response: Response) -> Iterator[Item]:
    for item_id in response.item_ids:
        item = session.items.get(item_id)
        if item is not None and item.type == "function_call" and item.status != "incomplete":
            yield item


def _answers(session: Session) -> dict[str, Mark]:
    """Find the first result of each call: as the client sent it, or as another connection's came to be seen here."""
    found: dict[str, Mark] = {}
    for output in session.tool_outputs:
        if output.refused is None:
            found.setdefault(output.call_id, output.asked)
    for item in session.items.values():
        if item.type == "function_call_output" and item.added is not None:
            found.setdefault(item.call_id, item.added)
    return found


def _offered(response: Response) -> frozenset[str]:
    """Name the functions a response could call: its own, else the session's."""
    return _names(response.asked.overrides) or _names(response.config)


def _names(config: Mapping[str, Any]) -> frozenset[str]:
    tools = (object_in(tool) for tool in list_in(config, "tools"))
    return frozenset(text_in(tool, "name") for tool in tools if text_in(tool, "type") == "function")
