"""Which parts of heads, events and bodies are secret, and striking them out of the text that is kept.

Three ways to tell: a place (a header's name, a query parameter, a path in the event), a form (`ek_…`,
`sk-…`, a key half masked in an error message), and the very credentials this client presented.
"""

import re
from collections.abc import Iterator, Mapping
from urllib.parse import unquote_plus

from rtdebug.wire.handshake import Head

REDACTED = "[redacted]"

_HEADERS = re.compile(
    r"(?!sec-websocket-|idempotency-)(?:.*[-_])?(?:authorization|cookie|api-?key|key|token|secret|password)(?:[-_].*)?"
)
"""Names of headers whose value is struck out; the handshake's own `Sec-WebSocket-Key` is none."""
_USER_IN_URL = re.compile(r"(?<=://)[^/\s:@\"\\]+:[^/\s@\"\\]+(?=@)")
_QUERY = re.compile(
    r"(?i)((?:^|[?&])(?:[\w-]{0,40}[-_])?(?:api-?key|key|token|secret|password|authorization|sig|signature|code)=)([^&#\s\"\\]+)"
)
# Patterns that begin with a run of word characters look behind, so that a long run is tried once, not at every place.
_SUBPROTOCOL = re.compile(r"(?i)((?<![\w-])(?:[\w-]*(?:key|secret|token))\.)([^,\s]+)")
_FORMS = re.compile(
    r"(?<![A-Za-z0-9])(?:ek_[A-Za-z0-9_-]{6,}|(?:sk|xai)-(?!client-secret\.)[A-Za-z0-9_*-]{8,})"
    r"|(?<=xai-client-secret\.)[^\s,\"'\\\[]+"
)
_HALF_MASKED = re.compile(r"(?<![A-Za-z0-9_-])[A-Za-z0-9_-]*\*{3,}[A-Za-z0-9_*-]*")
_TELLING = frozenset(["authorization", "value"])
"""Places whose secret is struck out wherever else it appears; other places may hold everyday words."""
_QUOTING = frozenset(["error", "message", "detail", "reason"])
"""Where errors stand that quote a key half masked; elsewhere, three stars are somebody's Markdown."""
_KEYS = frozenset(
    [
        "access_token",
        "api-key",
        "api_key",
        "apikey",
        "authorization",
        "password",
        "proxy-authorization",
        "refresh_token",
        "x-api-key",
    ]
)
_PLACE_NEEDLES = (
    b"ecret",
    b"uthorization",
    b'"headers"',
    b"pi_key",
    b"pi-key",
    b"apikey",
    b"***",
    b"oken=",
    b"ey=",
    b"assword",
    b"_token",
    b"@",
)
# The closing quote may be missing, so that odd text is read once and not again from each of its quotes.
_TOKEN = re.compile(r'"((?:[^"\\]++|\\.)*+)"?|[{}\[\],:]', re.DOTALL)
_DEEPEST = 100
"""Steps of a path that count, from its end."""
_SHORTEST = 8
"""A presented credential shorter than this is struck out in its own place only, not wherever it appears."""

Path = tuple[str | int, ...]


def keys_in(environ: Mapping[str, str]) -> tuple[str, ...]:
    """Return the keys that an environment holds: what variables called like `OPENAI_API_KEY` say."""
    return tuple(value for name, value in environ.items() if name.upper().endswith("_API_KEY") and len(value) >= 16)


