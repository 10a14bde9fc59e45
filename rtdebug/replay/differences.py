"""What is not as in the recording when a call is played again, in words: what fails the run, what is but said. Pure."""

from collections import Counter
from collections.abc import Sequence
from typing import Final

from rtdebug.protocol.answers import error_code, is_about_cancel, is_error, status_of, stops_answer
from rtdebug.protocol.event import Event
from rtdebug.protocol.gist import ended
from rtdebug.protocol.identity import response_of
from rtdebug.protocol.progress import refusal_words
from rtdebug.replay.mismatch import named
from rtdebug.replay.steps import Command, Say

_MOST: Final = 100
_FAILED: Final = "failed"
_NOT_COMPLETED: Final = (_FAILED, "incomplete", "cancelled")


class Differences:
    """Holds errors and the ends of answers against the recording's."""

    def __init__(self, said: Sequence[Say]) -> None:
        """Take what the server says in the recording."""
        self.notes: list[str] = []
        """What is not as in the recording."""
        self.failures: list[str] = []
        """Refused commands, failed answers and other errors that the recording does not have, in words."""
        self._completed = {response_of(step.event): step for step in said if status_of(step.event) == "completed"}
        self._errors = Counter(error_code(step.event) for step in said if is_error(step.event))
        """The recording's errors that have not come, by code."""

    def note(self, words: str) -> None:
        """Say what fails nothing."""
        if words not in self.notes and len(self.notes) < _MOST:
            self.notes.append(words)

    def is_recorded(self, error: Event) -> bool:
        """Say whether an error is one that the recording has, and that has not come yet; then it has."""
        code = error_code(error)
        found = self._errors[code] > 0
        self._errors[code] -= found
        return found

    def refused(self, error: Event, command: Command | None, *, is_explained: bool) -> None:
        """Take an error about a command, or about none; an explained one is in the recording, or answers something."""
        what = f"step {command.number}: {named(command.event)} was refused" if command else "an error came"
        if command and not stops_answer(command.event):
            self._fail(what)
        if not is_explained and not is_about_cancel(error):
            self._fail(f"{what} that the recording does not have")
        self.note(f"{what}: {refusal_words(error) or 'it does not say why'}")

    def compare_end(self, told: Event, recorded: str) -> None:
        """Take what may be the end of a response: it need not complete where the recorded one did not either."""
        step = self._completed.get(recorded) if recorded and status_of(told) in _NOT_COMPLETED else None
        if step is None:
            return
        if status_of(told) == _FAILED:
            self._fail(f"step {step.number}: the answer failed")
        self.note(f"step {step.number}: the answer is {ended(told.data)}; in the recording it was completed")

    def _fail(self, words: str) -> None:
        if words not in self.failures and len(self.failures) < _MOST:
            self.failures.append(words)
