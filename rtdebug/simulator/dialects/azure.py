"""Azure's GA endpoint: OpenAI's shape, with a twin of each content part and nothing about rate limits."""

from rtdebug.simulator.dialects.plain import Plain
from rtdebug.simulator.refusals import Json


class Azure(Plain):
    """Tells events as Azure does."""

    def tell(self, event: Json) -> list[Json]:
        """Return what the client is told of a server event."""
        if event["type"] == "rate_limits.updated":
            return []
        if event["type"] in ("response.content_part.added", "response.content_part.done"):
            return [{**event, "content": event["part"]}]
        return [event]
