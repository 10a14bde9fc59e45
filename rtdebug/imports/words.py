"""Who said it: the spellings that logs have for the two sides. Pure."""

import re
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from rtdebug.imports.told import Word


def _table(**words: str) -> dict[str, Word]:
    named: dict[str, Word] = {"client": "client", "server": "server", "sent": "sent", "received": "received"}
    return {spelling: named[word] for word, spellings in words.items() for spelling in spellings.split()}


_SPELLINGS: Final = _table(
    client="client c user app browser caller local me from_client client_event raw_client_event c2s client_to_server"
    " client->server client→server to_server",
    server="server s openai azure xai api model assistant remote upstream service from_server server_event"
    " raw_server_event s2c server_to_client server->client server→client to_client",
    sent="sent send sending out outgoing outbound up upload tx write egress publish → -> --> => ==> > >> >>> ⇒ ➡ ⟶ ↑ ▲",
    received="received receive recv receiving rcvd in incoming inbound down download rx read ingress"
    " ← <- <-- <= <== < << <<< ⇐ ⬅ ⟵ ↓ ▼",
)
_KEYS: Final = ("from", "direction", "dir", "sender", "source", "origin", "side", "way", "type", "role", "kind")
_PLAIN_KEYS: Final = frozenset(_KEYS[:7])
"""Keys that say who spoke and nothing else, so that an event they were put into is whole without them."""
_FLAGS: Final[dict[str, tuple[Word, Word]]] = {
    "from_client": ("client", "server"),
    "is_client": ("client", "server"),
    "from_server": ("server", "client"),
    "is_server": ("server", "client"),
    "sent": ("sent", "received"),
    "is_sent": ("sent", "received"),
    "outgoing": ("sent", "received"),
    "is_outgoing": ("sent", "received"),
    "received": ("received", "sent"),
    "incoming": ("received", "sent"),
    "is_incoming": ("received", "sent"),
}
_CAMEL: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")


class Said(NamedTuple):
    """Who a record says spoke, and under which key."""

    word: Word = ""
    key: str = ""
    plain: bool = False
    """The key says that and nothing else."""


def who(record: Mapping[str, Any]) -> Said:
    """Return who a record says spoke."""
    for key in _KEYS:
        value = record.get(key)
        if isinstance(value, str) and (word := _word(value, key)):
            return Said(word, key, key in _PLAIN_KEYS)
    for key, value in record.items():
        if type(value) is bool and (words := _FLAGS.get(_snake(key))):
            return Said(words[0] if value else words[1], key, True)
    to = record.get("to")
    if isinstance(to, str) and (word := _word(to, "to")) in ("client", "server"):
        return Said("server" if word == "client" else "client", "to", True)
    return Said()


def _word(value: str, key: str) -> Word:
    tidy = value.strip().strip("[]():|").strip().lower().replace(" ", "_").replace("-_", "-")
    tidy = tidy.replace("_->_", "->").replace("_→_", "→")
    if key in ("direction", "dir", "way") and tidy in ("upstream", "downstream"):
        return "sent" if tidy == "upstream" else "received"
    return _SPELLINGS.get(tidy) or _SPELLINGS.get(tidy.removesuffix("s"), "")


def _snake(key: str) -> str:
    return _CAMEL.sub("_", key).lower()


_SIDE: Final = "client|server|openai|app|browser|upstream|user"
_PAIR: Final = re.compile(rf"(?i)\b({_SIDE})\s*(->|-->|=>|→|<-|<--|<=|←|to)\s*({_SIDE})\b")
_IN_TEXT: Final = re.compile(
    r"(?i)(?<![\w<])(?:client|server|openai|sent|send|sending|received|receive|recv|receiving|incoming|outgoing"
    r"|inbound|outbound|tx|rx)(?![\w>])"
)
_ARROW: Final = re.compile(
    r"(?<![^\s|:\])])(?:-{1,2}>|={1,2}>|>{1,3}|<-{1,2}|<={1,2}|<{1,3}|[→←⇒⇐➡⬅⟶⟵↑↓▲▼])(?![^\s:|\[(])"
)
_LAST: Final = re.compile(r"(?i)(?<!\w)(in|out|up|down|user)\W*$")


def who_in_text(before: str) -> Word:
    """Return who spoke, as the text before a message says where it says one thing only."""
    if pair := _PAIR.search(before):
        left, arrow, right = (part.lower() for part in pair.groups())
        return _SPELLINGS.get(right if arrow.startswith("<") or arrow == "←" else left, "")
    words = {_SPELLINGS[found.lower()] for found in _IN_TEXT.findall(before)}
    arrows = {_SPELLINGS[found] for found in _ARROW.findall(before)}
    last = _LAST.search(before)
    for hints in (words, arrows, {_SPELLINGS[last[1].lower()]} if last else set()):
        if len(hints) == 1:
            return hints.pop()
        if hints:
            return ""
    return ""
