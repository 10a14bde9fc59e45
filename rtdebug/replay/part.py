"""The server's part in a recorded call, as a machine: what the client sends goes in, what the server says comes out.

Pure: whoever has the socket and the clock tells it what came and when, and asks again at `next_ns`.
"""

from collections.abc import Iterable, Sequence
from typing import Final

import orjson

from rtdebug.protocol.answers import is_commit
from rtdebug.protocol.audio import AUDIO_KEYS, AudioFormats
from rtdebug.protocol.event import Event, EventReader
from rtdebug.protocol.identity import ids_in, made_item, replay_error
from rtdebug.recording.audio import TakenOut, take_out
from rtdebug.recording.format import AudioPlace, Entry
from rtdebug.replay.ids import Ids
from rtdebug.replay.matching import MOST_UNEXPECTED, Matching
from rtdebug.replay.mismatch import Mismatch, missing, named, too_quiet
from rtdebug.replay.pace import FAST, scaled
from rtdebug.replay.refresh import refreshed
from rtdebug.replay.script import audio_ms
from rtdebug.replay.steps import Command, Ending, Say, Script, Speech
from rtdebug.replay.terms import Close, Out, Send, Terms
from rtdebug.replay.verdict import Verdict

_SETTLED_NS: Final = 300_000_000
"""How long no audio has to come before a little less than was recorded will do."""
_GAVE_UP: Final = 1011


