"""Ids in the forms the services use: a prefix, an underscore, random letters and digits; UUIDs with xAI."""

from random import Random
from string import ascii_letters, digits
from uuid import UUID

_ALPHABET = ascii_letters + digits
_LENGTH = 21
_CALL_LENGTH = 16
_SECRET_LENGTH = 32
_PADDED_TO = 16


class Ids:
    """A source of ids; the same seed gives the same ids."""

    def __init__(self, seed: int | None = None, *, uuids: bool = False) -> None:
        self._random = Random(seed)
        self._uuids = uuids

    def event(self) -> str:
        """Return a new event id."""
        return self._new("event")

    def item(self) -> str:
        """Return a new item id."""
        return self._new("item")

    def response(self) -> str:
        """Return a new response id."""
        return self._new("resp")

    def conversation(self) -> str:
        """Return a new conversation id."""
        return self._new("conv")

    def session(self) -> str:
        """Return a new session id."""
        return self._new("sess")

    def call(self) -> str:
        """Return a new function call id."""
        return f"call-{self._uuid()}-0" if self._uuids else f"call_{self._letters(_CALL_LENGTH)}"

    def secret(self) -> str:
        """Return a new client secret."""
        return f"ek_{self._letters(_SECRET_LENGTH)}"

    def obfuscation(self, delta: str) -> str:
        """Return padding that hides the length of a text delta, as the service adds it."""
        return self._letters(_PADDED_TO - len(delta) % _PADDED_TO)

    def _new(self, prefix: str) -> str:
        return self._uuid() if self._uuids else f"{prefix}_{self._letters(_LENGTH)}"

    def _uuid(self) -> str:
        return str(UUID(int=self._random.getrandbits(128), version=4))

    def _letters(self, count: int) -> str:
        return "".join(self._random.choices(_ALPHABET, k=count))
