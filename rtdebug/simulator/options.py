"""What a simulator may be told about the service it stands for. Values only."""

from dataclasses import dataclass
from typing import Literal

Flavour = Literal["openai", "azure", "xai"]
Shape = Literal["ga", "beta"]

SESSION_S = 3600
"""How long the service lets a session live."""
DEFAULT_MODELS: dict[Flavour, str] = {"xai": "grok-voice-latest"}
"""What is had without asking for a model, where it is not OpenAI's."""
_NAMES = ("gpt-", "grok-")


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Which service it plays, and how strict it is at the door."""

    flavour: Flavour = "openai"
    """Whose ways it follows where services differ."""
    ga_only: bool = False
    """Turn a client away that asks for the beta shape, as OpenAI does by now."""
    require_key: str | None = None
    """The key to ask for; `*` takes any that begins with `sk-`. Secrets it made itself open sessions too."""
    models: tuple[str, ...] | None = None
    """The models that can be asked for; without a list, all that are called like one, and with Azure any name, as
    deployments are called what their owners like."""
    session_limit_s: float = SESSION_S
    """How long a session may last, whatever the pace, before it is closed with 1001."""

    def has_model(self, name: str) -> bool:
        """Tell whether a session can be had with that model."""
        if self.models is not None:
            return name in self.models
        if self.flavour == "azure":
            return bool(name)
        return name.startswith(_NAMES) or "realtime" in name


@dataclass(frozen=True, slots=True)
class Manner:
    """How one session is held."""

    flavour: Flavour = "openai"
    shape: Shape = "ga"
    transcribes: bool = False
    """Whether the session only writes down what it hears."""


OPTIONS = Options()
"""OpenAI, open to anyone."""
MANNER = Manner()
"""A conversation with OpenAI, in GA's shape."""
