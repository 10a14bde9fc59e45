"""What one has to look up in a recording while its client's part is played again. Pure."""

from collections import Counter
from collections.abc import Sequence

from rtdebug.protocol.answers import asks_for_answer, begins_answer, is_error
from rtdebug.protocol.event import Event
from rtdebug.protocol.identity import ids_in, is_tool_output, response_of
from rtdebug.protocol.progress import begins_turn, place_of, server_ids
from rtdebug.replay.calling import tools_of
from rtdebug.replay.cues import OF_RESPONSES, Parts
from rtdebug.replay.steps import Say, Script

Place = tuple[str, ...]


class Lookup:
    """What of a recording one has to look up."""

    def __init__(self, script: Script, parts: Parts) -> None:
        self.commands = {command.number: command for command in script.commands}
        self.tools = tools_of(script)
        self.calls = {tool.call.call_id: tool.call for tool in self.tools}
        self.server_ids = script.ids - script.client_ids
        self.asked: dict[int, str] = {}
        """Which response answers a command."""
        self.refused: set[int] = set()
        self.unasked: list[str] = []
        """Responses that the server began by itself."""
        self.ids: dict[Place, dict[str, str]] = {}
        """The ids of an event, by its place."""
        self.owners: dict[str, str] = {}
        """The response that an id belongs to."""
        essential = ("begun", "answered", *OF_RESPONSES)
        self.hard = [cue for cue in parts.cues if cue.key[0] in essential]
        self.soft = [cue for cue in parts.cues if cue.key[0] not in essential]
        done = {cue.key[1] for cue in self.hard if cue.key[0] == "done"}
        self.cut_off = {cue.key[1] for cue in self.hard if cue.key[0] in OF_RESPONSES} - done
        """Responses that are not over where the recording ends."""
        self.outputs_before = _outputs_before(script)
        said = [step for step in script.steps if isinstance(step, Say)]
        self.begins_with_error = bool(said) and is_error(said[0].event)
        self._places: Counter[Place] = Counter()
        for step in script.steps:
            if isinstance(step, Say):
                self._read(step)

    def _read(self, step: Say) -> None:
        told, response = step.event, response_of(step.event)
        if is_error(told):
            self.refused.update(step.after)
        if begins_answer(told):
            asking = [number for number in step.after if asks_for_answer(self.commands[number].event)]
            if asking:
                self.asked[asking[-1]] = response
            else:
                self.unasked.append(response)
        ids = dict(server_ids(told))
        if response:
            for _, id_ in ids_in(told):
                self.owners.setdefault(id_, response)
        if not ids:
            return
        self.ids.setdefault(place_among(told, response, step.after, self._places), ids)


def _outputs_before(script: Script) -> dict[int, tuple[int, ...]]:
    """Say for commands that ask for an answer which tools' outputs it is to, where it is to nothing else."""
    found: dict[int, tuple[int, ...]] = {}
    outputs: list[int] = []
    is_only = True
    for command in script.commands:
        if is_tool_output(command.event):
            outputs.append(command.number)
        elif asks_for_answer(command.event):
            if outputs and is_only:
                found[command.number] = tuple(outputs)
            outputs, is_only = [], True
        elif begins_turn(command.event):
            is_only = False
    return found


def place_among(told: Event, response: str, answered: Sequence[int], counts: Counter[Place]) -> Place:
    """Say where an event stands in its call, in words that hold in both; `counts` is kept from event to event."""
    if answered and not begins_answer(told):
        return told.type, "answer", str(answered[0])
    if response:
        return place_of(told, response)
    kind = place_of(told, "")
    counts[kind] += 1
    return *kind, str(counts[kind])
