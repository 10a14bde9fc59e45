"""The client secrets a simulator has given out, and the keys that clients present. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from rtdebug.simulator.options import Options
from rtdebug.simulator.refusals import Json, Refused

_IN_SUBPROTOCOLS = ("openai-insecure-api-key.", "xai-client-secret.")
_ANY = "*"
_SHOWN = 4


@dataclass(frozen=True, slots=True)
class Secret:
    """One client secret."""

    session: Json
    """How a session that it opens is configured, in GA's shape."""
    expires_at: int

    @property
    def transcribes(self) -> bool:
        """Tell whether it opens transcription sessions."""
        return bool(self.session["type"] == "transcription")


class Secrets:
    """All that were given out; each opens one session, until it expires."""

    def __init__(self) -> None:
        self._held: dict[str, Secret] = {}

    def add(self, value: str, secret: Secret, now_s: int) -> None:
        """Remember a secret, and forget those that are of no use any more."""
        self._held = {key: held for key, held in self._held.items() if held.expires_at > now_s}
        self._held[value] = secret

    def find(self, value: str, now_s: int) -> Secret | None:
        """Return a secret that was given out and still holds."""
        found = self._held.get(value)
        return found if found is not None and found.expires_at > now_s else None

    def spend(self, value: str) -> None:
        """Let a secret, if it is one, open nothing more."""
        self._held.pop(value, None)


def key_of(path: str, headers: tuple[tuple[str, str], ...]) -> str:
    """Return the key a client presents, wherever it does; "" where it presents none."""
    return next(_keys(path, headers), "")


def is_good(key: str, options: Options, secrets: Secrets, now_s: int) -> bool:
    """Tell whether a key opens the door."""
    if secrets.find(key, now_s) is not None:
        return True
    if options.require_key is None:
        return not key.startswith("ek_")
    return key.startswith("sk-") if options.require_key == _ANY else key == options.require_key


def bad_key(key: str) -> Refused:
    """Refuse a key; no more than its end is repeated."""
    end = key[-_SHOWN:] if len(key) > 2 * _SHOWN else ""
    return Refused(f"Incorrect API key provided: {'*' * 8}{end}.", code="invalid_api_key")


def _keys(path: str, headers: tuple[tuple[str, str], ...]) -> Iterator[str]:
    for name, value in headers:
        kind, _, token = value.strip().partition(" ")
        if name.lower() == "authorization" and kind.lower() == "bearer":
            yield token.strip()
        elif name.lower() == "api-key":
            yield value.strip()
        elif name.lower() == "sec-websocket-protocol":
            offered = [one.strip() for one in value.split(",")]
            yield from (one.partition(".")[2] for one in offered if one.startswith(_IN_SUBPROTOCOLS))
    yield from parse_qs(urlsplit(path).query).get("api-key", [])