class Redactor:
    """Strikes secrets out of one connection's heads, messages and bodies; learns them from its request."""

    __slots__ = ("_known", "_odd")

    def __init__(self, secrets: tuple[str, ...] = (), parent: "Redactor | None" = None) -> None:
        """Know these secrets, and those of `parent`."""
        self._known: tuple[str, ...] = ()
        self._odd: tuple[bytes, ...] = ()
        self.learn(secrets + (parent._known if parent else ()))

    def learn(self, secrets: tuple[str, ...]) -> None:
        """Strike these out too, wherever they appear."""
        found = {*self._known, *(secret for secret in secrets if len(secret) >= _SHORTEST)}
        self._known = tuple(sorted(found, key=len, reverse=True))
        # A key of a known form is found by that form: every needle costs time on every message.
        self._odd = tuple(secret.encode("utf-8", "surrogatepass") for secret in found if not _FORMS.fullmatch(secret))

    def suspects(self, text: bytes, *, delta: bool = False) -> bool:
        """Say quickly whether `text` may hold a secret: never wrongly no, now and then wrongly yes.

        A `delta` is a piece of a stream: it has no place for a secret, only room for one's form.
        """
        if b"ek_" in text or b"sk-" in text or b"xai-" in text:
            return True
        if self._odd and any(secret in text for secret in self._odd):
            return True
        return not delta and any(needle in text for needle in _PLACE_NEEDLES)

    def head(self, head: Head) -> tuple[Head, tuple[str, ...]]:
        """Return the head fit to be kept, and the names of what was struck out."""
        struck: dict[str, None] = {}

        def change(line: str) -> str:
            name, colon, value = line.partition(":")
            lower = name.lower()
            if colon and " " not in lower and _HEADERS.fullmatch(lower):
                struck[lower] = None
                scheme, blank, _ = value.strip().partition(" ")
                keeps = f" {scheme} " if blank and lower.endswith("authorization") else " "
                return f"{name}:{keeps}{REDACTED}"
            new = _SUBPROTOCOL.sub(rf"\1{REDACTED}", line) if lower == "sec-websocket-protocol" else line
            new = self._forms(_in_urls(new))
            if new != line:
                struck[lower if colon and " " not in lower else "target"] = None
            return new

        return head.map_text(change), tuple(struck)

    def text(self, text: str, *, is_json: bool = True) -> tuple[str, tuple[str, ...]]:
        """Return a message or body fit to be kept, and the paths of what was struck out.

        Everything outside a struck string stays as it was, to the character. What is not JSON is read as far
        as it looks like some, and is an error message as far as one can know.
        """
        pieces, struck, position = [], [], 0
        for path, start, end in _string_values(text):
            value = text[start:end]
            quoting = not _QUOTING.isdisjoint(path)
            if value and _is_secret_place(path):
                new = REDACTED
                if path[-1] in _TELLING:
                    self.learn((value,))
            else:
                new = self._forms(_in_urls(value), masked=quoting)
            if new != value:
                pieces += [text[position:start], new]
                struck.append(_dotted(path))
                position = end
        # What the walk did not see (keys, odd JSON) still must not carry a credential.
        whole = "".join([*pieces, text[position:]])
        clean = self._forms(whole if is_json else _in_urls(whole), masked=not is_json)
        return clean, tuple(struck) if clean == whole else (*struck, "text")

    def _forms(self, text: str, *, masked: bool = False) -> str:
        for secret in self._known:
            text = text.replace(secret, REDACTED)
        text = _FORMS.sub(REDACTED, text)
        if masked and "***" in text and "key" in text.lower():
            text = _HALF_MASKED.sub(REDACTED, text)
        return text


def credentials(head: Head) -> tuple[str, ...]:
    """Return the credentials a request presents, in every place a client may put one."""
    names = {line.partition(b":")[0].decode("latin-1").lower() for line in head.fields}
    telling = [name for name in names if _HEADERS.fullmatch(name) and not re.search("cookie|authorization", name)]
    found = [value for name in sorted(telling) for value in head.values(name)]
    found += [value.split(" ", 1)[-1].strip() for value in head.values("authorization")]
    found += [match[2] for match in _SUBPROTOCOL.finditer(head.value("sec-websocket-protocol"))]
    found += [form for match in _QUERY.finditer(head.target) for form in (match[2], unquote_plus(match[2]))]
    return tuple(value for value in found if value)


def _in_urls(text: str) -> str:
    """Strike out credentials in a URL: in its query (or a form's fields), and before its host."""
    if "=" in text:
        text = _QUERY.sub(rf"\1{REDACTED}", text)
    return _USER_IN_URL.sub(REDACTED, text) if "://" in text else text


def _is_secret_place(path: Path) -> bool:
    keys = [step for step in path if isinstance(step, str)]
    last = keys[-1].lower() if keys else ""
    if last in _KEYS or "client_secret" in keys:
        return last not in ("expires_at", "object")
    if path == ("value",):  # the answer of client_secrets, whatever form the vendor's tokens have
        return True
    # An MCP tool's own headers; not the word "headers" in a function's JSON schema.
    return "tools" in keys and "headers" in keys and "properties" not in keys


def _dotted(path: Path) -> str:
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).lstrip(".") or "text"


def _string_values(text: str) -> Iterator[tuple[Path, int, int]]:
    """Yield the path of every string value and where its inside stands in the text."""
    path: list[str | int] = []
    key = ""
    after_colon = True
    for match in _TOKEN.finditer(text):
        token = match[0]
        if token == "{":
            path.append("")
            after_colon = False
        elif token == "[":
            path.append(0)
            after_colon = True
        elif token in "}]":
            if path:
                path.pop()
            after_colon = False
        elif token == ",":
            if path and isinstance(path[-1], int):
                path[-1] += 1
            after_colon = bool(path) and isinstance(path[-1], int)
        elif token == ":":
            if path and isinstance(path[-1], str):
                path[-1] = key
            after_colon = True
        elif after_colon:
            yield tuple(path[-_DEEPEST:]), *match.span(1)
        else:
            key = match[1]
