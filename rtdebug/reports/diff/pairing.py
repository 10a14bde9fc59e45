"""Both recordings laid side by side: turn by turn, and in each turn response by response."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rtdebug.reports.diff.aligning import align, words_alike, words_of
from rtdebug.reports.diff.tolerance import Tolerance
from rtdebug.reports.diff.values import Place, Side
from rtdebug.reports.saying import Line, lines
from rtdebug.session.model import Item, Response, Session

OUT_OF_BAND = "out of band"
_SHORTEST = 5
"""What is shorter is no id: it could be any word."""


@dataclass(frozen=True, slots=True)
class Told:
    """One turn of a recording, or what comes before the first."""

    number: int
    """0 for what belongs to no turn."""
    lines: Sequence[Line]
    """All that was said and done in it."""
    responses: Sequence[Response]
    calls: Sequence[Item]


@dataclass(frozen=True, slots=True)
class Pairs:
    """Two recordings, side by side."""

    a: Side
    b: Side
    tolerance: Tolerance
    turns: Sequence[tuple[Told | None, Told | None]]
    responses: Sequence[tuple[Response | None, Response | None]]
    numbers: tuple[Mapping[str, int], Mapping[str, int]]
    """Of responses, by their ids."""
    ids: tuple[frozenset[str], frozenset[str]]
    """All that the service and the client minted."""

    def places(self, a: Response | None, b: Response | None) -> tuple[Place, Place]:
        """Say where a pair of responses is."""
        return _place(a, self.numbers[0]), _place(b, self.numbers[1])


def pair(a: Side, b: Side, tolerance: Tolerance) -> Pairs:
    """Lay two recordings side by side."""
    first, second = _told(a), _told(b)
    paired = align(first[1:], second[1:], _turn_key, _TurnsAlike())
    turns: list[tuple[Told | None, Told | None]] = [(first[0], second[0]), *paired]
    sessions = a.recorded.session, b.recorded.session
    return Pairs(
        a,
        b,
        tolerance,
        turns,
        [both for x, y in turns for both in _responses(sessions, x, y)],
        (_numbers(sessions[0]), _numbers(sessions[1])),
        (_ids(sessions[0]), _ids(sessions[1])),
    )


def places_of_turns(a: Told | None, b: Told | None) -> tuple[Place, Place]:
    """Say where a pair of turns is."""
    return Place(a.number or None if a else None), Place(b.number or None if b else None)


def _told(side: Side) -> list[Told]:
    """Split a session into turns; the first is what belongs to none."""
    session = side.recorded.session
    numbers = {id_: turn.number for turn in session.turns for id_ in turn.item_ids}
    said: dict[int, list[Line]] = {}
    latest = 0
    for line in lines(side.recorded):
        response = session.responses.get(line.response_id)
        latest = response.turn if response else numbers.get(line.item_id, latest)
        said.setdefault(latest, []).append(line)
    answers: dict[int, list[Response]] = {}
    for response in session.responses.values():
        answers.setdefault(response.turn, []).append(response)
    known = [0, *sorted({turn.number for turn in session.turns} | (said.keys() - {0}) | (answers.keys() - {0}))]
    return [
        Told(number, said.get(number, []), answers.get(number, []), _calls(session, answers.get(number, [])))
        for number in known
    ]


def _calls(session: Session, responses: Sequence[Response]) -> list[Item]:
    made = [session.items[id_] for response in responses for id_ in response.item_ids if id_ in session.items]
    return [item for item in made if item.type in ("function_call", "mcp_call", "mcp_approval_request")]


def _turn_key(turn: Told) -> tuple[tuple[str, str, str], ...]:
    return tuple((line.who, line.kind, line.text) for line in turn.lines)


class _TurnsAlike:
    """Says how much two turns have in common: most of all what the user says, and how."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[Counter[str], set[str], Counter[str]]] = {}

    def __call__(self, a: Told, b: Told) -> float:
        (said_a, kinds_a, heard_a), (said_b, kinds_b, heard_b) = self._of(a), self._of(b)
        return 0.6 * words_alike(said_a, said_b) + 0.1 * (kinds_a == kinds_b) + 0.3 * words_alike(heard_a, heard_b)

    def _of(self, turn: Told) -> tuple[Counter[str], set[str], Counter[str]]:
        known = self._known.get(id(turn))
        if known is None:
            user = [line for line in turn.lines if line.who == "user"]
            rest = [line.text for line in turn.lines if line.who != "user"]
            known = words_of(*(line.text for line in user)), {line.kind for line in user}, words_of(*rest)
            self._known[id(turn)] = known
        return known


def _responses(
    sessions: tuple[Session, Session], a: Told | None, b: Told | None
) -> list[tuple[Response | None, Response | None]]:
    """Pair the responses of two turns: by whether they are in the conversation, and by what they say and call."""
    marked_a = [(one, _marks(sessions[0], one)) for one in (a.responses if a else ())]
    marked_b = [(one, _marks(sessions[1], one)) for one in (b.responses if b else ())]
    found = align(
        marked_a,
        marked_b,
        lambda one: (one[1][0], sorted(one[1][1].items()), sorted(one[1][2].items())),
        lambda x, y: _responses_alike(x[1], y[1]),
    )
    return [(x[0] if x else None, y[0] if y else None) for x, y in found]


def _marks(session: Session, response: Response) -> tuple[bool, Counter[str], Counter[str]]:
    items = [session.items[id_] for id_ in response.item_ids if id_ in session.items]
    return response.in_conversation, Counter(item.name for item in items), words_of(*(item.text for item in items))


def _responses_alike(a: tuple[bool, Counter[str], Counter[str]], b: tuple[bool, Counter[str], Counter[str]]) -> float:
    return 0.4 * (a[0] == b[0]) + 0.3 * words_alike(a[1], b[1]) + 0.3 * words_alike(a[2], b[2])


def _numbers(session: Session) -> dict[str, int]:
    return {id_: number for number, id_ in enumerate(session.responses, 1)}


def _ids(session: Session) -> frozenset[str]:
    calls = (item.call_id for item in session.items.values())
    found = {session.id, session.conversation_id, *session.items, *session.responses, *calls}
    return frozenset(id_ for id_ in found if len(id_) >= _SHORTEST)


def _place(response: Response | None, numbers: Mapping[str, int]) -> Place:
    if response is None:
        return Place()
    mark = response.done or response.created
    return Place(response.turn or None, numbers.get(response.id), mark.seq if mark else None)
