"""How far a call has come that is played again: which cues have come, and what the recording's ids are now. Pure.

The server's answers of now are paired with those of the recording: one that was asked for with the answer to the same
command, others in their order. What does not come this time, because the model or the server does otherwise, is let
go, and so is what the client did about it; that is said, and the call goes on.
"""

from collections import Counter
from collections.abc import Iterable
from typing import Final

from rtdebug.protocol.answers import (
    answers,
    begins_answer,
    ends_answer,
    is_about_cancel,
    is_error,
    refused_id,
)
from rtdebug.protocol.catalog import CATALOG
from rtdebug.protocol.event import Event
from rtdebug.protocol.identity import ids_in, response_of, tool_call
from rtdebug.protocol.progress import (
    Call,
    calls_in,
    is_moment,
    is_pulse,
    server_ids,
)
from rtdebug.protocol.unanswered import Unanswered
from rtdebug.replay.calling import Tool, handed_in_again, matched
from rtdebug.replay.cues import BEGUN, OF_RESPONSES, Cue, Key, Parts, keys_of
from rtdebug.replay.differences import Differences
from rtdebug.replay.ids import Ids
from rtdebug.replay.lookup import Lookup, Place, place_among
from rtdebug.replay.mismatch import at, named
from rtdebug.replay.steps import Command, Say, Script

_ASIDE: Final = -1
"""The number of a command that the recording does not have."""
_MOST_ASIDES: Final = 10
_Asked = tuple[int, Event]
"""A command's number, and as what it was sent."""


