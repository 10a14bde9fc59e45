"""The client's part in a recorded call, as a machine: what the server says goes in, what the client sends comes out.

Pure: whoever has the socket and the clock tells it what came and when, and asks again at `next_ns`.
"""

from typing import Final

from rtdebug.protocol.audio import AudioFormats
from rtdebug.protocol.event import Event, EventReader
from rtdebug.protocol.progress import finds_turns
from rtdebug.recording.format import Entry
from rtdebug.replay.cues import ENDED, Chunk, Cue, Cued, parts_of
from rtdebug.replay.microphone import silence
from rtdebug.replay.mismatch import at, named
from rtdebug.replay.outcome import Outcome, Sound, Text, Utterance
from rtdebug.replay.pace import FAST, scaled
from rtdebug.replay.progress import Progress
from rtdebug.replay.steps import Piece, Say, Script
from rtdebug.replay.terms import PATIENCE_S, Close

_GRACE_NS: Final = 300_000_000
"""How long the microphone may pause before it sends silence while the server has yet to find the end of a turn."""
_QUIET_MS: Final = 20
_LONGEST_PAUSE: Final = 10
"""Times the patience: for what is long in coming while other things come."""
_TAIL_NS: Final = 2_000_000_000
"""How long it stays on for what nobody waits for."""
_LINGER_NS: Final = 100_000_000
_FASTEST_QUIET: Final = 10.0
_ANSWER: Final = "the end of an answer"