class Part:
    """One play of a script."""

    def __init__(
        self, script: Script, terms: Terms, *, seed: str = "", now_s: int = 0, found: Sequence[Mismatch] = ()
    ) -> None:
        """`found` is what did not fit before a word was said."""
        self.script = script
        self.next_ns: int | None = None
        """When to `poll` again, if nothing comes before."""
        self.closed = False
        self._terms = terms
        self._pace = terms.pace if script.has_times else FAST
        self._patience_ns = int(terms.patience_s * 1e9)
        self._now_s = now_s
        self._ids = Ids(script.ids, seed=f"{script.name}/{seed}" if terms.fresh_ids else None)
        self._reader = EventReader(target=script.target)
        self._formats = AudioFormats()
        self._matching = Matching(script.commands, terms.policy, script.client_ids)
        for one in found:
            self._matching.note(one)
        self._said = [step for step in script.steps if isinstance(step, Say | Ending)]
        self._next = 0
        self._sent: list[Event] = []
        self._heard_ms = 0.0
        self._turn_ms = 0.0
        self._heard_ns = 0
        self._progress_ns = 0
        self._due_ns = 0
        self._notes = list(script.notes)
        self._ending = ""

    # What comes.

    def open(self, now_ns: int) -> list[Out]:
        """Begin; return what the server says at once."""
        self._progress_ns = self._due_ns = self._heard_ns = now_ns
        return self.poll(now_ns)

    def receive(self, message: bytes, now_ns: int, *, binary: bool = False) -> list[Out]:
        """Take a message of the client's; return what the server says to it at once."""
        taken = None if binary else take_out("client", message)
        text = message if taken is None else taken.text
        place = None if taken is None else AudioPlace("client.wav", 0, len(taken.audio), taken.at)
        event = self._reader.read(Entry(len(self._sent) + 2, now_ns, "client", "message", {}, text, place))
        if event.wire_type in AUDIO_KEYS:
            self._hear(self._length_ms(event, taken), now_ns)
        else:
            self._asked(event, message, now_ns)
        return self.poll(now_ns)

    def _length_ms(self, event: Event, taken: TakenOut | None) -> float:
        format_ = self._formats.client
        if taken is None:
            return audio_ms(event.data.get(AUDIO_KEYS[event.wire_type]), format_)
        return len(taken.audio) / format_.frame_bytes * 1000 / format_.rate

    def _hear(self, ms: float, now_ns: int) -> None:
        self._heard_ms += ms
        self._turn_ms += ms
        self._heard_ns = now_ns
        step = self._current()
        if isinstance(step, Say) and step.heard_ms and not self._matching.is_waiting(step.after):
            self._progress_ns = now_ns

    def _asked(self, event: Event, message: bytes, now_ns: int) -> None:
        self._sent.append(event)
        self._progress_ns = now_ns
        self._formats.observe("client", dict(event.data))
        inward = self._ids.inward(message)
        meant = event if inward is message else self._reader.read(Entry(0, now_ns, "client", "message", {}, inward))
        step = self._current()
        tolerant = 0 < self.script.disturbed_from <= (step.number if step else len(self.script.steps) + 1)
        command = self._matching.take(meant, now_ns, self._turn_ms, tolerant=tolerant)
        if is_commit(meant):
            self._turn_ms = 0.0
        if command is not None:
            self._pair(command, meant)

    @property
    def _is_free(self) -> bool:
        """Whether a fault has struck: behind it, what the client does is its own affair."""
        step, struck = self._current(), self.script.disturbed_from
        return struck > 0 and (step is None or step.number > struck)

    def _pair(self, command: Command, meant: Event) -> None:
        """Learn what the client calls what the recorded client, or the server, had named."""
        new = dict(ids_in(meant))
        for path, recorded in ids_in(command.event):
            if recorded in self.script.client_ids and path in new:
                self._ids.pair(recorded, new.pop(path))
        made = made_item(meant)
        if made and not made_item(command.event):
            for step in self._said[self._next :]:
                if isinstance(step, Say) and command.number in step.after and (item := made_item(step.event)):
                    self._ids.pair(item, made)
                    return

    @property
    def patience_s(self) -> float:
        """How long a client may do nothing."""
        return self._terms.patience_s

    def left(self, words: str, now_ns: int) -> None:
        """Take note that the client has gone; `words` say how."""
        if self.closed:
            return
        self.closed, self._ending = True, f"client {words}"
        step = self._current()
        wanted = [one for one in self._matching.open.values() if one.required]
        if wanted:
            self._matching.note(missing(wanted[0], f"was not sent; the client {words}", at_leaving=True))
        elif (
            isinstance(step, Say) and not self._is_free and self._heard_ms < self._terms.policy.enough_ms(step.heard_ms)
        ):
            quiet = too_quiet(step, named(step.event), step.heard_ms, self._heard_ms, at_leaving=True)
            self._matching.note(quiet)

    # What goes.

    def poll(self, now_ns: int) -> list[Out]:
        """Return what is due by now."""
        outs: list[Out] = []
        while not self.closed:
            step = self._current()
            due_ns = self._due(step, now_ns)
            if due_ns is None or due_ns > now_ns:
                outs += self._wait(step, due_ns, now_ns)
                break
            assert step is not None
            outs.append(self._play(step, due_ns, now_ns))
        return outs

    def not_sent(self, outs: Iterable[Out]) -> None:
        """Take back what was due but could not be sent: the client was gone, or took nothing."""
        self._next -= sum(out.step > 0 for out in outs)

    def _current(self) -> Say | Ending | None:
        return self._said[self._next] if self._next < len(self._said) else None

    def _due(self, step: Say | Ending | None, now_ns: int) -> int | None:
        """Say when a step is due; None while it waits for the client."""
        if step is None or self._matching.is_waiting(step.after):
            return None
        moments = [self._matching.came.get(number, self._due_ns) for number in step.after]
        gap_ns = 0
        if isinstance(step, Say):
            if step.heard_ms:
                if not self._heard_enough(step, now_ns):
                    return None
                moments.append(self._heard_ns)
            gap_ns = step.at_ns - step.cause_ns if step.cause_ns else self._gap(step)
        hold_ns = step.hold_ns if isinstance(step, Say) else 0
        start_ns = max(moments, default=self._due_ns)
        return max(self._due_ns, start_ns + scaled(gap_ns, self._pace)) + hold_ns

    def _gap(self, step: Say) -> int:
        return step.at_ns - self._said[self._next - 1].at_ns if self._next else 0

    def _heard_enough(self, step: Say, now_ns: int) -> bool:
        needed = step.heard_ms - 0.5
        if self._terms.policy.strictness == "loose":
            needed = 1.0
        if self._heard_ms >= needed:
            return True
        enough = self._terms.policy.enough_ms(step.heard_ms)
        return self._heard_ms >= enough and now_ns - self._heard_ns >= _SETTLED_NS

    def _play(self, step: Say | Ending, due_ns: int, now_ns: int) -> Out:
        self._next += 1
        self._due_ns = due_ns if self._pace != FAST else now_ns
        self._progress_ns = now_ns
        if isinstance(step, Ending):
            self.closed = True
            code = step.code
            self._ending = "server broke off, as recorded" if code is None else f"server closed {code}, as recorded"
            return Close(code, step.reason, step.number)
        if step.place is None:
            self._formats.observe("server", dict(step.event.data))
        before, behind = (
            (step.text, b"") if step.place is None else (step.text[: step.place.at], step.text[step.place.at :])
        )
        if self.script.bytes_per_s:
            size = len(step.text) + self._base64_size(step)
            self._due_ns = max(self._due_ns, now_ns) + int(size / self.script.bytes_per_s * 1e9)
        return Send(self._fresh(before), step.place, self._fresh(behind), step.binary, step.number)

    def _base64_size(self, step: Say) -> int:
        """Count the letters that a message's audio takes in it."""
        frames = step.place.frames if step.place else 0
        return -(-frames * self._formats.for_delta(dict(step.event.data)).frame_bytes // 3) * 4

    def _fresh(self, text: bytes) -> bytes:
        return refreshed(self._ids.outward(text), self.script.started_s, self._now_s)

    # What does not come.

    def _wait(self, step: Say | Ending | None, due_ns: int | None, now_ns: int) -> list[Out]:
        """Set when to look again; give up where nothing has come for too long."""
        self.next_ns = due_ns
        if due_ns is not None:
            return []
        deadline_ns = self._progress_ns + self._patience_ns
        if now_ns >= deadline_ns:
            return self._give_up(step)
        self.next_ns = deadline_ns
        if isinstance(step, Say) and step.heard_ms and self._heard_ms < step.heard_ms:
            settled_ns = self._heard_ns + _SETTLED_NS
            self.next_ns = min(deadline_ns, settled_ns) if settled_ns > now_ns else deadline_ns
        return []

    def _give_up(self, step: Say | Ending | None) -> list[Out]:
        self.closed = True
        waited = f"was not sent in {self._terms.patience_s:g} s"
        wanted = self._matching.waits_for(step.after) if step else list(self._matching.open.values())
        wanted = [one for one in wanted if one.required]
        found: Mismatch | None = None
        if wanted:
            found = missing(wanted[0], waited)
        elif isinstance(step, Say) and not self._is_free:
            found = too_quiet(step, named(step.event), step.heard_ms, self._heard_ms)
        if found is None:
            longer = "behind the fault, doing nothing" if step else "longer than the recording"
            self._ending = f"the client stayed {self._terms.patience_s:g} s {longer}; closed 1000"
            return [Close(1000, "the recording ends here")]
        self._matching.note(found)
        self._ending = f"gave up; closed {_GAVE_UP}"
        error = orjson.dumps(replay_error("replay_waits_in_vain", found.text))
        return [Send(error), Close(_GAVE_UP, f"replay: {at_most(found.what)}")]

    def _unheard(self) -> list[Speech]:
        enough = self._terms.policy.enough_ms
        return [
            step for step in self.script.steps if isinstance(step, Speech) and self._heard_ms < enough(step.until_ms)
        ]

    def _untold(self) -> list[str]:
        more = self._matching.unexpected - MOST_UNEXPECTED
        return [f"{more:,} more events were sent that the recording does not have"] if more > 0 else []

    @property
    def verdict(self) -> Verdict:
        """What it has come to so far."""
        said = self._said[self._next :]
        left = sorted([*self._matching.open.values(), *self._unheard(), *said], key=lambda step: step.number)
        steps = len(self.script.steps)
        return Verdict(
            recording=self.script.name,
            steps=steps,
            done=steps - len(left),
            mismatches=self._matching.mismatches,
            left=tuple(left),
            notes=(*self._notes, *self._untold()),
            sent=tuple(self._sent),
            speech_ms=self._heard_ms,
            ending=self._ending or "under way",
            is_under_way=not self.closed,
            disturbed_from=self.script.disturbed_from,
        )


def at_most(text: str, size: int = 100) -> str:
    """Shorten text to what a close frame takes."""
    data = text.encode()
    return text if len(data) <= size else data[: size - 3].decode("utf-8", "ignore") + "…"