class Progress:
    """What has come of a recording's answers."""

    def __init__(self, script: Script, parts: Parts) -> None:
        self.came: dict[Key, int] = {}
        """The cues, and when each came."""
        self.differences = Differences([step for step in script.steps if isinstance(step, Say)])
        self.skipped: set[int] = set()
        """Commands that have nothing to say this time."""
        self.latest_ns = 0
        """When the server said something last."""
        self._recorded = Lookup(script, parts)
        self._owed = {cue.key: cue for cue in self._recorded.hard}
        self._ids = Ids(script.ids)
        self._paired: set[str] = set(script.client_ids)
        self._counts: Counter[str] = Counter()
        self._places: Counter[Place] = Counter()
        self._open = Unanswered[_Asked]()
        self._too_late = Unanswered[_Asked]()
        """Cancels of answers that had come to their end: most servers will call them an error."""
        self._responses: dict[str, str] = {}
        """Which of the recording's responses each of now is, "" for one that it does not have."""
        self._under_way: set[str] = set()
        self._calls: dict[str, dict[str, Call]] = {}
        self._asides: list[bytes] = []
        self._aside_for: list[str] = []
        """Responses of the recording that will be over with the answer to a tool that it does not have."""
        self._made_asides = 0
        self._now_ns = 0

    # What the server says.

    def hear(self, told: Event, now_ns: int) -> bool:
        """Take an event of the server's; return whether it brings the call on."""
        self._now_ns = self.latest_ns = now_ns
        if told.type and (not is_error(told) or self._recorded.begins_with_error):
            self._came(BEGUN)
        answered = self._answered(told)
        for number in answered:
            self._came(("answered", str(number)))
        recorded = self._begun(told, answered) if begins_answer(told) else self._responses.get(response_of(told), "")
        if is_error(told):
            self._refused(told, answered)
        self.differences.compare_end(told, recorded)
        self._learn(told, recorded, answered)
        for call in calls_in(told):
            self._calls.setdefault(call.response_id, {})[call.call_id] = call
        put_off = ends_answer(told) and self._over(told, recorded)
        for key in keys_of(told, "" if put_off else recorded, self._counts):
            self._came(key)
        if ends_answer(told) and not put_off:
            self._let_go(recorded)  # it may have come without a delta
        return told.type in CATALOG and not is_pulse(told)

    def _came(self, key: Key) -> None:
        self.came.setdefault(key, self._now_ns)
        self._owed.pop(key, None)

    def _answered(self, told: Event) -> list[int]:
        """Find the commands that an event answers, and close them."""
        if is_error(told) and refused_id(told):
            found = [*self._open.answered(told), *self._too_late.answered(told)]
        elif is_error(told):
            found = self._blamed(told)
        elif ends_answer(told):
            found = self._open.cancels()
            for number, asked in found:
                if not answers(asked, told):
                    self._too_late.add(asked, (number, asked))
        else:
            found = self._open.answered(told)
        return [number for number, _ in found]

    def _blamed(self, told: Event) -> list[_Asked]:
        """Find and close the command that an error without a name is about."""
        if is_about_cancel(told):
            return self._too_late.first() or self._open.answered(told)
        return self._open.answered(told) or self._too_late.first()

    def _begun(self, told: Event, answered: list[int]) -> str:
        """Pair a response that begins."""
        now = response_of(told)
        self._under_way.add(now)
        asking = answered[-1] if answered else 0
        if asking == _ASIDE:
            recorded = self._aside_for.pop(0) if self._aside_for else ""
        elif asking in self._recorded.asked:
            recorded = self._recorded.asked[asking]
        elif asking in self._recorded.refused:
            recorded = ""
            self.differences.note(f"step {asking}: this was refused in the recording, and is answered now")
        else:
            taken = set(self._responses.values())
            recorded = next((one for one in self._recorded.unasked if one not in taken), "")
            if not recorded:
                self.differences.note("the server answers once more than in the recording")
        self._responses[now] = recorded
        return recorded

    def _refused(self, told: Event, answered: list[int]) -> None:
        is_recorded = self.differences.is_recorded(told)
        if any(number in self._recorded.refused for number in answered):
            return
        about = next((number for number in answered if number > 0), 0)
        command = self._recorded.commands[about] if about else None
        self.differences.refused(told, command, is_explained=bool(answered) or is_recorded)
        for number in answered:
            self._let_go(self._recorded.asked.get(number, ""))
        if _ASIDE in answered and self._aside_for:
            self._let_go(self._aside_for.pop(0))

    def _let_go(self, response: str) -> None:
        """Wait no longer for a response of the recording."""
        if response:
            for what in OF_RESPONSES:
                self._came((what, response))

    def _over(self, told: Event, recorded: str) -> bool:
        """Take the end of a response: see to its calls; return whether the recorded one goes on with the next."""
        now = response_of(told)
        self._under_way.discard(now)
        calls = list(self._calls.pop(now, {}).values())
        here = [tool for tool in self._recorded.tools if recorded and tool.call.response_id == recorded]
        extra: list[tuple[Call, Tool]] = []
        answers_here = False
        for match in matched(calls, here, self._recorded.tools):
            if match.words:
                self.differences.note(match.words)
            if match.tool is not None and match.tool in here:
                answers_here = True
                self._pair(match.tool.call.call_id, match.now.call_id, force=True)
                self._pair(match.tool.call.item_id, match.now.item_id, force=True)
                here.remove(match.tool)
            elif match.tool is not None:
                extra.append((match.now, match.tool))
        return bool(extra) and self._answer_extra(extra, recorded, ask=not answers_here)

    def _answer_extra(self, extra: list[tuple[Call, Tool]], recorded: str, *, ask: bool) -> bool:
        """Answer calls that the recording does not have here; return whether an answer to them is asked for."""
        if self._made_asides >= _MOST_ASIDES:
            self.differences.note(
                f"the model calls on and on: after {_MOST_ASIDES} rounds it was not answered any more"
            )
            return False
        self._made_asides += 1
        for call, tool in extra:
            self._asides.append(handed_in_again(tool, call.call_id))
            self.differences.note(
                f"the model called {call.name} once more than in the recording; it was answered once more"
            )
        asked = extra[-1][1].asked
        if asked is None or not ask:
            return False  # the recording asks for one itself
        self._asides.append(asked.text)
        self._aside_for.append(recorded)
        return True

    # Ids.

    def _learn(self, told: Event, recorded: str, answered: list[int]) -> None:
        """Learn what the recording's ids are called now."""
        ids = server_ids(told)
        if not ids:
            return
        if response_of(told) and not recorded:
            return
        place = place_among(told, recorded, [one for one in answered if one > 0], self._places)
        for path, was in self._recorded.ids.get(place, {}).items():
            if path in ids:
                self._pair(was, ids[path])

    def _pair(self, was: str, now: str, *, force: bool = False) -> None:
        if was and now and (force or was not in self._paired):
            self._paired.add(was)
            self._ids.pair(was, now)

    # What the client says.

    def is_free(self, step: Command) -> bool:
        """Say whether all is known that a command names, or that it never will be."""
        return self._is_idle(step) or not self._unknown(step) or self._is_moot(step)

    def lacks(self, step: Command) -> str:
        """Name what a command names, and nothing has told of, "" where that is nothing."""
        unknown = self._unknown(step)
        return f"{unknown[0]}, which {named(step.event)} of {at(step)} names" if unknown else ""

    def say(self, step: Command, now_ns: int) -> bytes | None:
        """Write a command in the ids of now; None where there is nothing to say this time."""
        self._now_ns = now_ns
        if self._is_idle(step):
            self._skip(step, "what it would have been asked about did not come")
            self._let_go(self._recorded.asked.get(step.number, ""))
            return None
        if self._unknown(step):
            call = self._recorded.calls.get(tool_call(step.event))
            why = f"the model did not call {call.name}" if call else "what it names did not come"
            self._skip(step, why)
            return None
        return self._ids.outward(step.text)

    def asked(self, number: int, event: Event) -> None:
        """Take note that a command was sent; 0 is one that the recording does not have."""
        self._open.add(event, (number or _ASIDE, event))

    def asides(self) -> list[bytes]:
        """Return what is to be sent beyond the recording, once."""
        found, self._asides = self._asides, []
        return found

    def _skip(self, step: Command, why: str) -> None:
        self.skipped.add(step.number)
        self._came(("answered", str(step.number)))
        self.differences.note(f"{at(step)}: {named(step.event)} was not sent: {why}")

    def _unknown(self, step: Command) -> list[str]:
        """Return the server's ids that a command names and that are not known yet."""
        return [id_ for _, id_ in ids_in(step.event) if id_ in self._recorded.server_ids and id_ not in self._paired]

    def _is_moot(self, step: Command) -> bool:
        """Say whether what a command names belongs to an answer that is over without it."""
        owners = [self._recorded.owners.get(id_, "") for id_ in self._unknown(step)]
        return all(owner and ("done", owner) in self.came for owner in owners)

    def _is_idle(self, step: Command) -> bool:
        """Say whether a command asks for an answer to tools' outputs none of which was to be had."""
        outputs = self._recorded.outputs_before.get(step.number, ())
        return bool(outputs) and all(number in self.skipped for number in outputs)

    # What is still to come.

    def owed(self) -> list[Cue]:
        """Return the cues that belong to the call and have not come."""
        return list(self._owed.values())

    def wanted(self) -> list[Cue]:
        """Return those that it can do without."""
        return [cue for cue in self._recorded.soft if cue.key not in self.came]

    @property
    def is_answering(self) -> bool:
        """Whether an answer is under way, other than one at which the recording was cut off."""
        cut_off = self._recorded.cut_off
        under_way = [one for one in self._under_way if self._responses.get(one) not in cut_off]
        return bool(under_way or self._asides or self._aside_for)

    def awaits_ear(self, cues: Iterable[Cue]) -> bool:
        """Say whether the server has to hear something before these can come."""
        if self.is_answering:
            return False
        unasked = set(self._recorded.unasked)
        return any(
            cue.key[1] in unasked
            if cue.key[0] in OF_RESPONSES
            else isinstance(cue.step, Say) and is_moment(cue.step.event)
            for cue in cues
        )