class Driving:
    """One play of the client's part of a script."""

    def __init__(self, script: Script, *, pace: float = FAST, patience_s: float = PATIENCE_S) -> None:
        self.script = script
        self.next_ns: int | None = None
        """When to `poll` again, if nothing comes before."""
        self.closed = False
        self._pace = pace if script.has_times else FAST
        self._patience_s = patience_s
        self._parts = parts_of(script)
        self._progress = Progress(script, self._parts)
        self._reader = EventReader(target=script.target)
        self._formats = AudioFormats()
        self._said = 0
        self._sent = 0
        self._chunk = 0
        self._sent_ns = self._chunk_ns = self._moved_ns = self._stuck_ns = 0
        self._spoken_ns: list[int] = []
        """When each of the microphone's messages was sent."""
        self._over_ns: int | None = None
        self._finds_turns = False
        self._is_quiet = False
        self._silence_ms = 0.0
        self._speech_ms = 0.0
        self._ending = ""
        self._waited_for = ""

    # What comes.

    def open(self, now_ns: int) -> list[Utterance]:
        """Begin; return what is to be sent at once."""
        self._sent_ns = self._chunk_ns = self._moved_ns = self._stuck_ns = now_ns
        return self.poll(now_ns)

    def receive(self, message: bytes, now_ns: int, *, binary: bool = False) -> list[Utterance]:
        """Take a message of the server's; return what is to be sent at once."""
        event = self._read("server", message, now_ns, binary=binary)
        told = finds_turns(event)
        self._finds_turns = self._finds_turns if told is None else told
        if self._progress.hear(event, now_ns):
            self._moved_ns = now_ns
        return [*self._asides(now_ns), *self.poll(now_ns)]

    def left(self, words: str, now_ns: int) -> None:
        """Take note that the server has gone; `words` say how."""
        if self.closed:
            return
        self.closed, self._ending = True, f"server {words}"
        self._progress.came.setdefault(ENDED, now_ns)
        if not self._is_over():
            self._waited_for = self._missing() or self._unsent() or _ANSWER

    def _read(self, sender: str, message: bytes, now_ns: int, *, binary: bool = False) -> Event:
        self._said += 1
        fields = {"binary": True} if binary else {}
        entry = Entry(self._said + 1, now_ns, "server" if sender == "server" else "client", "message", fields, message)
        event = self._reader.read(entry)
        self._formats.observe(entry.sender or "server", dict(event.data))
        return event

    # What goes.

    def poll(self, now_ns: int) -> list[Utterance]:
        """Return what is due by now."""
        outs: list[Utterance] = []
        while not self.closed:
            due_ns, is_sound = self._next()
            if due_ns is None or due_ns > now_ns:
                outs += self._wait(due_ns, now_ns)
                break
            self._moved_ns = self._stuck_ns = now_ns
            if is_sound:
                outs.append(self._speak(due_ns, now_ns))
            else:
                outs += self._command(due_ns, now_ns)
        return outs

    def _next(self) -> tuple[int | None, bool]:
        """Say when the next message is due, None while both lanes wait; and whether it is the microphone's."""
        command_ns, sound_ns = self._command_due(), self._sound_due()
        if command_ns is None or (sound_ns is not None and sound_ns < command_ns):
            return sound_ns, True
        return command_ns, False

    def _command_due(self) -> int | None:
        command = self._now_command()
        if command is None or self._chunk < command.pieces or not self._progress.is_free(command.step):
            return None
        cued_ns = self._cued(command.cues, command.step.at_ns)
        if cued_ns is None:
            return None
        before = self._parts.commands[self._sent - 1].step if self._sent else None
        gap_ns = command.step.at_ns - before.at_ns if before and not command.cues else 0
        due_ns = max(cued_ns, self._sent_ns + scaled(gap_ns, self._pace))
        if command.pieces:
            spoken_ns = command.step.at_ns - self._parts.chunks[command.pieces - 1].piece.at_ns
            due_ns = max(due_ns, self._spoken_ns[command.pieces - 1] + scaled(spoken_ns, self._pace))
        return due_ns

    def _sound_due(self) -> int | None:
        chunk = self._now_chunk()
        if chunk is None or self._sent < chunk.commands:
            return None
        cued_ns = self._cued(chunk.cues, chunk.piece.at_ns)
        if cued_ns is None:
            return None
        before = self._parts.chunks[self._chunk - 1].piece if self._chunk else None
        gap_ns = chunk.piece.at_ns - before.at_ns if before else 0
        return max(cued_ns, self._chunk_ns + scaled(gap_ns, self._pace))

    def _cued(self, cues: tuple[Cue, ...], at_ns: int) -> int | None:
        """Say when something is due that waits for cues: as long after the last of them as it was."""
        came = self._progress.came
        if any(cue.key not in came for cue in cues):
            return None
        if not cues:
            return 0
        gap_ns = scaled(at_ns - cues[-1].step.at_ns, self._pace)
        return max(max(came[cue.key] for cue in cues), came[cues[-1].key] + gap_ns)

    def _now_command(self) -> Cued | None:
        return self._parts.commands[self._sent] if self._sent < len(self._parts.commands) else None

    def _now_chunk(self) -> Chunk | None:
        return self._parts.chunks[self._chunk] if self._chunk < len(self._parts.chunks) else None

    def _speak(self, due_ns: int, now_ns: int) -> Utterance:
        chunk = self._parts.chunks[self._chunk]
        self._chunk += 1
        self._is_quiet = False
        self._chunk_ns = now_ns if self._pace == FAST else due_ns
        self._spoken_ns.append(self._chunk_ns)
        self._speech_ms += chunk.piece.ms
        return Sound(chunk.piece, self._formats.client)

    def _command(self, due_ns: int, now_ns: int) -> list[Utterance]:
        step = self._parts.commands[self._sent].step
        self._sent += 1
        self._sent_ns = now_ns if self._pace == FAST else due_ns
        text = self._progress.say(step, now_ns)
        return [] if text is None else [self._tell(text, step.number, now_ns)]

    def _asides(self, now_ns: int) -> list[Utterance]:
        """Answer what the model has called beyond the recording."""
        return [self._tell(text, 0, now_ns) for text in self._progress.asides()]

    def _tell(self, text: bytes, number: int, now_ns: int) -> Text:
        self._progress.asked(number, self._read("client", text, now_ns))
        return Text(text)

    # What does not come.

    def _wait(self, due_ns: int | None, now_ns: int) -> list[Utterance]:
        """Set when to look again; speak silence, hang up or give up where it is time to."""
        self.next_ns = due_ns
        if due_ns is not None:
            return []
        if self._is_over():
            return self._hang_up(now_ns)
        patience_ns = int(self._patience_s * 1e9)
        deadline_ns = min(self._moved_ns + patience_ns, self._stuck_ns + patience_ns * _LONGEST_PAUSE)
        if now_ns >= deadline_ns:
            return self._give_up()
        self.next_ns = deadline_ns
        return self._keep_open(self._awaited(), now_ns)

    def _keep_open(self, awaited: list[Cue], now_ns: int) -> list[Utterance]:
        """Send silence while the server has yet to find out that the user has spoken."""
        chunk = self._parts.chunks[self._chunk - 1] if self._chunk else None
        if chunk is None or not self._finds_turns or not self._progress.awaits_ear(awaited):
            return []
        step_ns = int(_QUIET_MS * 1e6 / min(max(self._pace, 1.0), _FASTEST_QUIET))
        due_ns = self._chunk_ns + (step_ns if self._is_quiet else _GRACE_NS)
        outs: list[Utterance] = []
        if due_ns <= now_ns and (text := silence(chunk.piece, self._formats.client, _QUIET_MS)):
            outs.append(Sound(Piece(now_ns, text, None, _QUIET_MS), self._formats.client))
            self._is_quiet, self._chunk_ns, due_ns = True, now_ns, now_ns + step_ns
            self._silence_ms += _QUIET_MS
        self.next_ns = min(self.next_ns or due_ns, max(due_ns, now_ns + 1))
        return outs

    def _awaited(self) -> list[Cue]:
        """Return what is waited for at present."""
        command, chunk, came = self._now_command(), self._now_chunk(), self._progress.came
        if command is None and chunk is None:
            return self._progress.owed()
        cues = [*(command.cues if command else ()), *(chunk.cues if chunk else ())]
        return [cue for cue in cues if cue.key not in came]

    def _is_over(self) -> bool:
        """Say whether all was sent, and all answered."""
        sent = self._now_command() is None and self._now_chunk() is None
        return sent and not self._progress.owed() and not self._progress.is_answering

    def _hang_up(self, now_ns: int) -> list[Utterance]:
        """Stay on for a moment, for what nobody waits for; then close."""
        self._over_ns = self._over_ns or now_ns
        wanted, latest_ns = self._progress.wanted(), self._over_ns + _TAIL_NS
        due_ns = latest_ns if wanted else min(latest_ns, max(self._over_ns, self._progress.latest_ns) + _LINGER_NS)
        if due_ns > now_ns:
            self.next_ns = due_ns
            return self._keep_open(wanted, now_ns)
        self.closed, self._ending = True, "played to its end"
        return [Close(1000)]

    def _give_up(self) -> list[Utterance]:
        self.closed = True
        self._waited_for = self._missing() or _ANSWER
        self._ending = f"gave up after {self._patience_s:g} s without {self._waited_for}"
        return [Close(1000, "the recording cannot be played on")]

    def _missing(self) -> str:
        """Name what is waited for."""
        awaited = self._awaited()
        if awaited:
            step = awaited[0].step
            what = named(step.event) if isinstance(step, Say) else "the end of the connection"
            return f"{what}, {at(step)}"
        command = self._now_command()
        return self._progress.lacks(command.step) if command else ""

    def _unsent(self) -> str:
        command, chunk = self._now_command(), self._now_chunk()
        if command is not None:
            return f"{named(command.step.event)}, {at(command.step)}, which was still to be sent"
        return f"the rest of the microphone's audio, {at(chunk.step)}" if chunk else ""

    @property
    def outcome(self) -> Outcome:
        """What it has come to so far."""
        speeches = {chunk.step.number for chunk in self._parts.chunks}
        unsaid = {chunk.step.number for chunk in self._parts.chunks[self._chunk :]}
        steps = len(speeches) + len(self._parts.commands)
        notes, failures = [*self.script.notes, *self._progress.differences.notes], self._progress.differences.failures
        complete = self.closed and not self._waited_for and self._is_over()
        if self._silence_ms:
            notes.append(f"{self._silence_ms:,.0f} ms of silence were put in while the server listened on")
        return Outcome(
            recording=self.script.name,
            steps=steps,
            done=steps - len(unsaid) - len(self._parts.commands[self._sent :]) - len(self._progress.skipped),
            complete=complete and not failures,
            ending=f"{self._ending}, but {failures[0]}" if complete and failures else self._ending or "under way",
            waited_for=self._waited_for,
            notes=tuple(notes),
            speech_ms=self._speech_ms + self._silence_ms,
            silence_ms=self._silence_ms,
        )
