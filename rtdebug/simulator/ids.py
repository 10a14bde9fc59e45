"""Ids in the forms the service uses: a prefix, an underscore, random letters and digits."""

from random import Random
from string import ascii_letters, digits

_ALPHABET = ascii_letters + digits
_LENGTH = 21
_CALL_LENGTH = 16
_SECRET_LENGTH = 32
_PADDED_TO = 16


class Ids:
    """A source of ids; the same seed gives the same ids."""

    def __init__(self, seed: int | None = None) -> None:
        self._random = Random(seed)

    def event(self) -> str:
        """Return a new event id."""
        return f"event_{self._letters(_LENGTH)}"

    def item(self) -> str:
        """Return a new item id."""
        return f"item_{self._letters(_LENGTH)}"

    def response(self) -> str:
        """Return a new response id."""
        return f"resp_{self._letters(_LENGTH)}"

    def conversation(self) -> str:
        """Return a new conversation id."""
        return f"conv_{self._letters(_LENGTH)}"

    def session(self) -> str:
        """Return a new session id."""
        return f"sess_{self._letters(_LENGTH)}"

    def call(self) -> str:
        """Return a new function call id."""
        return f"call_{self._letters(_CALL_LENGTH)}"

    def secret(self) -> str:
        """Return a new client secret."""
        return f"ek_{self._letters(_SECRET_LENGTH)}"

    def obfuscation(self, delta: str) -> str:
        """Return padding that hides the length of a text delta, as the service adds it."""
        return self._letters(_PADDED_TO - len(delta) % _PADDED_TO)

    def _letters(self, count: int) -> str:
        return "".join(self._random.choices(_ALPHABET, k=count))
