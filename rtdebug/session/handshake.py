"""What a handshake tells: the model that was asked for, and how it was answered where it became no call."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from rtdebug.protocol.reading import inside, list_in, loads, text_in

_GRANTED: Final = 101
_STATUS_LINE = re.compile(r"HTTP/[\d.]+ (\d{3})(?: (.*))?")
_TITLE = re.compile(r"<title[^>]*>(.*?)</title", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<(?:script|style)\b.*?(?:</(?:script|style)>|\Z)|<[^>]*>", re.IGNORECASE | re.DOTALL)
_MESSAGES: Final = (("error", "message"), ("error",), ("message",), ("detail",), ("error_description",), ("title",))
_CODES: Final = (("error", "code"), ("error", "type"), ("code",), ("error", "status"))
"""Where services put their words and their codes, the most telling place first."""
_MOST: Final = 1000
_PAGE: Final = 8192
"""So many characters of a page are looked at: these patterns take the square of its length."""
_CLIENT_LEFT: Final = "the client left"
"""How the proxy's reason begins where it was not the service that was missing."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A handshake that became no call. All words are as they came from the wire."""

    status: int | None
    """Of HTTP; None where nobody answered."""
    phrase: str = ""
    """What the server says beside the status."""
    code: str = ""
    message: str = ""
    """The server's own words, or why nobody answered."""

    @property
    def is_by_client(self) -> bool:
        """Whether nobody answered because the client did not wait for it."""
        return self.status is None and self.message.startswith(_CLIENT_LEFT)

    @property
    def answer(self) -> str:
        """The status as HTTP writes it, "" where nobody answered."""
        return f"HTTP {self.status} {self.phrase}".rstrip() if self.status is not None else ""

    @property
    def said(self) -> str:
        """The server's words with its code: `no such deployment (DeploymentNotFound)`."""
        if not self.message or self.code in ("", self.message):
            return self.message or self.code
        return f"{self.message} ({self.code})"


def target_of(opened: Mapping[str, Any]) -> str:
    """Return the path and query that a handshake asks for, "" where nothing tells."""
    words = _first_line(opened, "request").split(" ")
    return words[1] if len(words) > 1 else ""


def model_in(target: str) -> str:
    """Return the model or deployment that a path and query name, "" for none."""
    try:
        query = parse_qs(urlsplit(target).query)
    except ValueError:
        return ""
    return next((query[key][0] for key in ("model", "deployment") if key in query), "")


def refusal_in(opened: Mapping[str, Any]) -> Refusal | None:
    """Read how a handshake was answered; None where it became a call, or nothing tells."""
    if error := text_in(opened, "error"):
        return Refusal(None, message=error)
    found = _STATUS_LINE.fullmatch(_first_line(opened, "response"))
    if found is None or int(found[1]) == _GRANTED or _first_line(opened, "request").startswith("CONNECT "):
        return None
    code, message = _said(text_in(opened, "response", "body", "text"))
    return Refusal(int(found[1]), found[2] or "", code, message or _elsewhere(opened))


def _first_line(opened: Mapping[str, Any], head: str) -> str:
    line = next(iter(list_in(opened, head, "head")), "")
    return line if isinstance(line, str) else ""


def _said(body: str) -> tuple[str, str]:
    """Take code and message out of the body of a refusal, JSON or not."""
    try:
        told = loads(body.encode("utf-8", "replace"))
    except ValueError:
        page = body[:_PAGE]
        title = _TITLE.search(page)
        return "", " ".join(_TAG.sub(" ", title[1] if title else page).split())[:_MOST]
    if isinstance(told, str):
        return "", told[:_MOST]
    return _first(told, _CODES), _first(told, _MESSAGES)


def _first(told: Any, places: tuple[tuple[str, ...], ...]) -> str:
    found = (inside(told, *keys) for keys in places)
    words = (str(one) for one in found if isinstance(one, str | int) and not isinstance(one, bool))
    return next((one[:_MOST] for one in words if one), "")


def _elsewhere(opened: Mapping[str, Any]) -> str:
    """Say where a redirection points, "" where there is none."""
    lines = [line for line in list_in(opened, "response", "head") if isinstance(line, str)]
    places = (line.partition(":")[2].strip() for line in lines if line.lower().startswith("location:"))
    return next((f"it points to {place}" for place in places if place), "")
